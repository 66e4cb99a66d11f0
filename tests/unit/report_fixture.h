/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A results.json and a record file as bench writes them, made by code: runs of known times.
 */
#ifndef TESTS_UNIT_REPORT_FIXTURE_H
#define TESTS_UNIT_REPORT_FIXTURE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../../kmod/core/hooks.h"
#include "../../tools/source/file_write.h"
#include "../../tools/source/source.h"

#define FIXTURE_MS 1000000LL

/* Instantiation of run @run of a type: 200 ms, 201 ms ... times @factor. */
static inline long long fixture_ns(int run, double factor)
{
	return (long long)((200 + run) * FIXTURE_MS * factor);
}

static inline json_t *fixture_samples(int runs, double factor)
{
	json_t *list = json_array();
	int i;

	for (i = 0; i < runs; i++)
		json_array_append_new(list, json_integer(fixture_ns(i, factor)));
	return list;
}

static inline json_t *fixture_hist(double factor)
{
	return json_pack("{s:i, s:I, s:I, s:I, s:I, s:I, s:n, s:s, s:I}", "n", 1000, "mean_ns",
			 (json_int_t)(80000 * factor), "min_ns", (json_int_t)(50000 * factor),
			 "p50_ns", (json_int_t)(78000 * factor), "p90_ns",
			 (json_int_t)(120000 * factor), "p99_ns", (json_int_t)(300000 * factor),
			 "p999_ns", "p999_ns_why", "999 samples, 1000 needed", "max_ns",
			 (json_int_t)(900000 * factor));
}

static inline json_t *fixture_times(int runs, double factor)
{
	return json_pack("{s:i, s:I, s:[I,I], s:I, s:n, s:s, s:o, s:I, s:b, s:[{s:s, s:I, s:s}, "
			 "{s:s, s:n, s:s, s:s}]}",
			 "n", runs, "median_ns", (json_int_t)fixture_ns(runs / 2, factor),
			 "ci95_ns", (json_int_t)fixture_ns(0, factor),
			 (json_int_t)fixture_ns(runs, factor), "p50_ns",
			 (json_int_t)fixture_ns(runs / 2, factor), "p99_ns", "p99_ns_why",
			 "10 samples, 100 needed", "samples_ns", fixture_samples(runs, factor),
			 "slot_ns", (json_int_t)FIXTURE_MS, "bimodal", 0, "phases", "name", "exec",
			 "median_ns", (json_int_t)(3 * FIXTURE_MS), "clock", "hook", "name", "vcpu",
			 "median_ns", "median_ns_why", "no KVM: nothing to see", "clock", "hook");
}

static inline json_t *fixture_rate(double factor)
{
	json_t *samples = json_array();
	int i;

	for (i = 0; i < 10; i++)
		json_array_append_new(samples,
				      json_integer((json_int_t)((20e9 + i * 1e8) * factor)));
	return json_pack("{s:I, s:n, s:s, s:I, s:o, s:n, s:s, s:i}", "median_bps",
			 (json_int_t)(20e9 * factor), "ci95_bps", "ci95_bps_why",
			 "5 runs, 6 needed", "iperf3_bps", (json_int_t)(19.9e9 * factor),
			 "samples_bps", samples, "median_pps", "median_pps_why",
			 "the workload has no iperf3", "retransmits", 3);
}

/* The reference beside @runs runs: 30.0 ms, 30.1 ms ... times @factor, and as many ns. */
static inline json_t *fixture_reference(int runs, double factor)
{
	json_t *launch = json_array(), *rtt = json_array();
	int i;

	for (i = 0; i < runs; i++) {
		json_array_append_new(launch, json_integer((json_int_t)((300 + i % 5) *
								FIXTURE_MS / 10 * factor)));
		json_array_append_new(rtt, json_integer((json_int_t)((300 + i % 5) * factor)));
	}
	return json_pack("{s:{s:o}, s:{s:o}}", "launch", "samples_ns", launch, "rtt",
			 "samples_ns", rtt);
}

/* A row whose durations are @factor times those of another. */
static inline json_t *fixture_row(const char *type, int runs, double factor)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:i, s:o, s:o, s:o, s:{s:o, s:o}, s:{s:o, s:o}, "
			 "s:{s:I, s:I}, s:{s:I, s:n, s:s, s:i, s:I}, s:{s:i, s:i}, s:i, s:b, s:[], "
			 "s:o}",
			 "type", type, "title", type, "accel", "none", "cache", "warm", "runs",
			 runs, "instantiation", fixture_times(runs, factor), "service_ready",
			 fixture_times(runs, factor * 1.5), "teardown",
			 fixture_times(runs, factor / 2), "rtt", "flood", fixture_hist(factor),
			 "fixed", fixture_hist(factor * 2), "throughput", "tx",
			 fixture_rate(1 / factor), "rx", fixture_rate(2 / factor), "image",
			 "file_bytes", (json_int_t)3500000, "disk_bytes", (json_int_t)3600000,
			 "memory", "tool_bytes", (json_int_t)3800000, "pss_bytes", "pss_bytes_why",
			 "CAP_SYS_PTRACE is missing", "host_delta_bytes", -4096, "load_pss_bytes",
			 (json_int_t)5000000, "lost", "ring_full", 0, "evicted", 0, "invalid_runs",
			 0, "valid", 1, "failed", "reference", fixture_reference(runs, 1));
}

