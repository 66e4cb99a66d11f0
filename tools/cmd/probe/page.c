/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of a probe: what was sent, what came back, where the rest was lost.
 */
#include <arpa/inet.h>
#include <stdio.h>

#include "../../lib/text/json.h"
#include "../../lib/text/view.h"
#include "../../report/report.h"
#include "../../results/bounds.h"
#include "../../source/lost.h"
#include "../../source/attachment.h"
#include "probe.h"

#define KERNEL_SENT	"the kernel sent: nobody received at the sender"

static void set(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key, json_integer((json_int_t)value));
}

static json_t *what(const struct vnft_probe_config *config, const struct vnft_route *route,
		    const char *observe, const char *why, const struct vnft_probing_outcome *out)
{
	static const char *const kinds[] = { "syn", "icmp", "icmp flood" };
	char dst[INET6_ADDRSTRLEN], src[INET6_ADDRSTRLEN], mac[18];
	json_t *page = json_object();

	inet_ntop(route->family, route->dst, dst, sizeof(dst));
	inet_ntop(route->family, route->src, src, sizeof(src));
	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", route->mac[0], route->mac[1],
		 route->mac[2], route->mac[3], route->mac[4], route->mac[5]);
	json_object_set_new(page, "kind", json_string(kinds[config->kind]));
	json_object_set_new(page, "to", json_string(dst));
	json_object_set_new(page, "mac", json_string(mac));
	json_object_set_new(page, "from", json_string(src));
	json_object_set_new(page, "device", vnft_json_name(route->ifname));
	if (route->by_gateway) {
		inet_ntop(route->family, route->hop, src, sizeof(src));
		json_object_set_new(page, "next_hop", json_string(src));
	}
	if (config->kind == VNFT_PROBE_SYN)
		set(page, "port", config->dst_port);
	if (config->also_port)
		set(page, "ready_port", config->also_port);
	if (config->kind != VNFT_PROBE_ECHO_FLOOD)
		set(page, "interval_ns", config->interval_ns);
	if (config->kind != VNFT_PROBE_SYN)
		set(page, "payload_bytes", config->payload_bytes);
	json_object_set_new(page, "stimulus",
			    json_string(vnft_probe_sender_name(config->sender)));
	if (why[0])
		json_object_set_new(page, "stimulus_why", vnft_json_text(why));
	if (!out->observed) {
		vnft_json_null(page, "observed", "--no-observe");
		return page;
	}
	json_object_set_new(page, "observed", vnft_json_typed(observe));
	json_object_set_new(page, "observer", json_string(out->observer));
	json_object_set_new(page, "hook",
			    json_string(vnft_hook_name(out->after.hook[VNFT_DIR_OUT])));
	return page;
}

static json_t *counts(const struct vnft_probe_config *config,
		      const struct vnft_probing_outcome *out)
{
	const bool syn = config->kind == VNFT_PROBE_SYN;
	const bool kernel = config->sender == VNFT_PROBE_KERNEL;
	const struct vnft_pair_result *pair = &out->pair[syn ? VNFT_PAIRING_SYN_RST :
							 VNFT_PAIRING_ECHO];
	uint64_t answered = vnft_probing_answered(config, out), unanswered;
	json_t *counts = json_object();

	set(counts, "sent", out->sent.sent);
	set(counts, "refused", out->sent.failed);
	if (kernel) {
		set(counts, "queue_lost", out->sent.queue_lost);
		set(counts, "sent_lost", out->sent.sent_lost);
	}
	if (!out->observed) {
		vnft_json_null(counts, "seen", "--no-observe");
	} else {
		set(counts, "seen", pair->requests);
	}
	if (!vnft_probing_told(config, out)) {
		vnft_json_null(counts, "answered", syn ?
			       "only the hooks see who answers a SYN: --no-observe" :
			       "the kernel sent, and only the hooks see the replies: --no-observe");
		return counts;
	}
	set(counts, "answered", answered);
	if (syn) {
		set(counts, "answered_rst", out->pair[VNFT_PAIRING_SYN_RST].matched);
		set(counts, "answered_synack", out->pair[VNFT_PAIRING_SYN_SYNACK].matched);
	}
	/* Replies can meet requests that the hook saw and that had left before: never below 0. */
	unanswered = out->sent.sent > answered ? out->sent.sent - answered : 0;
	set(counts, "unanswered", unanswered);
	if (out->sent.sent)
		json_object_set_new(counts, "loss_percent", json_real(100.0 * (double)unanswered /
								      (double)out->sent.sent));
	else
		vnft_json_null(counts, "loss_percent", "nothing was sent");
	if (syn)
		return counts;
	if (kernel) {
		vnft_json_null(counts, "received", KERNEL_SENT);
		return counts;
	}
	set(counts, "received", out->sent.received);
	set(counts, "duplicates", out->sent.duplicates);
	set(counts, "dropped_at_sender", out->sent.rx_dropped);
	return counts;
}

