/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Throughput of a running instance: a stream each way with what it serves, counted by the hooks
 * from the stream's first to its last segment, and 64-byte frames per second; and the instance's
 * memory in the middle of it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/run/clock.h"
#include "../../lib/text/error.h"
#include "../../load/workload.h"
#include "measure.h"
#include "../records.h"

#define NS_PER_S		1000000000ULL
/* 18 bytes of payload: a frame of 60 bytes, 64 on a wire with its checksum. */
#define SMALL_PAYLOAD_BYTES	18
#define SMALL_SECONDS		2
#define MARGIN_MS		20000
#define SERVER_TRIES		20
#define SERVER_RETRY_NS		100000000ULL

/**
 * struct beside - what is done beside the client of the workload, in the same thread
 * @load_at_ns: when to read memory, in the middle of the load; 0: not (again)
 */
struct beside {
	const struct vnft_bench_subject *of;
	const struct vnft_workload_client *client;
	struct vnft_results_run *run;
	uint64_t load_at_ns;
};

static bool beside_client(void *arg)
{
	struct beside *beside = arg;
	const struct vnft_bench_alive *alive = &beside->of->alive;

	if (beside->load_at_ns && vnft_now_ns() >= beside->load_at_ns) {
		vnft_bench_measure_load_memory(beside->of, beside->run);
		beside->load_at_ns = 0;
	}
	return vnft_bench_broken(alive->b) || vnft_bench_ended(alive->row->ops, alive->in);
}

/*
 * A server closes its listening socket for a moment between two clients. -ECHILD if the instance
 * ended meanwhile, whatever the client made of that.
 */
static int run_client(struct vnft_workload_config *config, struct beside *beside,
		      struct vnft_workload_result *result)
{
	unsigned int tries;
	int err, gone;

	config->give_up = beside_client;
	config->give_up_arg = beside;
	for (tries = 0;; tries++) {
		err = beside->client->run(config, result);
		if (!err || err == -EINTR)
			return err;
		if ((err != -ECONNREFUSED && err != -EBUSY) || tries == SERVER_TRIES)
			break;
		gone = vnft_bench_alive_until(&beside->of->alive, vnft_now_ns() + SERVER_RETRY_NS);
		if (gone)
			return gone;
	}
	return vnft_bench_alive_or(&beside->of->alive, err);
}

/* Ends the run: the instance is gone, the session is broken, or the user wants no more. */
static bool fatal(const struct beside *beside, int err)
{
	return err == -EINTR || err == -ECHILD || (err && vnft_bench_broken(beside->of->b));
}

/* How even the stream was: deciles of its 100 ms slots. */
static int take_slots(const struct vnft_rate *slots, const struct vnft_stream *stream,
		      uint64_t last_ns, struct vnft_results_rate *rate)
{
	struct vnft_samples bps = { 0 };
	int err;

	err = vnft_rate_samples(slots, stream->first_ns, last_ns, &bps, NULL);
	if (!err && bps.n) {
		rate->slots = bps.n;
		rate->slot_ns = VNFT_BENCH_SLOT_NS;
		rate->slot_p10_bps = vnft_quantile(&bps, 0.1);
		rate->slot_p90_bps = vnft_quantile(&bps, 0.9);
	}
	vnft_samples_free(&bps);
	return err;
}

static int count_tcp(struct vnft_bench *b, uint16_t id, enum vnft_dir dir,
		     const struct vnft_rate *slots, struct vnft_results_rate *rate)
{
	struct vnft_stream stream;
	double bound_bps;

	if (b->source->ops->stream(b->source, id, dir, &stream)) {
		snprintf(rate->why, sizeof(rate->why), "%s", vnft_why());
		return 0;
	}
	rate->hook_bps = vnft_stream_bps(&stream, &bound_bps);
	rate->length_ns = stream.last_ns - stream.first_ns;
	rate->late_ns = stream.late_ns;
	rate->measured = !isnan(rate->hook_bps);
	if (!rate->measured)
		snprintf(rate->why, sizeof(rate->why), "the stream had no length");
	return take_slots(slots, &stream, stream.last_ns, rate);
}

/* That it lacks a rate is what lo is, and no run's fault. */
static int no_direction(struct vnft_results_rate *rate)
{
	snprintf(rate->why, sizeof(rate->why),
		 "on lo each frame goes out and comes in: the hook has no direction of a stream");
	rate->asked = false;
	return 0;
}

/* The stream was sent: what the hook counted does not need the tool's word for it. */
static void take_said(const struct beside *beside, const struct vnft_workload_result *result,
		      int err, struct vnft_results_rate *rate)
{
	const char *silent_why = beside->client->silent_why;

	rate->tool_measured = !err && !isnan(result->tool_bps);
	rate->tool_bps = result->tool_bps;
	rate->retransmits_measured = !err && result->retransmits_known;
	rate->retransmits = result->retransmits;
	if (rate->tool_measured && rate->retransmits_measured)
		return;
	if (err || silent_why)
		snprintf(rate->tool_why, sizeof(rate->tool_why), "%s",
			 err ? vnft_why() : silent_why);
	else
		snprintf(rate->tool_why, sizeof(rate->tool_why), "%s gave no number",
			 vnft_workloads[beside->of->alive.row->type.workload]);
}

