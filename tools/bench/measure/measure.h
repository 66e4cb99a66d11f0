/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The measurements of a running instance, one a file, in their order.
 */
#ifndef VNFT_BENCH_MEASURE_H
#define VNFT_BENCH_MEASURE_H

#include <stdint.h>

#include "../../results/run.h"
#include "../alive.h"
#include "../place.h"
#include "../bench.h"
#include "../watch/watch.h"

/*
 * X(name, doing, skip). @doing: for the progress line, and for the reason of a run whose instance
 * ended meanwhile; @skip: a condition on the session's config @c. A new one is a line here and a
 * function vnft_bench_measure_NAME; its numbers are lines in tools/results/keys.h.
 */
#define VNFT_BENCH_MEASUREMENTS(X)			\
	X(memory, "memory", c->no_memory)		\
	X(rtt, "RTT", c->no_rtt)			\
	X(rate, "throughput", c->no_throughput)

/**
 * struct vnft_bench_subject - an instance that is being measured
 * @before_bytes: what was left for instances before its launch; 0: not known
 */
struct vnft_bench_subject {
	struct vnft_bench *b;
	struct vnft_bench_place *place;
	struct vnft_bench_watch *watch;
	struct vnft_bench_alive alive;
	uint64_t before_bytes;
};

/*
 * Each puts its numbers, or the reasons why there are none, into @run. 0, or negative errno after
 * vnft_fail(): then the run has failed.
 */
#define VNFT_BENCH_MEASURE(name, doing, skip)					\
	int vnft_bench_measure_##name(const struct vnft_bench_subject *of,	\
				      struct vnft_results_run *run);
VNFT_BENCH_MEASUREMENTS(VNFT_BENCH_MEASURE)
#undef VNFT_BENCH_MEASURE

/* memory.c: what the host, or the hypervisor, has left for instances; 0: not known. */
uint64_t vnft_bench_available_bytes(const struct vnft_guest_ops *ops);
/* memory.c: memory under load, read by rate.c in the middle of it. */
int vnft_bench_measure_load_memory(const struct vnft_bench_subject *of,
				   struct vnft_results_run *run);
/*
 * rtt.c: so many echoes to an instance, and what the hooks and the sender saw of them. 0, or
 * negative errno after vnft_fail().
 */
int vnft_bench_ping(const struct vnft_bench_subject *of, enum vnft_probe_kind kind,
		    uint64_t echoes, struct vnft_results_rtt *rtt);
/* Who sent: "kernel", "user" or "external". */
const char *vnft_bench_stimulus(const struct vnft_bench *b, enum vnft_probe_kind kind);

#endif