static void add_rtt(json_t *rows, const char *from, const char *pairing,
		    const struct vnft_hist *hist, enum vnft_bounded number,
		    const struct vnft_bound_sizes *sizes)
{
	json_t *row = vnft_bound_hist(hist, number, sizes);

	json_object_set_new(row, "where", json_string(from));
	json_object_set_new(row, "what", json_string(pairing));
	json_array_append_new(rows, row);
}

/* A line of the table that says why it is empty. */
static void add_none(json_t *rows, const char *from, const char *pairing, const char *why)
{
	json_t *row = json_pack("{s:s, s:s}", "where", from, "what", pairing);

	vnft_json_null(row, "n", why);
	vnft_json_null(row, "p50_ns", why);
	json_array_append_new(rows, row);
}

static json_t *rtt(const struct vnft_probe_config *config, const struct vnft_probing_outcome *out)
{
	const struct vnft_hist *echo = &out->pair[VNFT_PAIRING_ECHO].hist;
	struct vnft_bound_sizes sizes;
	json_t *rows = json_array();

	vnft_bound_sizes_init(&sizes, &out->self);
	vnft_bound_size_way(&sizes, &out->sent.rtt, echo);

	if (config->kind != VNFT_PROBE_SYN) {
		if (out->observed)
			add_rtt(rows, "hooks", "echo", echo, VNFT_BOUNDED_RTT, &sizes);
		if (config->sender == VNFT_PROBE_KERNEL)
			add_none(rows, "sender", "echo", KERNEL_SENT);
		else
			add_rtt(rows, "sender", "echo", &out->sent.rtt, VNFT_BOUNDED_SENDER,
				&sizes);
		return rows;
	}
	if (!out->observed)
		return rows;
	add_rtt(rows, "hooks", "SYN to RST", &out->pair[VNFT_PAIRING_SYN_RST].hist,
		VNFT_BOUNDED_RTT, &sizes);
	if (out->pair[VNFT_PAIRING_SYN_SYNACK].matched)
		add_rtt(rows, "hooks", "SYN to SYN-ACK", &out->pair[VNFT_PAIRING_SYN_SYNACK].hist,
			VNFT_BOUNDED_RTT, &sizes);
	return rows;
}

/* An answer to the first SYN is a round trip; one to a later SYN may be late. */
static struct vnft_bound first_bound(const struct vnft_probe_config *config,
				     const struct vnft_probing_outcome *out,
				     const struct vnft_pair_result *pair)
{
	struct vnft_bound_sizes sizes;

	vnft_bound_sizes_init(&sizes, &out->self);
	sizes.ns[VNFT_BOUND_SLOT] = (double)config->interval_ns * (config->also_port ? 2 : 1);
	sizes.ns[VNFT_BOUND_LATE] = (double)out->sent.lateness.max_ns;
	sizes.ns[VNFT_BOUND_ANSWER] = (double)pair->shortest_wait_ns;
	return vnft_bound_of(pair->first_request_ns == out->first_syn_ns ?
			     VNFT_BOUNDED_RTT : VNFT_BOUNDED_FIRST_ANSWER, &sizes);
}

/* NAME_ns and its bound. */
static void set_first(json_t *page, const char *name, const struct vnft_probe_config *config,
		      const struct vnft_probing_outcome *out, enum vnft_pairing pairing)
{
	const struct vnft_bound bound = first_bound(config, out, &out->pair[pairing]);
	uint64_t at_ns = out->pair[pairing].first_reply_ns;
	const char *why = NULL;
	char key[32];

	snprintf(key, sizeof(key), "%s_ns", name);
	if (!out->observed)
		why = "only the hooks see it: --no-observe";
	else if (!at_ns || !out->first_syn_ns || at_ns < out->first_syn_ns)
		why = "none came";
	if (why) {
		vnft_json_null(page, key, why);
		vnft_bound_none(page, name, "ns", why);
		return;
	}
	set(page, key, at_ns - out->first_syn_ns);
	vnft_bound_put(page, name, "ns", &bound);
}

