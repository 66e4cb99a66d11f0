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

#include "../lib/run/clock.h"
#include "../lib/run/interrupt.h"
#include "../lib/text/error.h"
#include "../stat/random.h"
#include "alive.h"
#include "launch.h"
#include "measure/launch_busy.h"
#include "watch/mark.h"
#include "watch/own.h"
#include "phases.h"
#include "records.h"

#define POLL_MS			5
/* The flood has found its pace before the launch. */
#define FLOOD_LEAD_NS		50000000ULL
/* A workload that never listens must not cost the run its whole time-out again. */
#define SERVICE_TIMEOUT_NS	30000000000ULL

static int start_flood(struct vnft_bench *b, struct vnft_bench_row *row, struct vnft_bench_place *p,
		       struct vnft_load_probe **probe)
{
	struct vnft_probe_config config = {
		.sender = b->sender,
		.kind = VNFT_PROBE_SYN,
		.ifname = p->speaks,
		.loopback = row->type.topology == VNFT_TOPOLOGY_LO,
		.family = AF_INET,
		.dst_port = VNFT_BENCH_CLOSED_PORT,
		.also_port = row->type.port,
		.interval_ns = b->config->syn_interval_ns,
		.cpu = (int)b->config->pin_load,
	};
	int err;

	*probe = NULL;
	if (b->config->stimulus == VNFT_STIMULUS_EXTERNAL)
		return 0;
	memcpy(config.src, &p->place.host_ipv4, 4);
	memcpy(config.dst, &p->place.guest_ipv4, 4);
	memcpy(config.src_mac, p->place.host_mac, 6);
	memcpy(config.dst_mac, p->place.guest_mac, 6);
	err = vnft_probe_choose_ports(&config);
	return err ? err : vnft_probe_start(probe, &config, NULL, NULL);
}

/*
 * A launch may wait for the kernel's tick, and what a bench does before it ends at one. So t0 lies
 * at a random place of the tick, or at the next of several that are spread evenly over it. Whole
 * ticks of 100, 250, 300 and 1,000 Hz fit in the phase.
 */
#define PHASE_NS		20000000U

static int settle(const struct vnft_bench *b, const struct vnft_bench_place *p, uint32_t number)
{
	struct vnft_random random = { .state = b->config->seed ^ vnft_mix64(number) };
	const uint64_t from_ns = vnft_now_ns() + FLOOD_LEAD_NS;
	const uint64_t phase_ns = vnft_random_below(&random, PHASE_NS) +
				  PHASE_NS / VNFT_BENCH_TURNS * p->turn;
	const uint64_t wait_ns = (phase_ns + PHASE_NS - from_ns % PHASE_NS) % PHASE_NS;

	if (vnft_sleep_ns(FLOOD_LEAD_NS + wait_ns))
		return vnft_fail(-EINTR, "interrupted");
	return 0;
}

/* What is wrong with its device, if anything is; else "". */
static const char *device_why(const struct vnft_bench_row *row, struct vnft_bench_watch *w,
			      char *why, size_t bytes)
{
	const struct vnft_guest_ops *ops = row->ops;
	struct vnft_bench_hang hang;

	vnft_bench_watch_hang(w, ops->device_fix ? ops->device_fix(&row->type) : "", &hang);
	vnft_bench_hang_why(&hang, why, bytes);
	return why;
}

/* What the instance said last belongs to the line: nobody else will ever read its log. */
static int no_answer(int err, const struct vnft_bench_row *row, struct vnft_instance *in,
		     const char *how)
{
	char words[256] = "";

	if (row->ops->last_words)
		row->ops->last_words(in, words, sizeof(words));
	return vnft_fail(err, "%s: %s%s%s", row->label, how, words[0] ? ": " : "", words);
}

/* Wait for the first RST, then for the service. */
static int await_answers(struct vnft_bench *b, struct vnft_bench_row *row,
			 struct vnft_bench_watch *w, struct vnft_instance *in,
			 struct vnft_load_probe *probe, const struct vnft_bench_launch_busy *busy,
			 struct vnft_results_run *s, struct vnft_bench_seen *seen)
{
	uint64_t timeout_ns = b->config->timeout_ns ? b->config->timeout_ns :
			      row->type.timeout_s * 1000000000ULL;
	uint64_t service_until_ns = 0;
	char how[320], why[224];
	int err;

