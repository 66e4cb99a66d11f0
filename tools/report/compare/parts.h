/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of a comparison share; for tools/report/compare/ alone.
 */
#ifndef VNFT_REPORT_COMPARE_PARTS_H
#define VNFT_REPORT_COMPARE_PARTS_H

#include <stdbool.h>

#include "../../stat/stat.h"
#include "compare.h"

/**
 * struct vnft_compare_metric - something that can be compared
 * @path: of its values in a row, one a run; @bound: of what these may be off by
 */
struct vnft_compare_metric {
	const char *path, *bound;
	const char *unit;
	bool more_is_better;
};
/* In the order of vnft_compare_metrics[]. */
extern const struct vnft_compare_metric vnft_compare_metric_table[];

/* bound.c: the side's median_bound_UNIT, as its row says. */
void vnft_compare_set_bound(const struct vnft_compare_metric *metric, const json_t *row,
			    json_t *side);
/* bound.c: may the medians be the same, as far as the method can tell? */
bool vnft_compare_within_bounds(const struct vnft_compare_metric *metric, const json_t *row_a,
				const json_t *row_b, const struct vnft_comparison *c);
/* bound.c: may B be worse than A by more than the noise floor, as far as the method can tell? */
bool vnft_compare_bounds_may_be_worse(const struct vnft_compare_metric *metric,
				      const json_t *row_a, const json_t *row_b,
				      const struct vnft_comparison *c, double noise_ratio);

/* rows.c: the only row that goes by @name; NULL after vnft_fail() if there is none, or several. */
const json_t *vnft_compare_find(const json_t *results, const char *name, const char *side);
/*
 * rows.c: the row of @results that answers to @like of @mine: of its type, cache state and setup.
 * Where both sides have one row of the type and cache state, that they differ in setup is what
 * somebody wants to compare. NULL: none does.
 */
const json_t *vnft_compare_like(const json_t *results, const json_t *mine, const json_t *like);

/*
 * line.c: one line of the page, into @table and @found, and what is to be said of its sides, into
 * @notes. @row_a or @row_b may be NULL: that side lacks the row. 0, or negative errno after
 * vnft_fail().
 */
int vnft_compare_line(const struct vnft_compare_ask *ask, const json_t *row_a,
		      const json_t *row_b, json_t *table, json_t *notes,
		      struct vnft_compare_found *found);

#endif
