/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The runs of a type become a row of results.json.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/host/accel.h"
#include "../lib/text/json.h"
#include "numbers.h"

/* Who sent, and the round trip as the sender saw it: a thread of ours alone receives. */
static void set_sender(const struct vnft_bench *b, enum vnft_probe_kind kind,
		       const struct vnft_hist *hist, json_t *to)
{
	const char *who = vnft_bench_stimulus(b, kind);

	json_object_set_new(to, "stimulus", json_string(who));
	if (!strcmp(who, "kernel"))
		vnft_json_null(to, "sender", "the kernel sent: nobody received at the sender");
	else if (!strcmp(who, "external"))
		vnft_json_null(to, "sender", "the other machine sent");
	else
		json_object_set_new(to, "sender", vnft_hist_json(hist));
	if (kind == VNFT_PROBE_ECHO_FLOOD && b->sender == VNFT_PROBE_KERNEL)
		json_object_set_new(to, "stimulus_why",
				    json_string("a flood is paced by its replies at the sender"));
}

static json_t *rtt_one(const struct vnft_bench *b, const struct vnft_bench_row *row, bool flood)
{
	struct vnft_pair_result *sum = calloc(1, sizeof(*sum));
	struct vnft_hist *sender = calloc(1, sizeof(*sender));
	struct vnft_samples means = { 0 };
	const char *why = vnft_bench_row_why(row);
	const enum vnft_probe_kind kind = flood ? VNFT_PROBE_ECHO_FLOOD : VNFT_PROBE_ECHO;
	uint64_t sent = 0;
	json_t *to, *list;
	unsigned int i;

	for (i = 0; sum && sender && i < row->samples; i++) {
		const struct vnft_bench_sample *s = &row->sample[i];
		const struct vnft_bench_rtt *rtt = flood ? &s->flood : &s->fixed;

		if (rtt->why[0])
			why = rtt->why;
		if (!s->valid || !rtt->measured)
			continue;
		vnft_hist_merge(&sum->hist, &rtt->hooks.hist);
		vnft_hist_merge(sender, &rtt->sender.rtt);
		sum->requests += rtt->hooks.requests;
		sum->matched += rtt->hooks.matched;
		sum->unmatched += rtt->hooks.unmatched;
		sent += rtt->sender.sent;
		vnft_samples_add(&means, (double)rtt->hooks.hist.sum_ns /
					 (double)rtt->hooks.hist.count);
	}
	if (!means.n) {
		to = json_object();
		vnft_json_null(to, "mean_ns", why);
		goto out;
	}
	to = vnft_hist_json(&sum->hist);
	set_sender(b, kind, sender, to);
	vnft_bench_put_number(to, "requests", (double)sum->requests);
	vnft_bench_put_number(to, "unanswered", (double)(sum->requests - sum->matched));
	vnft_bench_put_number(to, "sent", (double)sent);
	if (!flood)
		vnft_bench_put_number(to, "interval_ns", (double)b->config->echo_interval_ns);
	list = json_array();
	for (i = 0; i < means.n; i++)
		json_array_append_new(list, json_integer((json_int_t)llround(means.value[i])));
	json_object_set_new(to, "samples_ns", list);
out:
	vnft_samples_free(&means);
	free(sender);
	free(sum);
	return to;
}

static json_t *rate_one(const struct vnft_bench *b, const struct vnft_bench_row *row, bool tx)
{
	struct vnft_samples hook = { 0 }, iperf3 = { 0 }, pps = { 0 }, retrans = { 0 };
	struct vnft_samples low = { 0 }, high = { 0 };
	const char *why = vnft_bench_row_why(row), *pps_why = why;
	json_t *to = json_object();
	unsigned int i;

	for (i = 0; i < row->samples; i++) {
		const struct vnft_bench_sample *s = &row->sample[i];
		const struct vnft_bench_rate *rate = tx ? &s->tx : &s->rx;

		if (rate->why[0])
			why = rate->why;
		if (rate->pps_why[0])
			pps_why = rate->pps_why;
		if (s->valid && rate->measured) {
			vnft_samples_add(&hook, rate->hook_bps);
			vnft_samples_add(&iperf3, rate->iperf3_bps);
			vnft_samples_add(&retrans, (double)rate->retransmits);
		}
		if (s->valid && rate->measured && rate->slots) {
			vnft_samples_add(&low, rate->slot_p10_bps);
			vnft_samples_add(&high, rate->slot_p90_bps);
		}
		if (s->valid && rate->pps_measured)
			vnft_samples_add(&pps, rate->pps);
	}
	vnft_bench_put_spread(to, "bps", &hook, b->config->seed, why);
	if (iperf3.n) {
		vnft_bench_put_number(to, "iperf3_bps", vnft_quantile(&iperf3, 0.5));
		vnft_bench_put_number(to, "retransmits", vnft_quantile(&retrans, 0.5));
	} else {
		vnft_json_null(to, "iperf3_bps", why);
		vnft_json_null(to, "retransmits", why);
	}
	vnft_bench_put_quantile(to, "slot_p10_bps", &low, 0.5, 1);
	vnft_bench_put_quantile(to, "slot_p90_bps", &high, 0.5, 1);
	vnft_bench_put_spread(to, "pps", &pps, b->config->seed, pps_why);
	vnft_samples_free(&low);
	vnft_samples_free(&high);
	vnft_samples_free(&hook);
	vnft_samples_free(&iperf3);
	vnft_samples_free(&pps);
	vnft_samples_free(&retrans);
	return to;
}

