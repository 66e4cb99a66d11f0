/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which number's bound consists of which parts. docs/method.md, "Bounds", says why for each line.
 */
#include "bounds.h"

#include <stddef.h>

#include "../stat/stat.h"

#define PARTS_MAX	8

/**
 * struct share - a part of a number's bound
 * @below, @above: how many times it counts on this side of the number
 */
struct share {
	enum vnft_bound_part part;
	unsigned int below, above;
};

/* A number ends with a line that counts on no side. */
static const struct share shares[][PARTS_MAX] = {
	[VNFT_BOUNDED_INSTANTIATION] = {
		{ VNFT_BOUND_SLOT, 1, 0 }, { VNFT_BOUND_LATE, 1, 0 },
		{ VNFT_BOUND_ANSWER, 1, 0 }, { VNFT_BOUND_START, 1, 0 },
		{ VNFT_BOUND_DRIVER, 1, 0 }, { VNFT_BOUND_HOOK, 1, 0 },
		{ VNFT_BOUND_CLOCK, 1, 1 }, { VNFT_BOUND_ASIDE, 1, 0 } },
	[VNFT_BOUNDED_TEARDOWN] = {
		{ VNFT_BOUND_WAKEUP, 1, 0 }, { VNFT_BOUND_CLOCK, 2, 1 } },
	[VNFT_BOUNDED_EXEC] = { { VNFT_BOUND_CLOCK, 1, 1 } },
	[VNFT_BOUNDED_HOOKED] = {
		{ VNFT_BOUND_START, 1, 0 }, { VNFT_BOUND_DRIVER, 1, 0 },
		{ VNFT_BOUND_HOOK, 1, 0 }, { VNFT_BOUND_CLOCK, 1, 1 } },
	[VNFT_BOUNDED_WOKEN] = {
		{ VNFT_BOUND_START, 1, 0 }, { VNFT_BOUND_WAKEUP, 1, 0 },
		{ VNFT_BOUND_CLOCK, 2, 1 } },
	[VNFT_BOUNDED_SAID] = {
		{ VNFT_BOUND_START, 1, 0 }, { VNFT_BOUND_LOOK, 1, 0 },
		{ VNFT_BOUND_CLOCK, 2, 1 } },
	[VNFT_BOUNDED_BORN] = {
		{ VNFT_BOUND_START, 1, 0 }, { VNFT_BOUND_READER, 1, 0 },
		{ VNFT_BOUND_WAKEUP, 1, 0 }, { VNFT_BOUND_CLOCK, 2, 1 } },
	[VNFT_BOUNDED_RTT] = {
		{ VNFT_BOUND_DRIVER, 1, 0 }, { VNFT_BOUND_HOOK, 1, 0 },
		{ VNFT_BOUND_CLOCK, 1, 1 } },
	/* Wake-up, our hooks and all else that lies between sender and device. */
	[VNFT_BOUNDED_SENDER] = { { VNFT_BOUND_WAY, 1, 0 }, { VNFT_BOUND_CLOCK, 2, 1 } },
	[VNFT_BOUNDED_LATENESS] = { { VNFT_BOUND_CLOCK, 1, 1 } },
	[VNFT_BOUNDED_FIRST_ANSWER] = {
		{ VNFT_BOUND_SLOT, 1, 0 }, { VNFT_BOUND_LATE, 1, 0 },
		{ VNFT_BOUND_ANSWER, 1, 0 }, { VNFT_BOUND_DRIVER, 1, 0 },
		{ VNFT_BOUND_HOOK, 1, 0 }, { VNFT_BOUND_CLOCK, 1, 1 } },
	[VNFT_BOUNDED_STREAM] = {
		{ VNFT_BOUND_TICK, 1, 0 }, { VNFT_BOUND_DRIVER, 1, 1 },
		{ VNFT_BOUND_HOOK, 1, 1 }, { VNFT_BOUND_CLOCK, 1, 1 } },
	/* One reading at each end, and the clock is read after the counters. */
	[VNFT_BOUNDED_SLOT] = {
		{ VNFT_BOUND_SNAPSHOT, 1, 1 }, { VNFT_BOUND_CLOCK, 1, 1 } },
};

