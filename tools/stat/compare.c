/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Are two sets of runs different? Permutation test on the difference of medians.
 *
 * method.md, "Comparison": "Under the hypothesis that the label of a run does not matter, every way
 * to hand out the labels is equally likely. p is the share of these ways whose medians differ at
 * least as much as those observed. All ways are tried if there are at most 20,000. Otherwise 20,000
 * random ones and the observed one are."
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text/error.h"
#include "random.h"
#include "samples.h"
#include "stat.h"

#define RELABELINGS	20000u

/**
 * struct pool - both sets in one ascending array, and who owns which value
 * @is_b: label of each value
 * @nth: scratch: positions to shuffle
 */
struct pool {
	double *x;
	unsigned char *is_b;
	uint32_t *nth;
	uint32_t n, na, nb;
};

/*
 * |median of b - median of a| under the current labels: the pool is sorted, so one walk finds both.
 */
static double difference(const struct pool *p)
{
	uint32_t i, a = 0, b = 0;
	double median_a = 0, median_b = 0;

	for (i = 0; i < p->n; i++) {
		uint32_t *passed = p->is_b[i] ? &b : &a, n = p->is_b[i] ? p->nb : p->na;
		double *median = p->is_b[i] ? &median_b : &median_a;

		if (*passed == (n - 1) / 2)
			*median += p->x[i] / 2;
		if (*passed == n / 2)
			*median += p->x[i] / 2;
		(*passed)++;
	}
	return fabs(median_b - median_a);
}

/* Binomial coefficient, or anything above @limit once it is passed. */
static double relabelings(uint32_t n, uint32_t k, double limit)
{
	double ways = 1;
	uint32_t i;

	for (i = 1; i <= k && ways <= limit; i++)
		ways = ways * (n - k + i) / i;
	return ways;
}

/* Next arrangement of 0s and 1s in lexical order; false after the last. */
static bool next_labels(unsigned char *label, uint32_t n)
{
	uint32_t i = n - 1, ones = 0, j;

	while (i > 0 && !(label[i] && !label[i - 1]))
		ones += label[i--];
	if (!i)
		return false;
	label[i - 1] = 1;
	label[i] = 0;
	/* What follows was 1...10...0: turn it round, so that it is as small as it can be. */
	for (j = n - 1; j > i; j--, ones -= ones > 0)
		label[j] = ones > 0;
	return true;
}

static double exact_p(struct pool *p, double observed)
{
	double all = 0, extreme = 0;

	memset(p->is_b, 0, p->na);
	memset(p->is_b + p->na, 1, p->nb);
	do {
		all++;
		extreme += difference(p) >= observed;
	} while (next_labels(p->is_b, p->n));
	return extreme / all;
}

static double random_p(struct pool *p, double observed, uint64_t seed)
{
	struct vnft_random random = { .state = seed };
	uint32_t i, k, other, swap, extreme = 0;

	for (i = 0; i < p->n; i++)
		p->nth[i] = i;
	for (k = 0; k < RELABELINGS; k++) {
		memset(p->is_b, 0, p->n);
		for (i = 0; i < p->nb; i++) {
			other = i + vnft_random_below(&random, p->n - i);
			swap = p->nth[i];
			p->nth[i] = p->nth[other];
			p->nth[other] = swap;
			p->is_b[p->nth[i]] = 1;
		}
		extreme += difference(p) >= observed;
	}
	/* + 1: the observed labels are one of the relabelings; p is never 0. */
	return (extreme + 1.0) / (RELABELINGS + 1.0);
}

static double permutation_p(struct pool *p, double observed, uint64_t seed)
{
	double scale = fmax(fabs(p->x[0]), fabs(p->x[p->n - 1]));

	/* Equal differences must count as such although they were rounded on different ways. */
	observed -= 1e-12 * scale;
	if (relabelings(p->n, p->nb, RELABELINGS) <= RELABELINGS)
		return exact_p(p, observed);
	return random_p(p, observed, seed);
}

int vnft_compare(const struct vnft_samples *a, const struct vnft_samples *b, uint64_t seed,
		 struct vnft_comparison *out)
{
	struct pool p = { .n = (uint32_t)(a->n + b->n),
			  .na = (uint32_t)a->n,
			  .nb = (uint32_t)b->n };
	int err = -ENOMEM;

	memset(out, 0, sizeof(*out));
	if (!a->n || !b->n)
		return vnft_fail(-ENODATA, "nothing to compare: one side has no runs");
	if (a->n > 1000000 || b->n > 1000000)
		return vnft_fail(-E2BIG, "more than 1000000 samples to compare");
	p.x = calloc(p.n, sizeof(*p.x));
	p.is_b = calloc(p.n, 1);
	p.nth = calloc(p.n, sizeof(*p.nth));
	if (p.x && p.is_b && p.nth) {
		memcpy(p.x, a->value, a->n * sizeof(*p.x));
		memcpy(p.x + a->n, b->value, b->n * sizeof(*p.x));
		vnft_sort(p.x, p.n);
		out->median_a = vnft_quantile(a, 0.5);
		out->median_b = vnft_quantile(b, 0.5);
		out->ratio = out->median_a > 0 && out->median_b > 0 ?
			     out->median_b / out->median_a : NAN;
		out->ci95_ratio = vnft_bootstrap_ratio(a, b, seed);
		out->own_ratio = out->ratio;
		out->ci95_own = out->ci95_ratio;
		out->p_value = permutation_p(&p, fabs(out->median_b - out->median_a), seed);
		err = 0;
	}
	free(p.nth);
	free(p.is_b);
	free(p.x);
	return err ? vnft_fail(err, "out of memory comparing %u samples", p.n) : 0;
}
