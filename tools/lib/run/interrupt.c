/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flag that SIGINT, SIGTERM and SIGHUP set, and the sleep that looks at it.
 */
#include "interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "clock.h"

/* A sleeping thread may not be the one that gets the signal: look at the flag this often. */
#define SLICE_MS 20

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	interrupted = 1;
}

void vnft_interrupt_catch(void)
{
	struct sigaction sa = { .sa_handler = on_signal };	/* no SA_RESTART: waits must end */

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	/* A reader that went away is an error of write(), not a reason to leave things behind. */
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
}

bool vnft_interrupted(void)
{
	return interrupted;
}

int vnft_sleep_ms(unsigned int ms)
{
	return vnft_sleep_ns(ms * 1000000ULL);
}

int vnft_sleep_ns(uint64_t ns)
{
	uint64_t end_ns = vnft_now_ns() + ns;
	uint64_t now_ns;

	while (!interrupted && (now_ns = vnft_now_ns()) < end_ns) {
		uint64_t left_ns = end_ns - now_ns;
		struct timespec ts = { 0 };

		ts.tv_nsec = left_ns < SLICE_MS * 1000000ULL ? (long)left_ns : SLICE_MS * 1000000L;
		clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, NULL);
	}
	return interrupted ? -EINTR : 0;
}
