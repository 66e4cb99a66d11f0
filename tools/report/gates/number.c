/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a gate asks of a row: the number that pages print, or one made of the values of its runs;
 * its interval, and what the method may be off by. A null keeps its reason.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/text/view.h"
#include "../../results/read.h"
#include "../../stat/stat.h"
#include "parts.h"

#define KEY_BYTES	128
/* Of intervals that results.json does not have: those of phases. */
#define SEED		1

static void no_value(struct vnft_gate_number *number, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void no_value(struct vnft_gate_number *number, const char *fmt, ...)
{
	va_list ap;

	number->value = NAN;
	va_start(ap, fmt);
	vsnprintf(number->why, sizeof(number->why), fmt, ap);
	va_end(ap);
}

/* The reason that stands for all below the first null on the way to @path; NULL: none is null. */
static const char *null_on_the_way(const json_t *row, const char *path)
{
	char part[KEY_BYTES], key[KEY_BYTES + 4];
	const char *at = path;

	for (; (at = strchr(at, '.')); at++) {
		snprintf(part, sizeof(part), "%.*s", (int)(at - path), path);
		if (!json_is_null(vnft_view_at(row, part)))
			continue;
		snprintf(key, sizeof(key), "%s_why", part);
		return json_string_value(vnft_view_at(row, key));
	}
	return NULL;
}

/* Where nothing was measured, the mean or median has the one reason. NULL: there is none. */
static const char *reason_above(const struct vnft_metric *metric, const json_t *row,
				const char *path)
{
	static const char *const mains[] = { "mean", "median" };
	const char *end = strrchr(path, '.'), *why = NULL;
	char key[KEY_BYTES + 32];
	size_t i;

	while (!why && end) {
		for (i = 0; !why && i < sizeof(mains) / sizeof(mains[0]); i++) {
			snprintf(key, sizeof(key), "%.*s.%s_%s_why", (int)(end - path), path,
				 mains[i], metric->unit);
			why = json_string_value(vnft_view_at(row, key));
		}
		while (end > path && *--end != '.')
			;
		end = end > path ? end : NULL;
	}
	return why;
}

/* Why there is no number at @path, as far as the row says. */
static const char *reason(const struct vnft_metric *metric, const json_t *row, const char *path)
{
	char key[KEY_BYTES + 4];
	const char *why;

	snprintf(key, sizeof(key), "%s_why", path);
	why = json_string_value(vnft_view_at(row, key));
	if (!why)
		why = null_on_the_way(row, path);
	if (!why)
		why = reason_above(metric, row, path);
	return why ? why : "its results.json does not say why";
}

static void take(const struct vnft_metric *metric, const json_t *row, const char *path,
		 struct vnft_gate_number *number)
{
	const json_t *value = vnft_view_at(row, path);

	if (json_is_number(value))
		number->value = json_number_value(value);
	else
		no_value(number, "%s", reason(metric, row, path));
}

/* A statistic of the values of the runs; NaN and the reason where there are too few. */
static void of_values(const struct vnft_gate_stat *stat, const struct vnft_samples *v,
		      struct vnft_gate_number *number)
{
	if (v->n < stat->needed) {
		no_value(number, "%zu value%s of runs, %s needs %zu", v->n, v->n == 1 ? "" : "s",
			 stat->word, stat->needed);
		return;
	}
	switch (stat->kind) {
	case VNFT_GATE_MEAN:
		number->value = vnft_mean(v);
		break;
	case VNFT_GATE_MIN:
		number->value = vnft_quantile(v, 0);
		break;
	case VNFT_GATE_MAX:
		number->value = vnft_quantile(v, 1);
		break;
	default:
		number->value = vnft_quantile(v, stat->q);
	}
	if (!isfinite(number->value))
		no_value(number, "out of memory");
}

static void set_bound(const struct vnft_metric *metric, const json_t *row, const char *path,
		      struct vnft_gate_number *number)
{
	const json_t *bound = vnft_view_at(row, path);

	if (json_is_array(bound)) {
		number->below = json_number_value(json_array_get(bound, 0));
		number->above = json_number_value(json_array_get(bound, 1));
		return;
	}
	snprintf(number->bound_why, sizeof(number->bound_why), "%s", metric->bound[0] ?
		 reason(metric, row, path) : "this number has none");
}

/* Quantiles of runs are off by what single runs may be, which some times say apart. */
static void set_run_bound(const struct vnft_metric *metric, const json_t *row,
			  struct vnft_gate_number *number)
{
	char path[KEY_BYTES];

	snprintf(path, sizeof(path), "%s.run_bound_%s", metric->at, metric->unit);
	set_bound(metric, row, json_is_array(vnft_view_at(row, path)) ? path : metric->bound,
		  number);
}

static void set_interval(const struct vnft_metric *metric, const json_t *row, const char *path,
			 struct vnft_gate_number *number)
{
	const json_t *pair = vnft_view_at(row, path);

	if (json_is_array(pair)) {
		number->low = json_number_value(json_array_get(pair, 0));
		number->high = json_number_value(json_array_get(pair, 1));
		return;
	}
	snprintf(number->interval_why, sizeof(number->interval_why), "%s",
		 reason(metric, row, path));
}

static void spread(const struct vnft_gate *gate, const struct vnft_gate_stat *stat,
		   const json_t *row, struct vnft_gate_number *number)
{
	const struct vnft_metric *metric = &vnft_metrics[gate->metric];
	char median[KEY_BYTES], ci95[KEY_BYTES];
	struct vnft_samples v = { 0 };

	snprintf(median, sizeof(median), "%s.median_%s", metric->at, metric->unit);
	snprintf(ci95, sizeof(ci95), "%s.ci95_%s", metric->at, metric->unit);
	take(metric, row, median, number);
	if (isnan(number->value))
		return;
	set_interval(metric, row, ci95, number);
	if (stat->kind == VNFT_GATE_OWN || stat->kind == VNFT_GATE_MEDIAN) {
		set_bound(metric, row, metric->bound, number);
		return;
	}
	if (stat->kind == VNFT_GATE_LOW || stat->kind == VNFT_GATE_HIGH) {
		if (isnan(number->low))
			no_value(number, "%s", number->interval_why);
		else
			number->value = stat->kind == VNFT_GATE_LOW ? number->low : number->high;
		set_bound(metric, row, metric->bound, number);
	} else {
		if (vnft_metric_values(gate->metric, gate->phase, row, &v))
			no_value(number, "out of memory");
		else
			of_values(stat, &v, number);
		set_run_bound(metric, row, number);
		vnft_samples_free(&v);
	}
	/* The interval is the median's alone. */
	number->low = number->high = NAN;
	number->interval_why[0] = '\0';
}

static void histogram(const struct vnft_gate *gate, const struct vnft_gate_stat *stat,
		      const json_t *row, struct vnft_gate_number *number)
{
	const struct vnft_metric *metric = &vnft_metrics[gate->metric];
	const bool quantile = stat->kind == VNFT_GATE_MEDIAN || stat->kind == VNFT_GATE_QUANTILE;
	const json_t *percent;
	char path[KEY_BYTES];
	double half;

	snprintf(path, sizeof(path), "%s.%s_%s", metric->at, stat->key ? stat->key : "mean",
		 metric->unit);
	take(metric, row, path, number);
	if (isnan(number->value))
		return;
	set_bound(metric, row, metric->bound, number);
	snprintf(path, sizeof(path), "%s.quantile_bound_percent", metric->at);
	percent = vnft_view_at(row, path);
	if (!quantile)
		return;
	half = number->value / 100 * (json_is_number(percent) ? json_number_value(percent) :
							       VNFT_HIST_BOUND_PERCENT);
	number->below += half;
	number->above += half;
}

static void spans(const struct vnft_gate *gate, const struct vnft_gate_stat *stat,
		  const json_t *row, struct vnft_gate_number *number)
{
	static const struct vnft_gate_stat median = { "median", VNFT_GATE_MEDIAN, NULL, 0.5, 1 };
	struct vnft_samples v = { 0 };
	struct vnft_interval i;

	snprintf(number->bound_why, sizeof(number->bound_why), "this number has none");
	if (vnft_metric_values(gate->metric, gate->phase, row, &v))
		no_value(number, "out of memory");
	else if (!v.n)
		no_value(number, "%s", vnft_metric_none_why(gate->metric, gate->phase, row));
	else
		of_values(stat->kind == VNFT_GATE_OWN ? &median : stat, &v, number);
	i = vnft_bootstrap_median(&v, SEED);
	vnft_samples_free(&v);
	if (isnan(number->value))
		return;
	if (stat->kind == VNFT_GATE_LOW || stat->kind == VNFT_GATE_HIGH) {
		number->value = stat->kind == VNFT_GATE_LOW ? i.low : i.high;
	} else if (stat->kind == VNFT_GATE_OWN || stat->kind == VNFT_GATE_MEDIAN) {
		number->low = i.low;
		number->high = i.high;
		if (!i.valid)
			snprintf(number->interval_why, sizeof(number->interval_why),
				 "an interval needs %d runs", VNFT_MIN_RUNS_FOR_INTERVAL);
	}
	if (isnan(number->value))
		no_value(number, "an interval needs %d runs", VNFT_MIN_RUNS_FOR_INTERVAL);
}

static void single(const struct vnft_metric *metric, const json_t *row,
		   struct vnft_gate_number *number)
{
	char path[KEY_BYTES];

	snprintf(path, sizeof(path), "%s_%s", metric->at, metric->unit);
	take(metric, row, path, number);
	if (!isnan(number->value))
		set_bound(metric, row, metric->bound, number);
}

/* Counts are exact. */
static void counted(enum vnft_metric_id id, const json_t *row, struct vnft_gate_number *number)
{
	const json_t *runs = json_object_get(row, "runs");
	const json_t *invalid = json_object_get(row, "invalid_runs");
	const json_t *lost = json_object_get(row, "lost");
	const char *cause;
	json_t *count;

	if (id == VNFT_METRIC_DISTURBED_RUNS) {
		take(&vnft_metrics[id], row, "disturbed_runs", number);
		return;
	}
	if (!json_is_number(runs) || json_number_value(runs) < 1) {
		no_value(number, "no run was made");
		return;
	}
	if (id == VNFT_METRIC_LOST && !json_is_object(lost)) {
		no_value(number, "its results.json does not count losses");
		return;
	}
	if (id == VNFT_METRIC_LOST) {
		number->value = 0;
		json_object_foreach((json_t *)lost, cause, count)
			number->value += json_number_value(count);
		return;
	}
	number->value = json_number_value(runs);
	if (id == VNFT_METRIC_VALID_RUNS)
		number->value -= json_is_number(invalid) ? json_number_value(invalid) :
			(double)json_array_size(json_object_get(row, "failed"));
}

void vnft_gate_number(const struct vnft_gate *gate, const json_t *row,
		      struct vnft_gate_number *number)
{
	memset(number, 0, sizeof(*number));
	number->low = number->high = NAN;
	switch (vnft_metrics[gate->metric].kind) {
	case VNFT_METRIC_SPREAD:
		spread(gate, gate->stat, row, number);
		break;
	case VNFT_METRIC_HIST:
		histogram(gate, gate->stat, row, number);
		break;
	case VNFT_METRIC_SPANS:
		spans(gate, gate->stat, row, number);
		break;
	case VNFT_METRIC_SINGLE:
		single(&vnft_metrics[gate->metric], row, number);
		break;
	case VNFT_METRIC_COUNT:
		counted(gate->metric, row, number);
		break;
	}
}