static void set_memory(json_t *to, const char *key, const struct vnft_samples *v, const char *why)
{
	if (v->n)
		vnft_bench_put_number(to, key, vnft_quantile(v, 0.5));
	else
		vnft_json_null(to, key, why);
}

#define MEMORY(to, row, key, condition, expr, why)	\
	do {						\
		struct vnft_samples v_ = { 0 };		\
		VNFT_BENCH_COLLECT(row, &v_, condition, expr);	\
		set_memory(to, key, &v_, why);		\
		vnft_samples_free(&v_);			\
	} while (0)

static json_t *memory_json(const struct vnft_bench *b, const struct vnft_bench_row *row)
{
	const char *why = vnft_bench_row_why(row), *pss_why = why, *cgroup_why = why;
	struct vnft_samples v = { 0 };
	json_t *to = json_object();
	unsigned int i;

	for (i = 0; i < row->samples; i++) {
		if (row->sample[i].idle.pss_why[0])
			pss_why = row->sample[i].idle.pss_why;
		if (row->sample[i].idle.cgroup_why[0])
			cgroup_why = row->sample[i].idle.cgroup_why;
	}
	VNFT_BENCH_COLLECT(row, &v, s->idle_measured, s->idle.tool_bytes);
	vnft_bench_put_spread(to, "bytes", &v, b->config->seed, why);
	MEMORY(to, row, "tool_bytes", s->idle_measured, s->idle.tool_bytes, why);
	MEMORY(to, row, "pss_bytes", s->idle_measured && s->idle.pss_bytes, s->idle.pss_bytes,
	       pss_why);
	MEMORY(to, row, "cgroup_bytes", s->idle_measured && s->idle.cgroup_bytes,
	       s->idle.cgroup_bytes, cgroup_why);
	MEMORY(to, row, "host_delta_bytes", s->host_delta_measured, s->host_delta_bytes,
	       v.n ? "what is left for instances is not known" : why);
	MEMORY(to, row, "load_tool_bytes", s->load_measured, s->load.tool_bytes,
	       "not read under load");
	MEMORY(to, row, "load_pss_bytes", s->load_measured && s->load.pss_bytes,
	       s->load.pss_bytes, "not read under load");
	vnft_samples_free(&v);
	return to;
}

/*
 * Share of the observed time that our hooks took on some CPU: frames times their cost by test run
 * (manifest.self_overhead). An estimate from above: the loop of the test run is in it.
 */
static void set_overhead(const struct vnft_bench *b, const struct vnft_bench_row *row, json_t *to)
{
	const json_t *cost = json_object_get(b->manifest, "self_overhead");
	const double counted_ns = (double)json_integer_value(json_object_get(cost, "counted_ns"));
	const double recorded_ns = (double)json_integer_value(json_object_get(cost, "recorded_ns"));
	double frames = 0, records = 0, observed_ns = 0;
	json_t *overhead = json_object();
	unsigned int i;

	for (i = 0; i < row->samples; i++) {
		frames += (double)row->sample[i].packets;
		records += (double)row->sample[i].records;
		observed_ns += (double)row->sample[i].observed_ns;
	}
	vnft_bench_put_number(overhead, "frames", frames);
	vnft_bench_put_number(overhead, "recorded", records);
	if (counted_ns > 0 && observed_ns > 0)
		json_object_set_new(overhead, "cpu_percent",
				    json_real(100 * ((frames - records) * counted_ns +
						     records * recorded_ns) / observed_ns));
	else
		vnft_json_null(overhead, "cpu_percent", "the hooks' cost was not measured");
	json_object_set_new(to, "self_overhead", overhead);
}

/*
 * Runs that count but lack a measurement which others have, and why: it has fewer samples than
 * there are runs. One that no run has is null and says why itself.
 */
static json_t *missing_json(const struct vnft_bench_row *row)
{
#define AT(member) offsetof(struct vnft_bench_sample, member)
	static const struct {
		const char *what;
		size_t measured_at, why_at;
	} all[] = {
		{ "flood RTT", AT(flood.measured), AT(flood.why) },
		{ "fixed-rate RTT", AT(fixed.measured), AT(fixed.why) },
		{ "tx", AT(tx.measured), AT(tx.why) },
		{ "tx of 64 B", AT(tx.pps_measured), AT(tx.pps_why) },
		{ "rx", AT(rx.measured), AT(rx.why) },
		{ "rx of 64 B", AT(rx.pps_measured), AT(rx.pps_why) },
	};
#undef AT
	json_t *list = json_array();
	unsigned int i, k;

	for (k = 0; k < sizeof(all) / sizeof(all[0]); k++) {
		json_t *lacking = json_array();
		bool any = false;

		for (i = 0; i < row->samples; i++) {
			const struct vnft_bench_sample *s = &row->sample[i];
			const char *at = (const char *)s;

			if (s->valid && *(const bool *)(at + all[k].measured_at))
				any = true;
			else if (s->valid)
				json_array_append_new(lacking, json_pack("{s:i, s:s, s:s}",
					"run", (int)s->number, "what", all[k].what,
					"why", at + all[k].why_at));
		}
		if (any)
			json_array_extend(list, lacking);
		json_decref(lacking);
	}
	return list;
}

