/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of a comparison. tools/stat/compare.c has the test.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "../results/keys.h"
#include "../results/read.h"
#include "../stat/stat.h"
#include "compare.h"

const char *const vnft_compare_metrics[] = {
	"instantiation", "service", "teardown", "rtt", "rtt-fixed", "tx", "rx", "tx-pps", "rx-pps",
	"memory", NULL
};
/* Of each: where its per-run values are, and whether more is better. */
static const struct metric {
	const char *path;
	const char *unit;
	bool more_is_better;
} metrics[] = {
	{ "instantiation.samples_ns", "ns", false },
	{ "service_ready.samples_ns", "ns", false },
	{ "teardown.samples_ns", "ns", false },
	{ "rtt.flood.samples_ns", "ns", false },
	{ "rtt.fixed.samples_ns", "ns", false },
	{ "throughput.tx.samples_bps", "bps", true },
	{ "throughput.rx.samples_bps", "bps", true },
	{ "throughput.tx.samples_pps", "pps", true },
	{ "throughput.rx.samples_pps", "pps", true },
	{ "memory.samples_bytes", "bytes", false },
};

static const char *text_of(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text ? text : "";
}

/* Does @row go by @name: its type, or its type with what tells it from others? */
static bool is_called(const json_t *row, const char *name)
{
	char label[256];

	vnft_results_label(row, label, sizeof(label));
	return !strcmp(text_of(row, "type"), name) || !strcmp(label, name);
}

/* The only row that goes by @name; NULL after vnft_fail() if there is none, or more than one. */
static const json_t *find_named(const json_t *results, const char *name, const char *side)
{
	const json_t *found = NULL;
	char label[256];
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(results, "rows"), i, row) {
		if (!is_called(row, name))
			continue;
		if (found) {
			vnft_results_label(row, label, sizeof(label));
			vnft_fail(-ENOENT,
				  "compare: %s has several rows of type %s: name one in full, "
				  "such as \"DIR:%s\"",
				  side, name, label);
			return NULL;
		}
		found = row;
	}
	if (!found)
		vnft_fail(-ENOENT, "compare: no row of type %s in %s", name, side);
	return found;
}

/*
 * The row that answers to @like: of its type, cache state and setup. Where both sides have one row
 * of the type and cache state, that they differ in setup is what somebody wants to compare.
 */
static const json_t *find_like(const json_t *results, const json_t *mine, const json_t *like)
{
	const json_t *only = NULL, *setup = json_object_get(like, "setup");
	size_t i, theirs = 0, ours = 0;
	json_t *row;

	json_array_foreach(json_object_get(mine, "rows"), i, row)
		ours += !strcmp(text_of(row, "type"), text_of(like, "type")) &&
			!strcmp(text_of(row, "cache"), text_of(like, "cache"));
	json_array_foreach(json_object_get(results, "rows"), i, row) {
		if (strcmp(text_of(row, "type"), text_of(like, "type")) ||
		    strcmp(text_of(row, "cache"), text_of(like, "cache")))
			continue;
		if (json_equal(json_object_get(row, "setup"), setup) ||
		    (!setup && !json_object_get(row, "setup")))
			return row;
		only = row;
		theirs++;
	}
	return theirs == 1 && ours == 1 ? only : NULL;
}

static void set_label(json_t *line, const char *key, const json_t *row)
{
	char label[256];

	vnft_results_label(row, label, sizeof(label));
	json_object_set_new(line, key, json_string(label));
}

static json_t *side(const char *unit, double median, const struct vnft_samples *s, uint64_t seed)
{
	struct vnft_interval interval = vnft_bootstrap_median(s, seed);
	json_t *o = json_object();
	char key[32];

	json_object_set_new(o, "runs", json_integer((json_int_t)s->n));
	snprintf(key, sizeof(key), "median_%s", unit);
	if (s->n)
		json_object_set_new(o, key, json_integer((json_int_t)llround(median)));
	else
		vnft_json_null(o, key, "no run of it counted");
	snprintf(key, sizeof(key), "ci95_%s", unit);
	if (interval.valid)
		json_object_set_new(o, key, json_pack("[I, I]", (json_int_t)llround(interval.low),
						      (json_int_t)llround(interval.high)));
	else
		vnft_json_null(o, key, "an interval needs 6 runs");
	return o;
}

