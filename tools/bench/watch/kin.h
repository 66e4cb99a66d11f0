/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Births and ends of the processes that a driver started, and of those that these started.
 */
#ifndef VNFT_BENCH_KIN_H
#define VNFT_BENCH_KIN_H

#include <stdint.h>

#include "../../../kmod/uapi/vnftrace.h"

#define VNFT_BENCH_KIN	512

/**
 * struct vnft_bench_kin - the latest of them
 * @pid: as the host's first PID namespace numbers it
 * @event: VNFT_LIFE_EXEC or VNFT_LIFE_EXIT
 */
struct vnft_bench_kin {
	struct vnft_bench_life {
		uint32_t pid, event;
		uint64_t time_ns;
		char comm[VNFT_COMM_LEN];
	} life[VNFT_BENCH_KIN];
	unsigned int n;
};

void vnft_bench_kin_note(struct vnft_bench_kin *kin, const struct vnft_record *r);
/*
 * When a process first did @event, not before @since_ns; 0: it was not seen. Which one: @pid, or
 * with 0 the first of the name @comm, whose number *@pid is then.
 */
uint64_t vnft_bench_kin_find(const struct vnft_bench_kin *kin, enum vnft_life event,
			       uint64_t since_ns, const char *comm, uint32_t *pid);

#endif
