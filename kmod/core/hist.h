/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Log-linear histogram of nanoseconds: 64 buckets per power of two, exact below 128 ns.
 * A bucket is at most 1/64 of its lower edge wide, so its middle is within 0.8 % of every
 * value in it (docs/method.md, "Histogram"). The last bucket ends at 2^37 ns = 137 s;
 * longer values are counted in it and in @above.
 */
#ifndef VNFT_CORE_HIST_H
#define VNFT_CORE_HIST_H

#include "env.h"

#define VNFT_HIST_SUB_BITS	6
#define VNFT_HIST_SUB		(1U << VNFT_HIST_SUB_BITS)
#define VNFT_HIST_MAX_LOG2	36
#define VNFT_HIST_BUCKETS	((VNFT_HIST_MAX_LOG2 - VNFT_HIST_SUB_BITS + 2) * VNFT_HIST_SUB)

/**
 * struct vnft_hist - counts by duration
 * @count: values added
 * @sum_ns: their sum
 * @min_ns: smallest, 0 while @count is 0
 * @max_ns: largest
 * @above: values beyond the last bucket's upper edge (they are in it as well)
 */
struct vnft_hist {
	__u64 count;
	__u64 sum_ns;
	__u64 min_ns;
	__u64 max_ns;
	__u64 above;
	__u64 bucket[VNFT_HIST_BUCKETS];
};

/* Position of the highest set bit; v > 0. Steps, because BPF of LLVM 14 has no clz. */
VNFT_INLINE __u32 vnft_log2(__u64 v)
{
	__u32 log2 = 0;

	if (v >> 32) {
		v >>= 32;
		log2 += 32;
	}
	if (v >> 16) {
		v >>= 16;
		log2 += 16;
	}
	if (v >> 8) {
		v >>= 8;
		log2 += 8;
	}
	if (v >> 4) {
		v >>= 4;
		log2 += 4;
	}
	if (v >> 2) {
		v >>= 2;
		log2 += 2;
	}
	return log2 + (__u32)(v >> 1);
}

/**
 * vnft_hist_index() - bucket of a duration
 *
 * Return: below VNFT_HIST_BUCKETS for every input.
 */
VNFT_INLINE __u32 vnft_hist_index(__u64 ns)
{
	__u32 log2, shift, index;

	if (ns < 2 * VNFT_HIST_SUB)
		return (__u32)ns;
	log2 = vnft_log2(ns);
	if (log2 > VNFT_HIST_MAX_LOG2)
		return VNFT_HIST_BUCKETS - 1;
	shift = log2 - VNFT_HIST_SUB_BITS;
	index = (shift << VNFT_HIST_SUB_BITS) + (__u32)(ns >> shift);
	return index < VNFT_HIST_BUCKETS ? index : VNFT_HIST_BUCKETS - 1;
}

/**
 * vnft_hist_lower_ns() - smallest duration of a bucket
 * @index: 0 to VNFT_HIST_BUCKETS; the latter gives the end of the last bucket
 */
VNFT_INLINE __u64 vnft_hist_lower_ns(__u32 index)
{
	__u32 shift;

	if (index < 2 * VNFT_HIST_SUB)
		return index;
	shift = (index >> VNFT_HIST_SUB_BITS) - 1;
	return (__u64)(VNFT_HIST_SUB + (index & (VNFT_HIST_SUB - 1))) << shift;
}

/* Who compiles this may define a function of its own for it (packet.h, VNFT_PARSE_L4). */
#ifndef VNFT_HIST_BUCKET
#define VNFT_HIST_BUCKET vnft_hist_index
#endif

/**
 * vnft_hist_add() - count one duration; the histogram belongs to one CPU
 */
VNFT_INLINE void vnft_hist_add(struct vnft_hist *h, __u64 ns)
{
	__u32 index = VNFT_HIST_BUCKET(ns);

	if (!h->count || ns < h->min_ns)
		h->min_ns = ns;
	if (ns > h->max_ns)
		h->max_ns = ns;
	if (ns >> (VNFT_HIST_MAX_LOG2 + 1))
		h->above++;
	h->count++;
	h->sum_ns += ns;
	if (index < VNFT_HIST_BUCKETS)	/* for the BPF verifier, which lost the bound above */
		h->bucket[index]++;
}

/**
 * vnft_hist_merge() - add a histogram, perhaps another CPU's that counts meanwhile
 * @into: the sum; its count is that of its buckets, for quantiles
 */
VNFT_INLINE void vnft_hist_merge(struct vnft_hist *into, const struct vnft_hist *from)
{
	const __u64 min_ns = vnft_read_once(from->min_ns), max_ns = vnft_read_once(from->max_ns);
	__u32 i;

	if (!vnft_read_once(from->count))
		return;
	if (!into->count || min_ns < into->min_ns)
		into->min_ns = min_ns;
	if (max_ns > into->max_ns)
		into->max_ns = max_ns;
	into->sum_ns += vnft_read_once(from->sum_ns);
	into->above += vnft_read_once(from->above);
	for (i = 0; i < VNFT_HIST_BUCKETS; i++) {
		const __u64 n = vnft_read_once(from->bucket[i]);

		into->bucket[i] += n;
		into->count += n;
	}
}

#endif
