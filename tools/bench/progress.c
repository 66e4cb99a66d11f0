/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One line on a terminal: what is being done, run k of n, time left. Nothing when piped.
 */
#include <stdio.h>
#include <unistd.h>

#include "../lib/run/clock.h"
#include "progress.h"

#define NS_PER_S 1000000000ULL

static bool shown;

void vnft_bench_progress(struct vnft_bench *b, const struct vnft_bench_row *row,
			 const char *doing)
{
	char left[32] = "";

	if (b->config->common.json || !isatty(STDERR_FILENO))
		return;
	if (b->done) {
		uint64_t left_s = (vnft_now_ns() - b->started_ns) / b->done *
				  (b->planned - b->done) / NS_PER_S;

		snprintf(left, sizeof(left), ", about %llu:%02llu left",
			 (unsigned long long)left_s / 60, (unsigned long long)left_s % 60);
	}
	fprintf(stderr, "\r\033[Krun %u of %u: %s: %s%s", b->done + 1, b->planned, row->label,
		doing, left);
	fflush(stderr);
	shown = true;
}

void vnft_bench_progress_end(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
