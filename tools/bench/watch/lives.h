/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happened to the processes that may be an instance's.
 */
#ifndef VNFT_BENCH_LIVES_H
#define VNFT_BENCH_LIVES_H

#include <stdbool.h>
#include <stdint.h>

#include "../../../kmod/uapi/vnftrace.h"

#define VNFT_BENCH_LIVES	64

/**
 * struct vnft_bench_lives - the first event of each kind of each process
 * @of: by enum vnft_life; of EXEC only those under the name of the type's process
 * @own: one of these is known to be ours: others are not the instance's
 */
struct vnft_bench_lives {
	struct vnft_bench_events {
		uint32_t tgid[VNFT_BENCH_LIVES];
		uint64_t time_ns[VNFT_BENCH_LIVES];
		unsigned int n;
	} of[VNFT_LIFE_VCPU_ENTRY + 1];
	bool own;
};

/* A LIFE record. @process: comm of the type's process at its exec. */
void vnft_bench_lives_note(struct vnft_bench_lives *lives, const char *process,
			   const struct vnft_record *r);
/* The first event of the type's process at @since_ns or later; 0: none was seen. */
uint64_t vnft_bench_lives_first(const struct vnft_bench_lives *lives, enum vnft_life event,
				uint64_t since_ns);

#endif