static int run_tcp(struct beside *beside, struct vnft_workload_config *config, enum vnft_dir dir,
		   struct vnft_results_rate *rate)
{
	const struct vnft_bench_subject *of = beside->of;
	struct vnft_workload_result result = { 0 };
	struct vnft_rate slots = { 0 };
	int err;

	vnft_bench_watch_slots(of->watch, dir, &slots);
	err = run_client(config, beside, &result);
	vnft_bench_watch_slots(of->watch, dir, NULL);
	if (!err || err == -EBADMSG) {
		take_said(beside, &result, err, rate);
		err = of->alive.row->type.topology == VNFT_TOPOLOGY_LO ? no_direction(rate) :
		      count_tcp(of->b, of->place->device_id, dir, &slots, rate);
	} else if (!fatal(beside, err)) {
		snprintf(rate->why, sizeof(rate->why), "%s", vnft_why());
		err = 0;
	}
	vnft_rate_free(&slots);
	return err;
}

static int run_small(struct vnft_workload_config *config, struct beside *beside,
		     struct vnft_results_rate *rate)
{
	struct vnft_workload_result result = { 0 };
	int err;

	config->udp_payload_bytes = SMALL_PAYLOAD_BYTES;
	config->seconds = SMALL_SECONDS;
	err = run_client(config, beside, &result);
	if (fatal(beside, err))
		return err;
	if (err || !(result.seconds > 0) || result.packets < result.lost_packets) {
		snprintf(rate->pps_why, sizeof(rate->pps_why), "%s",
			 err ? vnft_why() : "the workload's tool counted no packets");
		return 0;
	}
	rate->pps = (double)(result.packets - result.lost_packets) / result.seconds;
	rate->pps_measured = true;
	return 0;
}

static int run_direction(struct beside *beside, bool tx, struct vnft_results_rate *rate)
{
	const struct vnft_bench_subject *of = beside->of;
	const struct vnft_type *type = &of->alive.row->type;
	char server[INET_ADDRSTRLEN];
	struct vnft_workload_config config = {
		.server = inet_ntop(AF_INET, &of->place->place.guest_ipv4, server, sizeof(server)),
		.port = type->port,
		.source_port = type->source_port,
		.reverse = tx,
		.seconds = (unsigned int)((of->b->config->throughput_ns + NS_PER_S - 1) /
					  NS_PER_S),
		.margin_ms = MARGIN_MS,
	};
	int err;

	if (!rate->asked)
		return 0;
	err = run_tcp(beside, &config, tx ? VNFT_DIR_IN : VNFT_DIR_OUT, rate);
	beside->load_at_ns = 0;
	return err || !rate->pps_asked ? err : run_small(&config, beside, rate);
}

/* What the workload cannot give is not asked for: NULL, or why it cannot. */
static const char *ask(const struct vnft_type *type, const struct vnft_workload_client *client,
		       struct vnft_results_run *run)
{
	const bool no_source = type->workload == VNFT_WORKLOAD_TCP && !type->source_port;

	if (!client)
		return "the type's workload is none";
	run->rx.asked = true;
	run->tx.asked = !no_source;
	run->tx.pps_asked = run->rx.pps_asked = client->datagrams;
	if (no_source)
		snprintf(run->tx.why, sizeof(run->tx.why), "the type names no source_port");
	if (!client->datagrams) {
		snprintf(run->tx.pps_why, sizeof(run->tx.pps_why), "the workload has no UDP");
		strcpy(run->rx.pps_why, run->tx.pps_why);
	}
	if (!run->service_ns)
		return run->service_why;
	return vnft_workload_check(client) ? vnft_why() : NULL;
}

/* Of everything that has no reason of its own. */
static void set_why(struct vnft_results_rate *rate, const char *why)
{
	if (!rate->why[0])
		snprintf(rate->why, sizeof(rate->why), "%s", why);
	if (!rate->pps_why[0])
		snprintf(rate->pps_why, sizeof(rate->pps_why), "%s", why);
}

int vnft_bench_measure_rate(const struct vnft_bench_subject *of, struct vnft_results_run *run)
{
	const struct vnft_bench_config *c = of->b->config;
	const struct vnft_type *type = &of->alive.row->type;
	struct beside beside = { .of = of, .run = run,
				 .client = vnft_workload_client(type->workload) };
	const char *why = ask(type, beside.client, run);
	bool tx;
	int err;

	if (why) {
		set_why(&run->tx, why);
		set_why(&run->rx, why);
		return 0;
	}
	if (!c->no_memory)
		beside.load_at_ns = vnft_now_ns() + c->throughput_ns / 2;
	tx = !beside.client->rx_first;
	err = run_direction(&beside, tx, tx ? &run->tx : &run->rx);
	return err ? err : run_direction(&beside, !tx, tx ? &run->rx : &run->tx);
}
