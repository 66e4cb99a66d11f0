/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock of every stamp: CLOCK_MONOTONIC of the host, which is what the observers stamp with. In
 * a time namespace a process is shown another one, a constant apart. Nothing else of the tool reads
 * CLOCK_MONOTONIC.
 */
#ifndef VNFT_LIB_CLOCK_H
#define VNFT_LIB_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds of the host's CLOCK_MONOTONIC, in whatever time namespace this process is. */
uint64_t vnft_now_ns(void);

/* A moment of that clock for clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME). */
struct timespec vnft_clock_until(uint64_t at_ns);

/*
 * 0 if the distance to the host's clock is known, else -EOPNOTSUPP after vnft_fail(): no stamp of
 * ours can then be compared with one of an observer.
 */
int vnft_clock_check(void);

#endif
