/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the median of first RSTs may be off by: never less than the truth is, and not as much as the
 * one run that was held up. The truth is drawn: each run's lies below what was measured by any part
 * of what that run may be off by.
 */
#include <math.h>
#include <stdlib.h>

#include "../../tools/results/parts.h"
#include "../../tools/stat/random.h"
#include "unit.h"

#define MS		1000000ULL
#define RUNS_MAX	61
#define TRIALS		3000

static const struct vnft_self self = { .measured = true };
static const struct vnft_results_session session = { .seed = 1, .stimulus = "user", .self = &self };

static double number(const json_t *of, const char *key, size_t i)
{
	return json_number_value(json_array_get(json_object_get(of, key), i));
}

static void fill(struct vnft_results_run *run, uint64_t value_ns, uint64_t late_ns,
		 uint64_t answer_ns, uint64_t start_ns)
{
	*run = (struct vnft_results_run) {
		.finished = true, .valid = true, .instantiation_ns = value_ns,
		.rst_asking = { true, late_ns, answer_ns }, .own_start_ns = start_ns,
	};
}

static json_t *answered(const struct vnft_results_run *run, unsigned int runs)
{
	const struct vnft_results_row row = {
		.type = "a.kvm", .title = "A", .driver = "libvirt", .possible = true, .why = "",
		.run = (struct vnft_results_run *)run, .runs = runs,
	};

	return vnft_results_answered(&session, &row, false, "no");
}

static void test_one_held_up(void)
{
	static struct vnft_results_run run[60];
	unsigned int i;
	json_t *to;

	for (i = 0; i < 60; i++)
		fill(&run[i], (20 + i / 10) * MS, 1000, 2000, i == 30 ? 5 * MS : MS / 2);
	/* The median of 22 and 23 ms lies half a millisecond above the value before it. */
	to = answered(run, 60);
	CHECK(number(to, "median_bound_ns", 0) == 1003000, "one of sixty was held up: %.0f ns",
	      number(to, "median_bound_ns", 0));
	CHECK(number(to, "run_bound_ns", 0) == 5003000, "each run: %.0f ns",
	      number(to, "run_bound_ns", 0));
	json_decref(to);
	/* Where all were, nobody is left out; and of one run the median is that run. */
	for (i = 0; i < 60; i++)
		run[i].own_start_ns = 5 * MS;
	to = answered(run, 60);
	CHECK(number(to, "median_bound_ns", 0) == 5003000, "all were held up");
	json_decref(to);
	to = answered(run, 1);
	CHECK(number(to, "median_bound_ns", 0) == 5003000, "a single run");
	json_decref(to);
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *v, unsigned int n)
{
	qsort(v, n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void test_truth(void)
{
	static struct vnft_results_run run[RUNS_MAX];
	struct vnft_random r = { .state = 7 };
	double truth[RUNS_MAX], seen[RUNS_MAX], below;
	unsigned int k, i, n, wrong = 0, narrower = 0;
	uint64_t value_ns, off_ns;
	json_t *to;

	for (k = 0; k < TRIALS; k++) {
		n = 1 + vnft_random_below(&r, RUNS_MAX);
		for (i = 0; i < n; i++) {
			value_ns = 40 * MS + vnft_random_below(&r, 20 * MS);
			/* A few are off by a lot. */
			off_ns = vnft_random_below(&r, vnft_random_below(&r, 8) ? MS : 30 * MS);
			fill(&run[i], value_ns, off_ns / 4, off_ns / 4, off_ns / 2);
			seen[i] = (double)value_ns;
			/* The worst case half of the time. */
			truth[i] = seen[i] - (double)(off_ns / 4 * 2 + off_ns / 2) *
				   (vnft_random_below(&r, 2) ? 1 : vnft_random_unit(&r));
		}
		to = answered(run, n);
		below = number(to, "median_bound_ns", 0);
		wrong += median(truth, n) < median(seen, n) - below - 1;
		narrower += below < number(to, "run_bound_ns", 0) / 2;
		json_decref(to);
	}
	CHECK(!wrong, "the truth lies within the bound in all but %u of %u", wrong, TRIALS);
	CHECK(narrower > TRIALS / 2, "which is less than half of that of each run in %u", narrower);
}

int main(void)
{
	test_one_held_up();
	test_truth();
	return unit_done();
}
