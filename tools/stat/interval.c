/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How sure a median is: bootstrap percentile interval, and whether one median tells the truth.
 *
 * method.md, "Interval": "B samples of size n are drawn with replacement from the n runs; the
 * interval runs from the 2.5 % to the 97.5 % quantile of their medians."
 */
#include <math.h>
#include <stdlib.h>

#include "random.h"
#include "samples.h"
#include "stat.h"

#define RESAMPLES_MIN	2000u
#define RESAMPLES_MAX	10000u
/* Numbers drawn altogether: keeps ten thousand samples below a second. */
#define DRAWS_MAX	20000000u

uint32_t vnft_resamples(size_t drawn)
{
	const size_t n = drawn ? DRAWS_MAX / drawn : RESAMPLES_MAX;

	if (drawn > DRAWS_MAX)
		return 0;
	return n > RESAMPLES_MAX ? RESAMPLES_MAX : n < RESAMPLES_MIN ? RESAMPLES_MIN : (uint32_t)n;
}

/*
 * Median of a resample, without sorting it: only how often each of the sorted runs was
 * drawn matters. Even n: the mean of the two middle ones, as type 7 has it.
 */
double vnft_resample_median(const double *sorted, uint32_t n, uint32_t *drawn,
			    struct vnft_random *random)
{
	uint32_t i, below = 0, low_rank = (n - 1) / 2, high_rank = n / 2;
	double low = 0;

	for (i = 0; i < n; i++)
		drawn[i] = 0;
	for (i = 0; i < n; i++)
		drawn[vnft_random_below(random, n)]++;
	for (i = 0; i < n; i++) {
		if (below <= low_rank && below + drawn[i] > low_rank)
			low = sorted[i];
		below += drawn[i];
		if (below > high_rank)
			break;
	}
	return (low + sorted[i]) / 2;
}

struct vnft_interval vnft_bootstrap_median(const struct vnft_samples *s, uint64_t seed)
{
	struct vnft_interval interval = { .valid = false, .low = NAN, .high = NAN };
	struct vnft_random random = { .state = seed };
	uint32_t resamples, i, *drawn;
	double *sorted, *median;

	resamples = vnft_resamples(s->n);
	if (s->n < VNFT_MIN_RUNS_FOR_INTERVAL || !resamples)
		return interval;
	sorted = vnft_samples_sorted(s);
	median = calloc(resamples, sizeof(*median));
	drawn = calloc(s->n, sizeof(*drawn));
	if (sorted && median && drawn) {
		for (i = 0; i < resamples; i++)
			median[i] = vnft_resample_median(sorted, (uint32_t)s->n, drawn,
							 &random);
		vnft_sort(median, resamples);
		interval.low = vnft_sorted_quantile(median, resamples, 0.025);
		interval.high = vnft_sorted_quantile(median, resamples, 0.975);
		interval.valid = true;
	}
	free(drawn);
	free(median);
	free(sorted);
	return interval;
}

/*
 * method.md, "Two clusters": "Runs are called bimodal when the largest gap between neighbouring
 * samples leaves at least a quarter of them on each side and is wider than either side. Fewer than
 * six runs are never called so."
 */
bool vnft_bimodal(const struct vnft_samples *s)
{
	size_t i, split = 0;
	double *x, gap = 0;
	bool two;

	if (s->n < VNFT_MIN_RUNS_FOR_INTERVAL)
		return false;
	x = vnft_samples_sorted(s);
	if (!x)
		return false;
	for (i = 1; i < s->n; i++) {
		if (x[i] - x[i - 1] > gap) {
			gap = x[i] - x[i - 1];
			split = i;
		}
	}
	two = 4 * split >= s->n && 4 * (s->n - split) >= s->n &&
	      gap > x[split ? split - 1 : 0] - x[0] && gap > x[s->n - 1] - x[split];
	free(x);
	return two;
}
