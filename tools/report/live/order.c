/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What rows are sorted by.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"

const char *const vnft_live_which_names[] = {
	"echo", "echo-in", "syn-rst", "syn-rst-in", "syn-synack", "syn-synack-in", NULL
};
_Static_assert(sizeof(vnft_live_which_names) / sizeof(vnft_live_which_names[0]) ==
	       VNFT_LIVE_WHICH_NR + 1, "a word for every histogram");

/* The guest's share comes first: it is what most want to see. */
struct vnft_live_which vnft_live_which(int index)
{
	const int i = index >= 0 && index < VNFT_LIVE_WHICH_NR ? index : 0;

	return (struct vnft_live_which) {
		.pairing = (enum vnft_pairing)(i / VNFT_DIR_NR),
		.request = i % VNFT_DIR_NR ? VNFT_DIR_IN : VNFT_DIR_OUT,
	};
}

const char *const vnft_live_key_names[] = {
	"packets", "bits", "p50", "p99", "retrans", "lost", "device", NULL
};
const char vnft_live_key_letters[VNFT_LIVE_KEYS + 1] = "pb59rld";
_Static_assert(sizeof(vnft_live_key_names) / sizeof(vnft_live_key_names[0]) == VNFT_LIVE_KEYS + 1,
	       "a word for every key");

uint64_t vnft_live_lost(const struct vnft_counters *c)
{
	uint64_t sum = 0;
	int cause;

	for (cause = 0; cause < VNFT_LOST_NR; cause++)
		sum += c->lost[cause];
	return sum;
}

static double quantity(const struct vnft_live_row *row, enum vnft_live_key key,
		       struct vnft_live_which which)
{
	const struct vnft_counters_dir *in = &row->counters.dir[VNFT_DIR_IN];
	const struct vnft_counters_dir *out = &row->counters.dir[VNFT_DIR_OUT];
	const struct vnft_live_rtt *rtt = &row->rtt[which.pairing][which.request];
	const double span_ns = row->span_ns ? (double)row->span_ns : 1;

	if (row->change != VNFT_LIVE_STEADY)
		return NAN;
	switch (key) {
	case VNFT_LIVE_BY_PACKETS:
		return (double)(in->packets + out->packets) / span_ns;
	case VNFT_LIVE_BY_BITS:
		return (double)(in->bytes + out->bytes) / span_ns;
	case VNFT_LIVE_BY_P50:
		return rtt->p50_ns ? (double)rtt->p50_ns : NAN;
	case VNFT_LIVE_BY_P99:
		return rtt->p99_ns ? (double)rtt->p99_ns : NAN;
	case VNFT_LIVE_BY_RETRANS:
		return (double)(in->retrans_segments + out->retrans_segments) / span_ns;
	case VNFT_LIVE_BY_LOST:
		return (double)vnft_live_lost(&row->counters) / span_ns;
	default:
		return NAN;
	}
}

/* A row with what it is sorted by. */
struct live_sorted {
	struct vnft_live_row row;
	double value;
};

/* Two devices never compare as equal, so that equal rows do not change places. */
static int by_name(const struct vnft_live_shot *a, const struct vnft_live_shot *b)
{
	int order = strcmp(a->ifname, b->ifname);

	if (!order)
		order = (a->netns_inode > b->netns_inode) - (a->netns_inode < b->netns_inode);
	if (!order)
		order = (a->ifindex > b->ifindex) - (a->ifindex < b->ifindex);
	if (!order)
		order = (a->observer > b->observer) - (a->observer < b->observer);
	return order ? order : (a->life > b->life) - (a->life < b->life);
}

static int by_value(const void *a, const void *b)
{
	const struct live_sorted *x = a, *y = b;

	if (isnan(x->value) != isnan(y->value))
		return isnan(x->value) ? 1 : -1;
	if (!isnan(x->value) && x->value != y->value)
		return x->value < y->value ? 1 : -1;
	return by_name(x->row.shot, y->row.shot);
}

void vnft_live_sort(struct vnft_live_row *rows, size_t n, enum vnft_live_key key,
		    struct vnft_live_which which)
{
	struct live_sorted *sorted = calloc(n ? n : 1, sizeof(*sorted));
	size_t i;

	if (!sorted)	/* as they came */
		return;
	for (i = 0; i < n; i++)
		sorted[i] = (struct live_sorted) { rows[i], quantity(&rows[i], key, which) };
	qsort(sorted, n, sizeof(*sorted), by_value);
	for (i = 0; i < n; i++)
		rows[i] = sorted[i].row;
	free(sorted);
}
