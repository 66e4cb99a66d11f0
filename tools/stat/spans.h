/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the moments of a launch or a teardown to durations that add up to it exactly
 * (docs/method.md, "Where the time goes").
 */
#ifndef VNFT_STAT_SPANS_H
#define VNFT_STAT_SPANS_H

#include <stdbool.h>
#include <stdint.h>

#define VNFT_SPANS_MOMENTS	32

/**
 * enum vnft_span_role - what a moment is to what is divided
 * @VNFT_SPAN_STEP: something on the way
 * @VNFT_SPAN_END: with the latest of these it is over
 * @VNFT_SPAN_ASIDE: nothing waits for it: no duration ends there
 */
enum vnft_span_role {
	VNFT_SPAN_STEP,
	VNFT_SPAN_END,
	VNFT_SPAN_ASIDE,
};

/**
 * struct vnft_span_moment - one of them
 * @time_ns: since the begin; 0: not seen
 * @late: a thread was woken to stamp it
 * @alone: none of the others needs it, or is needed by it
 */
struct vnft_span_moment {
	uint64_t time_ns;
	bool late;
	enum vnft_span_role role;
	bool alone;
};

/**
 * struct vnft_span - the time until a moment
 * @moment: its index
 * @seen: else there is no @took_ns: that time belongs to the next span that has one
 */
struct vnft_span {
	unsigned int moment;
	bool seen;
	uint64_t took_ns;
};

/**
 * struct vnft_spans - in the order of time
 * @total_ns: of which they are exactly the sum; 0, without any: no end was seen
 */
struct vnft_spans {
	uint64_t total_ns;
	struct vnft_span span[VNFT_SPANS_MOMENTS];
	unsigned int n;
};

/* @moment: @n of them, in the order in which each needs those before it; more are not looked at. */
void vnft_spans(const struct vnft_span_moment *moment, unsigned int n, struct vnft_spans *spans);
/* The one that ends at a moment; NULL: none does. */
const struct vnft_span *vnft_span_until(const struct vnft_spans *spans, unsigned int moment);

#endif
