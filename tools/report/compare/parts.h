/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of a comparison share; for tools/report/compare/ alone.
 */
#ifndef VNFT_REPORT_COMPARE_PARTS_H
#define VNFT_REPORT_COMPARE_PARTS_H

#include <stdbool.h>

#include "../../stat/stat.h"
#include "compare.h"

/* What B is, seen from A: "same within 5 %", or one of these (docs/method.md, "Comparison"). */
#define VNFT_VERDICT_MISSING	"missing"
#define VNFT_VERDICT_UNMEASURED	"not measured"
#define VNFT_VERDICT_TOO_FEW	"too few runs"
#define VNFT_VERDICT_OPEN	"inconclusive"
#define VNFT_VERDICT_IN_BOUNDS	"within the bounds of the method: cannot tell"
#define VNFT_VERDICT_FASTER	"faster"
#define VNFT_VERDICT_SLOWER	"slower"

/* bound.c: the median_bound_UNIT of a side that has a median, as its row says. */
void vnft_compare_set_bound(const struct vnft_metric *metric, const json_t *row,
			    json_t *side);
/* bound.c: may the medians be the same, as far as the method can tell? */
bool vnft_compare_within_bounds(const struct vnft_metric *metric, const json_t *row_a,
				const json_t *row_b, const struct vnft_comparison *c);
/* bound.c: may B be worse than A by more than the noise floor, as far as the method can tell? */
bool vnft_compare_bounds_may_be_worse(const struct vnft_metric *metric,
				      const json_t *row_a, const json_t *row_b,
				      const struct vnft_comparison *c, double noise_ratio);

/* rows.c: what a row of @results is called on the page; vnft_compare_find() knows it by that. */
void vnft_compare_name(const json_t *results, const json_t *row, char *to, size_t bytes);
/* rows.c: the only row that goes by @name; NULL after vnft_fail() if there is none, or several. */
const json_t *vnft_compare_find(const json_t *results, const char *name, const char *side);
/*
 * rows.c: the row of @results that answers to @like of @mine: of its type, cache state and setup,
 * and of several such rows that of the same number.
 * Where both sides have one row of the type and cache state, that they differ in setup is what
 * somebody wants to compare. NULL: none does.
 */
const json_t *vnft_compare_like(const json_t *results, const json_t *mine, const json_t *like);

/**
 * struct vnft_compare_pair - two rows and the results that they stand in
 * @row_a: or NULL: that side lacks the row; so is @row_b
 */
struct vnft_compare_pair {
	const json_t *results_a, *results_b;
	const json_t *row_a, *row_b;
};

/*
 * line.c: one line of the page, into @table and @found, and what is to be said of it and of its
 * sides, into @notes. 0, or negative errno after vnft_fail().
 */
int vnft_compare_line(const struct vnft_compare_ask *ask, const struct vnft_compare_pair *pair,
		      json_t *table, json_t *notes, struct vnft_compare_found *found);

/* line.c: what B is, seen from A, in words, and counted in @found. */
enum vnft_likeness vnft_compare_judge(const struct vnft_compare_ask *ask,
				      const struct vnft_compare_pair *pair,
				      const struct vnft_comparison *c, char *verdict, size_t bytes,
				      struct vnft_compare_found *found);

/* The tables of a page. */
struct vnft_compare_tables {
	json_t *rows, *changes, *notes;
};
/* series_row.c: one row of all @n results into the tables; some @row is not NULL. */
int vnft_compare_series_row(const struct vnft_compare_ask *ask,
			    const struct vnft_compare_point *point, size_t n, const json_t **row,
			    const struct vnft_compare_tables *to);

/* parameters.c: into @notes, what the sessions were told differently. */
void vnft_compare_parameters(const json_t *results_a, const json_t *results_b, json_t *notes);

/**
 * struct vnft_compare_by - how what is the type's own was told from what is the host's
 * @how: "rounds" or "session" (of one bench), "reference", "itself" (the host does nothing to it);
 *	NULL: it was not, and @own_why says why
 * @host_why: why there is no ratio of the host
 * @difference: B - A, the median over the rounds that both have; NaN, and @difference_why
 */
struct vnft_compare_by {
	const char *how, *own_why, *host_why;
	double difference;
	struct vnft_interval ci95_difference;
	const char *difference_why;
};

/*
 * own.c: the reference follows one host's mood. NULL, or in what the hosts differ; whether both
 * references are of one version; and how many CPUs a row kept busy, 0 where it does not say.
 */
const char *vnft_compare_another_host(const struct vnft_compare_pair *pair);
bool vnft_compare_same_reference(const struct vnft_compare_pair *pair);
double vnft_compare_busy_cpus(const json_t *row, const struct vnft_metric *metric);

/* own.c: into @c, of @a and @b, what is the type's own, if that can be known. */
void vnft_compare_own(const struct vnft_compare_ask *ask, const struct vnft_compare_pair *pair,
		      const struct vnft_samples *a, const struct vnft_samples *b,
		      struct vnft_comparison *c, struct vnft_compare_by *by);
/* own.c: the same as a sentence. */
void vnft_compare_say(const struct vnft_compare_ask *ask, const struct vnft_comparison *c,
		      const struct vnft_compare_by *by, enum vnft_likeness likeness, char *to,
		      size_t bytes);

#endif
