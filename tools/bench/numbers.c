/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers of several runs as members of results.json: medians with intervals, every sample beside
 * them, and a reason wherever there is no number.
 */
#include <math.h>
#include <stdio.h>

#include "../lib/text/json.h"
#include "numbers.h"

void vnft_bench_put_number(json_t *to, const char *key, double value)
{
	json_object_set_new(to, key, json_integer((json_int_t)llround(value)));
}

void vnft_bench_put_quantile(json_t *to, const char *key, const struct vnft_samples *v, double q,
			     size_t needed)
{
	char why[64];

	if (v->n >= needed) {
		vnft_bench_put_number(to, key, vnft_quantile(v, q));
		return;
	}
	snprintf(why, sizeof(why), "%zu samples, %zu needed", v->n, needed);
	vnft_json_null(to, key, why);
}

void vnft_bench_put_spread(json_t *to, const char *unit, const struct vnft_samples *v,
			   uint64_t seed, const char *none_why)
{
	struct vnft_interval interval;
	char key[32], why[64];
	json_t *list;
	size_t i;

	snprintf(key, sizeof(key), "median_%s", unit);
	if (!v->n) {
		vnft_json_null(to, key, none_why);
		return;
	}
	vnft_bench_put_number(to, key, vnft_quantile(v, 0.5));
	snprintf(key, sizeof(key), "ci95_%s", unit);
	interval = vnft_bootstrap_median(v, seed);
	if (interval.valid) {
		list = json_array();
		json_array_append_new(list, json_integer((json_int_t)llround(interval.low)));
		json_array_append_new(list, json_integer((json_int_t)llround(interval.high)));
		json_object_set_new(to, key, list);
	} else {
		snprintf(why, sizeof(why), "%zu runs, an interval needs %d", v->n,
			 VNFT_MIN_RUNS_FOR_INTERVAL);
		vnft_json_null(to, key, why);
	}
	list = json_array();
	for (i = 0; i < v->n; i++)
		json_array_append_new(list, json_integer((json_int_t)llround(v->value[i])));
	snprintf(key, sizeof(key), "samples_%s", unit);
	json_object_set_new(to, key, list);
}

json_t *vnft_bench_duration_json(const struct vnft_samples *v, uint64_t seed, const char *none_why)
{
	json_t *to = json_object();

	vnft_bench_put_number(to, "n", (double)v->n);
	vnft_bench_put_spread(to, "ns", v, seed, none_why);
	vnft_bench_put_quantile(to, "p50_ns", v, 0.5, 1);
	vnft_bench_put_quantile(to, "p90_ns", v, 0.9, 10);
	vnft_bench_put_quantile(to, "p99_ns", v, 0.99, VNFT_MIN_SAMPLES_FOR_P99);
	json_object_set_new(to, "bimodal", json_boolean(vnft_bimodal(v)));
	return to;
}

const char *vnft_bench_row_why(const struct vnft_bench_row *row)
{
	unsigned int i;

	if (!row->possible)
		return row->why;
	for (i = 0; i < row->samples; i++)
		if (row->sample[i].why[0])
			return row->sample[i].why;
	return row->samples ? "not measured" : "no run was made";
}
