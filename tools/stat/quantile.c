/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Quantiles: of samples and of histograms.
 *
 * method.md, "Quantile": "With the samples in ascending order x[1] ... x[n] and
 * h = (n - 1) q + 1, the quantile is x[floor(h)] + (h - floor(h)) (x[floor(h) + 1] - x[floor(h)])."
 */
#include <math.h>
#include <stdlib.h>

#include "samples.h"
#include "stat.h"

double vnft_sorted_quantile(const double *sorted, size_t n, double q)
{
	double h = (double)(n - 1) * fmin(fmax(q, 0), 1);
	size_t at = (size_t)h;

	if (at + 1 >= n)
		return sorted[n - 1];
	return sorted[at] + (h - (double)at) * (sorted[at + 1] - sorted[at]);
}

double vnft_quantile(const struct vnft_samples *s, double q)
{
	double *sorted, value;

	if (!s->n || isnan(q))
		return NAN;
	sorted = vnft_samples_sorted(s);
	if (!sorted)
		return NAN;
	value = vnft_sorted_quantile(sorted, s->n, q);
	free(sorted);
	return value;
}

/*
 * ceil(q * count) within [1, count]. 0.9 is no double: the one beside it is larger, and of 100
 * values would be the 91st. So a product that lies above a whole number by no more than that is it.
 */
static uint64_t rank_of(uint64_t count, double q)
{
	const long double product = (long double)fmin(q, 1) * (long double)count;
	const long double rank = q < 1 ? ceill(product - product * 0x1p-52L) : product;

	if (rank < 1)
		return 1;
	return rank >= (long double)count ? count : (uint64_t)rank;
}

uint64_t vnft_hist_quantile_ns(const struct vnft_hist *h, double q)
{
	uint64_t rank, below = 0, middle;
	uint32_t i;

	if (!h->count || isnan(q))
		return 0;
	rank = rank_of(h->count, q);
	/* Beyond the last bucket nothing is known but the largest value. */
	if (h->above && rank > h->count - h->above)
		return h->max_ns;
	for (i = 0; i < VNFT_HIST_BUCKETS - 1; i++) {
		below += h->bucket[i];
		if (below >= rank)
			break;
	}
	/*
	 * The last value of a bucket is the next one's lower edge - 1: one-value buckets are exact.
	 */
	middle =
		vnft_hist_lower_ns(i) + (vnft_hist_lower_ns(i + 1) - 1 - vnft_hist_lower_ns(i)) / 2;
	if (middle < h->min_ns)
		return h->min_ns;
	return middle > h->max_ns ? h->max_ns : middle;
}
