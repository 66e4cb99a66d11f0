/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From two snapshots to an interval. Counters only grow, so the differences of all intervals add up
 * to what the last snapshot has more than the first. A counter that went back belongs to another
 * attachment, and gives no value at all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../../stat/stat.h"
#include "live.h"

#define COUNTERS	(sizeof(struct vnft_counters) / sizeof(uint64_t))

/* False: one went back. */
static bool subtract(const struct vnft_counters *before, const struct vnft_counters *after,
		     struct vnft_counters *to)
{
	uint64_t b[COUNTERS], a[COUNTERS];
	size_t i;

	memcpy(b, before, sizeof(b));
	memcpy(a, after, sizeof(a));
	for (i = 0; i < COUNTERS; i++) {
		if (a[i] < b[i])
			return false;
		a[i] -= b[i];
	}
	memcpy(to, a, sizeof(a));
	return true;
}

/*
 * Histograms are cumulative, too, and so is each of their buckets. The smallest and the largest
 * value of the interval are known as far as their buckets are narrow.
 */
static bool subtract_hist(const struct vnft_hist *before, const struct vnft_hist *after,
			  struct vnft_hist *to)
{
	uint32_t i;

	memset(to, 0, sizeof(*to));
	for (i = 0; i < VNFT_HIST_BUCKETS; i++) {
		const uint64_t n = before ? before->bucket[i] : 0;

		if (after->bucket[i] < n)
			return false;
		to->bucket[i] = after->bucket[i] - n;
		if (!to->bucket[i])
			continue;
		if (!to->count)
			to->min_ns = vnft_hist_lower_ns(i);
		to->max_ns = vnft_hist_lower_ns(i + 1) - 1;
		to->count += to->bucket[i];
	}
	/* Beyond the last bucket only the largest value of all is known. */
	to->above = after->above - (before ? before->above : 0);
	if (to->min_ns < after->min_ns)
		to->min_ns = after->min_ns;
	if (to->max_ns > after->max_ns || to->above)
		to->max_ns = after->max_ns;
	return true;
}

static bool find_rtts(const struct vnft_live_shot *before, const struct vnft_live_shot *after,
		      struct vnft_live_row *row)
{
	struct vnft_live_rtt *rtt = &row->rtt[0][0];
	unsigned int i;

	for (i = 0; i < VNFT_LIVE_WHICH_NR; i++, rtt++) {
		const struct vnft_hist *was = (&before->hist[0][0])[i];
		const struct vnft_hist *is = (&after->hist[0][0])[i];
		struct vnft_hist h;

		if (!is && was)
			return false;
		if (!is)
			continue;
		if (!subtract_hist(was, is, &h))
			return false;
		rtt->known = true;
		rtt->n = h.count;
		if (h.count)
			rtt->p50_ns = vnft_hist_quantile_ns(&h, 0.5);
		if (h.count >= VNFT_MIN_SAMPLES_FOR_P99)
			rtt->p99_ns = vnft_hist_quantile_ns(&h, 0.99);
	}
	return true;
}

void vnft_live_difference(const struct vnft_live_shot *before, const struct vnft_live_shot *after,
			  struct vnft_live_row *row)
{
	memset(row, 0, sizeof(*row));
	row->shot = after ? after : before;
	if (!after || !before) {
		row->change = after ? VNFT_LIVE_NEW : VNFT_LIVE_GONE;
		return;
	}
	if (before->life == after->life && after->read_ns > before->read_ns &&
	    subtract(&before->counters, &after->counters, &row->counters) &&
	    find_rtts(before, after, row)) {
		row->span_ns = after->read_ns - before->read_ns;
		return;
	}
	memset(row, 0, sizeof(*row));
	row->shot = after;
	row->change = VNFT_LIVE_RESTARTED;
}

static bool is_same_device(const struct vnft_live_shot *a, const struct vnft_live_shot *b)
{
	return a->observer == b->observer && a->netns_inode == b->netns_inode &&
	       a->ifindex == b->ifindex;
}

static bool is_same_life(const struct vnft_live_shot *a, const struct vnft_live_shot *b)
{
	return a->observer == b->observer && a->life == b->life;
}

/* The snapshot of the list that is not taken and is @same; the order seldom changes. */
static const struct vnft_live_shot *find(const struct vnft_live_shots *in, bool *taken, size_t at,
					 const struct vnft_live_shot *what,
					 bool (*same)(const struct vnft_live_shot *a,
						      const struct vnft_live_shot *b))
{
	size_t i, k;

	for (i = 0; i < in->n; i++) {
		k = (at + i) % in->n;
		if (taken[k] || !same(&in->at[k], what))
			continue;
		taken[k] = true;
		return &in->at[k];
	}
	return NULL;
}

int vnft_live_differences(const struct vnft_live_shots *before,
			  const struct vnft_live_shots *after, struct vnft_live_row **rows,
			  size_t *n)
{
	const struct vnft_live_shot **was = calloc(after->n + 1, sizeof(*was));
	bool *taken = calloc(before->n + 1, sizeof(*taken));
	size_t i, k = 0;

	*n = 0;
	*rows = calloc(before->n + after->n + 1, sizeof(**rows));
	if (!*rows || !taken || !was) {
		free(taken);
		free(was);
		free(*rows);
		*rows = NULL;
		return vnft_fail(-ENOMEM, "out of memory");
	}
	/* Attachments that are the same first: what is left of the list was detached. */
	for (i = 0; i < after->n; i++)
		was[i] = find(before, taken, i, &after->at[i], is_same_life);
	for (i = 0; i < after->n; i++) {
		if (!was[i])
			was[i] = find(before, taken, i, &after->at[i], is_same_device);
		vnft_live_difference(was[i], &after->at[i], &(*rows)[k++]);
	}
	for (i = 0; i < before->n; i++)
		if (!taken[i])
			vnft_live_difference(&before->at[i], NULL, &(*rows)[k++]);
	free(taken);
	free(was);
	*n = k;
	return 0;
}
