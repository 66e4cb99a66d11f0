/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Gates: conditions of --fail-if, and what came of them. docs/gates.md is their manual.
 *
 * A verb begins them before it does anything else, judges what it has, prints them with its page,
 * and ends with the code that they give.
 */
#ifndef VNFT_REPORT_GATES_GATE_H
#define VNFT_REPORT_GATES_GATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "../../lib/text/error.h"
#include "metric.h"
#include "options.h"

#define VNFT_GATE_BYTES		512
#define VNFT_GATE_ROW_BYTES	256
#define VNFT_GATE_PHASE_BYTES	64

/* Which numbers there are of one metric. */
enum vnft_gate_stat_kind {
	VNFT_GATE_OWN,		/* nobody said: its median, of a histogram its mean */
	VNFT_GATE_MEDIAN,
	VNFT_GATE_LOW,		/* ends of the median's interval */
	VNFT_GATE_HIGH,
	VNFT_GATE_QUANTILE,
	VNFT_GATE_MEAN,
	VNFT_GATE_MIN,
	VNFT_GATE_MAX,
};

/**
 * struct vnft_gate_stat - a statistic by its word
 * @key: of a histogram, in a row; NULL: it has none
 * @q, @needed: of a quantile, and from how many values on there is one
 */
struct vnft_gate_stat {
	const char *word;
	enum vnft_gate_stat_kind kind;
	const char *key;
	double q;
	size_t needed;
};

enum vnft_gate_op {
	VNFT_GATE_ABOVE,
	VNFT_GATE_FROM,
	VNFT_GATE_BELOW,
	VNFT_GATE_UP_TO,
};

/* What a gate is a condition of. */
enum vnft_gate_form {
	VNFT_GATE_LIMIT,	/* a number and a limit */
	VNFT_GATE_SLOWER,	/* compare: B is slower than A */
	VNFT_GATE_DIFFERENT,	/* compare: B is slower or faster */
};

/**
 * struct vnft_gate - one condition; if it holds, the gate has failed
 * @text: as it was typed
 * @row: whose; "": of each row
 * @phase: of VNFT_METRIC_PHASE
 * @limit: in the unit of the metric; of a comparison the percent by which B is more than A
 */
struct vnft_gate {
	char text[VNFT_GATE_BYTES];
	char row[VNFT_GATE_ROW_BYTES];
	enum vnft_gate_form form;
	enum vnft_metric_id metric;
	char phase[VNFT_GATE_PHASE_BYTES];
	const struct vnft_gate_stat *stat;
	enum vnft_gate_op op;
	double limit;
};

/*
 * parse.c: -EINVAL after vnft_fail() with a line that names the thing and the fix. @relative: of a
 * comparison.
 */
int vnft_gate_parse(const char *text, bool relative, struct vnft_gate *gate);
/* Does the condition hold of @value? */
bool vnft_gate_holds(const struct vnft_gate *gate, double value, double limit);

/* One invocation's gates. */
struct vnft_gates;

/*
 * Parse the conditions and take the file of JUnit XML. *@gates is NULL where nothing was asked for;
 * every other call takes that, too. 0, or negative errno after vnft_fail().
 */
int vnft_gates_begin(struct vnft_gates **gates, const struct vnft_gates_config *config,
		     bool relative);

size_t vnft_gates_n(const struct vnft_gates *gates);
const struct vnft_gate *vnft_gates_at(const struct vnft_gates *gates, size_t i);

/*
 * Judge every gate on results of a bench. @host: how they are called among several; NULL: there are
 * no others. With several, call vnft_gates_named() behind the last. 0, or negative errno after
 * vnft_fail().
 */
int vnft_gates_judge(struct vnft_gates *gates, const json_t *results, const char *host);
/* A gate whose row nobody had has failed. */
void vnft_gates_named(struct vnft_gates *gates);

/*
 * For a comparison, which judges by itself: what came of its gates (outcome.h), of which the
 * reference is taken over, and the two results.
 */
void vnft_gates_take(struct vnft_gates *gates, json_t *outcomes, const json_t *a,
		     const json_t *b);

/* Into the page that is printed as JSON; or below the page, as text. */
void vnft_gates_into(const struct vnft_gates *gates, json_t *page);
void vnft_gates_print(const struct vnft_gates *gates);

/*
 * Write the file, say a line for each gate that failed, and free all. @code: what the verb ends
 * with otherwise; if it is not VNFT_EXIT_OK, its line is the last.
 */
enum vnft_exit vnft_gates_end(struct vnft_gates *gates, enum vnft_exit code);
/* Of a verb that broke off: no file, no line. */
void vnft_gates_drop(struct vnft_gates *gates);

#endif
