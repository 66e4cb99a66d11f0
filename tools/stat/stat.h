/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records and samples to numbers. docs/method.md defines each; the .c files quote it.
 */
#ifndef VNFT_STAT_STAT_H
#define VNFT_STAT_STAT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../kmod/core/hist.h"
#include "../source/source.h"

/* Below these a value is null with the reason: docs/method.md, "Quantile" and "Interval". */
#define VNFT_MIN_RUNS_FOR_INTERVAL	6
#define VNFT_MIN_SAMPLES_FOR_P99	100

/**
 * struct vnft_samples - growing array of numbers in one unit; zero-initialised is empty
 */
struct vnft_samples {
	double *value;
	size_t n;
	size_t room;
};
int vnft_samples_add(struct vnft_samples *s, double value);
void vnft_samples_free(struct vnft_samples *s);

/* Quantile of the samples (type 7: linear between order statistics). NaN if empty. */
double vnft_quantile(const struct vnft_samples *s, double q);
double vnft_mean(const struct vnft_samples *s);

/* Quantile of a histogram: middle of the bucket that holds rank ceil(q * count), but never outside
 * [min_ns, max_ns]. 0 if empty. */
uint64_t vnft_hist_quantile_ns(const struct vnft_hist *h, double q);
/* So far a quantile lies from the value of its rank: half a bucket, docs/method.md, "Histogram". */
#define VNFT_HIST_BOUND_PERCENT 0.8

/**
 * struct vnft_interval - bootstrap percentile interval of the median, 95 %
 * @valid: false below VNFT_MIN_RUNS_FOR_INTERVAL
 */
struct vnft_interval {
	bool valid;
	double low, high;
};
/* Deterministic for a given @seed. */
struct vnft_interval vnft_bootstrap_median(const struct vnft_samples *s, uint64_t seed);

/* Two clusters of runs? Says so when the largest gap splits the samples into two groups of at
 * least a quarter each and is larger than both groups' spreads. */
bool vnft_bimodal(const struct vnft_samples *s);

/*
 * Bootstrap percentile interval, 95 %, of the ratio median(@b) / median(@a). Not valid below
 * VNFT_MIN_RUNS_FOR_INTERVAL on either side, nor where a value is not above 0.
 */
struct vnft_interval vnft_bootstrap_ratio(const struct vnft_samples *a,
					  const struct vnft_samples *b, uint64_t seed);

/**
 * struct vnft_comparison - how b differs from a
 * @ratio: median_b / median_a; NaN where they are no positive numbers
 * @p_value: permutation test on the difference of medians: share of relabelings with a difference
 *	at least as large, two-sided
 */
struct vnft_comparison {
	double median_a, median_b, ratio;
	struct vnft_interval ci95_ratio;
	double p_value;
};
/* 0, -ENODATA where a side is empty, -E2BIG, -ENOMEM, after vnft_fail(). */
int vnft_compare(const struct vnft_samples *a, const struct vnft_samples *b, uint64_t seed,
		 struct vnft_comparison *out);

/* What may be said of a ratio, seen from a noise floor. */
enum vnft_likeness {
	VNFT_LIKENESS_OPEN,
	VNFT_LIKENESS_SAME,
	VNFT_LIKENESS_LESS,
	VNFT_LIKENESS_MORE,
};
/* @noise_ratio: medians that differ by less count as the same (0.05: 5 %). */
enum vnft_likeness vnft_judge(const struct vnft_comparison *c, double noise_ratio);

/* {"n","mean_ns","min_ns","p50_ns","p90_ns","p99_ns","p999_ns","max_ns"}; p99 null below 100. */
json_t *vnft_hist_json(const struct vnft_hist *h);

#endif
