/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does the instance still live?
 */
#ifndef VNFT_BENCH_ALIVE_H
#define VNFT_BENCH_ALIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "bench.h"

/**
 * struct vnft_bench_alive - an instance that is being measured; nothing waits for one that is gone,
 *	or in a session that is broken
 * @doing: what is being measured, for the reason
 */
struct vnft_bench_alive {
	struct vnft_bench *b;
	const struct vnft_bench_row *row;
	struct vnft_instance *in;
	const char *doing;
};
/* Has it ended, as its driver knows or else its process? */
bool vnft_bench_ended(const struct vnft_guest_ops *ops, struct vnft_instance *in);
/*
 * 0 while it lives, or -ECHILD after vnft_fail() that says in which measurement it ended; or why
 * the session is broken (records.h).
 */
int vnft_bench_alive(const struct vnft_bench_alive *alive);
/* The same after something else failed; waits, as an end may be the cause and be known late. */
int vnft_bench_alive_still(const struct vnft_bench_alive *alive);
/*
 * After a vnft_fail() of @err: -ECHILD with that reason if the instance has ended, which then is
 * the cause; else @err and its own reason again.
 */
int vnft_bench_alive_or(const struct vnft_bench_alive *alive, int err);
/* Sleep until @until_ns as long as it lives: 0, -EINTR, or as vnft_bench_alive(). */
int vnft_bench_alive_until(const struct vnft_bench_alive *alive, uint64_t until_ns);

#endif