/* Time from the first SYN; its resolution is the interval in which SYNs were sent. */
static json_t *first(const struct vnft_probe_config *config, const struct vnft_probing_outcome *out)
{
	json_t *first = json_object();

	set_first(first, "first_rst", config, out, VNFT_PAIRING_SYN_RST);
	if (config->also_port)
		set_first(first, "first_synack", config, out, VNFT_PAIRING_SYN_SYNACK);
	/* The generator saw it itself, beside the hooks: both are printed. */
	if (config->until_rst && out->sent.answer_ns > out->sent.first_sent_ns)
		set(first, "generator_rst_ns", out->sent.answer_ns - out->sent.first_sent_ns);
	else if (config->until_rst)
		vnft_json_null(first, "generator_rst_ns", "none came");
	set(first, "resolution_ns", config->interval_ns);
	return first;
}

json_t *vnft_probing_page(const struct vnft_probe_config *config, const struct vnft_route *route,
			  const char *observe, const char *why,
			  const struct vnft_probing_outcome *out)
{
	json_t *page = json_object(), *lost = json_object();
	struct vnft_bound_sizes sizes;

	vnft_bound_sizes_init(&sizes, &out->self);
	json_object_set_new(page, "probe", what(config, route, observe, why, out));
	json_object_set_new(page, "counts", counts(config, out));
	json_object_set_new(page, "rtt", rtt(config, out));
	if (config->kind == VNFT_PROBE_SYN)
		json_object_set_new(page, "first", first(config, out));
	if (config->kind != VNFT_PROBE_ECHO_FLOOD)
		json_object_set_new(page, "lateness",
				    vnft_bound_hist(&out->sent.lateness, VNFT_BOUNDED_LATENESS,
						    &sizes));
	if (out->observed)
		for (uint32_t i = 0; i < VNFT_LOST_NR; i++)
			set(lost, vnft_lost_name(i), out->after.counters.lost[i] -
			    out->before.counters.lost[i]);
	json_object_set_new(page, "lost", lost);
	json_object_set_new(page, "valid", json_boolean(!vnft_probing_lost(out) &&
						       !vnft_hooked_lost(out->hooked)));
	return page;
}

static const struct vnft_column what_columns[] = {
	{ "probe", "kind" }, { "to", "to" }, { "port", "port" }, { "ready port", "ready_port" },
	{ "MAC", "mac" }, { "from", "from" }, { "device", "device" },
	{ "next hop", "next_hop" }, { "interval", "interval_ns" },
	{ "payload", "payload_bytes" }, { "stimulus", "stimulus" },
	{ "not the kernel", "stimulus_why" }, { "observed at", "observed" },
	{ "observer", "observer" }, { "hook", "hook" }, { 0 }
};
static const struct vnft_column count_columns[] = {
	{ "sent", "sent" }, { "refused by the device", "refused" },
	{ "dropped by its queue", "queue_lost" },
	{ "records of it lost", "sent_lost" },
	{ "seen at the hook", "seen" },
	{ "answered", "answered" }, { "by RST", "answered_rst" },
	{ "by SYN-ACK", "answered_synack" },
	{ "unanswered", "unanswered" }, { "loss", "loss_percent" },
	{ "received by the sender", "received" },
	{ "duplicates", "duplicates" }, { "dropped at the sender", "dropped_at_sender" }, { 0 }
};
static const struct vnft_column rtt_columns[] = {
	{ "stamped at", "where" }, { "what", "what" }, { "n", "n" }, { "mean", "mean_ns" },
	{ "bound", "mean_bound_ns" }, { "min", "min_ns" }, { "p50", "p50_ns" },
	{ "p90", "p90_ns" }, { "p99", "p99_ns" },
	{ "p99.9", "p999_ns" }, { "max", "max_ns" }, { 0 }
};
static const struct vnft_column first_columns[] = {
	{ "to the first RST", "first_rst_ns" }, { "its bound", "first_rst_bound_ns" },
	{ "to the first SYN-ACK", "first_synack_ns" }, { "its bound", "first_synack_bound_ns" },
	{ "RST, by the generator", "generator_rst_ns" }, { "resolution", "resolution_ns" }, { 0 }
};
static const struct vnft_column late_columns[] = {
	{ "mean", "mean_ns" }, { "p50", "p50_ns" }, { "p99", "p99_ns" }, { "max", "max_ns" }, { 0 }
};
static const struct vnft_column lost_columns[] = {
#define LOST(id, word) { word, word },
	VNFT_LOST_WORDS(LOST)
	{ 0 }
};
const struct vnft_view vnft_probing_views[] = {
	{ NULL, "probe", what_columns },
	{ "Packets", "counts", count_columns },
	{ "Round trip", "rtt", rtt_columns },
	{ "From the first SYN", "first", first_columns },
	{ "Departures after their intended time", "lateness", late_columns },
	{ "Lost by the observer", "lost", lost_columns },
	{ 0 }
};
