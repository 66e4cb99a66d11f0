/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The member "instantiation" of a row: time, phases, who sent, and which SYNs waited.
 */
#include <stdlib.h>

#include "../lib/text/json.h"
#include "numbers.h"

static void put_median(json_t *to, const char *key, const struct vnft_samples *v, const char *why)
{
	if (v->n)
		vnft_bench_put_number(to, key, vnft_quantile(v, 0.5));
	else
		vnft_json_null(to, key, why);
}

static json_t *phases_json(const struct vnft_bench_row *row, const struct vnft_bench_sample *shape)
{
	json_t *list = json_array();
	unsigned int k;

	for (k = 0; shape && k < shape->phases; k++) {
		struct vnft_samples v = { 0 };
		json_t *phase = json_object();

		VNFT_BENCH_COLLECT(row, &v, k < s->phases && s->phase[k].time_ns,
				   s->phase[k].time_ns);
		json_object_set_new(phase, "name", json_string(shape->phase[k].name));
		json_object_set_new(phase, "clock",
				    json_string(shape->phase[k].from_hook ? "hook" : "userspace"));
		vnft_bench_put_number(phase, "n", (double)v.n);
		/* Seen, but in runs that do not count. */
		put_median(phase, "median_ns", &v, shape->phase[k].why[0] ? shape->phase[k].why :
								    vnft_bench_row_why(row));
		json_array_append_new(list, phase);
		vnft_samples_free(&v);
	}
	return list;
}

/* SYNs that waited for the instance: medians over the runs that count. */
static json_t *queueing_json(const struct vnft_bench_row *row)
{
	struct vnft_samples syns = { 0 }, first = { 0 }, longest = { 0 };
	json_t *to = json_object();
	unsigned int i, waited = 0;

	VNFT_BENCH_COLLECT(row, &syns, s->instantiation_ns, s->queueing.syns);
	VNFT_BENCH_COLLECT(row, &first, s->queueing.first_wait_ns, s->queueing.first_wait_ns);
	VNFT_BENCH_COLLECT(row, &longest, s->queueing.longest_wait_ns, s->queueing.longest_wait_ns);
	for (i = 0; i < syns.n; i++)
		waited += syns.value[i] > 0;
	vnft_bench_put_number(to, "n", (double)syns.n);
	vnft_bench_put_number(to, "runs_with", waited);
	put_median(to, "syns", &syns, vnft_bench_row_why(row));
	put_median(to, "first_wait_ns", &first, vnft_bench_row_why(row));
	put_median(to, "longest_wait_ns", &longest, vnft_bench_row_why(row));
	vnft_samples_free(&syns);
	vnft_samples_free(&first);
	vnft_samples_free(&longest);
	return to;
}

json_t *vnft_bench_instantiation_json(const struct vnft_bench *b, const struct vnft_bench_row *row)
{
	const struct vnft_bench_sample *shape = NULL;
	struct vnft_samples v = { 0 };
	uint64_t at_bridge = 0, foreign = 0;
	struct vnft_hist *lateness;
	unsigned int i;
	json_t *to;

	lateness = calloc(1, sizeof(*lateness));
	VNFT_BENCH_COLLECT(row, &v, s->instantiation_ns, s->instantiation_ns);
	to = vnft_bench_duration_json(&v, b->config->seed, vnft_bench_row_why(row));
	vnft_samples_free(&v);
	for (i = 0; i < row->samples; i++) {
		const struct vnft_bench_sample *s = &row->sample[i];

		if (s->phases && !shape)
			shape = s;
		at_bridge += s->at_bridge;
		foreign += s->foreign_answers;
		if (lateness)
			vnft_hist_merge(lateness, &s->lateness);
	}
	json_object_set_new(to, "phases", phases_json(row, shape));
	json_object_set_new(to, "queueing", queueing_json(row));
	json_object_set_new(to, "stimulus", json_string(vnft_bench_stimulus(b, VNFT_PROBE_SYN)));
	if (b->config->stimulus == VNFT_STIMULUS_EXTERNAL) {
		vnft_json_null(to, "slot_ns", "the other machine sets the pace");
	} else {
		/* Two ports in turn: each is asked every second interval. */
		vnft_bench_put_number(to, "slot_ns", (double)b->config->syn_interval_ns *
				      (row->type.port ? 2 : 1));
		json_object_set_new(to, "lateness", lateness ? vnft_hist_json(lateness) :
							       json_null());
	}
	vnft_bench_put_number(to, "stamped_at_bridge", (double)at_bridge);
	vnft_bench_put_number(to, "foreign_answers", (double)foreign);
	free(lateness);
	return to;
}
