/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two rows of one bench, compared round by round: what the host did to a round it did to both.
 *
 * method.md, "Comparison": "The logarithm of b / a is taken in each round. The ratio is that of the
 * median of the means of every two rounds (Hodges and Lehmann), and its interval and p are those of
 * the signed-rank test (Wilcoxon), exact up to 100 rounds."
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text/error.h"
#include "samples.h"
#include "stat.h"

#define EXACT_ROUNDS	100u
/* Above this, neighbouring rounds are put together: the means of every two are n² / 2. */
#define ROUNDS_MAX	1000u
#define Z		1.959964

/*
 * Distribution of the signed-rank sum of n differences without a sign of their own: way[s] is the
 * share of the 2^n ways to set the signs in which the ranks with a plus add up to s.
 */
static double *rank_sums(uint32_t n)
{
	const uint32_t most = n * (n + 1) / 2;
	double *way = calloc(most + 1, sizeof(*way));
	uint32_t rank, s;

	if (!way)
		return NULL;
	way[0] = 1;
	for (rank = 1; rank <= n; rank++)
		for (s = rank * (rank + 1) / 2 + 1; s-- > 0;)
			way[s] = (way[s] + (s >= rank ? way[s - rank] : 0)) / 2;
	return way;
}

/* How many of the means lie outside of the interval at each end; -1: the interval needs more. */
static long cut(const double *way, uint32_t n)
{
	const double most = n * (n + 1.0) / 2;
	double below = 0;
	long k;

	if (!way)
		return (long)floor(most / 2 - Z * sqrt(n * (n + 1.0) * (2.0 * n + 1) / 24));
	for (k = 0; below + way[k] <= 0.025; k++)
		below += way[k];
	return k - 1;
}

static double two_sided(const double *way, uint32_t n, double sum)
{
	const double most = n * (n + 1.0) / 2, less = fmin(sum, most - sum);
	double p = 0;
	uint32_t s;

	if (!way)
		return erfc((most / 2 - less) / sqrt(n * (n + 1.0) * (2.0 * n + 1) / 24) / sqrt(2));
	for (s = 0; s <= less; s++)
		p += way[s];
	return fmin(2 * p, 1);
}

/* The means of every two differences, each with itself too, ascending. */
static double *means(const double *d, uint32_t n, size_t *count)
{
	double *mean = calloc((size_t)n * (n + 1) / 2, sizeof(*mean));
	uint32_t i, k;

	*count = 0;
	for (i = 0; mean && i < n; i++)
		for (k = i; k < n; k++)
			mean[(*count)++] = (d[i] + d[k]) / 2;
	if (mean)
		vnft_sort(mean, *count);
	return mean;
}

static void judge(const double *mean, size_t count, const double *way, uint32_t n,
		  struct vnft_comparison *out)
{
	const long k = cut(way, n);
	double sum = 0;
	size_t i;

	for (i = 0; i < count; i++)
		sum += mean[i] > 0 ? 1 : mean[i] < 0 ? 0 : 0.5;
	out->own_ratio = exp(vnft_sorted_quantile(mean, count, 0.5));
	out->p_value = two_sided(way, n, sum);
	out->ci95_own = (struct vnft_interval) { .low = NAN, .high = NAN };
	if (k < 0 || n < VNFT_MIN_RUNS_FOR_INTERVAL)
		return;
	out->ci95_own.valid = true;
	out->ci95_own.low = exp(mean[k]);
	out->ci95_own.high = exp(mean[count - 1 - (size_t)k]);
}

int vnft_compare_rounds(const struct vnft_samples *a, const struct vnft_samples *b,
			struct vnft_comparison *out)
{
	const size_t each = (a->n + ROUNDS_MAX - 1) / ROUNDS_MAX;
	const uint32_t n = each ? (uint32_t)(a->n / each) : 0;
	double *d, *mean = NULL, *way = NULL;
	size_t i, count = 0;
	int err = 0;

	if (!n || a->n != b->n)
		return vnft_fail(-EINVAL, "rounds of two sides: %zu and %zu", a->n, b->n);
	for (i = 0; i < a->n; i++)
		if (!(a->value[i] > 0 && b->value[i] > 0))
			return vnft_fail(-ERANGE, "a ratio needs numbers above 0");
	d = calloc(n, sizeof(*d));
	for (i = 0; d && i < n * each; i++)
		d[i / each] += log(b->value[i] / a->value[i]) / (double)each;
	mean = d ? means(d, n, &count) : NULL;
	way = n <= EXACT_ROUNDS ? rank_sums(n) : NULL;
	if (mean && (way || n > EXACT_ROUNDS))
		judge(mean, count, way, n, out);
	else
		err = vnft_fail(-ENOMEM, "out of memory comparing %u rounds", n);
	free(way);
	free(mean);
	free(d);
	return err;
}
