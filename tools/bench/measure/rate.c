/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Throughput of a running instance: iperf3 both ways, counted by the hooks from the stream's first
 * to its last segment, and 64-byte frames per second; and the instance's memory in the middle of
 * it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/run/clock.h"
#include "../../lib/text/error.h"
#include "../../load/iperf.h"
#include "measure.h"
#include "../records.h"

#define NS_PER_S		1000000000ULL
/* 18 bytes of payload: a frame of 60 bytes, 64 on a wire with its checksum. */
#define SMALL_PAYLOAD_BYTES	18
#define SMALL_SECONDS		2
#define IPERF_EXTRA_MS		20000
#define SERVER_TRIES		20
#define SERVER_RETRY_NS		100000000ULL

/**
 * struct beside - what is done beside iperf3, in the same thread
 * @load_at_ns: when to read memory, in the middle of the load; 0: not (again)
 */
struct beside {
	const struct vnft_bench_subject *of;
	struct vnft_results_run *run;
	uint64_t load_at_ns;
};

static bool beside_iperf(void *arg)
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
 * The server closes its listening socket for a moment between two clients. -ECHILD if the instance
 * ended meanwhile, whatever iperf3 made of that.
 */
static int run_iperf(struct vnft_iperf_config *config, struct beside *beside,
		     struct vnft_iperf_result *result)
{
	unsigned int tries;
	int err, gone;

	config->give_up = beside_iperf;
	config->give_up_arg = beside;
	for (tries = 0;; tries++) {
		err = vnft_iperf_run(config, result);
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

/* The stream was sent: what the hook counted does not need iperf3's word for it. */
static void take_iperf3(const struct vnft_iperf_result *result, int err,
			struct vnft_results_rate *rate)
{
	rate->iperf3_measured = !err && !isnan(result->received_bps);
	rate->iperf3_bps = result->received_bps;
	rate->retransmits_measured = !err && result->retransmits_known;
	rate->retransmits = result->retransmits;
	if (!rate->iperf3_measured || !rate->retransmits_measured)
		snprintf(rate->iperf3_why, sizeof(rate->iperf3_why), "%s",
			 err ? vnft_why() : "iperf3 gave no number");
}

static int run_tcp(struct beside *beside, struct vnft_iperf_config *config, enum vnft_dir dir,
		   struct vnft_results_rate *rate)
{
	const struct vnft_bench_subject *of = beside->of;
	struct vnft_iperf_result result = { 0 };
	struct vnft_rate slots = { 0 };
	int err;

	vnft_bench_watch_slots(of->watch, dir, &slots);
	err = run_iperf(config, beside, &result);
	vnft_bench_watch_slots(of->watch, dir, NULL);
	if (!err || err == -EBADMSG) {
		take_iperf3(&result, err, rate);
		err = count_tcp(of->b, of->place->device_id, dir, &slots, rate);
	} else if (!fatal(beside, err)) {
		snprintf(rate->why, sizeof(rate->why), "%s", vnft_why());
		err = 0;
	}
	vnft_rate_free(&slots);
	return err;
}

static int run_small(struct vnft_iperf_config *config, struct beside *beside,
		     struct vnft_results_rate *rate)
{
	struct vnft_iperf_result result = { 0 };
	int err;

	config->udp_payload_bytes = SMALL_PAYLOAD_BYTES;
	config->seconds = SMALL_SECONDS;
	config->timeout_ms = SMALL_SECONDS * 1000 + IPERF_EXTRA_MS;
	err = run_iperf(config, beside, &result);
	if (fatal(beside, err))
		return err;
	if (err || !(result.seconds > 0) || result.packets < result.lost_packets) {
		snprintf(rate->pps_why, sizeof(rate->pps_why), "%s",
			 err ? vnft_why() : "iperf3 counted no packets");
		return 0;
	}
	rate->pps = (double)(result.packets - result.lost_packets) / result.seconds;
	rate->pps_measured = true;
	return 0;
}

static int run_direction(struct beside *beside, bool tx, struct vnft_results_rate *rate)
{
	const struct vnft_bench_subject *of = beside->of;
	char server[INET_ADDRSTRLEN];
	struct vnft_iperf_config config = {
		.server = inet_ntop(AF_INET, &of->place->place.guest_ipv4, server, sizeof(server)),
		.port = of->alive.row->type.port,
		.reverse = tx,
		.seconds = (unsigned int)((of->b->config->throughput_ns + NS_PER_S - 1) /
					  NS_PER_S),
	};
	int err;

	config.timeout_ms = config.seconds * 1000 + IPERF_EXTRA_MS;
	err = run_tcp(beside, &config, tx ? VNFT_DIR_IN : VNFT_DIR_OUT, rate);
	return err ? err : run_small(&config, beside, rate);
}

/* Why there is nothing to measure, or NULL. */
static const char *no_rate(const struct vnft_type *type, const struct vnft_results_run *run)
{
	if (type->workload == VNFT_WORKLOAD_NONE)
		return "the type's workload is none";
	if (type->workload != VNFT_WORKLOAD_IPERF3)
		return "this version has no client for the type's workload";
	return run->service_ns ? NULL : run->service_why;
}

int vnft_bench_measure_rate(const struct vnft_bench_subject *of, struct vnft_results_run *run)
{
	const struct vnft_bench_config *c = of->b->config;
	const struct vnft_type *type = &of->alive.row->type;
	struct beside beside = { .of = of, .run = run };
	const char *why = no_rate(type, run);
	int err;

	run->tx.asked = run->rx.asked = type->workload == VNFT_WORKLOAD_IPERF3;
	if (why) {
		snprintf(run->tx.why, sizeof(run->tx.why), "%s", why);
		snprintf(run->tx.pps_why, sizeof(run->tx.pps_why), "%s", why);
		run->rx = run->tx;
		return 0;
	}
	if (!c->no_memory)
		beside.load_at_ns = vnft_now_ns() + c->throughput_ns / 2;
	err = run_direction(&beside, true, &run->tx);
	beside.load_at_ns = 0;
	return err ? err : run_direction(&beside, false, &run->rx);
}
