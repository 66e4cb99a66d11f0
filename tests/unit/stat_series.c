/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a series changes: small cases by hand, simulated series, and real ones of a loaded host
 * (drift_series.h). docs/method.md, "Series", states the shares.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/stat/random.h"
#include "../../tools/stat/stat.h"
#include "drift_series.h"
#include "unit.h"

#define POINTS	10
#define RUNS	30

/* A series under test. */
struct made {
	struct vnft_samples type[POINTS], reference[POINTS];
	struct vnft_side side[POINTS];
	size_t n;
};

static double normal(struct vnft_random *r)
{
	double u = sqrt(-2 * log(1 - vnft_random_unit(r)));

	return u * cos(2 * M_PI * vnft_random_unit(r));
}

/* One more point: @level and @mood are logarithms, of which the type feels @felt. */
static void add(struct made *m, struct vnft_random *r, size_t runs, double level, double mood,
		double felt, double scatter)
{
	struct vnft_side *side = &m->side[m->n];
	double each;
	size_t i;

	for (i = 0; i < runs; i++) {
		each = mood + 0.03 * normal(r);
		vnft_samples_add(&m->type[m->n], 1e8 * exp(level + felt * each +
							   scatter * normal(r)));
		vnft_samples_add(&m->reference[m->n], 3e7 * exp(each + 0.03 * normal(r)));
	}
	*side = (struct vnft_side) { &m->type[m->n], &m->reference[m->n], 0 };
	m->n++;
}

static void release(struct made *m)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		vnft_samples_free(&m->type[i]);
		vnft_samples_free(&m->reference[i]);
	}
	m->n = 0;
}

/* Its changes into @at; their number, or negative errno. */
static int changes_of(const struct made *m, uint64_t seed, struct vnft_change at[POINTS],
		      double *p)
{
	double felt[2];
	size_t n;
	int err;

	vnft_felt(m->side, m->n, felt);
	err = vnft_series(m->side, m->n, felt, seed, at, &n, p);
	return err ? err : (int)n;
}

/* 3 and 3 blocks, all of the one below those of the other: 2 of 20 ways are as extreme. */
static void test_small(void)
{
	struct vnft_change at[POINTS];
	struct vnft_random r = { .state = 7 };
	const double none[2] = { 0, 0 };
	struct made m = { .n = 0 };
	double p, again;
	size_t n, i;
	int k;

	for (k = 0; k < 2; k++) {
		for (i = 0; i < 6; i++)
			vnft_samples_add(&m.type[k], 100 * (k + 1) + (double)i);
		m.side[k] = (struct vnft_side) { &m.type[k], NULL, 0 };
	}
	m.n = 2;
	CHECK(!vnft_series(m.side, 2, none, 1, at, &n, &p) && !n && fabs(p - 0.1) < 0.01,
	      "twice three blocks are not enough: p = %.3f", p);
	CHECK(!vnft_series(m.side, 2, none, 1, at, &n, &again) && again == p, "p of one seed");
	CHECK(!vnft_series(m.side, 1, none, 1, at, &n, &p) && !n && isnan(p),
	      "one point has no place for a change");
	m.type[1].n = 5;
	CHECK(!vnft_series(m.side, 2, none, 1, at, &n, &p) && !n && isnan(p),
	      "a point of five runs does not count");
	m.type[0].n = 0;
	CHECK(!vnft_series(m.side, 2, none, 1, at, &n, &p) && !n && isnan(p), "nor does none");
	m.type[1].n = 6;
	m.type[1].value[3] = 0;
	CHECK_EQ(vnft_series(m.side, 2, none, 1, at, &n, &p), -ERANGE, "a value of 0");
	release(&m);
	/* All alike: no way is more extreme than another. */
	for (k = 0; k < 2; k++) {
		for (i = 0; i < 12; i++)
			vnft_samples_add(&m.type[k], 5);
		m.side[k] = (struct vnft_side) { &m.type[k], NULL, 0 };
	}
	m.n = 2;
	CHECK(!vnft_series(m.side, 2, none, 1, at, &n, &p) && !n, "twelve times the same");
	release(&m);
	/* One that is passed over in the middle is nobody's change. */
	add(&m, &r, 30, 0, 0, 1, 0.01);
	add(&m, &r, 5, 9, 0, 1, 0.01);
	add(&m, &r, 30, 0.3, 0, 1, 0.01);
	CHECK(changes_of(&m, 1, at, &p) == 1 && at[0].at == 2 && p < 0.01,
	      "the change is at the point that counts");
	release(&m);
}

/* Of 200 series of 6 points without a change, in how many is one found? */
static void test_none(void)
{
	struct vnft_random r = { .state = 11 };
	struct vnft_change at[POINTS];
	unsigned int trial, found = 0;
	double p;

	for (trial = 0; trial < 200; trial++) {
		struct made m = { .n = 0 };

		while (m.n < 6)
			add(&m, &r, 20, 0, 0, 0.7, 0.05);
		found += changes_of(&m, trial, at, &p) > 0;
		release(&m);
	}
	CHECK(found <= 18, "nothing changed: found in %u of 200", found);
}