static int compare_rows(const struct vnft_compare_ask *ask, const json_t *row_a,
			const json_t *row_b, json_t *table, struct vnft_compare_found *found)
{
	const struct metric *metric = &metrics[ask->metric];
	struct vnft_samples a = { 0 }, b = { 0 };
	struct vnft_comparison c = { .verdict = "too few runs" };
	json_t *line = json_object();
	const char *verdict;
	int err;

	err = vnft_results_samples(row_a, metric->path, &a);
	if (!err)
		err = vnft_results_samples(row_b, metric->path, &b);
	if (!err && a.n && b.n)
		err = vnft_compare(&a, &b, (double)ask->noise_percent / 100, ask->seed, &c);
	if (err)
		goto out;
	verdict = a.n && b.n ? vnft_verdict(&c, metric->more_is_better) : "not measured";
	json_object_set_new(line, "type", json_string(text_of(row_a, "type")));
	json_object_set_new(line, "type_b", json_string(text_of(row_b, "type")));
	set_label(line, "label", row_a);
	set_label(line, "label_b", row_b);
	json_object_set_new(line, "a", side(metric->unit, c.median_a, &a, ask->seed));
	json_object_set_new(line, "b", side(metric->unit, c.median_b, &b, ask->seed));
	if (a.n && b.n && isfinite(c.ratio)) {
		json_object_set_new(line, "ratio", json_real(c.ratio));
		json_object_set_new(line, "p_value", json_real(c.p_value));
	} else {
		vnft_json_null(line, "ratio", "one side has no median above 0");
		vnft_json_null(line, "p_value", "one side has no median above 0");
	}
	json_object_set_new(line, "verdict", json_string(verdict));
	found->slower += !strcmp(verdict, "slower");
	found->faster += !strcmp(verdict, "faster");
	json_array_append(table, line);
out:
	json_decref(line);
	vnft_samples_free(&a);
	vnft_samples_free(&b);
	return err;
}

/* The row that each side names; a name on one side only is meant for both. */
static int compare_named(const struct vnft_compare_ask *ask, const struct vnft_compare_side *a,
			 const struct vnft_compare_side *b, json_t *table,
			 struct vnft_compare_found *found)
{
	const json_t *left, *right;

	left = find_named(a->results, a->type[0] ? a->type : b->type, "A");
	right = left ? find_named(b->results, b->type[0] ? b->type : a->type, "B") : NULL;
	return right ? compare_rows(ask, left, right, table, found) : -ENOENT;
}

static int compare_all(const struct vnft_compare_ask *ask, const json_t *a, const json_t *b,
		       json_t *table, struct vnft_compare_found *found)
{
	const json_t *other;
	json_t *row;
	size_t i;
	int err;

	json_array_foreach(json_object_get(a, "rows"), i, row) {
		other = find_like(b, a, row);
		err = other ? compare_rows(ask, row, other, table, found) : 0;
		if (err)
			return err;
	}
	if (!json_array_size(table))
		return vnft_fail(-ENOENT,
				 "compare: A and B have no type in common: name one in each "
				 "with DIR:TYPE");
	return 0;
}

json_t *vnft_compare_tree(const struct vnft_compare_ask *ask, const struct vnft_compare_side *a,
			  const struct vnft_compare_side *b, struct vnft_compare_found *found,
			  int *err)
{
	json_t *table = json_array();

	*found = (struct vnft_compare_found) { 0 };
	if (a->type[0] || b->type[0])
		*err = compare_named(ask, a, b, table, found);
	else
		*err = compare_all(ask, a->results, b->results, table, found);
	if (*err) {
		json_decref(table);
		return NULL;
	}
	return json_pack("{s:i, s:s, s:I, s:I, s:o}", "schema", VNFT_RESULTS_SCHEMA, "metric",
			 vnft_compare_metrics[ask->metric], "noise_percent",
			 (json_int_t)ask->noise_percent, "seed", (json_int_t)ask->seed, "rows",
			 table);
}

#define COLUMNS(unit) { \
	{ "type", "label" }, { "against", "label_b" }, { "runs A", "a.runs" }, \
	{ "runs B", "b.runs" }, \
	{ "median A", "a.median_" unit }, { "95 % interval", "a.ci95_" unit }, \
	{ "median B", "b.median_" unit }, { "95 % interval", "b.ci95_" unit }, \
	{ "B / A", "ratio" }, { "p", "p_value" }, { "B is", "verdict" }, { NULL, NULL } }

static const struct vnft_column columns_ns[] = COLUMNS("ns");
static const struct vnft_column columns_bps[] = COLUMNS("bps");
static const struct vnft_column columns_pps[] = COLUMNS("pps");
static const struct vnft_column columns_bytes[] = COLUMNS("bytes");

static const struct vnft_column *columns_of(const char *unit)
{
	return !strcmp(unit, "bps") ? columns_bps : !strcmp(unit, "pps") ? columns_pps :
	       !strcmp(unit, "bytes") ? columns_bytes : columns_ns;
}

void vnft_compare_views(const struct vnft_compare_ask *ask, struct vnft_view views[2])
{
	views[0] = (struct vnft_view) { vnft_compare_metrics[ask->metric], "rows",
					columns_of(metrics[ask->metric].unit) };
	views[1] = (struct vnft_view) { NULL, NULL, NULL };
}
