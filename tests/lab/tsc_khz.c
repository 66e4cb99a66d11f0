/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How fast this host's time stamp counter counts, in kHz. Under TCG a guest reads that counter, and
 * on a busy host it calibrates its clock by it wrongly: one ran fourteen times too fast.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

struct moment {
	uint64_t ticks, time_ns;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Both clocks at one time: of a thousand readings the one that was disturbed least. */
static struct moment look(void)
{
	struct moment best = { 0 };
	uint64_t from, to, time_ns, least = UINT64_MAX;
	int i;

	for (i = 0; i < 1000; i++) {
		from = __rdtsc();
		time_ns = now_ns();
		to = __rdtsc();
		if (to - from >= least)
			continue;
		least = to - from;
		best = (struct moment) { from + least / 2, time_ns };
	}
	return best;
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = 100000000 };
	struct moment from = look(), to;

	nanosleep(&pause, NULL);
	to = look();
	printf("%" PRIu64 "\n", (to.ticks - from.ticks) * 1000000 / (to.time_ns - from.time_ns));
	return 0;
}