/* The host gets 20 % slower on the way, and the type feels all or half of it. */
static void test_host(void)
{
	struct vnft_random r = { .state = 13 };
	struct vnft_change at[POINTS];
	unsigned int trial, found[2] = { 0 };
	int half;
	double p;

	for (trial = 0; trial < 200; trial++) {
		struct made m = { .n = 0 };

		half = trial & 1;
		while (m.n < 6)
			add(&m, &r, 20, 0, m.n < 3 ? 0 : 0.18, half ? 0.5 : 1, 0.05);
		found[half] += changes_of(&m, trial, at, &p) > 0;
		release(&m);
	}
	CHECK(found[0] <= 9 && found[1] <= 9, "the host's change, felt whole: found in %u of 100, "
	      "felt half: %u", found[0], found[1]);
}

/* 10 % at a place, and 10 % more at another. */
static void test_steps(void)
{
	struct vnft_random r = { .state = 17 };
	struct vnft_change at[POINTS];
	unsigned int trial, one = 0, two = 0;
	double p;
	int n;

	for (trial = 0; trial < 100; trial++) {
		struct made m = { .n = 0 };

		while (m.n < 6)
			add(&m, &r, 20, m.n < 4 ? 0 : 0.095, 0, 0.7, 0.05);
		n = changes_of(&m, trial, at, &p);
		one += n >= 1 && (at[0].at == 4 || (n > 1 && at[1].at == 4));
		release(&m);
		while (m.n < 9)
			add(&m, &r, 20, 0.095 * (double)(m.n / 3), 0, 0.7, 0.05);
		n = changes_of(&m, trial, at, &p);
		two += n == 2 && at[0].at == 3 && at[1].at == 6;
		release(&m);
	}
	CHECK(one >= 95, "10 %% more from the fifth of six on: found there in %u of 100", one);
	CHECK(two >= 70, "twice 10 %%: both alone and in their places in %u of 100", two);
}

/* Each session of the real ones in five: what of it compare would call the type's own. */
static void test_real(void)
{
	unsigned int row, session, point, i, real = 0, found = 0;
	struct vnft_change at[POINTS];
	double p;
	int n;

	for (row = 0; row < 2; row++) {
		struct made m = { .n = 0 };

		for (session = 0; session < 2; session++) {
			for (point = 0; point < 5; point++, m.n++) {
				for (i = point * RUNS; i < (point + 1) * RUNS; i++) {
					vnft_samples_add(&m.type[m.n],
							 drift_series[session][i][2 * row]);
					vnft_samples_add(&m.reference[m.n],
							 drift_series[session][i][2 * row + 1]);
				}
				m.side[m.n] = (struct vnft_side) { &m.type[m.n],
								   &m.reference[m.n], 0 };
			}
		}
		n = changes_of(&m, 1, at, &p);
		CHECK(n >= 0, "row %u of a loaded host: %d changes, p = %.3g", row, n, p);
		for (i = 0; i < (unsigned int)n; i++) {
			struct vnft_samples a = { 0 }, b = { 0 }, host_a = { 0 }, host_b = { 0 };
			struct vnft_comparison c;
			size_t from = i ? at[i - 1].at : 0, k, v;
			size_t until = i + 1 < (unsigned int)n ? at[i + 1].at : m.n;

			for (k = from; k < until; k++) {
				for (v = 0; v < RUNS; v++) {
					vnft_samples_add(k < at[i].at ? &a : &b,
							 m.type[k].value[v]);
					vnft_samples_add(k < at[i].at ? &host_a : &host_b,
							 m.reference[k].value[v]);
				}
			}
			found++;
			if (!vnft_compare(&a, &b, 1, &c) &&
			    !vnft_compare_reference(&(struct vnft_side) { &a, &host_a, 0 },
						    &(struct vnft_side) { &b, &host_b, 0 }, 1, &c))
				real += vnft_judge(&c, 0.01, 0.05) >= VNFT_LIKENESS_LESS;
			printf("#   before point %zu: p = %.3g, own %.3f (%.3f to %.3f)\n",
			       at[i].at, at[i].p_value, c.own_ratio, c.ci95_own.low,
			       c.ci95_own.high);
			vnft_samples_free(&a);
			vnft_samples_free(&b);
			vnft_samples_free(&host_a);
			vnft_samples_free(&host_b);
		}
		release(&m);
	}
	CHECK(real <= 1, "one type all the time: %u changes found, %u called its own", found, real);
}

int main(void)
{
	test_small();
	test_none();
	test_host();
	test_steps();
	test_real();
	return unit_done();
}
