/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The raw records of a session. Several threads write them. The first write that fails ends the run
 * that is being made, and the session with it: numbers that cannot be checked are worth nothing.
 */
#ifndef VNFT_BENCH_RECORDS_H
#define VNFT_BENCH_RECORDS_H

#include <stdint.h>

#include "../lib/net/link.h"
#include "bench.h"

/* Take DIR/records. 0, or negative errno after vnft_fail(). */
int vnft_bench_records_open(struct vnft_bench *b);

/* Each 0, or negative errno after vnft_fail(); the session is broken then. */
int vnft_bench_records_write(struct vnft_bench *b, const struct vnft_record *record);
int vnft_bench_records_device(struct vnft_bench *b, uint16_t id,
			      const struct vnft_link_info *info, uint64_t netns_inode);
int vnft_bench_records_lost(struct vnft_bench *b, uint16_t id,
			    const struct vnft_counters *counters);
/* To be called every few milliseconds. */
int vnft_bench_records_tick(struct vnft_bench *b);

/*
 * End of the session: the file is finished if @err, of the session, is 0; else it is kept as it is,
 * or removed if no run was begun. Returns @err, or the error of finishing it.
 */
int vnft_bench_records_close(struct vnft_bench *b, int err);

/* The session cannot go on: @err, after its vnft_fail(), is why, unless there is a reason yet. */
void vnft_bench_break(struct vnft_bench *b, int err);
/* Is it broken? 0, or why as a negative errno after vnft_fail(). */
int vnft_bench_broken(struct vnft_bench *b);

#endif
