/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histogram: every bucket edge comes back, no gap, 1 % from 100 ns to 100 s, no input out of
 * bounds.
 */
#include "../../kmod/core/hist.h"
#include "unit.h"

#include <stdlib.h>

static void edges(void)
{
	__u64 lower, upper;
	bool good = true;
	__u32 i;

	for (i = 0; i < VNFT_HIST_BUCKETS; i++) {
		lower = vnft_hist_lower_ns(i);
		upper = vnft_hist_lower_ns(i + 1);
		good &= QUIET(lower < upper, "bucket %u is not empty", i);
		good &= QUIET(vnft_hist_index(lower) == i, "lower edge of bucket %u", i);
		good &= QUIET(vnft_hist_index(upper - 1) == i, "last value of bucket %u", i);
		good &= QUIET(vnft_hist_index(lower + (upper - lower) / 2) == i, "middle of %u", i);
	}
	CHECK(good, "all %u buckets hold their edges and adjoin", VNFT_HIST_BUCKETS);
	CHECK(vnft_hist_lower_ns(0) == 0, "the first begins at 0");
	CHECK(vnft_hist_lower_ns(VNFT_HIST_BUCKETS) == 1ULL << 37, "the last ends at 2^37 ns");
}

static double midpoint_error(__u64 ns)
{
	__u32 i = vnft_hist_index(ns);
	double lower = (double)vnft_hist_lower_ns(i), upper = (double)vnft_hist_lower_ns(i + 1);
	double middle = upper - lower > 1 ? (lower + upper) / 2 : lower;
	double err = (middle - (double)ns) / (double)ns;

	return err < 0 ? -err : err;
}

static void errors(void)
{
	double worst = 0, err;
	__u64 ns;
	__u32 i;

	for (ns = 100; ns < 1000000; ns++) {
		err = midpoint_error(ns);
		worst = err > worst ? err : worst;
	}
	/* Above, the error is largest at an edge: every one. */
	for (i = vnft_hist_index(ns); vnft_hist_lower_ns(i + 1) <= 100000000000ULL; i++) {
		err = midpoint_error(vnft_hist_lower_ns(i));
		worst = err > worst ? err : worst;
		err = midpoint_error(vnft_hist_lower_ns(i + 1) - 1);
		worst = err > worst ? err : worst;
	}
	CHECK(i > vnft_hist_index(99000000000ULL), "edges up to 100 s were tried");
	CHECK(worst <= 0.01 && worst > 0.001, "worst middle is off by %.3f %%", 100 * worst);
}

static void bounds(void)
{
	bool good = true;
	__u32 bit, log2;
	int i;

	for (bit = 0; bit < 64; bit++) {
		log2 = vnft_log2(1ULL << bit);
		good &= QUIET(log2 == bit, "log2 of bit %u is %u", bit, log2);
		good &= QUIET(vnft_log2(~0ULL >> (63 - bit)) == bit, "log2 below bit %u", bit + 1);
		good &= QUIET(vnft_hist_index(1ULL << bit) < VNFT_HIST_BUCKETS, "bit %u", bit);
		good &= QUIET(vnft_hist_index((1ULL << bit) - 1) < VNFT_HIST_BUCKETS, "below %u",
			      bit);
	}
	good &= QUIET(vnft_hist_index(~0ULL) == VNFT_HIST_BUCKETS - 1, "the largest number");
	srandom(1);
	for (i = 0; i < 1000000; i++) {
		__u64 ns = ((__u64)random() << 33 ^ (__u64)random()) >> (random() % 64);
		__u32 at = vnft_hist_index(ns);

		good &= QUIET(at < VNFT_HIST_BUCKETS && vnft_hist_lower_ns(at) <= ns &&
			      (ns >> 37 || ns < vnft_hist_lower_ns(at + 1)), "%llu ns", ns);
	}
	CHECK(good, "log2 and index of every power of two and of a million numbers");
}

static void adding(void)
{
	static struct vnft_hist h;

	vnft_hist_add(&h, 500);
	CHECK(h.min_ns == 500 && h.max_ns == 500 && h.count == 1, "the first value is both ends");
	vnft_hist_add(&h, 0);
	vnft_hist_add(&h, (1ULL << 37) - 1);
	CHECK(!h.above, "the last value of the range is not above");
	vnft_hist_add(&h, 1ULL << 37);
	CHECK(h.above == 1 && h.bucket[VNFT_HIST_BUCKETS - 1] == 2,
	      "the next one is, and in the last bucket");
	CHECK(h.min_ns == 0 && h.max_ns == 1ULL << 37 && h.count == 4,
	      "0 is a smallest value like any");
	CHECK(h.sum_ns == 500 + (1ULL << 38) - 1, "sum");
	CHECK(h.bucket[0] == 1 && h.bucket[vnft_hist_index(500)] == 1, "one in each bucket");
}

/* Another CPU counts while its histogram is added: its count is ahead of or behind its buckets. */
static void merging(void)
{
	static struct vnft_hist into, from, none;

	vnft_hist_add(&from, 500);
	vnft_hist_add(&from, 900);
	from.count = 1;
	vnft_hist_merge(&into, &from);
	CHECK(into.count == 2 && into.min_ns == 500 && into.max_ns == 900 && into.sum_ns == 1400,
	      "the sum's count is that of its buckets");
	vnft_hist_merge(&into, &none);
	CHECK(into.count == 2 && into.min_ns == 500, "nothing adds nothing, nor a smallest value");
}

int main(void)
{
	edges();
	errors();
	bounds();
	adding();
	merging();
	return unit_done();
}
