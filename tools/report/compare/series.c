/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Results in their order: medians in a row, and where the level changes (docs/method.md, "Series").
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../../lib/text/json.h"
#include "../../results/keys.h"
#include "parts.h"

/* Every row, once: it begins where no result before has it. */
static int walk_all(const struct vnft_compare_ask *ask, const struct vnft_compare_point *point,
		    size_t n, const json_t **row, const struct vnft_compare_tables *to)
{
	size_t i, k, m;
	json_t *one;
	int err = 0;

	for (i = 0; !err && i < n; i++) {
		json_array_foreach(json_object_get(point[i].results, "rows"), k, one) {
			for (m = 0; m < n; m++)
				row[m] = m == i ? one : vnft_compare_like(point[m].results,
									  point[i].results, one);
			for (m = 0; m < i && !row[m]; m++)
				;
			err = m < i ? 0 : vnft_compare_series_row(ask, point, n, row, to);
			if (err)
				break;
		}
	}
	return err;
}

/* The row that each names; who names none means the first name. */
static int walk_named(const struct vnft_compare_ask *ask, const struct vnft_compare_point *point,
		      size_t n, const json_t **row, const struct vnft_compare_tables *to)
{
	const char *name = "";
	size_t i;

	for (i = n; i--;)
		name = point[i].type[0] ? point[i].type : name;
	for (i = 0; i < n; i++) {
		row[i] = vnft_compare_find(point[i].results, point[i].type[0] ? point[i].type :
					   name, point[i].name);
		if (!row[i])
			return -ENOENT;
	}
	return vnft_compare_series_row(ask, point, n, row, to);
}

/* What the sessions were told differently, in the words of a comparison of two. */
static void add_parameters(json_t *notes, const struct vnft_compare_point *a,
			   const struct vnft_compare_point *b)
{
	json_t *of_a = vnft_json_name(a->name), *of_b = vnft_json_name(b->name);
	json_t *list = json_array(), *note;
	size_t i;

	vnft_compare_parameters(a->results, b->results, list);
	json_array_foreach(list, i, note)
		json_array_append_new(notes, json_pack("{s:o}", "text", json_sprintf(
			"A is %s, B %s: %s", json_string_value(of_a), json_string_value(of_b),
			json_string_value(json_object_get(note, "text")))));
	json_decref(list);
	json_decref(of_a);
	json_decref(of_b);
}

json_t *vnft_compare_series(const struct vnft_compare_ask *ask,
			    const struct vnft_compare_point *point, size_t n, int *err)
{
	const struct vnft_compare_tables to = { json_array(), json_array(), json_array() };
	const json_t **row = calloc(n, sizeof(*row));
	bool named = false;
	size_t i;

	for (i = 0; i < n; i++)
		named |= point[i].type[0];
	for (i = 1; i < n; i++)
		add_parameters(to.notes, &point[0], &point[i]);
	*err = !row ? vnft_fail(-ENOMEM, "compare: out of memory") :
	       named ? walk_named(ask, point, n, row, &to) :
		       walk_all(ask, point, n, row, &to);
	free(row);
	if (*err) {
		json_decref(to.rows);
		json_decref(to.changes);
		json_decref(to.notes);
		return NULL;
	}
	json_array_append_new(to.notes, json_pack("{s:o}", "text", json_sprintf(
		"intervals and p by random draws of --seed %llu",
		(unsigned long long)ask->seed)));
	return json_pack("{s:i, s:s, s:s*, s:I, s:I, s:I, s:o, s:o, s:o}", "schema",
			 VNFT_RESULTS_SCHEMA, "metric", vnft_compare_metrics[ask->metric], "phase",
			 ask->phase, "noise_percent", (json_int_t)ask->noise_percent,
			 "same_percent", (json_int_t)ask->same_percent, "seed",
			 (json_int_t)ask->seed, "rows", to.rows, "changes", to.changes, "notes",
			 to.notes);
}

#define ROWS(unit) { \
	{ "type", "label" }, { "result", "result" }, { "started", "started" }, { "runs", "runs" }, \
	{ "median", "median_" unit }, { "95 % interval", "ci95_" unit }, \
	{ "host", "host_ratio" }, { "own", "own_ratio" }, { NULL, NULL } }
#define CHANGES(unit) { \
	{ "type", "label" }, { "from", "result" }, { "p", "p_value" }, \
	{ "before", "before_" unit }, { "behind", "behind_" unit }, { "ratio", "ratio" }, \
	{ "own", "own_ratio" }, { "95 % interval", "ci95_own" }, { "is", "verdict" }, \
	{ NULL, NULL } }

static const struct vnft_column notes_columns[] = { { "", "text" }, { NULL, NULL } };

static const struct series_columns {
	const char *unit;
	struct vnft_column rows[9], changes[10];
} columns[] = {
	{ "ns", ROWS("ns"), CHANGES("ns") },
	{ "bps", ROWS("bps"), CHANGES("bps") },
	{ "pps", ROWS("pps"), CHANGES("pps") },
	{ "bytes", ROWS("bytes"), CHANGES("bytes") },
};

void vnft_compare_series_views(const struct vnft_compare_ask *ask, struct vnft_view views[4])
{
	const char *unit = vnft_metrics[ask->metric].unit;
	const struct series_columns *c = columns;

	while (strcmp(c->unit, unit))
		c++;
	views[0] = (struct vnft_view) { ask->phase ? ask->phase :
						     vnft_compare_metrics[ask->metric], "rows",
					c->rows };
	views[1] = (struct vnft_view) { "Changes", "changes", c->changes };
	views[2] = (struct vnft_view) { NULL, "notes", notes_columns };
	views[3] = (struct vnft_view) { NULL, NULL, NULL };
}
