/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two rows beside each other: medians, ratio, verdict (docs/method.md, "Comparison").
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/text/json.h"
#include "../../results/read.h"
#include "../../stat/stat.h"
#include "parts.h"

const struct vnft_compare_metric vnft_compare_metric_table[] = {
	{ "instantiation.samples_ns", "instantiation.median_bound_ns", "ns", false },
	{ "service_ready.samples_ns", "service_ready.median_bound_ns", "ns", false },
	{ "teardown.samples_ns", "teardown.median_bound_ns", "ns", false },
	{ "rtt.flood.samples_ns", "rtt.flood.mean_bound_ns", "ns", false },
	{ "rtt.fixed.samples_ns", "rtt.fixed.mean_bound_ns", "ns", false },
	{ "throughput.tx.samples_bps", "throughput.tx.median_bound_bps", "bps", true },
	{ "throughput.rx.samples_bps", "throughput.rx.median_bound_bps", "bps", true },
	{ "throughput.tx.samples_pps", "throughput.tx.median_bound_pps", "pps", true },
	{ "throughput.rx.samples_pps", "throughput.rx.median_bound_pps", "pps", true },
	{ "memory.samples_bytes", "memory.median_bound_bytes", "bytes", false },
};

#define MISSING		"missing"
#define UNMEASURED	"not measured"
#define TOO_FEW		"too few runs"
#define IN_BOUNDS	"within the bounds of the method: cannot tell"

static void set_pair(json_t *to, const char *key, const struct vnft_interval *i, bool whole)
{
	json_object_set_new(to, key, whole ?
			    json_pack("[I, I]", (json_int_t)llround(i->low),
				      (json_int_t)llround(i->high)) :
			    json_pack("[f, f]", i->low, i->high));
}

static json_t *side(const struct vnft_compare_metric *metric, const json_t *row,
		    const struct vnft_samples *s, uint64_t seed)
{
	const char *unit = metric->unit;
	struct vnft_interval interval = vnft_bootstrap_median(s, seed);
	json_t *o = json_object();
	char key[32];

	json_object_set_new(o, "runs", json_integer((json_int_t)s->n));
	if (json_object_get(row, "disturbed_runs"))
		json_object_set(o, "disturbed_runs", json_object_get(row, "disturbed_runs"));
	if (json_object_get(row, "disturbed_runs_why"))
		json_object_set(o, "disturbed_runs_why",
				json_object_get(row, "disturbed_runs_why"));
	snprintf(key, sizeof(key), "median_%s", unit);
	if (s->n)
		json_object_set_new(o, key,
				    json_integer((json_int_t)llround(vnft_quantile(s, 0.5))));
	else
		vnft_json_null(o, key, row ? "no run of it counted" : "this side has no such row");
	vnft_compare_set_bound(metric, row, o);
	snprintf(key, sizeof(key), "ci95_%s", unit);
	if (interval.valid)
		set_pair(o, key, &interval, true);
	else
		vnft_json_null(o, key, "an interval needs 6 runs");
	return o;
}

static void set_names(json_t *line, const char *type_key, const char *label_key, const json_t *row)
{
	char label[256];

	if (!row) {
		vnft_json_null(line, type_key, "this side has no such row");
		vnft_json_null(line, label_key, "this side has no such row");
		return;
	}
	vnft_results_label(row, label, sizeof(label));
	json_object_set(line, type_key, json_object_get(row, "type"));
	json_object_set_new(line, label_key, json_string(label));
}

/* A sentence below the table: a difference may be the host's. */
static void add_disturbed(json_t *notes, const char *name, const json_t *row)
{
	const json_t *by = json_object_get(row, "disturbed_by");
	char label[256];

	if (!json_is_string(by))
		return;
	vnft_results_label(row, label, sizeof(label));
	json_array_append_new(notes, json_pack("{s:o}", "text",
		json_sprintf("%s, %s: %s", name, label, json_string_value(by))));
}

static void set_ratio(json_t *line, const struct vnft_comparison *c, const char *none_why)
{
	const char *why = none_why ? none_why : "one side has no median above 0";

	if (!none_why && isfinite(c->ratio)) {
		json_object_set_new(line, "ratio", json_real(c->ratio));
		json_object_set_new(line, "p_value", json_real(c->p_value));
	} else {
		vnft_json_null(line, "ratio", why);
		vnft_json_null(line, "p_value", why);
	}
	if (!none_why && c->ci95_ratio.valid)
		set_pair(line, "ci95_ratio", &c->ci95_ratio, false);
	else
		vnft_json_null(line, "ci95_ratio", none_why ? none_why :
			       "an interval needs 6 runs of each side, all above 0");
}

