/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instantiation: the SYN flood runs before the launch, t0 is stamped by the driver, and the first
 * RST (and the first SYN-ACK of the workload) by the hooks. Definitions: docs/method.md.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/error.h"
#include "bench.h"

#define POLL_MS			5
/* The flood has found its pace before the launch. */
#define FLOOD_LEAD_MS		50
/* A workload that never listens must not cost the run its whole time-out again. */
#define SERVICE_TIMEOUT_NS	30000000000ULL

static int start_flood(struct vnft_bench *b, struct vnft_bench_row *row, struct vnft_bench_place *p,
		       struct vnft_probe **probe)
{
	struct vnft_probe_config config = {
		.sender = b->sender,
		.kind = VNFT_PROBE_SYN,
		.ifname = p->place.bridge[0] ? p->place.bridge : p->place.device,
		.family = AF_INET,
		.sport = VNFT_BENCH_SOURCE_PORT,
		.dst_port = VNFT_BENCH_CLOSED_PORT,
		.also_port = row->type.port,
		.interval_ns = b->config->syn_interval_ns,
		.cpu = (int)b->config->pin_load,
	};

	*probe = NULL;
	if (b->config->stimulus == VNFT_STIMULUS_EXTERNAL)
		return 0;
	memcpy(config.src, &p->place.host_ipv4, 4);
	memcpy(config.dst, &p->place.guest_ipv4, 4);
	memcpy(config.src_mac, p->place.host_mac, 6);
	memcpy(config.dst_mac, p->place.guest_mac, 6);
	return vnft_probe_start(probe, &config, NULL, NULL);
}

/* What the instance said last belongs to the line: nobody else will ever read its log. */
static int no_answer(int err, const struct vnft_bench_row *row, struct vnft_instance *in,
		     const char *how)
{
	char words[256] = "";

	if (row->ops->last_words)
		row->ops->last_words(in, words, sizeof(words));
	return vnft_fail(err, "%s: %s%s%s", row->type.name, how, words[0] ? ": " : "", words);
}

/* Wait for the first RST, then for the service. */
static int await_answers(struct vnft_bench *b, struct vnft_bench_row *row,
			 struct vnft_bench_watch *w, struct vnft_instance *in,
			 struct vnft_probe *probe, struct vnft_bench_sample *s,
			 struct vnft_bench_seen *seen)
{
	uint64_t timeout_ns = b->config->timeout_ns ? b->config->timeout_ns :
			      row->type.timeout_s * 1000000000ULL;
	uint64_t service_until_ns = 0;
	char how[96];

	for (;;) {
		vnft_bench_watch_seen(w, seen);
		if (seen->first_synack_ns && probe)
			vnft_probe_drop_also_port(probe);
		if (seen->first_rst_ns && !service_until_ns)
			service_until_ns = vnft_now_ns() + SERVICE_TIMEOUT_NS;
		if (seen->first_rst_ns && (seen->first_synack_ns || !row->type.port))
			return 0;
		if (service_until_ns && vnft_now_ns() > service_until_ns) {
			snprintf(s->service_why, sizeof(s->service_why),
				 "no SYN-ACK from port %u within %llu s of the first RST",
				 row->type.port, SERVICE_TIMEOUT_NS / 1000000000ULL);
			return 0;
		}
		if (in->pid > 0 && vnft_process_ended(in->pid))
			return no_answer(-ECHILD, row, in, service_until_ns ?
					 "ended before its service answered" :
					 "ended before it answered");
		if (!service_until_ns && vnft_now_ns() - in->t0_ns > timeout_ns) {
			snprintf(how, sizeof(how), "no RST within %llu s of its launch%s",
				 timeout_ns / 1000000000ULL,
				 seen->foreign_answers ? " (only foreign answers)" : "");
			return no_answer(-ETIMEDOUT, row, in, how);
		}
		if (vnft_sleep_ms(POLL_MS))
			return vnft_fail(-EINTR, "interrupted");
	}
}

static void add_phase(struct vnft_bench_sample *s, const char *name, bool from_hook,
		      uint64_t t0_ns, uint64_t time_ns, const char *why)
{
	struct vnft_bench_phase *phase = &s->phase[s->phases++];

	phase->name = name;
	phase->from_hook = from_hook;
	if (time_ns >= t0_ns && time_ns)
		phase->time_ns = time_ns - t0_ns;
	else
		snprintf(phase->why, sizeof(phase->why), "%s", why);
}

