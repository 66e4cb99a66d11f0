/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One row through results in their order: its medians, and where its level changes.
 *
 * docs/method.md, "Series": "What is behind a change is compared with what is before it as two
 * results are: the runs of all results from the change before to this one, and from this one to
 * the next."
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../../lib/text/json.h"
#include "../../results/read.h"
#include "parts.h"

/**
 * struct series_row - one row through all results
 * @row: NULL: a result lacks it
 * @type, @host: its values, and those of the reference beside it
 * @side: as vnft_series() takes them; without reference where none may be used
 * @why: why what is the host's is not known; NULL: it is
 * @first: the first point with enough runs; n: none has
 */
struct series_row {
	const struct vnft_compare_ask *ask;
	const struct vnft_compare_point *point;
	size_t n, first;
	const json_t **row;
	struct vnft_samples *type, *host;
	struct vnft_side *side;
	const char *why;
	double felt[2];
	char label[256];
};

static const struct vnft_metric *metric_of(const struct series_row *s)
{
	return &vnft_metrics[s->ask->metric];
}

static bool is_counted(const struct series_row *s, size_t i)
{
	return s->type[i].n >= VNFT_MIN_RUNS_FOR_INTERVAL;
}

static struct vnft_compare_pair pair_of(const struct series_row *s, size_t a, size_t b)
{
	return (struct vnft_compare_pair) { s->point[a].results, s->point[b].results, s->row[a],
					    s->row[b] };
}

/* Why the reference cannot be used from the first point to @i; NULL: it can. */
static const char *no_reference(const struct series_row *s, size_t i)
{
	const struct vnft_compare_pair pair = pair_of(s, s->first, i);
	const char *why = vnft_compare_another_host(&pair);

	if (why)
		return why;
	if (s->host[i].n < VNFT_MIN_RUNS_FOR_INTERVAL)
		return "a result has no reference";
	return vnft_compare_same_reference(&pair) ? NULL :
	       "the references are of different versions of vnftrace";
}

/* What of a change is the host's: by the reference, or nobody knows. */
static void find_felt(struct series_row *s)
{
	const struct vnft_metric *metric = metric_of(s);
	size_t i, sides = 0;
	struct vnft_side *counted;

	if (metric->of_type_alone)
		return;
	if (!metric->reference)
		s->why = "no reference feels it";
	for (i = s->first; !s->why && i < s->n; i++)
		if (is_counted(s, i))
			s->why = no_reference(s, i);
	counted = s->why ? NULL : calloc(s->n, sizeof(*counted));
	for (i = s->first; counted && i < s->n; i++) {
		if (!is_counted(s, i))
			continue;
		s->side[i].reference = &s->host[i];
		s->side[i].busy_cpus = vnft_compare_busy_cpus(s->row[i], metric);
		counted[sides++] = s->side[i];
	}
	if (sides)
		vnft_felt(counted, sides, s->felt);
	free(counted);
}

static int load(struct series_row *s)
{
	const struct vnft_metric *metric = metric_of(s);
	size_t i;
	int err = 0;

	s->first = s->n;
	for (i = 0; !err && i < s->n; i++) {
		if (s->row[i])
			err = vnft_metric_values((enum vnft_metric_id)s->ask->metric,
						 s->ask->phase, s->row[i], &s->type[i]);
		if (!err && s->row[i] && metric->reference)
			err = vnft_results_samples(s->row[i], metric->reference, &s->host[i]);
		s->side[i].type = &s->type[i];
		if (is_counted(s, i) && s->first == s->n)
			s->first = i;
	}
	if (!err)
		find_felt(s);
	return err;
}

static void set_median(json_t *to, const char *name, const struct series_row *s,
		       const struct vnft_samples *v)
{
	char key[48];

	snprintf(key, sizeof(key), "%s_%s", name, metric_of(s)->unit);
	json_object_set_new(to, key, json_integer((json_int_t)llround(vnft_quantile(v, 0.5))));
}

static void set_null(json_t *to, const char *name, const struct series_row *s, const char *why)
{
	char key[48];

	snprintf(key, sizeof(key), "%s_%s", name, metric_of(s)->unit);
	vnft_json_null(to, key, why);
}

