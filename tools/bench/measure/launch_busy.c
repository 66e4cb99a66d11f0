/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many CPUs a launch keeps busy: how much of a host's mood it feels (docs/method.md,
 * "Comparison"). What the tool itself takes, to send SYNs and to read what its hooks saw, is no
 * part of the launch.
 */
#include "launch_busy.h"

#include <time.h>

#include "../../lib/host/busy.h"
#include "../../lib/run/clock.h"

static uint64_t own_ns(void)
{
	struct timespec used = { 0 };

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (uint64_t)used.tv_sec * 1000000000 + (uint64_t)used.tv_nsec;
}

void vnft_bench_launch_busy_begin(struct vnft_bench_launch_busy *of)
{
	of->own_ns = own_ns();
	of->idle_ns = vnft_busy_idle_ns(&of->cpus);
	of->begun_ns = vnft_now_ns();
}

void vnft_bench_launch_busy_end(const struct vnft_bench_launch_busy *of,
				struct vnft_results_run *run)
{
	const uint64_t observed_ns = vnft_now_ns() - of->begun_ns;
	unsigned int cpus;
	const uint64_t idle_ns = vnft_busy_idle_ns(&cpus);

	/* Nobody counts, or a CPU went on or off. */
	if (!cpus || cpus != of->cpus)
		return;
	run->launch_observed_ns = observed_ns;
	run->launch_busy_ns = (int64_t)(observed_ns * cpus) - (int64_t)(idle_ns - of->idle_ns) -
			      (int64_t)(own_ns() - of->own_ns);
}
