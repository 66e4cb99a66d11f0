// SPDX-License-Identifier: GPL-2.0
/* Histogram edges against a computation of its own, and the match table. */
#include <linux/slab.h>

#define OBSERVE_CHECK(cond) ({						\
	bool holds_ = (cond);						\
	if (!holds_)							\
		pr_err("vnftrace: self-test: line %d: %s\n", __LINE__, #cond);	\
	holds_;								\
})

/* By division in place of shifts and masks. */
static u32 __init hist_index_by_hand(u64 ns)
{
	u64 low = 128, width = 2;
	u32 first = 128;

	if (ns < 128)
		return ns;
	while (low < 1ULL << 37) {
		if (ns < 2 * low)
			return first + div64_u64(ns - low, width);
		low *= 2;
		width *= 2;
		first += 64;
	}
	return VNFT_HIST_BUCKETS - 1;
}

static bool __init hist_test_at(u64 ns)
{
	const u32 index = vnft_hist_index(ns);

	return OBSERVE_CHECK(index < VNFT_HIST_BUCKETS) &&
	       OBSERVE_CHECK(index == hist_index_by_hand(ns)) &&
	       OBSERVE_CHECK(vnft_hist_lower_ns(index) <= ns) &&
	       OBSERVE_CHECK(ns < vnft_hist_lower_ns(index + 1) || ns >> 37);
}

static bool __init hist_test(void)
{
	struct vnft_hist *hist = kvzalloc(sizeof(*hist), GFP_KERNEL);
	bool good = OBSERVE_CHECK(hist);
	u64 edge, sum = 0, n = 0;
	u32 i;
	int d;

	for (i = 0; good && i < VNFT_HIST_BUCKETS; i++)
		good = hist_test_at(vnft_hist_lower_ns(i)) &&
		       hist_test_at(vnft_hist_lower_ns(i + 1) - 1);
	for (i = 0; good && i < 64; i++) {
		for (edge = 1ULL << i, d = -1; good && d <= 1; d++, n++) {
			good = hist_test_at(edge + d);
			vnft_hist_add(hist, edge + d);
			sum += edge + d;
		}
	}
	good = good && OBSERVE_CHECK(hist->count == n) && OBSERVE_CHECK(hist->sum_ns == sum) &&
	       OBSERVE_CHECK(hist->min_ns == 0) &&
	       OBSERVE_CHECK(hist->max_ns == (1ULL << 63) + 1) &&
	       /* From 2^37 on, three around each power but for the one right below the first. */
	       OBSERVE_CHECK(hist->above == 3 * (64 - 37) - 1) &&
	       OBSERVE_CHECK(hist->bucket[VNFT_HIST_BUCKETS - 1] == hist->above + 1);
	kvfree(hist);
	return good;
}

static bool __init match_test(void)
{
	const u64 late_ns = VNFT_MATCH_TIMEOUT_NS + 101;
	struct vnft_match_slot slot = {};
	u64 ns = 0;

	return OBSERVE_CHECK(!vnft_match_take(&slot, 5, &ns)) &&
	       OBSERVE_CHECK(vnft_match_put(&slot, 5, 10) == VNFT_MATCH_NEW) &&
	       OBSERVE_CHECK(vnft_match_put(&slot, 5, 20) == VNFT_MATCH_AGAIN) &&
	       OBSERVE_CHECK(!vnft_match_take(&slot, 6, &ns)) &&
	       OBSERVE_CHECK(vnft_match_take(&slot, 5, &ns) && ns == 20) &&
	       OBSERVE_CHECK(!vnft_match_take(&slot, 5, &ns)) &&
	       OBSERVE_CHECK(vnft_match_put(&slot, 7, 100) == VNFT_MATCH_NEW) &&
	       OBSERVE_CHECK(vnft_match_put(&slot, 8, late_ns - 1) == VNFT_MATCH_EVICTED) &&
	       OBSERVE_CHECK(!vnft_match_take(&slot, 7, &ns)) &&
	       OBSERVE_CHECK(vnft_match_put(&slot, 9, 2 * late_ns) == VNFT_MATCH_EXPIRED) &&
	       /* A stamp of another CPU, a little older than what it pushes out. */
	       OBSERVE_CHECK(vnft_match_put(&slot, 10, late_ns) == VNFT_MATCH_EVICTED) &&
	       OBSERVE_CHECK(vnft_match_take(&slot, 10, &ns) && ns == late_ns) &&
	       OBSERVE_CHECK((slot.key = VNFT_MATCH_BUSY)) &&
	       OBSERVE_CHECK(vnft_match_put(&slot, 11, 1) == VNFT_MATCH_CONTENDED) &&
	       OBSERVE_CHECK(slot.key == VNFT_MATCH_BUSY);
}
