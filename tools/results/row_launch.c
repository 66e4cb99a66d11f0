/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The member "instantiation" of a row: time, phases, who sent, and which SYNs waited.
 */
#include <stdlib.h>

#include "../lib/text/json.h"
#include "parts.h"

static json_t *phases(const struct vnft_results_row *row, const struct vnft_results_run *shape)
{
	json_t *list = json_array();
	unsigned int k;

	for (k = 0; shape && k < shape->phases; k++) {
		struct vnft_samples v = { 0 };
		json_t *phase = json_object();

		VNFT_RESULTS_COLLECT(row, &v, k < r->phases && r->phase[k].time_ns,
				     r->phase[k].time_ns);
		json_object_set_new(phase, "name", json_string(shape->phase[k].name));
		json_object_set_new(phase, "clock",
				    json_string(shape->phase[k].from_hook ? "hook" : "userspace"));
		vnft_results_put(phase, "n", (double)v.n);
		/* Without a reason of its own it was seen, but in runs that do not count. */
		vnft_results_put_median(phase, "median_ns", &v, shape->phase[k].why[0] ?
					shape->phase[k].why : vnft_results_why(row));
		json_array_append_new(list, phase);
		vnft_samples_free(&v);
	}
	return list;
}

/* SYNs that waited for the instance: medians over the runs that count. */
static json_t *queueing(const struct vnft_results_row *row)
{
	struct vnft_samples syns = { 0 }, first = { 0 }, longest = { 0 };
	json_t *to = json_object();
	unsigned int i, waited = 0;

	VNFT_RESULTS_COLLECT(row, &syns, r->instantiation_ns, r->queueing.syns);
	VNFT_RESULTS_COLLECT(row, &first, r->queueing.first_wait_ns, r->queueing.first_wait_ns);
	VNFT_RESULTS_COLLECT(row, &longest, r->queueing.longest_wait_ns,
			     r->queueing.longest_wait_ns);
	for (i = 0; i < syns.n; i++)
		waited += syns.value[i] > 0;
	vnft_results_put(to, "n", (double)syns.n);
	vnft_results_put(to, "runs_with", waited);
	vnft_results_put_median(to, "syns", &syns, vnft_results_why(row));
	vnft_results_put_median(to, "first_wait_ns", &first, vnft_results_why(row));
	vnft_results_put_median(to, "longest_wait_ns", &longest, vnft_results_why(row));
	vnft_samples_free(&syns);
	vnft_samples_free(&first);
	vnft_samples_free(&longest);
	return to;
}

/* How late SYNs left, over all runs. */
static void set_lateness(const struct vnft_results_row *row, json_t *to)
{
	struct vnft_hist *sum = calloc(1, sizeof(*sum));
	unsigned int i;

	for (i = 0; sum && i < row->runs; i++)
		vnft_hist_merge(sum, &row->run[i].lateness);
	if (sum)
		json_object_set_new(to, "lateness", vnft_hist_json(sum));
	else
		vnft_json_null(to, "lateness", "out of memory");
	free(sum);
}

json_t *vnft_results_launch(const struct vnft_results_session *session,
			    const struct vnft_results_row *row)
{
	const struct vnft_results_run *shape = NULL;
	uint64_t at_bridge = 0, foreign = 0;
	struct vnft_samples v = { 0 };
	unsigned int i;
	json_t *to;

	VNFT_RESULTS_COLLECT(row, &v, r->instantiation_ns, r->instantiation_ns);
	to = vnft_results_duration(&v, session->seed, vnft_results_why(row));
	vnft_samples_free(&v);
	for (i = 0; i < row->runs; i++) {
		if (row->run[i].phases && !shape)
			shape = &row->run[i];
		at_bridge += row->run[i].at_bridge;
		foreign += row->run[i].foreign_answers;
	}
	json_object_set_new(to, "phases", phases(row, shape));
	json_object_set_new(to, "queueing", queueing(row));
	json_object_set_new(to, "stimulus", json_string(session->stimulus));
	if (row->slot_ns) {
		vnft_results_put(to, "slot_ns", (double)row->slot_ns);
		set_lateness(row, to);
	} else {
		vnft_json_null(to, "slot_ns", "the other machine sets the pace");
	}
	vnft_results_put(to, "stamped_at_bridge", (double)at_bridge);
	vnft_results_put(to, "foreign_answers", (double)foreign);
	return to;
}
