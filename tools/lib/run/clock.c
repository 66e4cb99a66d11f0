/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock of every stamp.
 */
#include "clock.h"

#include <time.h>

uint64_t vnft_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}