/* What the type is to the first point, and the host: @own_why where it is not known. */
static void set_ratios(json_t *line, const struct series_row *s, size_t i)
{
	const double felt = (s->felt[0] + s->felt[1]) / 2;
	double of_first, of_this, host_first, host_this, host = 0;
	const char *why = s->why ? s->why : "less than 6 runs";

	if (!is_counted(s, i) || s->why || !s->side[i].reference ||
	    vnft_log_middle(&s->host[s->first], &host_first) ||
	    vnft_log_middle(&s->host[i], &host_this)) {
		vnft_json_null(line, "host_ratio", metric_of(s)->of_type_alone ?
			       "the host's mood does not change it" : why);
	} else {
		host = host_this - host_first;
		json_object_set_new(line, "host_ratio", json_real(exp(host)));
	}
	if (is_counted(s, i) && !s->why && !vnft_log_middle(&s->type[s->first], &of_first) &&
	    !vnft_log_middle(&s->type[i], &of_this) && isfinite(of_this - of_first - felt * host))
		json_object_set_new(line, "own_ratio",
				    json_real(exp(of_this - of_first - felt * host)));
	else
		vnft_json_null(line, "own_ratio", why);
}

static void add_line(json_t *rows, const struct series_row *s, size_t i)
{
	const json_t *started = vnft_view_at(s->point[i].results, "manifest.started");
	const struct vnft_interval interval = vnft_bootstrap_median(&s->type[i], s->ask->seed);
	const char *why = vnft_metric_none_why((enum vnft_metric_id)s->ask->metric, s->ask->phase,
					       s->row[i]);
	json_t *line = json_object();
	char key[32];

	if (!s->row[i])
		why = "this result has no such row";
	json_object_set_new(line, "label", json_string(s->label));
	json_object_set_new(line, "result", vnft_json_name(s->point[i].name));
	if (json_is_string(started))
		json_object_set(line, "started", (json_t *)started);
	json_object_set_new(line, "runs", json_integer((json_int_t)s->type[i].n));
	if (s->type[i].n)
		set_median(line, "median", s, &s->type[i]);
	else
		set_null(line, "median", s, why);
	snprintf(key, sizeof(key), "ci95_%s", metric_of(s)->unit);
	if (interval.valid)
		json_object_set_new(line, key, json_pack("[I, I]",
							 (json_int_t)llround(interval.low),
							 (json_int_t)llround(interval.high)));
	else
		vnft_json_null(line, key, s->type[i].n ? "an interval needs 6 runs" : why);
	set_ratios(line, s, i);
	json_array_append_new(rows, line);
}

/* All runs of the points [@from, @until) that count. */
static int pool(const struct series_row *s, size_t from, size_t until, struct vnft_samples *type,
		struct vnft_samples *host)
{
	size_t i, k;
	int err = 0;

	for (i = from; i < until; i++) {
		if (!is_counted(s, i))
			continue;
		for (k = 0; !err && k < s->type[i].n; k++)
			err = vnft_samples_add(type, s->type[i].value[k]);
		for (k = 0; !err && s->side[i].reference && k < s->host[i].n; k++)
			err = vnft_samples_add(host, s->host[i].value[k]);
	}
	return err;
}

/* The nearest point before @at that counts. */
static size_t before(const struct series_row *s, size_t at)
{
	while (at && !is_counted(s, --at))
		;
	return at;
}

/* What lies behind the change, seen from what lies before it, as compare sees two results. */
static int compare(const struct series_row *s, size_t from, size_t at, size_t until,
		   struct vnft_comparison *c, char *verdict, size_t bytes, json_t *line)
{
	struct vnft_samples a = { 0 }, b = { 0 }, host_a = { 0 }, host_b = { 0 };
	const struct vnft_compare_pair pair = pair_of(s, before(s, at), at);
	struct vnft_side of_a = { &a, &host_a, s->side[before(s, at)].busy_cpus };
	struct vnft_side of_b = { &b, &host_b, s->side[at].busy_cpus };
	struct vnft_compare_found found = { 0 };
	int err;

	err = pool(s, from, at, &a, &host_a);
	if (!err)
		err = pool(s, at, until, &b, &host_b);
	if (!err)
		err = vnft_compare(&a, &b, s->ask->seed, c);
	if (!err && !s->why && !metric_of(s)->of_type_alone)
		err = vnft_compare_reference(&of_a, &of_b, s->ask->seed, c);
	if (!err && s->why)
		snprintf(verdict, bytes, VNFT_VERDICT_OPEN);
	else if (!err)
		vnft_compare_judge(s->ask, &pair, c, verdict, bytes, &found);
	if (!err) {
		set_median(line, "before", s, &a);
		set_median(line, "behind", s, &b);
	}
	vnft_samples_free(&a);
	vnft_samples_free(&b);
	vnft_samples_free(&host_a);
	vnft_samples_free(&host_b);
	return err;
}

