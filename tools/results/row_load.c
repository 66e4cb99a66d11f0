/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The members "rtt" and "throughput" of a row.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text/json.h"
#include "parts.h"

/* Who sent, and the round trip as the sender saw it: a thread of ours alone receives. */
static void set_sender(const char *who, const char *who_why, const struct vnft_hist *hist,
		       const struct vnft_bound_sizes *sizes, json_t *to)
{
	json_object_set_new(to, "stimulus", json_string(who));
	if (!strcmp(who, "kernel"))
		vnft_json_null(to, "sender", "the kernel sent: nobody received at the sender");
	else if (!strcmp(who, "external"))
		vnft_json_null(to, "sender", "the other machine sent");
	else
		json_object_set_new(to, "sender",
				    vnft_bound_hist(hist, VNFT_BOUNDED_SENDER, sizes));
	if (who_why)
		json_object_set_new(to, "stimulus_why", json_string(who_why));
}

static json_t *rtt(const struct vnft_results_session *session, const struct vnft_results_row *row,
		   bool flood)
{
	struct vnft_pair_result *sum = calloc(1, sizeof(*sum));
	struct vnft_hist *sender = calloc(1, sizeof(*sender));
	struct vnft_samples means = { 0 };
	const char *why = vnft_results_why_no(row, session->no_rtt_why);
	struct vnft_bound_sizes sizes;
	uint64_t sent = 0;
	unsigned int i;
	json_t *to;

	for (i = 0; sum && sender && i < row->runs; i++) {
		const struct vnft_results_run *r = &row->run[i];
		const struct vnft_results_rtt *one = flood ? &r->flood : &r->fixed;

		if (one->why[0])
			why = one->why;
		if (!r->valid || !one->measured)
			continue;
		vnft_hist_merge(&sum->hist, &one->hooks.hist);
		vnft_hist_merge(sender, &one->sender);
		sum->requests += one->hooks.requests;
		sum->matched += one->hooks.matched;
		sent += one->sent;
		vnft_samples_add(&means, (double)one->hooks.hist.sum_ns /
					 (double)one->hooks.hist.count);
	}
	if (!means.n) {
		to = json_object();
		vnft_json_null(to, "mean_ns", why);
		vnft_bound_none(to, "mean", "ns", why);
		goto out;
	}
	vnft_bound_sizes_init(&sizes, session->self);
	vnft_bound_size_way(&sizes, sender, &sum->hist);
	to = vnft_bound_hist(&sum->hist, VNFT_BOUNDED_RTT, &sizes);
	set_sender(flood ? session->flood_stimulus : session->stimulus,
		   flood ? session->flood_why : NULL, sender, &sizes, to);
	vnft_results_put(to, "requests", (double)sum->requests);
	vnft_results_put(to, "unanswered", (double)(sum->requests - sum->matched));
	vnft_results_put(to, "sent", (double)sent);
	if (!flood)
		vnft_results_put(to, "interval_ns", (double)session->echo_interval_ns);
	json_object_set_new(to, "samples_ns", vnft_results_list(&means));
out:
	vnft_samples_free(&means);
	free(sender);
	free(sum);
	return to;
}

json_t *vnft_results_rtts(const struct vnft_results_session *session,
			  const struct vnft_results_row *row)
{
	json_t *to = json_object();

	json_object_set_new(to, "flood", rtt(session, row, true));
	json_object_set_new(to, "fixed", rtt(session, row, false));
	return to;
}

/* What the rates of a run may be off by, if that is more than of those before. */
static void widen(const struct vnft_bound_sizes *host, const struct vnft_results_rate *one,
		  struct vnft_bound *stream, struct vnft_bound *slot)
{
	struct vnft_bound_sizes sizes = *host;
	struct vnft_bound of;

	sizes.ns[VNFT_BOUND_TICK] = (double)one->late_ns;
	of = vnft_bound_of_rate(VNFT_BOUNDED_STREAM, &sizes, one->hook_bps,
				(double)one->length_ns);
	vnft_bound_widen(stream, &of);
	if (!one->slots)
		return;
	of = vnft_bound_of_rate(VNFT_BOUNDED_SLOT, &sizes, one->slot_p90_bps,
				(double)one->slot_ns);
	vnft_bound_widen(slot, &of);
}

