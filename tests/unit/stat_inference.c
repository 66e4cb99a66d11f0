/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Intervals, clusters and comparisons: properties on simulated data, and small cases by brute
 * force.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/stat/random.h"
#include "../../tools/stat/stat.h"
#include "unit.h"

/* Boot times: log-normal around 1 s with a long tail. Its median is 1e9. */
static double boot_ns(struct vnft_random *r)
{
	double u = sqrt(-2 * log(1 - vnft_random_unit(r)));

	return 1e9 * exp(0.2 * u * cos(2 * M_PI * vnft_random_unit(r)));
}

static void draw(struct vnft_samples *s, size_t n, double factor, struct vnft_random *r)
{
	s->n = 0;
	while (s->n < n)
		vnft_samples_add(s, factor * boot_ns(r));
}

static void test_interval(void)
{
	static const size_t sizes[] = { 6, 10, 20, 60 };
	/* A percentile interval of few runs covers less; method.md states these. */
	static const double least[] = { 0.90, 0.90, 0.92, 0.92 };
	struct vnft_random r = { .state = 7 };
	struct vnft_samples s = { 0 };
	struct vnft_interval x, y;
	unsigned int i, k, covered;

	draw(&s, 5, 1, &r);
	CHECK(!vnft_bootstrap_median(&s, 1).valid, "five runs have no interval");
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (k = 0, covered = 0; k < 400; k++) {
			draw(&s, sizes[i], 1, &r);
			x = vnft_bootstrap_median(&s, k);
			QUIET(x.valid && x.low <= vnft_quantile(&s, 0.5) &&
			      x.high >= vnft_quantile(&s, 0.5), "interval holds the median");
			covered += x.low <= 1e9 && x.high >= 1e9;
		}
		/* standard error of a share of 400 is 1.1 to 1.5 % */
		CHECK(covered / 400.0 >= least[i] - 0.03 && covered / 400.0 <= 0.995,
		      "interval of %zu runs covers the true median in %.1f %% of 400 trials",
		      sizes[i], covered / 4.0);
	}
	y = vnft_bootstrap_median(&s, k - 1);
	CHECK(x.low == y.low && x.high == y.high, "same seed, same interval");
	for (i = 0; i < s.n; i++)
		s.value[i] = 5;
	x = vnft_bootstrap_median(&s, 1);
	CHECK(x.valid && x.low == 5 && x.high == 5, "equal runs have an interval of no width");
	vnft_samples_free(&s);
}

/*
 * The bootstrap distribution of the median of an odd number of distinct runs is known exactly: the
 * median is at most x[k] when at least (n + 1) / 2 of n draws are among the k smallest (binomial).
 * Its 2.5 % and 97.5 % quantiles must be what the resampling finds.
 */
static void test_interval_exact(void)
{
	struct vnft_samples s = { 0 };
	struct vnft_interval x;
	int n = 11, k, j, low = 0, high = 0;

	for (k = 1; k <= n; k++) {
		double p = (double)k / n, at_most = 0, ways = 1;

		vnft_samples_add(&s, k);
		for (j = 0; j <= n; j++) {
			if (j > n / 2)
				at_most += ways * pow(p, j) * pow(1 - p, n - j);
			ways = ways * (n - j) / (j + 1);
		}
		if (!low && at_most >= 0.025)
			low = k;
		if (!high && at_most >= 0.975)
			high = k;
	}
	x = vnft_bootstrap_median(&s, 99);
	CHECK(x.low == low && x.high == high, "interval [%g, %g] of 11 runs is the exact [%d, %d]",
	      x.low, x.high, low, high);
	vnft_samples_free(&s);
}