static void set_verdict(const struct vnft_bench_row *row, json_t *to)
{
	static const char *const cause[VNFT_LOST_NR] = {
		[VNFT_LOST_RING_FULL] = "ring_full",
		[VNFT_LOST_FLOW_EVICTED] = "flow_evicted", [VNFT_LOST_TRUNCATED] = "truncated",
		[VNFT_LOST_NESTED] = "nested", [VNFT_LOST_RECURSION] = "recursion",
		[VNFT_LOST_BACKWARDS] = "backwards", [VNFT_LOST_UNREAD] = "unread",
	};
	json_t *lost = json_object(), *failed = json_array();
	unsigned int i, invalid = 0;
	int k;

	for (k = 0; k < VNFT_LOST_NR; k++) {
		uint64_t sum = 0;

		for (i = 0; i < row->samples; i++)
			sum += row->sample[i].lost[k];
		/*
		 * Pairs are made from the records here: what the table in the kernel gave up is no
		 * loss.
		 */
		if (k == VNFT_LOST_EVICTED)
			vnft_bench_put_number(to, "table_evicted", (double)sum);
		else
			vnft_bench_put_number(lost, cause[k], (double)sum);
	}
	for (i = 0; i < row->samples; i++) {
		if (row->sample[i].valid)
			continue;
		invalid++;
		json_array_append_new(failed, json_pack("{s:i,s:s}", "run",
							(int)row->sample[i].number, "why",
							row->sample[i].why));
	}
	json_object_set_new(to, "lost", lost);
	json_object_set_new(to, "failed", failed);
	json_object_set_new(to, "missing", missing_json(row));
	vnft_bench_put_number(to, "invalid_runs", invalid);
	json_object_set_new(to, "valid", json_boolean(row->samples && !invalid));
	if (!row->samples || invalid)
		json_object_set_new(to, "invalid_why", json_string(vnft_bench_row_why(row)));
}

json_t *vnft_bench_row_json(const struct vnft_bench *b, const struct vnft_bench_row *row)
{
	const struct vnft_bench_sample *last = row->samples ? &row->sample[row->samples - 1] : NULL;
	struct vnft_samples service = { 0 }, teardown = { 0 }, create = { 0 };
	json_t *to = json_object(), *rtt = json_object(), *rate = json_object();
	const char *why = vnft_bench_row_why(row), *service_why = why;
	unsigned int i;

	for (i = 0; i < row->samples; i++)
		if (row->sample[i].service_why[0])
			service_why = row->sample[i].service_why;
	json_object_set_new(to, "type", json_string(row->type.name));
	json_object_set_new(to, "title", json_string(row->type.title));
	json_object_set_new(to, "driver", json_string(row->type.driver));
	json_object_set_new(to, "cache", json_string(row->cold ? "cold" : "warm"));
	if (row->setup)
		json_object_set(to, "setup", row->setup);
	if (last)
		json_object_set_new(to, "accel", json_string(vnft_accel_name(last->accel)));
	else
		vnft_json_null(to, "accel", why);
	json_object_set_new(to, "netns", json_string(last ? last->netns : ""));
	vnft_bench_put_number(to, "runs", row->samples);
	json_object_set_new(to, "instantiation", vnft_bench_instantiation_json(b, row));
	VNFT_BENCH_COLLECT(row, &service, s->service_ns, s->service_ns);
	json_object_set_new(to, "service_ready",
			    vnft_bench_duration_json(&service, b->config->seed, service_why));
	VNFT_BENCH_COLLECT(row, &create, s->create_ns, s->create_ns);
	json_object_set_new(to, "create",
			    vnft_bench_duration_json(&create, b->config->seed,
						     "this driver creates nothing beforehand"));
	VNFT_BENCH_COLLECT(row, &teardown, s->teardown_ns, s->teardown_ns);
	json_object_set_new(to, "teardown",
			    vnft_bench_duration_json(&teardown, b->config->seed, why));
	json_object_set_new(rtt, "flood", rtt_one(b, row, true));
	json_object_set_new(rtt, "fixed", rtt_one(b, row, false));
	json_object_set_new(to, "rtt", rtt);
	json_object_set_new(rate, "tx", rate_one(b, row, true));
	json_object_set_new(rate, "rx", rate_one(b, row, false));
	json_object_set_new(to, "throughput", rate);
	vnft_bench_image(&row->type, to);
	json_object_set_new(to, "memory", memory_json(b, row));
	set_overhead(b, row, to);
	set_verdict(row, to);
	vnft_samples_free(&service);
	vnft_samples_free(&create);
	vnft_samples_free(&teardown);
	return to;
}