/* What the workload's tool says, and why nobody knows what that is off by. */
static void put_said(json_t *to, const char *name, const struct vnft_samples *bps,
		     const char *bound_why, const char *none_why)
{
	char key[16];

	snprintf(key, sizeof(key), "%s_bps", name);
	vnft_results_put_median(to, key, bps, none_why);
	vnft_bound_none(to, name, "bps", bps->n ? bound_why : none_why);
}

static json_t *rate(const struct vnft_results_session *session, const struct vnft_results_row *row,
		    bool tx)
{
	struct vnft_samples hook = { 0 }, tool = { 0 }, pps = { 0 }, retransmits = { 0 };
	const struct vnft_bound by_tool = { .why = "the workload's tool counts and times them" };
	struct vnft_bound stream = { .why = NULL }, slot = { .why = NULL };
	struct vnft_samples low = { 0 }, high = { 0 };
	struct vnft_bound_sizes sizes;
	const char *why = vnft_results_why_no(row, session->no_throughput_why);
	const char *pps_why = why, *tool_why = NULL;
	json_t *to = json_object();
	unsigned int i;

	vnft_bound_sizes_init(&sizes, session->self);
	for (i = 0; i < row->runs; i++) {
		const struct vnft_results_run *r = &row->run[i];
		const struct vnft_results_rate *one = tx ? &r->tx : &r->rx;

		if (one->why[0])
			why = one->why;
		if (one->pps_why[0])
			pps_why = one->pps_why;
		if (one->tool_why[0])
			tool_why = one->tool_why;
		if (r->valid && one->measured) {
			vnft_samples_add(&hook, one->hook_bps);
			widen(&sizes, one, &stream, &slot);
		}
		if (r->valid && one->tool_measured)
			vnft_samples_add(&tool, one->tool_bps);
		if (r->valid && one->retransmits_measured)
			vnft_samples_add(&retransmits, (double)one->retransmits);
		if (r->valid && one->measured && one->slots) {
			vnft_samples_add(&low, one->slot_p10_bps);
			vnft_samples_add(&high, one->slot_p90_bps);
		}
		if (r->valid && one->pps_measured)
			vnft_samples_add(&pps, one->pps);
	}
	vnft_results_put_spread(to, "bps", &hook, &stream, session->seed, why);
	if ((!hook.n && !tool.n) || !tool_why)
		tool_why = why;
	put_said(to, "tool", &tool, by_tool.why, tool_why);
	vnft_results_put_median(to, "retransmits", &retransmits, tool_why);
	/* Its name when no other workload was known. */
	if (strcmp(row->workload, "iperf3")) {
		tool.n = 0;
		tool_why = hook.n ? "the workload is no iperf3 server" : why;
	}
	put_said(to, "iperf3", &tool, by_tool.why, tool_why);
	vnft_results_put_quantile(to, "slot_p10_bps", &low, 0.5, 1);
	vnft_results_put_quantile(to, "slot_p90_bps", &high, 0.5, 1);
	if (low.n)
		vnft_bound_put(to, "slot", "bps", &slot);
	else
		vnft_bound_none(to, "slot", "bps", "0 samples, 1 needed");
	vnft_results_put_spread(to, "pps", &pps, &by_tool, session->seed, pps_why);
	vnft_samples_free(&low);
	vnft_samples_free(&high);
	vnft_samples_free(&hook);
	vnft_samples_free(&tool);
	vnft_samples_free(&pps);
	vnft_samples_free(&retransmits);
	return to;
}

json_t *vnft_results_rates(const struct vnft_results_session *session,
			   const struct vnft_results_row *row)
{
	json_t *to = json_object();

	json_object_set_new(to, "workload", json_string(row->workload));
	json_object_set_new(to, "tx", rate(session, row, true));
	json_object_set_new(to, "rx", rate(session, row, false));
	return to;
}
