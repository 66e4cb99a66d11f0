/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is a type's own, and what the host's: small cases by brute force, simulated hosts, and real
 * ones (drift_series.h). docs/method.md, "Comparison", states the shares.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/stat/random.h"
#include "../../tools/stat/stat.h"
#include "drift_series.h"
#include "unit.h"

#define RUNS	30
#define NOISE	0.01
#define SAME	0.05

static double normal(struct vnft_random *r)
{
	double u = sqrt(-2 * log(1 - vnft_random_unit(r)));

	return u * cos(2 * M_PI * vnft_random_unit(r));
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Signed-rank sum of @d with its signs, or with those of the bits of @flip. */
static unsigned int rank_sum(const double *d, unsigned int n, unsigned int flip)
{
	unsigned int i, k, sum = 0;

	for (i = 0; i < n; i++) {
		unsigned int rank = 1;

		for (k = 0; k < n; k++)
			rank += fabs(d[k]) < fabs(d[i]);
		sum += flip >> i & 1 ? rank : 0;
	}
	return sum;
}

/* p by all 2^n ways to hand the two runs of each round to A and B. */
static void test_rounds_exact(void)
{
	struct vnft_random r = { .state = 3 };
	double d[10], mean[55], worst_p = 0, worst_ratio = 0;
	unsigned int n, i, k, f, m;

	for (n = 6; n <= 10; n++) {
		struct vnft_samples a = { 0 }, b = { 0 };
		struct vnft_comparison c = { 0 };
		unsigned int signs = 0, seen, least = 0, ways = 0, most = n * (n + 1) / 2;

		for (i = 0; i < n; i++) {
			d[i] = 0.1 * normal(&r) + 0.05;
			signs |= (unsigned int)(d[i] > 0) << i;
			vnft_samples_add(&a, 1e6 * (i + 1));
			vnft_samples_add(&b, 1e6 * (i + 1) * exp(d[i]));
		}
		seen = rank_sum(d, n, signs);
		least = seen < most - seen ? seen : most - seen;
		for (f = 0; f < 1u << n; f++) {
			m = rank_sum(d, n, f);
			ways += m <= least || m >= most - least;
		}
		QUIET(!vnft_compare_rounds(&a, &b, &c), "%u rounds", n);
		worst_p = fmax(worst_p, fabs(c.p_value - fmin(ways / (double)(1u << n), 1)));
		for (i = 0, m = 0; i < n; i++)
			for (k = i; k < n; k++)
				mean[m++] = (d[i] + d[k]) / 2;
		qsort(mean, m, sizeof(*mean), by_value);
		worst_ratio = fmax(worst_ratio, fabs(log(c.own_ratio) -
				   (mean[(m - 1) / 2] + mean[m / 2]) / 2));
		/* Six rounds: from the least to the largest difference. */
		if (n == 6)
			QUIET(c.ci95_own.valid && fabs(log(c.ci95_own.low) - mean[0]) < 1e-12 &&
			      fabs(log(c.ci95_own.high) - mean[m - 1]) < 1e-12, "six rounds");
		vnft_samples_free(&a);
		vnft_samples_free(&b);
	}
	CHECK(worst_p < 1e-12, "p of 6 to 10 rounds is what brute force says (off by %g)", worst_p);
	CHECK(worst_ratio < 1e-9, "and the ratio (off by %g)", worst_ratio);
}

static void test_rounds_refused(void)
{
	struct vnft_samples a = { 0 }, b = { 0 };
	struct vnft_comparison c = { 0 };
	int i;

	for (i = 0; i < 5; i++) {
		vnft_samples_add(&a, 2);
		vnft_samples_add(&b, 1);
	}
	CHECK(!vnft_compare_rounds(&a, &b, &c) && !c.ci95_own.valid, "five have no interval");
	vnft_samples_add(&a, 1);
	CHECK(vnft_compare_rounds(&a, &b, &c) == -EINVAL, "not the same rounds");
	vnft_samples_add(&b, 0);
	CHECK(vnft_compare_rounds(&a, &b, &c) == -ERANGE, "no ratio with 0");
	for (b.value[5] = 1; a.n < 2500;) {
		vnft_samples_add(&a, 2);
		vnft_samples_add(&b, 1);
	}
	CHECK(!vnft_compare_rounds(&a, &b, &c) && c.ci95_own.valid && c.p_value < 0.001 &&
	      fabs(c.own_ratio - 0.5) < 1e-9, "2500 rounds");
	vnft_samples_free(&a);
	vnft_samples_free(&b);
}

/* Rows of one bench share a mood that is larger than the difference between them. */
static void test_rounds_mood(void)
{
	struct vnft_random r = { .state = 11 };
	struct vnft_samples a = { 0 }, b = { 0 };
	unsigned int k, i, covered = 0, wrong = 0, found = 0;
	struct vnft_comparison c = { 0 };
	double mood, planted;

	for (k = 0; k < 400; k++) {
		planted = k % 2 ? 1.1 : 1;
		for (a.n = b.n = 0, mood = 0, i = 0; i < RUNS; i++) {
			mood = 0.9 * mood + 0.1 * normal(&r);
			vnft_samples_add(&a, 5e7 * exp(mood + 0.06 * normal(&r)));
			vnft_samples_add(&b, 5e7 * planted * exp(mood + 0.06 * normal(&r)));
		}
		vnft_compare_rounds(&a, &b, &c);
		covered += c.ci95_own.low <= planted && c.ci95_own.high >= planted;
		if (k % 2)
			found += vnft_judge(&c, NOISE, SAME) == VNFT_LIKENESS_MORE;
		else
			wrong += vnft_judge(&c, NOISE, SAME) > VNFT_LIKENESS_SAME;
	}
	CHECK(covered >= 370 && covered <= 392, "the interval covers the truth in %u of 400",
	      covered);
	CHECK(wrong <= 5, "equal rows are called different in %u of 200", wrong);
	CHECK(found >= 180, "10 %% are found in %u of 200", found);
	vnft_samples_free(&a);
	vnft_samples_free(&b);
}

/* @share: of the host's drift that the type feels; @busy: CPUs that it keeps busy, 0: not known */
struct host {
	double drift, share, scatter, reference_scatter, busy;
};

struct sides {
	struct vnft_samples type[2], host[2];
	double busy;
};

static void release(struct sides *s)
{
	int i;

	for (i = 0; i < 2; i++) {
		vnft_samples_free(&s->type[i]);
		vnft_samples_free(&s->host[i]);
	}
}

static enum vnft_likeness judged(const struct sides *s, uint64_t seed)
{
	const struct vnft_side a = { &s->type[0], &s->host[0], s->busy };
	const struct vnft_side b = { &s->type[1], &s->host[1], s->busy };
	struct vnft_comparison c;

	if (vnft_compare_reference(&a, &b, seed, &c))
		return VNFT_LIKENESS_OPEN;
	return vnft_judge(&c, NOISE, SAME);
}

/* Two sessions; the second's type takes @planted times as long, and the host drifts between. */
static void simulate(const struct host *h, double planted, struct vnft_random *r, struct sides *s)
{
	const double drift = h->drift * normal(r);
	double mood = 0;
	int side, i;

	s->busy = h->busy;
	for (side = 0; side < 2; side++) {
		s->type[side].n = s->host[side].n = 0;
		for (i = 0; i < RUNS; i++) {
			double host = side ? drift : 0, own = side ? log(planted) : 0;

			mood = 0.5 * mood + h->scatter / 3 * normal(r);
			vnft_samples_add(&s->type[side], 5e7 * exp(own + h->share * host + mood +
								  h->scatter * normal(r)));
			vnft_samples_add(&s->host[side],
					 3e7 * exp(host + mood + h->reference_scatter * normal(r)));
		}
	}
}

static void test_reference(void)
{
	static const struct host hosts[] = {
		{ 0, 1, 0.05, 0.05, 0 },	/* quiet */
		{ 0.05, 1, 0.05, 0.05, 1.3 },	/* drifts, and the type feels all of it */
		{ 0.05, 0.5, 0.05, 0.05, 1 },	/* or half of it */
		{ 0.4, 0.75, 0.3, 0.4, 0 },	/* builds run: nothing can be told */
		{ 0.05, 0.4, 0.05, 0.05, 0.2 },	/* quiet, and it waits: it feels less */
		{ 0.05, 0.2, 0.05, 0.05, 0.2 },
	};
	static const unsigned int least[] = { 92, 80, 75, 0, 92, 92 };
	struct vnft_random r = { .state = 23 };
	struct sides s = { 0 };
	unsigned int i, k, wrong, found, without;

	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		for (k = wrong = found = without = 0; k < 100; k++) {
			simulate(&hosts[i], 1, &r, &s);
			wrong += judged(&s, k) > VNFT_LIKENESS_SAME;
			simulate(&hosts[i], 1.1, &r, &s);
			found += judged(&s, k) == VNFT_LIKENESS_MORE;
			s.busy = 0;
			without += judged(&s, k) == VNFT_LIKENESS_MORE;
		}
		CHECK(wrong <= 4, "host %u: equal types are called different in %u of 100", i,
		      wrong);
		CHECK(found >= least[i] && (hosts[i].share >= 0.5 || without + 5 < found),
		      "host %u: 10 %% are found in %u of 100, in %u where nobody knows how busy it "
		      "is", i, found, without);
	}
	s.host[0].n = 5;
	CHECK(judged(&s, 1) == VNFT_LIKENESS_OPEN, "five references are too few");
	release(&s);
}

