/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From one snapshot to the next.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "../../lib/run/clock.h"
#include "../../lib/text/error.h"
#include "top.h"

static uint64_t realtime_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

int vnft_top_sort(struct vnft_top *top)
{
	vnft_live_sort(top->rows, top->n, top->interval.key, top->interval.which);
	json_decref(top->value);
	top->value = vnft_live_json(&top->interval, top->rows, top->n);
	return top->value ? 0 : vnft_fail(-ENOMEM, "out of memory");
}

int vnft_top_look(struct vnft_top *top)
{
	const bool is_first = !top->interval.time_ns;
	const uint64_t now_ns = vnft_now_ns();
	int err;

	/* The rows point into the snapshots. */
	free(top->rows);
	top->rows = NULL;
	top->n = 0;
	vnft_live_shots_free(&top->before);
	top->before = top->after;
	top->after = (struct vnft_live_shots) { .n = 0 };
	err = vnft_live_feed_each(top->feed, vnft_live_shots_add, &top->after);
	if (err)
		return err;
	top->interval.span_ns = is_first ? 0 : now_ns - top->interval.time_ns;
	top->interval.time_ns = now_ns;
	top->interval.realtime_ns = realtime_ns();
	err = vnft_live_differences(&top->before, &top->after, &top->rows, &top->n);
	if (err)
		return err;
	vnft_live_who_is(&top->whos, top->rows, top->n);
	if (is_first)
		return 0;
	top->interval.number++;
	return vnft_top_sort(top);
}

uint64_t vnft_top_due_ns(const struct vnft_top *top)
{
	const uint64_t passed_ns = vnft_now_ns() - top->begin_ns;

	return top->begin_ns + (passed_ns / top->ask->interval_ns + 1) * top->ask->interval_ns;
}

bool vnft_top_enough(const struct vnft_top *top)
{
	return top->ask->count && top->interval.number >= top->ask->count;
}