static int add_change(json_t *changes, const struct series_row *s, size_t from,
		      const struct vnft_change *change, size_t until)
{
	json_t *line = json_object();
	struct vnft_comparison c = { 0 };
	char verdict[64];
	int err;

	json_object_set_new(line, "label", json_string(s->label));
	json_object_set_new(line, "result", vnft_json_name(s->point[change->at].name));
	json_object_set_new(line, "result_before",
			    vnft_json_name(s->point[before(s, change->at)].name));
	json_object_set_new(line, "p_value", json_real(change->p_value));
	err = compare(s, from, change->at, until, &c, verdict, sizeof(verdict), line);
	if (err) {
		json_decref(line);
		return err;
	}
	if (isfinite(c.ratio))
		json_object_set_new(line, "ratio", json_real(c.ratio));
	else
		vnft_json_null(line, "ratio", "one side has no median above 0");
	if (!s->why && isfinite(c.own_ratio))
		json_object_set_new(line, "own_ratio", json_real(c.own_ratio));
	else
		vnft_json_null(line, "own_ratio", s->why ? s->why : "there is no ratio");
	if (!s->why && c.ci95_own.valid)
		json_object_set_new(line, "ci95_own", json_pack("[f, f]", c.ci95_own.low,
								c.ci95_own.high));
	else
		vnft_json_null(line, "ci95_own", s->why ? s->why : "there is no interval");
	json_object_set_new(line, "verdict", json_string(verdict));
	json_array_append_new(changes, line);
	return 0;
}

static void add_note(json_t *notes, const struct series_row *s, size_t changes, double p_value)
{
	size_t i, counted = 0;
	char p[48] = "";

	for (i = 0; i < s->n; i++)
		counted += is_counted(s, i);
	if (isfinite(p_value))
		snprintf(p, sizeof(p), ", p = %.3g", p_value);
	if (counted < 2)
		json_array_append_new(notes, json_pack("{s:o}", "text",
			json_sprintf("%s: less than two results have 6 runs of it", s->label)));
	else if (!changes)
		json_array_append_new(notes, json_pack("{s:o}", "text",
			json_sprintf("%s: no change can be told in %d results%s", s->label,
				     (int)counted, p)));
	if (s->why && counted > 1)
		json_array_append_new(notes, json_pack("{s:o}", "text",
			json_sprintf("%s: what of a change is the host's is unknown: %s",
				     s->label, s->why)));
}

static int walk(struct series_row *s, const struct vnft_compare_tables *to)
{
	struct vnft_change *change = calloc(s->n, sizeof(*change));
	size_t i, n = 0, from;
	double p_value = NAN;
	int err = change ? load(s) : -ENOMEM;

	for (i = 0; !err && i < s->n; i++)
		add_line(to->rows, s, i);
	if (!err && s->first < s->n)
		err = vnft_series(s->side, s->n, s->felt, s->ask->seed, change, &n, &p_value);
	/* Of durations that are 0 there are medians and no ratios. */
	if (err == -ERANGE) {
		json_array_append_new(to->notes, json_pack("{s:o}", "text",
			json_sprintf("%s: %s", s->label, vnft_why())));
		err = 0;
	}
	for (i = 0, from = 0; !err && i < n; from = change[i++].at)
		err = add_change(to->changes, s, from, &change[i],
				 i + 1 < n ? change[i + 1].at : s->n);
	if (!err)
		add_note(to->notes, s, n, p_value);
	free(change);
	return err;
}

int vnft_compare_series_row(const struct vnft_compare_ask *ask,
			    const struct vnft_compare_point *point, size_t n, const json_t **row,
			    const struct vnft_compare_tables *to)
{
	struct series_row s = { .ask = ask, .point = point, .n = n, .row = row };
	size_t i;
	int err;

	for (i = 0; i < n && !row[i]; i++)
		;
	vnft_compare_name(point[i].results, row[i], s.label, sizeof(s.label));
	s.type = calloc(n, sizeof(*s.type));
	s.host = calloc(n, sizeof(*s.host));
	s.side = calloc(n, sizeof(*s.side));
	err = s.type && s.host && s.side ? walk(&s, to) : -ENOMEM;
	for (i = 0; i < n; i++) {
		if (s.type)
			vnft_samples_free(&s.type[i]);
		if (s.host)
			vnft_samples_free(&s.host[i]);
	}
	free(s.type);
	free(s.host);
	free(s.side);
	return err;
}
