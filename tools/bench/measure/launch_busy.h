/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VNFT_BENCH_LAUNCH_BUSY_H
#define VNFT_BENCH_LAUNCH_BUSY_H

#include <stdint.h>

#include "../../results/run.h"

/* A reading right before t0. */
struct vnft_bench_launch_busy {
	uint64_t begun_ns, idle_ns, own_ns;
	unsigned int cpus;
};

void vnft_bench_launch_busy_begin(struct vnft_bench_launch_busy *of);
/* Right when the first answer was noticed: @run receives launch_busy_ns and launch_observed_ns. */
void vnft_bench_launch_busy_end(const struct vnft_bench_launch_busy *of,
				struct vnft_results_run *run);

#endif