static inline json_t *fixture_results(const char *host, double factor)
{
	return json_pack("{s:i, s:{s:{s:s}, s:s, s:s, s:{s:i}}, s:[o, o]}", "schema", 1, "manifest",
			 "host", "hostname", host, "id", host, "started", "2026-01-01T00:00:00Z",
			 "parameters", "reference", 1, "rows",
			 fixture_row("container.crun", 10, factor),
			 fixture_row("tinyx.kvm", 10, 3 * factor));
}

/* What a Xen row has beside: its setup, and SYNs that waited in @with of 10 runs. */
static inline void fixture_xen(json_t *row, const char *machine, const char *script, int syns,
			       int with)
{
	json_t *instantiation = json_object_get(row, "instantiation");

	json_object_set_new(row, "accel", json_string("xen"));
	json_object_set_new(row, "setup", json_pack("{s:s, s:s, s:s}", "toolstack", "xl", "machine",
						    machine, "script", script));
	json_object_set_new(instantiation, "queueing",
			    json_pack("{s:i, s:i, s:i, s:I, s:I, s:I}", "n", 10, "runs_with", with,
				      "syns", syns, "first_wait_ns",
				      (json_int_t)(1200 * FIXTURE_MS), "longest_wait_ns",
				      (json_int_t)(1900 * FIXTURE_MS), "max_wait_ns",
				      (json_int_t)(25000 * FIXTURE_MS)));
}

static inline void fixture_mark(struct vnft_file_writer *w, uint32_t run, uint64_t time_ns,
				const char *name)
{
	struct vnft_record r = { .kind = VNFT_KIND_MARK, .len32 = run, .time_ns = time_ns,
				 .flags = VNFT_RF_USERSPACE };

	snprintf(r.mark.name, sizeof(r.mark.name), "%.31s", name);
	vnft_file_write(&r, w);
}

/* A SYN every ms from 50 ms before t0; RSTs 100 us after each from the instance's birth on. */
static inline void fixture_run(struct vnft_file_writer *w, uint32_t number, const char *type,
			       uint64_t t0_ns, uint64_t rst_ns, uint32_t *seq)
{
	struct vnft_record flow = { .kind = VNFT_KIND_FLOW, .flow = 77, .class = 6, .seq = ++*seq,
				    .len32 = 40000u << 16 | 9, .device = 1 };
	char mark[64];
	uint32_t i;

	snprintf(mark, sizeof(mark), "type=%s", type);
	fixture_mark(w, number, t0_ns - 60 * FIXTURE_MS, mark);
	memcpy(flow.addr.addr_a, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x12\0\1", 16);
	memcpy(flow.addr.addr_b, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x12\0\2", 16);
	vnft_file_write(&flow, w);
	for (i = 0; i < 400; i++) {
		uint64_t sent_ns = t0_ns - 50 * FIXTURE_MS + i * FIXTURE_MS;
		struct vnft_record r = { .kind = VNFT_KIND_PACKET, .class = VNFT_CLASS_SYN,
					 .flow = 77, .device = 1, .hook = VNFT_HOOK_TCX_OUT,
					 .time_ns = sent_ns, .seq = ++*seq, .len32 = 54,
					 .packet = { .tcp_seq = number * 1000 + i, .proto = 6,
						     .tcp_flags = 2 } };

		vnft_file_write(&r, w);
		if (sent_ns + FIXTURE_MS / 10 < rst_ns)
			continue;
		r.class = VNFT_CLASS_RST;
		r.hook = VNFT_HOOK_TCX_IN;
		r.flags = VNFT_RF_FROM_B | VNFT_RF_DF;
		r.time_ns = sent_ns + FIXTURE_MS / 10;
		r.packet.tcp_ack = r.packet.tcp_seq + 1;
		r.packet.tcp_seq = 0;
		r.packet.tcp_flags = 0x14;
		r.seq = ++*seq;
		vnft_file_write(&r, w);
	}
	/* bench knows t0 only afterwards */
	fixture_mark(w, number, t0_ns, "t0");
	fixture_mark(w, number, t0_ns + 400 * FIXTURE_MS, "stop");
}

/*
 * Ten runs; those of even number are of the second type, or with @rows both of the first, in two
 * rows.
 */
static inline int fixture_records_of(const char *path, bool rows)
{
	struct vnft_record device = { .kind = VNFT_KIND_DEVICE, .device = 1, .flow = 4026531840u,
				      .len32 = 5,
				      .dev = { .name = "vnft1", .link = VNFT_LINK_VETH } };
	struct vnft_file_writer *w;
	uint64_t t0_ns = 1000000 * FIXTURE_MS;
	uint32_t run, seq = 0;

	if (vnft_file_create(&w, path, true, 1))
		return -1;
	vnft_file_write(&device, w);
	for (run = 1; run <= 10; run++, t0_ns += 10000 * FIXTURE_MS) {
		fixture_run(w, run, run % 2 || rows ? "container.crun" : "tinyx.kvm", t0_ns,
			    t0_ns + (uint64_t)fixture_ns((int)run, 1), &seq);
		if (rows)
			fixture_mark(w, run, t0_ns - 60 * FIXTURE_MS, run % 2 ? "row=0" : "row=1");
	}
	return vnft_file_close(w);
}

static inline int fixture_records(const char *path)
{
	return fixture_records_of(path, false);
}

#endif
