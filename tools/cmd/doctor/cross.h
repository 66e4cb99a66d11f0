/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cross-check between its two halves: cross.c watches, cross_page.c judges and prints.
 */
#ifndef VNFT_CMD_DOCTOR_CROSS_H
#define VNFT_CMD_DOCTOR_CROSS_H

#include "../../source/source.h"
#include "../../stat/records/cross.h"

/**
 * struct cross_watcher - one observer
 * @begin, @end: its counters around the recording
 */
struct cross_watcher {
	struct vnft_source *source;
	uint16_t id;
	struct vnft_device_state begin, end;
	struct vnft_cross *cross;
	enum vnft_cross_side which;
};

/**
 * struct cross_check - both observers on the device @spec
 * @from_ns, @to_ns: the window of time in which both recorded
 * @quiet: no frame passed while the counters were read, at both ends
 */
struct cross_check {
	const char *spec;
	struct cross_watcher side[VNFT_CROSS_SIDES];
	struct vnft_cross *cross;
	struct vnft_cross_result result;
	uint64_t from_ns, to_ns;
	bool quiet;
};

/* What watches each side. */
static inline enum vnft_observer cross_observer(enum vnft_cross_side side)
{
	return side == VNFT_CROSS_BPF ? VNFT_OBSERVER_BPF : VNFT_OBSERVER_MODULE;
}

/* Print it; *@agree: both saw the same. 0, or a negative errno after vnft_fail(). */
int cross_page(const struct cross_check *c, bool as_json, bool *agree);

#endif
