/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two rows beside each other: medians, ratio, verdict (docs/method.md, "Comparison").
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/text/json.h"
#include "../../stat/stat.h"
#include "parts.h"

static void set_pair(json_t *to, const char *key, const struct vnft_interval *i, bool whole)
{
	json_object_set_new(to, key, whole ?
			    json_pack("[I, I]", (json_int_t)llround(i->low),
				      (json_int_t)llround(i->high)) :
			    json_pack("[f, f]", i->low, i->high));
}

static json_t *side(const struct vnft_compare_ask *ask, const json_t *row,
		    const struct vnft_samples *s)
{
	const struct vnft_metric *metric = &vnft_metrics[ask->metric];
	const char *unit = metric->unit;
	struct vnft_interval interval = vnft_bootstrap_median(s, ask->seed);
	const char *why = vnft_metric_none_why(ask->metric, ask->phase, row);
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
		vnft_json_null(o, key, why);
	snprintf(key, sizeof(key), "median_bound_%s", unit);
	if (s->n)
		vnft_compare_set_bound(metric, row, o);
	else
		vnft_json_null(o, key, why);
	snprintf(key, sizeof(key), "ci95_%s", unit);
	if (interval.valid)
		set_pair(o, key, &interval, true);
	else
		vnft_json_null(o, key, s->n ? "an interval needs 6 runs" : why);
	return o;
}

static void set_names(json_t *line, const char *type_key, const char *label_key,
		      const json_t *results, const json_t *row)
{
	char label[256];

	if (!row) {
		vnft_json_null(line, type_key, "this side has no such row");
		vnft_json_null(line, label_key, "this side has no such row");
		return;
	}
	vnft_compare_name(results, row, label, sizeof(label));
	json_object_set(line, type_key, json_object_get(row, "type"));
	json_object_set_new(line, label_key, json_string(label));
}

/* A sentence below the table: a difference may be the host's. */
static void add_disturbed(json_t *notes, const char *name, const json_t *results,
			  const json_t *row)
{
	const json_t *by = json_object_get(row, "disturbed_by");
	char label[256];

	if (!json_is_string(by))
		return;
	vnft_compare_name(results, row, label, sizeof(label));
	json_array_append_new(notes, json_pack("{s:o}", "text",
		json_sprintf("%s, %s: %s", name, label, json_string_value(by))));
}

/* A ratio and its interval, or the reason why there is none. */
static void set_ratio(json_t *line, const char *key, const char *ci_key, double ratio,
		      const struct vnft_interval *i, const char *why)
{
	if (isfinite(ratio))
		json_object_set_new(line, key, json_real(ratio));
	else
		vnft_json_null(line, key, why ? why : "one side has no median above 0");
	if (isfinite(ratio) && i->valid)
		set_pair(line, ci_key, i, false);
	else
		vnft_json_null(line, ci_key, why ? why :
			       "an interval needs 6 runs of each side, all above 0");
}

static void set_ratios(json_t *line, const struct vnft_comparison *c,
		       const struct vnft_compare_by *by, const char *none_why)
{
	set_ratio(line, "ratio", "ci95_ratio", none_why ? NAN : c->ratio, &c->ci95_ratio,
		  none_why);
	set_ratio(line, "host_ratio", "ci95_host", none_why ? NAN : c->host_ratio, &c->ci95_host,
		  none_why ? none_why : by->host_why);
	set_ratio(line, "own_ratio", "ci95_own", none_why ? NAN : c->own_ratio, &c->ci95_own,
		  none_why ? none_why : by->own_why);
	if (!none_why && isfinite(c->own_ratio) && isfinite(c->p_value))
		json_object_set_new(line, "p_value", json_real(c->p_value));
	else
		vnft_json_null(line, "p_value", none_why ? none_why : by->own_why ? by->own_why :
			       "one side has no median above 0");
	if (by->how)
		json_object_set_new(line, "by", json_string(by->how));
	else
		vnft_json_null(line, "by", none_why ? none_why : by->own_why);
}

/* In the unit of what is compared, where both sides were measured in the same rounds. */
static void set_difference(json_t *line, const struct vnft_compare_ask *ask,
			   const struct vnft_compare_by *by, const char *none_why)
{
	const char *unit = vnft_metrics[ask->metric].unit;
	const bool known = !none_why && isfinite(by->difference);
	char key[48];

	snprintf(key, sizeof(key), "difference_%s", unit);
	if (known)
		json_object_set_new(line, key, json_integer((json_int_t)llround(by->difference)));
	else
		vnft_json_null(line, key, none_why ? none_why : by->difference_why);
	snprintf(key, sizeof(key), "ci95_difference_%s", unit);
	if (known && by->ci95_difference.valid)
		set_pair(line, key, &by->ci95_difference, true);
	else
		vnft_json_null(line, key, none_why ? none_why : by->difference_why);
}

/*
 * method.md, "Comparison": "an inconclusive row does where its interval (that of ratio where there
 * is no own_ratio) reaches beyond the margin of sameness on the slow side".
 */
static bool may_be_worse(const struct vnft_comparison *c, double same_ratio, bool more_is_better)
{
	/* What is not known to be the type's own may be. */
	const struct vnft_interval *i = c->ci95_own.valid ? &c->ci95_own : &c->ci95_ratio;

	if (!i->valid)
		return true;
	return more_is_better ? i->low < 1 / (1 + same_ratio) : i->high > 1 + same_ratio;
}