/*
 * method.md, "Comparison": "an inconclusive row does where its interval reaches beyond the floor on
 * the slow side".
 */
static bool may_be_worse(const struct vnft_comparison *c, double noise_ratio, bool more_is_better)
{
	if (!c->ci95_ratio.valid)
		return true;
	return more_is_better ? c->ci95_ratio.low < 1 / (1 + noise_ratio) :
				c->ci95_ratio.high > 1 + noise_ratio;
}

static void judge(const struct vnft_compare_ask *ask, const struct vnft_comparison *c,
		  const json_t *row_a, const json_t *row_b, char *verdict, size_t bytes,
		  struct vnft_compare_found *found)
{
	const struct vnft_compare_metric *metric = &vnft_compare_metric_table[ask->metric];
	const double noise_ratio = (double)ask->noise_percent / 100;
	const bool more_is_better = metric->more_is_better;
	const enum vnft_likeness v = vnft_judge(c, noise_ratio);

	if (v == VNFT_LIKENESS_SAME) {
		snprintf(verdict, bytes, "same within %llu %%",
			 (unsigned long long)ask->noise_percent);
	} else if (v == VNFT_LIKENESS_OPEN) {
		snprintf(verdict, bytes, "inconclusive");
		found->inconclusive++;
		found->may_be_slower += may_be_worse(c, noise_ratio, more_is_better);
	} else if (vnft_compare_within_bounds(metric, row_a, row_b, c)) {
		snprintf(verdict, bytes, IN_BOUNDS);
		found->within_bounds++;
		found->inconclusive++;
		found->may_be_slower += vnft_compare_bounds_may_be_worse(metric, row_a, row_b, c,
									 noise_ratio);
	} else if ((v == VNFT_LIKENESS_MORE) == more_is_better) {
		snprintf(verdict, bytes, "faster");
		found->faster++;
	} else {
		snprintf(verdict, bytes, "slower");
		found->slower++;
	}
}

int vnft_compare_line(const struct vnft_compare_ask *ask, const json_t *row_a,
		      const json_t *row_b, json_t *table, json_t *notes,
		      struct vnft_compare_found *found)
{
	const struct vnft_compare_metric *metric = &vnft_compare_metric_table[ask->metric];
	struct vnft_samples a = { 0 }, b = { 0 };
	struct vnft_comparison c = { 0 };
	const char *none_why = NULL;
	char verdict[64];
	json_t *line;
	int err;

	err = row_a ? vnft_results_samples(row_a, metric->path, &a) : 0;
	if (!err && row_b)
		err = vnft_results_samples(row_b, metric->path, &b);
	if (!err && a.n && b.n)
		err = vnft_compare(&a, &b, ask->seed, &c);
	if (err)
		goto out;
	if (!row_a || !row_b) {
		none_why = "one side has no such row";
		snprintf(verdict, sizeof(verdict), MISSING);
	} else if (!a.n || !b.n) {
		none_why = "no run of one side counted";
		snprintf(verdict, sizeof(verdict), UNMEASURED);
	} else if (a.n < VNFT_MIN_RUNS_FOR_INTERVAL || b.n < VNFT_MIN_RUNS_FOR_INTERVAL) {
		snprintf(verdict, sizeof(verdict), TOO_FEW);
	} else {
		judge(ask, &c, row_a, row_b, verdict, sizeof(verdict), found);
	}
	found->untested += none_why || !strcmp(verdict, TOO_FEW);
	line = json_object();
	set_names(line, "type", "label", row_a);
	set_names(line, "type_b", "label_b", row_b);
	json_object_set_new(line, "a", side(metric, row_a, &a, ask->seed));
	json_object_set_new(line, "b", side(metric, row_b, &b, ask->seed));
	set_ratio(line, &c, none_why);
	json_object_set_new(line, "verdict", json_string(verdict));
	json_array_append_new(table, line);
	add_disturbed(notes, "A", row_a);
	add_disturbed(notes, "B", row_b);
out:
	vnft_samples_free(&a);
	vnft_samples_free(&b);
	return err;
}
