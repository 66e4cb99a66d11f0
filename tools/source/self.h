/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What our own stamps are off by on this host, measured: docs/method.md, "Bounds".
 */
#ifndef VNFT_SOURCE_SELF_H
#define VNFT_SOURCE_SELF_H

#include "open.h"

/**
 * struct vnft_self - measured once a session, before the first run
 * @measured: all below is; else @why says why not
 * @clock_ns: one read of the clock; @wakeup_ns: from an event to the stamp of a thread that waited
 *	for it; @snapshot_ns: one reading of a device's counters; each is the 99th percentile
 * @passage_ns: from the stamp of a frame on its way out to its stamp on its way in, where nothing
 *	but a driver lies between (lo), the 99th percentile
 * @hook_ns: of that, what the hooks take themselves
 * @empty_ns, @counted_ns, @recorded_ns: ns for a frame by test run, 0 if @cost_why says why not
 */
struct vnft_self {
	bool measured;
	char why[160];
	uint64_t clock_ns, wakeup_ns, snapshot_ns;
	uint64_t passage_ns, hook_ns;
	uint64_t empty_ns, counted_ns, recorded_ns;
	char cost_why[160];
};

/*
 * Takes about 200 ms, on the loopback device of a network namespace of its own, or of the caller's
 * where a new one is not allowed. What cannot be measured says why in @self.
 */
void vnft_self_measure(enum vnft_observer observer, struct vnft_self *self);

#endif
