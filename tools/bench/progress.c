/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One line on a terminal: what is being done, run k of n, time left. Nothing when piped, and a line
 * for each run where the terminal knows no escapes.
 */
#include <stdio.h>
#include <unistd.h>

#include "../lib/run/clock.h"
#include "../lib/text/clean.h"
#include "../lib/text/terminal.h"
#include "progress.h"

#define NS_PER_S 1000000000ULL

static bool shown;

void vnft_bench_progress(struct vnft_bench *b, const struct vnft_bench_row *row,
			 const char *doing)
{
	char left[32] = "";

	static unsigned int told;	/* runs, to a terminal that only knows lines */
	const bool escapes = vnft_terminal_escapes(STDERR_FILENO);
	char label[256];

	if (b->config->common.json || !isatty(STDERR_FILENO) || (!escapes && told > b->done))
		return;
	if (b->done) {
		uint64_t left_s = (vnft_now_ns() - b->started_ns) / b->done *
				  (b->planned - b->done) / NS_PER_S;

		snprintf(left, sizeof(left), ", about %llu:%02llu left",
			 (unsigned long long)left_s / 60, (unsigned long long)left_s % 60);
	}
	vnft_text_clean(label, sizeof(label), row->label);
	told = b->done + 1;
	if (!escapes) {
		fprintf(stderr, "run %u of %u: %s%s\n", told, b->planned, label, left);
		return;
	}
	fprintf(stderr, "\r\033[Krun %u of %u: %s: %s%s", told, b->planned, label, doing, left);
	fflush(stderr);
	shown = true;
}

void vnft_bench_progress_end(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