/* Run @first and the next ones of row @row of a session that was measured. */
static void take(struct sides *s, int side, unsigned int session, unsigned int row,
		 unsigned int first, double planted)
{
	unsigned int i;

	s->type[side].n = s->host[side].n = 0;
	for (i = first; i < first + RUNS; i++) {
		vnft_samples_add(&s->type[side], planted * drift_series[session][i][2 * row]);
		vnft_samples_add(&s->host[side], drift_series[session][i][2 * row + 1]);
	}
}

/* Every 30 runs against every other 30: the type is one, the host is not. */
static void test_real(void)
{
	const unsigned int parts = SERIES_ROUNDS / RUNS;
	struct vnft_comparison c;
	struct sides s = { 0 };
	unsigned int i, k, all = 0, wrong = 0, naive = 0, twice = 0;

	for (i = 0; i < 4 * parts; i++) {
		for (k = i + 1; k < 4 * parts; k++) {
			take(&s, 0, i / parts / 2, i / parts % 2, i % parts * RUNS, 1);
			take(&s, 1, k / parts / 2, k / parts % 2, k % parts * RUNS, 1);
			all++;
			wrong += judged(&s, 1) > VNFT_LIKENESS_SAME;
			vnft_compare(&s.type[0], &s.type[1], 1, &c);
			naive += vnft_judge(&c, NOISE, SAME) > VNFT_LIKENESS_SAME;
			take(&s, 1, k / parts / 2, k / parts % 2, k % parts * RUNS, 2);
			twice += judged(&s, 1) == VNFT_LIKENESS_MORE;
		}
	}
	CHECK(naive > all / 3, "a real host: without the reference %u of %u differ", naive, all);
	CHECK(wrong <= all / 40, "and with it %u", wrong);
	CHECK(twice > all / 2, "twice as long is found in %u", twice);
	release(&s);
}

int main(void)
{
	test_rounds_exact();
	test_rounds_refused();
	test_rounds_mood();
	test_reference();
	test_real();
	return unit_done();
}
