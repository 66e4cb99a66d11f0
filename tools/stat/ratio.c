/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How sure a ratio of medians is, and what may be said of it.
 *
 * method.md, "Comparison": "Both sides are drawn anew, each from its own runs with replacement, and
 * the ratio of the two medians is taken; the interval runs from the 2.5 % to the 97.5 % quantile of
 * these ratios."
 */
#include <math.h>
#include <stdlib.h>

#include "random.h"
#include "samples.h"
#include "stat.h"

#define ALPHA		0.05

/* A ratio exists where every value is above 0. */
static bool is_positive(const struct vnft_samples *s)
{
	size_t i;

	for (i = 0; i < s->n && s->value[i] > 0; i++)
		;
	return i == s->n;
}

static void draw_ratios(const double *a, uint32_t na, const double *b, uint32_t nb,
			uint32_t *drawn, uint64_t seed, double *ratio, uint32_t n)
{
	struct vnft_random random = { .state = seed };
	double of_a;
	uint32_t i;

	for (i = 0; i < n; i++) {
		of_a = vnft_resample_median(a, na, drawn, &random);
		ratio[i] = vnft_resample_median(b, nb, drawn, &random) / of_a;
	}
	vnft_sort(ratio, n);
}

struct vnft_interval vnft_bootstrap_ratio(const struct vnft_samples *a,
					  const struct vnft_samples *b, uint64_t seed)
{
	struct vnft_interval interval = { .valid = false, .low = NAN, .high = NAN };
	const size_t most = a->n > b->n ? a->n : b->n, least = a->n < b->n ? a->n : b->n;
	double *sorted_a, *sorted_b, *ratio;
	uint32_t n, *drawn;

	n = vnft_resamples(a->n + b->n);
	if (least < VNFT_MIN_RUNS_FOR_INTERVAL || !n || !is_positive(a) || !is_positive(b))
		return interval;
	sorted_a = vnft_samples_sorted(a);
	sorted_b = vnft_samples_sorted(b);
	ratio = calloc(n, sizeof(*ratio));
	drawn = calloc(most, sizeof(*drawn));
	if (sorted_a && sorted_b && ratio && drawn) {
		draw_ratios(sorted_a, (uint32_t)a->n, sorted_b, (uint32_t)b->n, drawn, seed,
			    ratio, n);
		interval.low = vnft_sorted_quantile(ratio, n, 0.025);
		interval.high = vnft_sorted_quantile(ratio, n, 0.975);
		interval.valid = true;
	}
	free(drawn);
	free(ratio);
	free(sorted_b);
	free(sorted_a);
	return interval;
}

/* Inside of [1 / (1 + @by), 1 + @by]? */
static bool is_inside(const struct vnft_interval *i, double by)
{
	return i->low >= 1 / (1 + by) && i->high <= 1 + by;
}

/*
 * method.md, "Comparison": the same where the interval lies inside of the margin of sameness,
 * another one where it lies outside of the floor of noise and p < 0.05.
 */
enum vnft_likeness vnft_judge(const struct vnft_comparison *c, double noise_ratio,
			      double same_ratio)
{
	const struct vnft_interval *i = &c->ci95_own;

	if (!i->valid)
		return VNFT_LIKENESS_OPEN;
	if (is_inside(i, fmax(same_ratio, noise_ratio)))
		return VNFT_LIKENESS_SAME;
	if (i->high < 1 / (1 + noise_ratio) && c->p_value < ALPHA)
		return VNFT_LIKENESS_LESS;
	if (i->low > 1 + noise_ratio && c->p_value < ALPHA)
		return VNFT_LIKENESS_MORE;
	return VNFT_LIKENESS_OPEN;
}