static void test_bimodal(void)
{
	static const double two[] = { 10, 11, 30, 12, 31, 32 };
	static const double outlier[] = { 10, 11, 10.5, 12, 11.5, 300 };
	struct vnft_random r = { .state = 3 };
	struct vnft_samples s = { 0 };
	unsigned int i, said = 0;

	for (i = 0; i < 6; i++)
		vnft_samples_add(&s, two[i]);
	CHECK(vnft_bimodal(&s), "two clusters are seen");
	for (i = 0; i < 6; i++)
		s.value[i] = outlier[i];
	CHECK(!vnft_bimodal(&s), "one outlier is no cluster");
	for (i = 0; i < 6; i++)
		s.value[i] = 4;
	CHECK(!vnft_bimodal(&s), "equal runs are one cluster");
	s.n = 4;
	CHECK(!vnft_bimodal(&s), "four runs are too few to say");
	for (i = 0; i < 1000; i++) {
		draw(&s, 10, 1, &r);
		said += vnft_bimodal(&s);
	}
	CHECK(said < 50, "of 1000 times 10 runs of one cluster %u are called two", said);
	vnft_samples_free(&s);
}

static double median(double *v, unsigned int n)
{
	unsigned int i, j;

	for (i = 1; i < n; i++)		/* insertion sort */
		for (j = i; j > 0 && v[j - 1] > v[j]; j--) {
			double swap = v[j];

			v[j] = v[j - 1];
			v[j - 1] = swap;
		}
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* p by going through all bit masks, the slow and obvious way. */
static double brute_force_p(const double *all, unsigned int na, unsigned int nb)
{
	unsigned int n = na + nb, mask, i, ways = 0, extreme = 0, a, b;
	double va[16], vb[16], observed;

	memcpy(va, all, na * sizeof(*va));
	memcpy(vb, all + na, nb * sizeof(*vb));
	observed = fabs(median(va, na) - median(vb, nb));
	for (mask = 0; mask < 1u << n; mask++) {
		if ((unsigned int)__builtin_popcount(mask) != nb)
			continue;
		for (i = 0, a = 0, b = 0; i < n; i++)
			*(mask & 1u << i ? &vb[b++] : &va[a++]) = all[i];
		ways++;
		extreme += fabs(median(va, na) - median(vb, nb)) >= observed - 1e-9;
	}
	return (double)extreme / ways;
}

static void test_compare_exact(void)
{
	struct vnft_random r = { .state = 11 };
	struct vnft_samples a = { 0 }, b = { 0 };
	struct vnft_comparison c;
	unsigned int k, na, nb, i;
	double all[16], worst = 0;

	for (k = 0; k < 200; k++) {
		na = 1 + vnft_random_below(&r, 7);
		nb = 1 + vnft_random_below(&r, 7);
		a.n = 0;
		b.n = 0;
		for (i = 0; i < na + nb; i++) {
			/* small integers: ties must be right as well */
			all[i] = vnft_random_below(&r, 12);
			vnft_samples_add(i < na ? &a : &b, all[i]);
		}
		vnft_compare(&a, &b, 1, &c);
		worst = fmax(worst, fabs(c.p_value - brute_force_p(all, na, nb)));
	}
	CHECK(worst < 1e-12, "p of 200 small cases is what brute force says (off by %g)", worst);
	vnft_samples_free(&a);
	vnft_samples_free(&b);
}

/* Under H0 p <= alpha happens in a share alpha of the trials, at most. */
static void test_compare_null(unsigned int n, unsigned int trials)
{
	static const double alpha[] = { 0.05, 0.2, 0.5 };
	unsigned int hits[3] = { 0 }, i, k;
	struct vnft_random r = { .state = n };
	struct vnft_samples a = { 0 }, b = { 0 };
	struct vnft_comparison c;

	for (k = 0; k < trials; k++) {
		draw(&a, n, 1, &r);
		draw(&b, n, 1, &r);
		vnft_compare(&a, &b, k, &c);
		for (i = 0; i < 3; i++)
			hits[i] += c.p_value <= alpha[i];
	}
	for (i = 0; i < 3; i++) {
		double share = (double)hits[i] / trials;
		double error = 3 * sqrt(alpha[i] * (1 - alpha[i]) / trials);

		CHECK(share <= alpha[i] + error && share >= alpha[i] * 0.6 - error,
		      "%u and %u equal runs: p <= %.2f in %.3f of %u trials", n, n, alpha[i], share,
		      trials);
	}
	vnft_samples_free(&a);
	vnft_samples_free(&b);
}

/* method.md, "Comparison", states these shares. */
static void test_ratio_interval(void)
{
	static const size_t sizes[] = { 6, 10, 30 };
	struct vnft_random r = { .state = 17 };
	struct vnft_samples a = { 0 }, b = { 0 };
	struct vnft_interval x;
	unsigned int i, k, covered;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (k = 0, covered = 0; k < 400; k++) {
			draw(&a, sizes[i], 1, &r);
			draw(&b, sizes[i], 1.3, &r);
			x = vnft_bootstrap_ratio(&a, &b, k);
			QUIET(x.valid, "an interval");
			covered += x.low <= 1.3 && x.high >= 1.3;
		}
		CHECK(covered >= 400 * 0.92 && covered < 400,
		      "ratio of %zu and %zu runs: its interval covers 1.3 in %.1f %% of 400",
		      sizes[i], sizes[i], covered / 4.0);
	}
	b.value[3] = 0;
	CHECK(!vnft_bootstrap_ratio(&a, &b, 1).valid, "a ratio with 0 has no interval");
	vnft_samples_free(&a);
	vnft_samples_free(&b);
}

