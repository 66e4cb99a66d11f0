/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the gates share; for tools/report/gates/ alone.
 */
#ifndef VNFT_REPORT_GATES_PARTS_H
#define VNFT_REPORT_GATES_PARTS_H

#include <stdio.h>

#include "gate.h"

/*
 * limit.c: "50ms" or "-5 %" into @to, in @unit, which is that of @metric. -EINVAL after
 * vnft_fail(), whose line begins with "--fail-if: @gate: ".
 */
int vnft_gate_limit(const char *gate, const char *text, const char *metric, const char *unit,
		    double *to);

/**
 * struct vnft_gate_number - what a gate asks of a row
 * @value: NaN: there is none, and @why
 * @low, @high: of its 95 % interval; NaN: it has none, and @interval_why unless it never has
 * @below, @above: so far the truth may lie; 0 where nobody knows, and @bound_why
 */
struct vnft_gate_number {
	double value;
	char why[256];
	double low, high;
	char interval_why[160];
	double below, above;
	char bound_why[256];
};

/* number.c */
void vnft_gate_number(const struct vnft_gate *gate, const json_t *row,
		      struct vnft_gate_number *number);

/* judge.c: new reference to what came of it. */
json_t *vnft_gate_judge(const struct vnft_gate *gate, const json_t *row, const char *label,
			bool sure);

/* junit.c: text and numbers of an object, by dotted names below @prefix, into @properties. */
void vnft_junit_properties(json_t *properties, const char *prefix, const json_t *manifest);
/*
 * junit.c: @suites is an array of {"name", "hostname", "timestamp", "properties", "outcomes"}. What
 * of them is text from outside is cleaned and escaped.
 */
void vnft_junit_write(FILE *to, const json_t *suites);

#endif
