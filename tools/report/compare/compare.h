/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two results beside each other: which rows belong together, and what B is, seen from A.
 */
#ifndef VNFT_REPORT_COMPARE_H
#define VNFT_REPORT_COMPARE_H

#include <jansson.h>
#include <stdint.h>

#include "../../lib/text/view.h"
#include "../gates/gate.h"

/**
 * struct vnft_compare_ask - what is compared, and how
 * @metric: enum vnft_metric_id: one of vnft_compare_metrics[]
 * @phase: with VNFT_METRIC_PHASE, whose durations; else NULL
 * @noise_percent: a difference lies beyond it
 * @same_percent: what lies within it, or within @noise_percent, counts as the same
 * @seed: of the random relabelings
 */
struct vnft_compare_ask {
	int metric;
	const char *phase;
	uint64_t noise_percent, same_percent;
	uint64_t seed;
};

/**
 * struct vnft_compare_side - one of the two
 * @results: that passed the check
 * @type: of the row meant, or its whole label; "" means every row
 * @row: or the row itself, on both sides
 */
struct vnft_compare_side {
	const json_t *results;
	const char *type;
	const json_t *row;
};

/**
 * struct vnft_compare_found - lines by the verdict on B
 * @may_be_slower: those of the @inconclusive ones whose interval does not rule "slower" out
 * @within_bounds: those of the @inconclusive ones that differ by less than both bounds
 * @untested: a side is missing, not measured, or has too few runs
 */
struct vnft_compare_found {
	unsigned int slower, faster, inconclusive, may_be_slower, within_bounds,
		     untested;
};

/*
 * The page {"schema", "metric", "noise_percent", "same_percent", "seed", "rows", "notes"}: new
 * reference, or NULL after vnft_fail() with the errno in *@err.
 */
json_t *vnft_compare_tree(const struct vnft_compare_ask *ask, const struct vnft_compare_side *a,
			  const struct vnft_compare_side *b, struct vnft_compare_found *found,
			  int *err);

/* gates.c: what came of @gates on the @n pages, of which the first was asked for. New reference. */
json_t *vnft_compare_gates(const struct vnft_gates *gates, const json_t *const *pages, size_t n);

/**
 * struct vnft_compare_point - one result of a series
 * @name: as it was given
 * @type: as of struct vnft_compare_side
 */
struct vnft_compare_point {
	const char *name;
	const json_t *results;
	const char *type;
};

/*
 * series.c: the page of @n results in their order, {"schema", "metric", "noise_percent",
 * "same_percent", "seed", "rows", "changes", "notes"}: new reference, or NULL after vnft_fail()
 * with the errno in *@err.
 */
json_t *vnft_compare_series(const struct vnft_compare_ask *ask,
			    const struct vnft_compare_point *point, size_t n, int *err);
/* How that page looks as text, into @views. */
void vnft_compare_series_views(const struct vnft_compare_ask *ask, struct vnft_view views[4]);

/* How the page of two looks as text, into @views. */
void vnft_compare_views(const struct vnft_compare_ask *ask, struct vnft_view views[3]);

#endif