static enum vnft_likeness judged(const struct vnft_samples *a, const struct vnft_samples *b,
				double noise_ratio)
{
	struct vnft_comparison c;

	vnft_compare(a, b, 1, &c);
	return vnft_judge(&c, noise_ratio, noise_ratio);
}

static void test_verdicts(void)
{
	struct vnft_random r = { .state = 5 };
	struct vnft_samples a = { 0 }, b = { 0 };
	struct vnft_comparison c, again;
	unsigned int k, same = 0, wrong = 0;

	draw(&a, 30, 1, &r);
	draw(&b, 30, 2, &r);
	vnft_compare(&a, &b, 1, &c);
	CHECK(vnft_judge(&c, 0.05, 0.05) == VNFT_LIKENESS_MORE && c.p_value < 0.001 &&
	      c.p_value > 0,
	      "twice as long is more (ratio %.2f, p %.5f)", c.ratio, c.p_value);
	vnft_compare(&a, &b, 1, &again);
	CHECK(c.p_value == again.p_value && c.ci95_ratio.low == again.ci95_ratio.low,
	      "same seed, same p and interval");
	CHECK(judged(&b, &a, 0.05) == VNFT_LIKENESS_LESS, "and the other way round less");
	CHECK(judged(&b, &a, 2) == VNFT_LIKENESS_SAME, "a ratio of 2 is within a floor of 200 %%");
	CHECK(judged(&b, &a, 1) == VNFT_LIKENESS_OPEN, "at the edge of a floor: open");
	/* 20 % scatter: eight runs prove nothing within 5 %, and that they are equal neither. */
	for (k = 0; k < 100; k++) {
		draw(&a, 8, 1, &r);
		draw(&b, 8, 1, &r);
		same += judged(&a, &b, 0.05) == VNFT_LIKENESS_SAME;
		wrong += judged(&a, &b, 0.05) > VNFT_LIKENESS_SAME;
	}
	CHECK(same == 0, "eight runs of 20 %% scatter are never called the same (%u)", same);
	CHECK(wrong <= 3, "and other than the same in %u of 100", wrong);
	draw(&a, 3000, 1, &r);
	draw(&b, 3000, 1, &r);
	CHECK(judged(&a, &b, 0.05) == VNFT_LIKENESS_SAME, "3000 runs are");
	b.n = 5;
	CHECK(judged(&a, &b, 0.05) == VNFT_LIKENESS_OPEN, "five runs say nothing");
	b.n = 0;
	CHECK(vnft_compare(&a, &b, 1, &c) == -ENODATA, "none is an error");
	draw(&a, 6, 0, &r);
	draw(&b, 6, 0, &r);
	vnft_compare(&a, &b, 1, &c);
	CHECK(isnan(c.ratio) && c.p_value == 1 && vnft_judge(&c, 1, 1) == VNFT_LIKENESS_OPEN,
	      "all zero: no ratio");
	vnft_samples_free(&a);
	vnft_samples_free(&b);
}

int main(void)
{
	test_interval();
	test_interval_exact();
	test_bimodal();
	test_compare_exact();
	test_compare_null(6, 1000);	/* 924 relabelings: exact */
	test_compare_null(12, 200);	/* 2.7 million: random */
	test_ratio_interval();
	test_verdicts();
	return unit_done();
}