static void take_phases(const struct vnft_bench *b, const struct vnft_bench_row *row,
			const struct vnft_instance *in, const struct vnft_bench_seen *seen,
			struct vnft_bench_sample *s)
{
	const uint64_t t0 = in->t0_ns;

	add_phase(s, "exec", true, t0, seen->exec_ns, b->life ?
		  "no exec of the type's process was seen" : b->life_why);
	add_phase(s, "device", seen->born_in_kernel, t0, seen->born_ns,
		  row->type.topology == VNFT_TOPOLOGY_TAP ? "device was made beforehand" :
							    "no device was seen being born");
	add_phase(s, "vcpu", true, t0, seen->vcpu_ns, in->accel != VNFT_ACCEL_KVM ?
		  "no KVM: nothing to see" : b->life ? "no kvm_entry was seen" : b->life_why);
	add_phase(s, "returned", false, t0, in->started_ns, "the launch did not return");
	add_phase(s, "frame", true, t0, seen->first_frame_ns, "no frame of the instance was seen");
	add_phase(s, "arp", true, t0, seen->first_arp_ns, "no ARP of the instance was seen");
	add_phase(s, "rst", true, t0, seen->first_rst_ns, "");
	add_phase(s, "service", true, t0, seen->first_synack_ns, s->service_why);
}

int vnft_bench_launch(struct vnft_bench *b, struct vnft_bench_row *row, struct vnft_bench_place *p,
		      struct vnft_bench_watch *w, struct vnft_instance *in,
		      struct vnft_bench_sample *s)
{
	struct vnft_probe_result *flood;
	struct vnft_bench_seen seen = { 0 };
	struct vnft_probe *probe = NULL;
	unsigned int i;
	int err;

	flood = calloc(1, sizeof(*flood));
	if (!flood)
		return vnft_fail(-ENOMEM, "bench: out of memory");
	err = start_flood(b, row, p, &probe);
	if (!err)
		err = vnft_sleep_ms(FLOOD_LEAD_MS) ? vnft_fail(-EINTR, "interrupted") : 0;
	if (!err)
		err = row->ops->start(in);
	if (!err) {
		vnft_bench_watch_t0(w, in->t0_ns);
		err = await_answers(b, row, w, in, probe, s, &seen);
	}
	if (probe) {
		/* The reason that counts is the run's, not that of a late send error. */
		int probe_err = vnft_probe_finish(probe, flood);

		s->syns_sent = flood->sent;
		s->sent_lost = flood->sent_lost;
		s->lateness = flood->lateness;
		if (!err)
			err = probe_err;
	}
	free(flood);
	if (err)
		return err;

	/* The device's own stamp of the same answer may lie in a ring that was drained earlier. */
	vnft_bench_watch_settle(w);
	vnft_bench_watch_seen(w, &seen);
	s->foreign_answers = seen.foreign_answers;
	s->at_bridge = seen.rst_at_bridge;
	if (seen.first_rst_ns < in->t0_ns)
		return vnft_fail(-EADDRINUSE, "%s: something answered before it was started",
				 row->type.name);
	s->instantiation_ns = seen.first_rst_ns - in->t0_ns;
	if (seen.first_synack_ns > in->t0_ns)
		s->service_ns = seen.first_synack_ns - in->t0_ns;
	else if (!row->type.port)
		snprintf(s->service_why, sizeof(s->service_why), "the type names no port");
	s->create_ns = in->create_ns;
	take_phases(b, row, in, &seen, s);

	vnft_bench_mark(b, s->number, seen.device_id, in->t0_ns, "t0");
	for (i = 0; i < s->phases; i++)
		if (s->phase[i].time_ns)
			vnft_bench_mark(b, s->number, seen.device_id,
					in->t0_ns + s->phase[i].time_ns, "%s", s->phase[i].name);
	if (!in->device[0])
		strcpy(in->device, seen.device);
	if (!seen.device_id)
		return vnft_fail(-ENODEV, "%s: its device was never seen on %s", row->type.name,
				 p->place.bridge);
	return 0;
}
