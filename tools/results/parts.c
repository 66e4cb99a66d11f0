/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers of several runs as members of results.json: medians with intervals, every sample beside
 * them, and a reason wherever there is no number.
 */
#include "parts.h"

#include <math.h>
#include <stdio.h>

#include "../lib/text/json.h"

static json_t *rounded(double value)
{
	return json_integer((json_int_t)llround(value));
}

void vnft_results_put(json_t *to, const char *key, double value)
{
	json_object_set_new(to, key, rounded(value));
}

void vnft_results_put_median(json_t *to, const char *key, const struct vnft_samples *v,
			     const char *why)
{
	if (v->n)
		vnft_results_put(to, key, vnft_quantile(v, 0.5));
	else
		vnft_json_null(to, key, why);
}

void vnft_results_put_quantile(json_t *to, const char *key, const struct vnft_samples *v, double q,
			       size_t needed)
{
	char why[64];

	if (v->n >= needed) {
		vnft_results_put(to, key, vnft_quantile(v, q));
		return;
	}
	snprintf(why, sizeof(why), "%zu samples, %zu needed", v->n, needed);
	vnft_json_null(to, key, why);
}

json_t *vnft_results_list(const struct vnft_samples *v)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < v->n; i++)
		json_array_append_new(list, rounded(v->value[i]));
	return list;
}

void vnft_results_put_spread(json_t *to, const char *unit, const struct vnft_samples *v,
			     const struct vnft_bound *bound, uint64_t seed, const char *none_why)
{
	struct vnft_interval interval;
	char key[32], why[64];

	snprintf(key, sizeof(key), "median_%s", unit);
	vnft_results_put_median(to, key, v, none_why);
	if (!v->n) {
		vnft_bound_none(to, "median", unit, none_why);
		return;
	}
	vnft_bound_put(to, "median", unit, bound);
	snprintf(key, sizeof(key), "ci95_%s", unit);
	interval = vnft_bootstrap_median(v, seed);
	if (interval.valid) {
		json_object_set_new(to, key, json_pack("[o, o]", rounded(interval.low),
						       rounded(interval.high)));
	} else {
		snprintf(why, sizeof(why), "%zu runs, an interval needs %d", v->n,
			 VNFT_MIN_RUNS_FOR_INTERVAL);
		vnft_json_null(to, key, why);
	}
	snprintf(key, sizeof(key), "samples_%s", unit);
	json_object_set_new(to, key, vnft_results_list(v));
}

json_t *vnft_results_duration(const struct vnft_samples *v, const struct vnft_bound *bound,
			      uint64_t seed, const char *none_why)
{
	json_t *to = json_object();

	vnft_results_put(to, "n", (double)v->n);
	vnft_results_put_spread(to, "ns", v, bound, seed, none_why);
	vnft_results_put_quantile(to, "p50_ns", v, 0.5, 1);
	vnft_results_put_quantile(to, "p90_ns", v, 0.9, 10);
	vnft_results_put_quantile(to, "p99_ns", v, 0.99, VNFT_MIN_SAMPLES_FOR_P99);
	json_object_set_new(to, "bimodal", json_boolean(vnft_bimodal(v)));
	return to;
}

static void largest(double *to, uint64_t ns)
{
	if ((double)ns > *to)
		*to = (double)ns;
}

void vnft_results_sizes(const struct vnft_results_session *session,
			const struct vnft_results_row *row, bool service,
			struct vnft_bound_sizes *sizes)
{
	unsigned int i;

	vnft_bound_sizes_init(sizes, session->self);
	sizes->ns[VNFT_BOUND_SLOT] = (double)row->slot_ns;
	for (i = 0; i < row->runs; i++) {
		const struct vnft_results_run *r = &row->run[i];
		const struct vnft_results_asking *asking = service ? &r->service_asking :
								     &r->rst_asking;

		if (!r->valid || !(service ? r->service_ns : r->instantiation_ns))
			continue;
		if (!asking->known)
			sizes->why[VNFT_BOUND_LATE] = "the answered SYN was not seen where all "
						      "SYNs pass";
		largest(&sizes->ns[VNFT_BOUND_LATE], asking->late_ns);
		largest(&sizes->ns[VNFT_BOUND_ANSWER], asking->answer_ns);
		largest(&sizes->ns[VNFT_BOUND_START], r->own_start_ns);
	}
}

const char *vnft_results_why(const struct vnft_results_row *row)
{
	unsigned int i;

	if (!row->possible)
		return row->why;
	for (i = 0; i < row->runs; i++)
		if (row->run[i].why[0])
			return row->run[i].why;
	return row->runs ? "not measured" : "no run was made";
}

const char *vnft_results_why_no(const struct vnft_results_row *row, const char *left_out_why)
{
	return left_out_why && row->possible ? left_out_why : vnft_results_why(row);
}
