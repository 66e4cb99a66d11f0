/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The member "instantiation" of a row: time, phases, who sent, and which SYNs waited; and every
 * launch and teardown as durations that add up to it (docs/method.md, "Phases" and "Where the time
 * goes").
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text/json.h"
#include "parts.h"

_Static_assert(VNFT_RESULTS_PHASES <= VNFT_SPANS_MOMENTS, "every moment is in the spans");

static const struct vnft_results_phases *moments_of(const struct vnft_results_run *run,
						    enum vnft_results_part part)
{
	return part == VNFT_RESULTS_ENDING ? &run->ending : &run->launch;
}

static void spans_of(const struct vnft_results_phases *phases, struct vnft_spans *spans)
{
	struct vnft_span_moment moment[VNFT_RESULTS_PHASES];
	unsigned int k;

	for (k = 0; k < phases->n; k++)
		moment[k] = (struct vnft_span_moment) {
			.time_ns = phases->at[k].time_ns, .late = !phases->at[k].from_hook,
			.role = phases->at[k].role, .alone = phases->at[k].alone,
		};
	vnft_spans(moment, phases->n, spans);
}

/* Of a moment that was looked for: the longest time since the look before it. */
static struct vnft_bound looked_bound(const struct vnft_results_row *row,
				      enum vnft_results_part part, unsigned int k,
				      enum vnft_bounded number, struct vnft_bound_sizes sizes)
{
	const enum vnft_bound_part look = number == VNFT_BOUNDED_BORN ? VNFT_BOUND_READER :
									VNFT_BOUND_LOOK;
	const struct vnft_results_phases *moments;
	unsigned int i;

	for (i = 0; i < row->runs; i++) {
		moments = moments_of(&row->run[i], part);
		if (row->run[i].valid && k < moments->n && moments->at[k].time_ns &&
		    (double)moments->at[k].late_ns > sizes.ns[look])
			sizes.ns[look] = (double)moments->at[k].late_ns;
	}
	return vnft_bound_of(number, &sizes);
}

/* How moment @k is stamped decides what it may be off by. */
static struct vnft_bound launch_bound(const struct vnft_results_row *row, unsigned int k,
				      const struct vnft_results_phase *phase,
				      const struct vnft_bound_sizes *rst,
				      const struct vnft_bound_sizes *service)
{
	if (phase->alone)
		return looked_bound(row, VNFT_RESULTS_LAUNCH, k, VNFT_BOUNDED_SAID, *rst);
	if (!strcmp(phase->name, "rst"))
		return vnft_bound_of(VNFT_BOUNDED_INSTANTIATION, rst);
	if (!strcmp(phase->name, "service"))
		return vnft_bound_of(VNFT_BOUNDED_INSTANTIATION, service);
	if (!strcmp(phase->name, "exec"))
		return vnft_bound_of(VNFT_BOUNDED_EXEC, rst);
	if (phase->from_hook)
		return vnft_bound_of(VNFT_BOUNDED_HOOKED, rst);
	if (!strcmp(phase->name, "device"))
		return looked_bound(row, VNFT_RESULTS_LAUNCH, k, VNFT_BOUNDED_BORN, *rst);
	return vnft_bound_of(VNFT_BOUNDED_WOKEN, rst);
}

/* A teardown begins with a stamp right before the call: nothing of ours is started before. */
static struct vnft_bound ending_bound(const struct vnft_results_row *row, unsigned int k,
				      const struct vnft_results_phase *phase,
				      struct vnft_bound_sizes sizes)
{
	sizes.ns[VNFT_BOUND_START] = 0;
	if (phase->from_hook)
		return vnft_bound_of(VNFT_BOUNDED_EXEC, &sizes);
	if (!strcmp(phase->name, "gone"))
		return looked_bound(row, VNFT_RESULTS_ENDING, k, VNFT_BOUNDED_BORN, sizes);
	return vnft_bound_of(VNFT_BOUNDED_TEARDOWN, &sizes);
}

/* Over the runs that count: the median of what is between moment @k and the one before it. */
static void put_took(json_t *to, const struct vnft_results_row *row, enum vnft_results_part part,
		     unsigned int k, const struct vnft_results_phase *like, const char *why)
{
	struct vnft_samples v = { 0 };
	const struct vnft_span *span;
	struct vnft_spans spans;
	unsigned int i;

	for (i = 0; i < row->runs; i++) {
		if (!row->run[i].valid || k >= moments_of(&row->run[i], part)->n)
			continue;
		spans_of(moments_of(&row->run[i], part), &spans);
		span = vnft_span_until(&spans, k);
		if (span && span->seen)
			vnft_samples_add(&v, (double)span->took_ns);
	}
	vnft_results_put_median(to, "took_median_ns", &v, like->role == VNFT_SPAN_ASIDE ?
				"nothing waits for it: no duration ends there" : why);
	vnft_samples_free(&v);
}

json_t *vnft_results_phases(const struct vnft_results_session *session,
			    const struct vnft_results_row *row, enum vnft_results_part part)
{
	const struct vnft_results_phases *shape = NULL;
	struct vnft_bound_sizes rst, service;
	json_t *list = json_array();
	unsigned int i, k;

	for (i = 0; i < row->runs && !shape; i++)
		if (moments_of(&row->run[i], part)->n)
			shape = moments_of(&row->run[i], part);
	vnft_results_sizes(session, row, false, &rst);
	vnft_results_sizes(session, row, true, &service);
	for (k = 0; shape && k < shape->n; k++) {
		const struct vnft_results_phase *like = &shape->at[k];
		const struct vnft_bound bound = part == VNFT_RESULTS_ENDING ?
						ending_bound(row, k, like, rst) :
						launch_bound(row, k, like, &rst, &service);
		const char *why = like->why[0] ? like->why : vnft_results_why(row);
		struct vnft_samples v = { 0 };
		json_t *phase = json_object();

		VNFT_RESULTS_COLLECT(row, &v, k < moments_of(r, part)->n &&
				     moments_of(r, part)->at[k].time_ns,
				     moments_of(r, part)->at[k].time_ns);
		json_object_set_new(phase, "name", json_string(like->name));
		json_object_set_new(phase, "clock",
				    json_string(like->from_hook ? "hook" : "userspace"));
		vnft_results_put(phase, "n", (double)v.n);
		/* Without a reason of its own it was seen, but in runs that do not count. */
		vnft_results_put_median(phase, "median_ns", &v, why);
		if (v.n)
			vnft_bound_put(phase, "median", "ns", &bound);
		else
			vnft_bound_none(phase, "median", "ns", why);
		put_took(phase, row, part, k, like, why);
		json_array_append_new(list, phase);
		vnft_samples_free(&v);
	}
	return list;
}

static json_t *one_run(const struct vnft_results_phases *phases, const struct vnft_spans *spans)
{
	json_t *list = json_array(), *item;
	unsigned int i;

	for (i = 0; i < spans->n; i++) {
		const struct vnft_results_phase *phase = &phases->at[spans->span[i].moment];

		item = json_object();
		json_array_append_new(list, item);
		json_object_set_new(item, "name", json_string(phase->name));
		if (spans->span[i].seen) {
			vnft_results_put(item, "at_ns", (double)phase->time_ns);
			vnft_results_put(item, "took_ns", (double)spans->span[i].took_ns);
		} else {
			vnft_json_null(item, "at_ns", phase->why);
			vnft_json_null(item, "took_ns", phase->why);
		}
	}
	return list;
}

json_t *vnft_results_spans(const struct vnft_results_row *row, enum vnft_results_part part)
{
	json_t *list = json_array(), *run;
	struct vnft_spans spans;
	unsigned int i;

	for (i = 0; i < row->runs; i++) {
		const struct vnft_results_phases *phases = moments_of(&row->run[i], part);

		if (!row->run[i].valid)
			continue;
		spans_of(phases, &spans);
		if (!spans.n)
			continue;
		run = json_object();
		vnft_results_put(run, "run", row->run[i].number);
		vnft_results_put(run, "total_ns", (double)spans.total_ns);
		json_object_set_new(run, "phases", one_run(phases, &spans));
		json_array_append_new(list, run);
	}
	return list;
}

/* SYNs that waited for the instance: medians over the runs that count, and the worst of them. */
static json_t *queueing(const struct vnft_results_row *row, const struct vnft_bound_sizes *sizes)
{
	const struct vnft_bound bound = vnft_bound_of(VNFT_BOUNDED_RTT, sizes);
	struct vnft_samples syns = { 0 }, first = { 0 }, longest = { 0 };
	json_t *to = json_object();
	unsigned int i, waited = 0;
	double max_ns = 0;

	VNFT_RESULTS_COLLECT(row, &syns, r->instantiation_ns, r->queueing.syns);
	VNFT_RESULTS_COLLECT(row, &first, r->queueing.first_wait_ns, r->queueing.first_wait_ns);
	VNFT_RESULTS_COLLECT(row, &longest, r->queueing.longest_wait_ns,
			     r->queueing.longest_wait_ns);
	for (i = 0; i < syns.n; i++)
		waited += syns.value[i] > 0;
	for (i = 0; i < longest.n; i++)
		max_ns = fmax(max_ns, longest.value[i]);
	vnft_results_put(to, "n", (double)syns.n);
	vnft_results_put(to, "runs_with", waited);
	vnft_results_put_median(to, "syns", &syns, vnft_results_why(row));
	vnft_results_put_median(to, "first_wait_ns", &first, vnft_results_why(row));
	vnft_results_put_median(to, "longest_wait_ns", &longest, vnft_results_why(row));
	if (longest.n)
		vnft_results_put(to, "max_wait_ns", max_ns);
	else
		vnft_json_null(to, "max_wait_ns", vnft_results_why(row));
	if (first.n)
		vnft_bound_put(to, "wait", "ns", &bound);
	else
		vnft_bound_none(to, "wait", "ns", vnft_results_why(row));
	vnft_samples_free(&syns);
	vnft_samples_free(&first);
	vnft_samples_free(&longest);
	return to;
}

/* How late SYNs left, over all runs. */
static void set_lateness(const struct vnft_results_row *row, const struct vnft_bound_sizes *sizes,
			 json_t *to)
{
	struct vnft_hist *sum = calloc(1, sizeof(*sum));
	unsigned int i;

	for (i = 0; sum && i < row->runs; i++)
		vnft_hist_merge(sum, &row->run[i].lateness);
	if (sum)
		json_object_set_new(to, "lateness",
				    vnft_bound_hist(sum, VNFT_BOUNDED_LATENESS, sizes));
	else
		vnft_json_null(to, "lateness", "out of memory");
	free(sum);
}

/* CPU time comes in ticks: of less in all runs, their mean would be made of rounding. */
#define BUSY_LEAST_NS	500e6
#define BUSY_TOO_SHORT	"less than 0.5 s of launches in all, and CPU time comes in ticks"

static void set_busy(const struct vnft_results_row *row, json_t *to)
{
	const char *why = vnft_results_why(row);
	double busy_ns = 0, observed_ns = 0;
	unsigned int i;

	for (i = 0; i < row->runs; i++) {
		if (!row->run[i].finished || !row->run[i].valid)
			continue;
		why = "the CPU time of these launches is not known";
		busy_ns += (double)row->run[i].launch_busy_ns;
		observed_ns += (double)row->run[i].launch_observed_ns;
	}
	if (observed_ns >= BUSY_LEAST_NS)
		json_object_set_new(to, "busy_cpus",
				    json_real(fmax(0, round(100 * busy_ns / observed_ns) / 100)));
	else
		vnft_json_null(to, "busy_cpus", observed_ns > 0 ? BUSY_TOO_SHORT : why);
}

json_t *vnft_results_launch(const struct vnft_results_session *session,
			    const struct vnft_results_row *row)
{
	uint64_t at_bridge = 0, foreign = 0;
	struct vnft_bound_sizes sizes;
	unsigned int i;
	json_t *to;

	vnft_results_sizes(session, row, false, &sizes);
	to = vnft_results_answered(session, row, false, vnft_results_why(row));
	for (i = 0; i < row->runs; i++) {
		at_bridge += row->run[i].at_bridge;
		foreign += row->run[i].foreign_answers;
	}
	json_object_set_new(to, "phases",
			    vnft_results_phases(session, row, VNFT_RESULTS_LAUNCH));
	json_object_set_new(to, "queueing", queueing(row, &sizes));
	json_object_set_new(to, "stimulus", json_string(session->stimulus));
	if (row->slot_ns) {
		vnft_results_put(to, "slot_ns", (double)row->slot_ns);
		set_lateness(row, &sizes, to);
	} else {
		vnft_json_null(to, "slot_ns", "the other machine sets the pace");
	}
	set_busy(row, to);
	vnft_results_put(to, "stamped_at_bridge", (double)at_bridge);
	vnft_results_put(to, "foreign_answers", (double)foreign);
	return to;
}
