/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RTT of a running instance: flood as `ping -f`, then a fixed rate; paired at the device hook and
 * at the sender. With an external stimulus the echoes come from the other machine.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/run/clock.h"
#include "../../lib/text/error.h"
#include "measure.h"

#define ECHO_ID			0x7674
#define POLL_NS			20000000ULL
/* As ping -f: an echo that is not answered costs 10 ms. Twice that, and two seconds beyond. */
#define FLOOD_ECHO_LIMIT_MS	20
#define EXTRA_MS		2000
#define LINGER_NS		1000000000ULL

const char *vnft_bench_stimulus(const struct vnft_bench *b, enum vnft_probe_kind kind)
{
	if (b->config->stimulus == VNFT_STIMULUS_EXTERNAL)
		return "external";
	return vnft_probe_sender_name(kind == VNFT_PROBE_ECHO_FLOOD ? VNFT_PROBE_USER : b->sender);
}

/*
 * The generator does not see replies: the last ones are awaited at the device, for as long as a
 * thread would.
 */
static int linger(struct vnft_bench_watch *w, const struct vnft_bench_alive *alive, uint64_t sent)
{
	const uint64_t until_ns = vnft_now_ns() + LINGER_NS;
	int err = 0;

	while (!err && vnft_bench_watch_echoes(w) < sent && vnft_now_ns() < until_ns)
		err = vnft_bench_alive_until(alive, vnft_now_ns() + POLL_NS);
	return err;
}

static int wait_for(struct vnft_load_probe *probe, const struct vnft_bench_alive *alive,
		    uint64_t limit_ms)
{
	const uint64_t until_ns = vnft_now_ns() + limit_ms * 1000000ULL;
	int err = 0;

	while (!err && (!probe || !vnft_probe_done(probe)) && vnft_now_ns() < until_ns)
		err = vnft_bench_alive_until(alive, vnft_now_ns() + POLL_NS);
	return err;
}

int vnft_bench_ping(const struct vnft_bench_subject *of, enum vnft_probe_kind kind,
		    uint64_t echoes, struct vnft_results_rtt *rtt)
{
	const struct vnft_bench_alive *alive = &of->alive;
	const struct vnft_place *place = &of->place->place;
	const struct vnft_bench *b = of->b;
	struct vnft_bench_watch *w = of->watch;
	const bool external = b->config->stimulus == VNFT_STIMULUS_EXTERNAL;
	struct vnft_probe_config config = {
		.sender = kind == VNFT_PROBE_ECHO_FLOOD ? VNFT_PROBE_USER : b->sender,
		.kind = kind,
		.ifname = of->place->speaks,
		.loopback = alive->row->type.topology == VNFT_TOPOLOGY_LO,
		.family = AF_INET,
		.echo_id = (uint16_t)(ECHO_ID + kind),
		.interval_ns = b->config->echo_interval_ns,
		.count = echoes,
		.payload_bytes = 56,
		.cpu = (int)b->config->pin_load,
	};
	uint64_t limit_ms = EXTRA_MS + config.count * (kind == VNFT_PROBE_ECHO_FLOOD ?
			    FLOOD_ECHO_LIMIT_MS : config.interval_ns / 1000000 + 1);
	struct vnft_probe_result *sent = calloc(1, sizeof(*sent));
	struct vnft_load_probe *probe = NULL;
	int err, late;

	memcpy(config.src, &place->host_ipv4, 4);
	memcpy(config.dst, &place->guest_ipv4, 4);
	memcpy(config.src_mac, place->host_mac, 6);
	memcpy(config.dst_mac, place->guest_mac, 6);
	if (!sent)
		return vnft_fail(-ENOMEM, "bench: out of memory");
	rtt->asked = true;
	err = vnft_bench_watch_pair(w, NULL);
	if (!err && !external)
		err = vnft_probe_start(&probe, &config, NULL, NULL);
	if (err)
		goto out;
	err = wait_for(probe, alive, limit_ms);
	if (probe) {
		late = vnft_probe_finish(probe, sent);
		rtt->sent = sent->sent;
		rtt->sent_lost = sent->sent_lost;
		rtt->sender = sent->rtt;
		err = err ? err : late;
		if (!err && config.sender == VNFT_PROBE_KERNEL)
			err = linger(w, alive, rtt->sent);
	}
	vnft_bench_watch_settle(w);
	if (!err)
		err = vnft_bench_watch_pair(w, &rtt->hooks);
	/* Echoes without an answer: a guest that loses some lives, one that is gone has no RTT. */
	if (!err && rtt->hooks.matched < rtt->hooks.requests)
		err = vnft_bench_alive_still(alive);
	if (err)
		goto out;
	rtt->measured = rtt->hooks.matched > 0;
	if (!rtt->measured)
		snprintf(rtt->why, sizeof(rtt->why), external ?
			 "no echo from the other machine was answered" :
			 "none of %llu echoes was answered", (unsigned long long)rtt->sent);
out:
	free(sent);
	return err;
}

int vnft_bench_measure_rtt(const struct vnft_bench_subject *of, struct vnft_results_run *run)
{
	int err;

	err = vnft_bench_ping(of, VNFT_PROBE_ECHO_FLOOD, of->b->config->echoes, &run->flood);
	if (err)
		return err;
	/* The other machine's echoes come at its own pace: they are what they are, once. */
	if (of->b->config->stimulus == VNFT_STIMULUS_EXTERNAL) {
		snprintf(run->fixed.why, sizeof(run->fixed.why),
			 "with an external stimulus all echoes are in the flood");
		return 0;
	}
	return vnft_bench_ping(of, VNFT_PROBE_ECHO, of->b->config->echoes, &run->fixed);
}