	for (;;) {
		err = vnft_bench_broken(b);
		if (err)
			return err;
		vnft_bench_watch_seen(w, seen);
		if (seen->first_synack_ns && probe)
			vnft_probe_drop_also_port(probe);
		if (seen->first_rst_ns && !service_until_ns) {
			/* What a domain of Xen computes is not in dom0's own time. */
			if (in->accel != VNFT_ACCEL_XEN)
				vnft_bench_launch_busy_end(busy, s);
			service_until_ns = vnft_now_ns() + SERVICE_TIMEOUT_NS;
		}
		if (seen->first_rst_ns && (seen->first_synack_ns || !row->type.port))
			return 0;
		if (service_until_ns && vnft_now_ns() > service_until_ns) {
			snprintf(s->service_why, sizeof(s->service_why),
				 "no SYN-ACK from port %u within %llu s of the first RST",
				 row->type.port, SERVICE_TIMEOUT_NS / 1000000000ULL);
			return 0;
		}
		if (vnft_bench_ended(row->ops, in))
			return no_answer(-ECHILD, row, in, service_until_ns ?
					 "ended before its service answered" :
					 "ended before it answered");
		if (!service_until_ns && vnft_now_ns() - in->t0_ns > timeout_ns) {
			device_why(row, w, why, sizeof(why));
			snprintf(how, sizeof(how), "no RST within %llu s of its launch%s%s%s",
				 timeout_ns / 1000000000ULL,
				 seen->foreign_answers ? " (only foreign answers)" : "",
				 why[0] ? ": " : "", why);
			return no_answer(-ETIMEDOUT, row, in, how);
		}
		if (vnft_sleep_ms(POLL_MS))
			return vnft_fail(-EINTR, "interrupted");
	}
}

/*
 * From t0 to the exec of what we start, at most: its stamp, or when making the process returned to
 * us, which is after the call of execve. 0: we start nothing.
 */
static uint64_t own_start_ns(const struct vnft_instance *in, const struct vnft_bench_seen *seen)
{
	if (in->exec_by_ns <= in->t0_ns)
		return 0;
	if (seen->exec_ns >= in->t0_ns && seen->exec_ns < in->exec_by_ns)
		return seen->exec_ns - in->t0_ns;
	return in->exec_by_ns - in->t0_ns;
}

int vnft_bench_launch(struct vnft_bench *b, struct vnft_bench_row *row, struct vnft_bench_place *p,
		      struct vnft_bench_watch *w, struct vnft_instance *in,
		      struct vnft_results_run *s)
{
	struct vnft_probe_result *flood;
	struct vnft_bench_seen seen = { 0 };
	struct vnft_load_probe *probe = NULL;
	struct vnft_bench_launch_busy busy;
	char why[224];
	unsigned int i;
	int err;

	flood = calloc(1, sizeof(*flood));
	if (!flood)
		return vnft_fail(-ENOMEM, "bench: out of memory");
	err = start_flood(b, row, p, &probe);
	if (!err) {
		vnft_bench_watch_console(w, row->ops, in);
		err = settle(b, p, s->number);
	}
	if (!err) {
		vnft_bench_launch_busy_begin(&busy);
		err = vnft_bench_own_start(b, row, in);
	}
	if (!err) {
		vnft_bench_watch_t0(w, in->t0_ns);
		/* A device that we could not name may be on another bridge than ours, or none. */
		if (row->type.topology == VNFT_TOPOLOGY_VIF)
			vnft_bench_watch_device(w, in->device);
		err = await_answers(b, row, w, in, probe, &busy, s, &seen);
	}
	if (probe) {
		/* The reason that counts is the run's, not that of a late send error. */
		int probe_err = vnft_probe_finish(probe, flood);

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
	vnft_bench_watch_console_end(w, &seen.heard);
	s->foreign_answers = seen.foreign_answers;
	s->at_bridge = seen.rst_at_bridge;
	if (seen.first_rst_ns < in->t0_ns)
		return vnft_fail(-EADDRINUSE, "%s: something answered before it was started",
				 row->label);
	s->instantiation_ns = seen.first_rst_ns - in->t0_ns;
	if (seen.first_synack_ns > in->t0_ns)
		s->service_ns = seen.first_synack_ns - in->t0_ns;
	else if (!row->type.port)
		snprintf(s->service_why, sizeof(s->service_why), "the type names no port");
	s->create_ns = in->create_ns;
	s->own_start_ns = own_start_ns(in, &seen);
	if (row->ops->phases)
		row->ops->phases(in);
	if (row->ops->holds_init)
		seen.init_ns = vnft_bench_watch_exec(w, in->process.pid);
	if (row->ops->hook)
		vnft_bench_watch_program(w, row->ops->hook, &seen.hook_ns, &seen.hooked_ns);
	vnft_bench_phases(b, &row->type, in, &seen, s);

	vnft_bench_mark(b, s->number, seen.device_id, in->t0_ns, "t0");
	for (i = 0; i < s->launch.n; i++)
		if (s->launch.at[i].time_ns)
			vnft_bench_mark(b, s->number, seen.device_id,
					in->t0_ns + s->launch.at[i].time_ns, "%s",
					s->launch.at[i].name);
	if (!in->device[0])
		strcpy(in->device, seen.device);
	if (!seen.device_id)
		return vnft_fail(-ENODEV, "%s: it answered, but %s", row->label,
				 device_why(row, w, why, sizeof(why)));
	return 0;
}