enum vnft_likeness vnft_compare_judge(const struct vnft_compare_ask *ask,
				      const struct vnft_compare_pair *pair,
				      const struct vnft_comparison *c, char *verdict, size_t bytes,
				      struct vnft_compare_found *found)
{
	const struct vnft_metric *metric = &vnft_metrics[ask->metric];
	const bool more_is_better = metric->more_is_better;
	const uint64_t same_percent = ask->same_percent > ask->noise_percent ?
				      ask->same_percent : ask->noise_percent;
	const double same_ratio = (double)same_percent / 100;
	struct vnft_comparison own = *c;
	const enum vnft_likeness v = vnft_judge(c, (double)ask->noise_percent / 100, same_ratio);

	/* The bounds are of what is judged: the type's own difference. */
	own.median_b = own.median_a * own.own_ratio;
	if (v == VNFT_LIKENESS_SAME) {
		snprintf(verdict, bytes, "same within %llu %%", (unsigned long long)same_percent);
	} else if (v == VNFT_LIKENESS_OPEN) {
		snprintf(verdict, bytes, VNFT_VERDICT_OPEN);
		found->inconclusive++;
		found->may_be_slower += may_be_worse(c, same_ratio, more_is_better);
	} else if (vnft_compare_within_bounds(metric, pair->row_a, pair->row_b, &own)) {
		snprintf(verdict, bytes, VNFT_VERDICT_IN_BOUNDS);
		found->within_bounds++;
		found->inconclusive++;
		found->may_be_slower += vnft_compare_bounds_may_be_worse(metric, pair->row_a,
									 pair->row_b, &own,
									 same_ratio);
		return VNFT_LIKENESS_OPEN;
	} else if ((v == VNFT_LIKENESS_MORE) == more_is_better) {
		snprintf(verdict, bytes, VNFT_VERDICT_FASTER);
		found->faster++;
	} else {
		snprintf(verdict, bytes, VNFT_VERDICT_SLOWER);
		found->slower++;
	}
	return v;
}

/* What of two sides with runs can be said. */
static void compare(const struct vnft_compare_ask *ask, const struct vnft_compare_pair *pair,
		    const struct vnft_samples *a, const struct vnft_samples *b,
		    struct vnft_comparison *c, json_t *line, json_t *notes,
		    struct vnft_compare_found *found)
{
	struct vnft_compare_by by;
	unsigned int open, worse;
	enum vnft_likeness likeness;
	char verdict[64], note[512], label[256];

	vnft_compare_own(ask, pair, a, b, c, &by);
	set_ratios(line, c, &by, NULL);
	set_difference(line, ask, &by, NULL);
	if (a->n < VNFT_MIN_RUNS_FOR_INTERVAL || b->n < VNFT_MIN_RUNS_FOR_INTERVAL) {
		json_object_set_new(line, "verdict", json_string(VNFT_VERDICT_TOO_FEW));
		found->untested++;
		return;
	}
	open = found->inconclusive;
	worse = found->may_be_slower;
	likeness = vnft_compare_judge(ask, pair, c, verdict, sizeof(verdict), found);
	json_object_set_new(line, "verdict", json_string(verdict));
	if (found->inconclusive > open)
		json_object_set_new(line, "may_be_slower",
				    json_boolean(found->may_be_slower > worse));
	if (!isfinite(c->ratio))
		return;
	vnft_compare_say(ask, c, &by, likeness, note, sizeof(note));
	json_object_set_new(line, "note", json_string(note));
	vnft_compare_name(pair->results_b, pair->row_b, label, sizeof(label));
	json_array_append_new(notes, json_pack("{s:o}", "text",
					       json_sprintf("%s: %s", label, note)));
}

int vnft_compare_line(const struct vnft_compare_ask *ask, const struct vnft_compare_pair *pair,
		      json_t *table, json_t *notes, struct vnft_compare_found *found)
{
	const json_t *row_a = pair->row_a, *row_b = pair->row_b;
	const bool missing = !row_a || !row_b;
	struct vnft_samples a = { 0 }, b = { 0 };
	struct vnft_comparison c = { 0 };
	struct vnft_compare_by none = { 0 };
	const char *none_why;
	json_t *line;
	int err;

	err = row_a ? vnft_metric_values(ask->metric, ask->phase, row_a, &a) : 0;
	if (!err && row_b)
		err = vnft_metric_values(ask->metric, ask->phase, row_b, &b);
	if (!err && a.n && b.n)
		err = vnft_compare(&a, &b, ask->seed, &c);
	if (err)
		goto out;
	line = json_object();
	set_names(line, "type", "label", pair->results_a, row_a);
	set_names(line, "type_b", "label_b", pair->results_b, row_b);
	json_object_set_new(line, "a", side(ask, row_a, &a));
	json_object_set_new(line, "b", side(ask, row_b, &b));
	if (missing || !a.n || !b.n) {
		none_why = missing ? "one side has no such row" :
			   vnft_metric_none_why(ask->metric, ask->phase, a.n ? row_b : row_a);
		set_ratios(line, &c, &none, none_why);
		set_difference(line, ask, &none, none_why);
		json_object_set_new(line, "verdict", json_string(missing ?
				    VNFT_VERDICT_MISSING : VNFT_VERDICT_UNMEASURED));
		found->untested++;
	} else {
		compare(ask, pair, &a, &b, &c, line, notes, found);
	}
	json_array_append_new(table, line);
	add_disturbed(notes, "A", pair->results_a, row_a);
	add_disturbed(notes, "B", pair->results_b, row_b);
out:
	vnft_samples_free(&a);
	vnft_samples_free(&b);
	return err;
}
