/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Durations that add up. Each runs from the moment before, so their sum is the latest moment: there
 * is nothing that could be counted twice or be left over.
 */
#include "spans.h"

#include <stddef.h>

/*
 * method.md, "Where the time goes": a stamp of userspace is late, so it counts as no later than the
 * first stamp of a hook that stands behind it.
 */
static void cut_late(const struct vnft_span_moment *moment, unsigned int n, uint64_t *at_ns)
{
	uint64_t behind_ns = UINT64_MAX;
	unsigned int i;

	for (i = n; i-- > 0;) {
		at_ns[i] = moment[i].time_ns;
		if (!at_ns[i] || moment[i].role == VNFT_SPAN_ASIDE || moment[i].alone)
			continue;
		if (moment[i].late && at_ns[i] > behind_ns)
			at_ns[i] = behind_ns;
		else if (!moment[i].late && at_ns[i] < behind_ns)
			behind_ns = at_ns[i];
	}
}

/* Where a span stands: at its moment; before the next that was seen, if it was not. */
static void set_places(const struct vnft_span_moment *moment, unsigned int n, uint64_t *at_ns)
{
	uint64_t next_ns = UINT64_MAX;
	unsigned int i;

	for (i = n; i-- > 0;) {
		if (!at_ns[i])
			at_ns[i] = next_ns;
		else if (moment[i].role != VNFT_SPAN_ASIDE)
			next_ns = at_ns[i];
	}
}

/* What is at the same time stays in its order. */
static void insert(struct vnft_spans *spans, const uint64_t *at_ns, unsigned int moment, bool seen)
{
	unsigned int k = spans->n++;

	for (; k && at_ns[spans->span[k - 1].moment] > at_ns[moment]; k--)
		spans->span[k] = spans->span[k - 1];
	spans->span[k] = (struct vnft_span) { .moment = moment, .seen = seen };
}

void vnft_spans(const struct vnft_span_moment *moment, unsigned int n, struct vnft_spans *spans)
{
	uint64_t at_ns[VNFT_SPANS_MOMENTS], before_ns = 0, until_ns;
	unsigned int i;

	*spans = (struct vnft_spans) { .total_ns = 0 };
	if (n > VNFT_SPANS_MOMENTS)
		n = VNFT_SPANS_MOMENTS;
	cut_late(moment, n, at_ns);
	for (i = 0; i < n; i++)
		if (moment[i].role == VNFT_SPAN_END && at_ns[i] > spans->total_ns)
			spans->total_ns = at_ns[i];
	if (!spans->total_ns)
		return;
	set_places(moment, n, at_ns);
	for (i = 0; i < n; i++)
		if (moment[i].role != VNFT_SPAN_ASIDE)
			insert(spans, at_ns, i, moment[i].time_ns);
	for (i = 0; i < spans->n; i++) {
		struct vnft_span *span = &spans->span[i];

		if (!span->seen)
			continue;
		/* What was seen when all was over took nothing of it. */
		until_ns = at_ns[span->moment];
		if (until_ns > spans->total_ns)
			until_ns = spans->total_ns;
		span->took_ns = until_ns - before_ns;
		before_ns = until_ns;
	}
}

const struct vnft_span *vnft_span_until(const struct vnft_spans *spans, unsigned int moment)
{
	unsigned int i;

	for (i = 0; i < spans->n; i++)
		if (spans->span[i].moment == moment)
			return &spans->span[i];
	return NULL;
}
