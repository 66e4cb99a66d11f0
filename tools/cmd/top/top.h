/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What `vnftrace top` does, apart from its options.
 */
#ifndef VNFT_CMD_TOP_TOP_H
#define VNFT_CMD_TOP_TOP_H

#include "../../report/live/feed.h"
#include "../../report/live/who.h"

struct vnft_screen;

/**
 * struct vnft_top_ask - what was asked for
 * @key: enum vnft_live_key
 * @which: an index into vnft_live_which_names
 * @interval_ns, @count: so long, and so many of them (0: until it is ended)
 */
struct vnft_top_ask {
	int observer, hook, side, key, which;
	uint64_t interval_ns, count;
	bool batch;
};

/**
 * struct vnft_top - one that runs
 * @begin_ns: when the first snapshot was taken; @before, @after: those of an interval
 * @rows: @n of them, of the last interval, and @value: its object
 * @screen: where it is drawn, or NULL; @first: the row at its top
 */
struct vnft_top {
	const struct vnft_top_ask *ask;
	bool json;
	struct vnft_live_feed *feed;
	struct vnft_live_shots before, after;
	struct vnft_live_whos whos;
	struct vnft_live_row *rows;
	size_t n, first;
	const struct vnft_screen *screen;
	uint64_t begin_ns;
	struct vnft_live_interval interval;
	json_t *value;
};

/* Show @n devices, or what is attached. Returns the exit code; vnft_why() says why. */
int vnft_top(const struct vnft_top_ask *ask, char **specs, int n, bool as_json);

/* The parts of it: 0, or a negative errno after vnft_fail(). */

/* Take the next snapshot; from the second on there is an interval, whose number is not 0. */
int vnft_top_look(struct vnft_top *top);
/* Make @value anew, sorted by @key. */
int vnft_top_sort(struct vnft_top *top);
/* The next moment for a look. Each stands by itself: what a look takes does not add up. */
uint64_t vnft_top_due_ns(const struct vnft_top *top);
/* All intervals that were asked for are over. */
bool vnft_top_enough(const struct vnft_top *top);
/* All intervals: printed, or on the terminal; -EOPNOTSUPP: that one cannot be drawn on. */
int vnft_top_in_lines(struct vnft_top *top);
int vnft_top_on_screen(struct vnft_top *top);

#endif
