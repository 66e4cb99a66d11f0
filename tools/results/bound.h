/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a number may be off by, because of how it is measured: how far the true value may lie below
 * and above it, in named parts. docs/method.md, "Bounds", derives each part.
 */
#ifndef VNFT_RESULTS_BOUND_H
#define VNFT_RESULTS_BOUND_H

#include <jansson.h>

/* X(ID, name in results.json, where its size comes from, what it is) */
#define VNFT_BOUND_PARTS(X)								\
	X(SLOT, "syn_slot", "set", "SYNs to one port are so far apart")			\
	X(LATE, "syn_late", "each run", "the SYN that was answered came so late")	\
	X(ANSWER, "answer", "each run", "from that SYN to its answer")			\
	X(START, "own_start", "each run", "from t0 to the exec of what we start")	\
	X(DRIVER, "hook_to_driver", "this host", "from a hook to the driver, and back")	\
	X(HOOK, "own_hook", "this host", "our hook takes so long for a frame")		\
	X(CLOCK, "clock_read", "this host", "one read of the clock")			\
	X(WAKEUP, "wakeup", "this host", "a thread of ours is woken up and stamps")	\
	X(WAY, "sender_way", "each run", "what a sender saw beyond the device")		\
	X(READER, "reader", "each run", "news of devices were read so long before")	\
	X(TICK, "end_tick", "each run", "the end of a stream is taken so late")		\
	X(SNAPSHOT, "snapshot", "this host", "reading the counters once")		\
	X(ASIDE, "set_aside", "each run", "the median, without the runs that are off most") \
	X(LOOK, "console_look", "each run", "the console was looked at so long before")

enum vnft_bound_part {
#define VNFT_BOUND_ID(id, name, source, what) VNFT_BOUND_##id,
	VNFT_BOUND_PARTS(VNFT_BOUND_ID)
#undef VNFT_BOUND_ID
	VNFT_BOUND_NR
};

/**
 * struct vnft_bound - of one number, in its unit
 * @why: there is none: why; NULL: there is
 * @below, @above: by part: the true value lies at most so far below, or above, the printed one
 */
struct vnft_bound {
	const char *why;
	double below[VNFT_BOUND_NR], above[VNFT_BOUND_NR];
};

/*
 * Set NAME_bound_UNIT, [below, above], and NAME_bound_parts_UNIT, the same by part; or null with
 * the reason, and no parts.
 */
void vnft_bound_put(json_t *to, const char *name, const char *unit, const struct vnft_bound *b);
/* The same for a number that has none. */
void vnft_bound_none(json_t *to, const char *name, const char *unit, const char *why);

const char *vnft_bound_name(enum vnft_bound_part part);
const char *vnft_bound_what(enum vnft_bound_part part);

#endif
