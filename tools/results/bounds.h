/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which number's bound consists of which parts (bound.h): one table for results.json and every
 * page.
 */
#ifndef VNFT_RESULTS_BOUNDS_H
#define VNFT_RESULTS_BOUNDS_H

#include <stdint.h>

#include "../source/self.h"
#include "bound.h"

/* The numbers that have a bound; docs/method.md, "Bounds", has a line for each. */
enum vnft_bounded {
	VNFT_BOUNDED_INSTANTIATION,	/* and service-ready */
	VNFT_BOUNDED_TEARDOWN,		/* and creation: two stamps of userspace */
	VNFT_BOUNDED_EXEC,		/* phases: of a process that we start */
	VNFT_BOUNDED_HOOKED,		/* phases that a hook stamps */
	VNFT_BOUNDED_WOKEN,		/* phases that a thread of ours stamps when it is woken */
	VNFT_BOUNDED_SAID,		/* phases that a look at the console found */
	VNFT_BOUNDED_BORN,		/* the birth of a device, as its reader stamps it */
	VNFT_BOUNDED_RTT,		/* between two stamps of one device's hooks */
	VNFT_BOUNDED_SENDER,		/* between two stamps around socket calls */
	VNFT_BOUNDED_LATENESS,		/* of departures: one stamp, before the call */
	VNFT_BOUNDED_FIRST_ANSWER,	/* from the first SYN to a first answer (probe) */
	VNFT_BOUNDED_STREAM,		/* length of a stream */
	VNFT_BOUNDED_SLOT,		/* length of a slot between two snapshots */
};

/**
 * struct vnft_bound_sizes - how large the parts are, in ns
 * @why: of one that is not known; NULL: it is
 */
struct vnft_bound_sizes {
	double ns[VNFT_BOUND_NR];
	const char *why[VNFT_BOUND_NR];
};

/* What was measured on this host; NULL: nothing was. The parts of runs are 0. */
void vnft_bound_sizes_init(struct vnft_bound_sizes *sizes, const struct vnft_self *self);

/* The bound of a time, in ns. */
struct vnft_bound vnft_bound_of(enum vnft_bounded number, const struct vnft_bound_sizes *sizes);

/*
 * Set the part of what @sender saw beyond @device, from their means: the whole way of an echo is no
 * shorter than the guest's share.
 */
void vnft_bound_size_way(struct vnft_bound_sizes *sizes, const struct vnft_hist *sender,
			 const struct vnft_hist *device);

/*
 * The bound of a rate over @length_ns, whose length has the bound of @number: what makes the length
 * shorter makes the rate higher.
 */
struct vnft_bound vnft_bound_of_rate(enum vnft_bounded number, const struct vnft_bound_sizes *sizes,
				     double rate, double length_ns);

/* vnft_hist_json() with the bound of its mean. New reference. */
json_t *vnft_bound_hist(const struct vnft_hist *hist, enum vnft_bounded number,
			const struct vnft_bound_sizes *sizes);

/* Parts of both: the larger ones, so that it holds for both. A reason of either is one of both. */
void vnft_bound_widen(struct vnft_bound *bound, const struct vnft_bound *by);

#endif