void vnft_bound_sizes_init(struct vnft_bound_sizes *sizes, const struct vnft_self *self)
{
	static const enum vnft_bound_part measured[] = {
		VNFT_BOUND_DRIVER, VNFT_BOUND_HOOK, VNFT_BOUND_CLOCK, VNFT_BOUND_WAKEUP,
		VNFT_BOUND_SNAPSHOT,
	};
	size_t i;

	*sizes = (struct vnft_bound_sizes) { 0 };
	if (self && self->measured) {
		sizes->ns[VNFT_BOUND_DRIVER] = (double)(self->passage_ns - self->hook_ns);
		sizes->ns[VNFT_BOUND_HOOK] = (double)self->hook_ns;
		sizes->ns[VNFT_BOUND_CLOCK] = (double)self->clock_ns;
		sizes->ns[VNFT_BOUND_WAKEUP] = (double)self->wakeup_ns;
		sizes->ns[VNFT_BOUND_SNAPSHOT] = (double)self->snapshot_ns;
		return;
	}
	for (i = 0; i < sizeof(measured) / sizeof(measured[0]); i++)
		sizes->why[measured[i]] = self && self->why[0] ? self->why :
						"what the stamps are off by was not measured";
}

struct vnft_bound vnft_bound_of(enum vnft_bounded number, const struct vnft_bound_sizes *sizes)
{
	const struct share *m = shares[number];
	struct vnft_bound bound = { .why = NULL };

	for (; m < shares[number] + PARTS_MAX && (m->below || m->above); m++) {
		if (sizes->why[m->part])
			bound.why = sizes->why[m->part];
		bound.below[m->part] = m->below * sizes->ns[m->part];
		bound.above[m->part] = m->above * sizes->ns[m->part];
	}
	return bound;
}

static double mean_ns(const struct vnft_hist *h)
{
	return h->count ? (double)h->sum_ns / (double)h->count : 0;
}

void vnft_bound_size_way(struct vnft_bound_sizes *sizes, const struct vnft_hist *sender,
			 const struct vnft_hist *device)
{
	const double way_ns = mean_ns(sender) - mean_ns(device);

	sizes->ns[VNFT_BOUND_WAY] = way_ns > 0 ? way_ns : 0;
	if (!device->count)
		sizes->why[VNFT_BOUND_WAY] = "no hook saw these round trips";
}

static double sum(const double *parts)
{
	double all = 0;
	int i;

	for (i = 0; i < VNFT_BOUND_NR; i++)
		all += parts[i];
	return all;
}

struct vnft_bound vnft_bound_of_rate(enum vnft_bounded number, const struct vnft_bound_sizes *sizes,
				     double rate, double length_ns)
{
	const struct vnft_bound time = vnft_bound_of(number, sizes);
	const double shortest_ns = length_ns - sum(time.below);
	const double longest_ns = length_ns + sum(time.above);
	struct vnft_bound bound = { .why = time.why };
	int i;

	if (!bound.why && shortest_ns <= 0)
		bound.why = "it is as short as its ends are sure";
	for (i = 0; i < VNFT_BOUND_NR && !bound.why; i++) {
		bound.above[i] = rate * time.below[i] / shortest_ns;
		bound.below[i] = rate * time.above[i] / longest_ns;
	}
	return bound;
}

void vnft_bound_widen(struct vnft_bound *bound, const struct vnft_bound *by)
{
	int i;

	if (by->why)
		bound->why = by->why;
	for (i = 0; i < VNFT_BOUND_NR; i++) {
		if (by->below[i] > bound->below[i])
			bound->below[i] = by->below[i];
		if (by->above[i] > bound->above[i])
			bound->above[i] = by->above[i];
	}
}

json_t *vnft_bound_hist(const struct vnft_hist *hist, enum vnft_bounded number,
			const struct vnft_bound_sizes *sizes)
{
	const struct vnft_bound bound = vnft_bound_of(number, sizes);
	json_t *to = vnft_hist_json(hist);

	if (hist->count)
		vnft_bound_put(to, "mean", "ns", &bound);
	else
		vnft_bound_none(to, "mean", "ns", "no values");
	json_object_set_new(to, "quantile_bound_percent", json_real(VNFT_HIST_BOUND_PERCENT));
	return to;
}
