/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of a comparison: every pair of rows, and how that looks as text.
 */
#include <errno.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../../results/keys.h"
#include "parts.h"

/* The row that each side names; a name on one side only is meant for both. */
static int compare_named(const struct vnft_compare_ask *ask, const struct vnft_compare_side *a,
			 const struct vnft_compare_side *b, json_t *table, json_t *notes,
			 struct vnft_compare_found *found)
{
	const json_t *left, *right;
	struct vnft_compare_pair pair;

	left = a->row ? a->row :
	       vnft_compare_find(a->results, a->type[0] ? a->type : b->type, "A");
	right = b->row ? b->row :
		left ? vnft_compare_find(b->results, b->type[0] ? b->type : a->type, "B") : NULL;
	pair = (struct vnft_compare_pair) { a->results, b->results, left, right };
	return right ? vnft_compare_line(ask, &pair, table, notes, found) : -ENOENT;
}

/* Rows of both sides; one that only one side has is a line as well, so that no gate misses it. */
static int compare_all(const struct vnft_compare_ask *ask, const json_t *a, const json_t *b,
		       json_t *table, json_t *notes, struct vnft_compare_found *found)
{
	struct vnft_compare_pair pair = { a, b, NULL, NULL };
	size_t i, common = 0;
	json_t *row;
	int err;

	json_array_foreach(json_object_get(a, "rows"), i, row) {
		pair.row_a = row;
		pair.row_b = vnft_compare_like(b, a, row);
		common += !!pair.row_b;
		err = vnft_compare_line(ask, &pair, table, notes, found);
		if (err)
			return err;
	}
	json_array_foreach(json_object_get(b, "rows"), i, row) {
		pair.row_a = NULL;
		pair.row_b = row;
		err = vnft_compare_like(a, b, row) ? 0 :
		      vnft_compare_line(ask, &pair, table, notes, found);
		if (err)
			return err;
	}
	if (!common)
		return vnft_fail(-ENOENT,
				 "compare: A and B have no type in common: name one in each "
				 "with DIR:TYPE");
	return 0;
}

json_t *vnft_compare_tree(const struct vnft_compare_ask *ask, const struct vnft_compare_side *a,
			  const struct vnft_compare_side *b, struct vnft_compare_found *found,
			  int *err)
{
	json_t *table = json_array(), *notes = json_array();

	*found = (struct vnft_compare_found) { 0 };
	vnft_compare_parameters(a->results, b->results, notes);
	if (a->type[0] || b->type[0] || a->row)
		*err = compare_named(ask, a, b, table, notes, found);
	else
		*err = compare_all(ask, a->results, b->results, table, notes, found);
	if (*err) {
		json_decref(table);
		json_decref(notes);
		return NULL;
	}
	return json_pack("{s:i, s:s, s:s*, s:I, s:I, s:I, s:o, s:o}", "schema",
			 VNFT_RESULTS_SCHEMA, "metric", vnft_compare_metrics[ask->metric],
			 "phase", ask->phase, "noise_percent",
			 (json_int_t)ask->noise_percent, "same_percent",
			 (json_int_t)ask->same_percent, "seed", (json_int_t)ask->seed, "rows",
			 table, "notes", notes);
}

#define COLUMNS(unit) { \
	{ "type", "label" }, { "against", "label_b" }, { "runs A", "a.runs" }, \
	{ "runs B", "b.runs" }, \
	{ "median A", "a.median_" unit }, { "bound", "a.median_bound_" unit }, \
	{ "95 % interval", "a.ci95_" unit }, \
	{ "median B", "b.median_" unit }, { "bound", "b.median_bound_" unit }, \
	{ "95 % interval", "b.ci95_" unit }, \
	{ "B - A", "difference_" unit }, { "95 % interval", "ci95_difference_" unit }, \
	{ "B / A", "ratio" }, { "host", "host_ratio" }, { "own", "own_ratio" }, \
	{ "95 % interval", "ci95_own" }, { "p", "p_value" }, \
	{ "B is", "verdict" }, { NULL, NULL } }

static const struct vnft_column columns_ns[] = COLUMNS("ns");
static const struct vnft_column columns_bps[] = COLUMNS("bps");
static const struct vnft_column columns_pps[] = COLUMNS("pps");
static const struct vnft_column columns_bytes[] = COLUMNS("bytes");

static const struct vnft_column *columns_of(const char *unit)
{
	return !strcmp(unit, "bps") ? columns_bps : !strcmp(unit, "pps") ? columns_pps :
	       !strcmp(unit, "bytes") ? columns_bytes : columns_ns;
}

static const struct vnft_column columns_notes[] = { { "", "text" }, { NULL, NULL } };

void vnft_compare_views(const struct vnft_compare_ask *ask, struct vnft_view views[3])
{
	views[0] = (struct vnft_view) { ask->phase ? ask->phase :
						     vnft_compare_metrics[ask->metric], "rows",
				columns_of(vnft_metrics[ask->metric].unit) };
	views[1] = (struct vnft_view) { NULL, "notes", columns_notes };
	views[2] = (struct vnft_view) { NULL, NULL, NULL };
}
