/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Quantiles, means, histograms: against numbers computed by hand and against brute force.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "../../tools/stat/random.h"
#include "../../tools/stat/stat.h"
#include "unit.h"

static struct vnft_samples samples(size_t n, const double *v)
{
	struct vnft_samples s = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		vnft_samples_add(&s, v[i]);
	return s;
}

static void test_samples(void)
{
	/*
	 * By hand from the definition (h = (n - 1) q): n = 5: 0.25 is x[1], 0.1 is x[0] + 0.4 (x[1]
	 * - x[0]); R's quantile(c(15, 20, 35, 40, 50), c(.05, .3, .4), type = 7) gives 16, 23, 29.
	 */
	struct vnft_samples s = samples(5, (double[]) { 40, 15, 50, 20, 35 }), none = { 0 };
	struct vnft_samples four = samples(4, (double[]) { 4, 1, 3, 2 });

	CHECK(vnft_quantile(&s, 0.25) == 20, "type 7 at a sample");
	CHECK(fabs(vnft_quantile(&s, 0.05) - 16) < 1e-9, "type 7 at 0.05");
	CHECK(fabs(vnft_quantile(&s, 0.3) - 23) < 1e-9, "type 7 at 0.3");
	CHECK(fabs(vnft_quantile(&s, 0.4) - 29) < 1e-9, "type 7 at 0.4");
	CHECK(vnft_quantile(&s, 0) == 15 && vnft_quantile(&s, 1) == 50, "ends");
	CHECK(vnft_quantile(&s, -3) == 15 && vnft_quantile(&s, 7) == 50, "q outside is clamped");
	CHECK(vnft_quantile(&four, 0.5) == 2.5, "median of an even number");
	CHECK(s.value[0] == 40, "the samples keep their order");
	CHECK(isnan(vnft_quantile(&none, 0.5)) && isnan(vnft_mean(&none)),
	      "nothing has no quantile");
	CHECK(vnft_mean(&s) == 32, "mean");
	CHECK(vnft_samples_add(&s, NAN) == -ERANGE && vnft_samples_add(&s, INFINITY) == -ERANGE &&
	      s.n == 5, "what is no number is no sample");
	vnft_samples_free(&s);
	CHECK(!s.value && !s.n, "free empties");
	vnft_samples_free(&four);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void test_hist(void)
{
	static const double qs[] = { 0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1 };
	static uint64_t v[5000];
	static struct vnft_hist h, half, other;
	struct vnft_random random = { .state = 42 };
	double worst = 0;
	size_t i, n = sizeof(v) / sizeof(v[0]);

	CHECK(vnft_hist_quantile_ns(&h, 0.5) == 0, "an empty histogram says 0");
	for (i = 0; i < n; i++) {
		/* 100 ns to 100 s, evenly in the logarithm */
		v[i] = (uint64_t)(100 * pow(1e9, vnft_random_unit(&random)));
		vnft_hist_add(&h, v[i]);
		vnft_hist_add(i % 2 ? &half : &other, v[i]);
	}
	qsort(v, n, sizeof(v[0]), by_value);
	for (i = 0; i < sizeof(qs) / sizeof(qs[0]); i++) {
		size_t rank = (size_t)ceil(qs[i] * (double)n);
		double exact = (double)v[rank ? rank - 1 : 0];

		worst = fmax(worst, fabs((double)vnft_hist_quantile_ns(&h, qs[i]) - exact) / exact);
	}
	CHECK(worst <= 0.01, "histogram quantiles within 1 %% of the sorted values (%.3f %%)",
	      worst * 100);
	vnft_hist_merge(&half, &other);
	CHECK(!memcmp(&half, &h, sizeof(h)), "merging two halves gives the whole");
	memset(&other, 0, sizeof(other));
	vnft_hist_merge(&half, &other);
	CHECK(!memcmp(&half, &h, sizeof(h)), "merging nothing changes nothing");
	vnft_hist_merge(&other, &h);
	CHECK(!memcmp(&other, &h, sizeof(h)), "merging into nothing copies");
	memset(&h, 0, sizeof(h));
	vnft_hist_add(&h, 1000003);
	CHECK(vnft_hist_quantile_ns(&h, 0.5) == 1000003, "never outside [min, max]");
	memset(&h, 0, sizeof(h));
	vnft_hist_add(&h, 77);
	vnft_hist_add(&h, 80);
	CHECK(vnft_hist_quantile_ns(&h, 0.5) == 77, "one-value buckets are exact");
	memset(&h, 0, sizeof(h));
	vnft_hist_add(&h, 10);
	vnft_hist_add(&h, 500000000000ULL);
	CHECK(vnft_hist_quantile_ns(&h, 0.99) == 500000000000ULL,
	      "beyond the last bucket: the largest");
	memset(&h, 0, sizeof(h));
	for (i = 1; i <= 100; i++)
		vnft_hist_add(&h, i);
	CHECK(vnft_hist_quantile_ns(&h, 0.9) == 90 && vnft_hist_quantile_ns(&h, 0.99) == 99 &&
	      vnft_hist_quantile_ns(&h, 0.901) == 91, "p90 of 1 to 100 is 90");
}

static bool is_null_with_why(const json_t *o, const char *key)
{
	char why[64];

	snprintf(why, sizeof(why), "%s_why", key);
	return json_is_null(json_object_get(o, key)) && json_is_string(json_object_get(o, why));
}

static void test_json(void)
{
	static struct vnft_hist h;
	json_t *o;
	int i;

	o = vnft_hist_json(&h);
	CHECK(json_integer_value(json_object_get(o, "n")) == 0 && is_null_with_why(o, "p50_ns") &&
	      is_null_with_why(o, "mean_ns"), "an empty histogram is null with reasons");
	json_decref(o);
	for (i = 0; i < 99; i++)
		vnft_hist_add(&h, 100 + (uint64_t)i % 2);
	o = vnft_hist_json(&h);
	CHECK(is_null_with_why(o, "p99_ns") && json_is_integer(json_object_get(o, "p90_ns")),
	      "p99 of 99 samples is null, p90 is not");
	CHECK(json_integer_value(json_object_get(o, "mean_ns")) == 100, "mean 100.49 rounds down");
	json_decref(o);
	vnft_hist_add(&h, 300);
	o = vnft_hist_json(&h);
	CHECK(json_is_integer(json_object_get(o, "p99_ns")) && is_null_with_why(o, "p999_ns"),
	      "p99 of 100 samples is a number, p99.9 is not");
	CHECK(json_integer_value(json_object_get(o, "mean_ns")) == 102, "mean 102.49 rounds down");
	json_decref(o);
}

int main(void)
{
	test_samples();
	test_hist();
	test_json();
	return unit_done();
}
