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
 * @own_ratio: what of it is not the host's; by vnft_compare() all of it is
 * @ci95_own: of @own_ratio; the verdict is made of it
 * @p_value: that there is no difference of its own, two-sided; by vnft_compare() a permutation
 *	test on the difference of medians
 * @host_ratio: the host's own, by vnft_compare_reference() alone; so is @ci95_host
 */
struct vnft_comparison {
	double median_a, median_b, ratio;
	struct vnft_interval ci95_ratio;
	double own_ratio;
	struct vnft_interval ci95_own;
	double p_value;
	double host_ratio;
	struct vnft_interval ci95_host;
};
/* 0, -ENODATA where a side is empty, -E2BIG, -ENOMEM, after vnft_fail(). */
int vnft_compare(const struct vnft_samples *a, const struct vnft_samples *b, uint64_t seed,
		 struct vnft_comparison *out);

/*
 * The next two take what vnft_compare() has put into @out and set what is the type's own. rounds.c:
 * run k of each side was made in one round of one session: -EINVAL, -ERANGE, -ENOMEM.
 */
int vnft_compare_rounds(const struct vnft_samples *a, const struct vnft_samples *b,
			struct vnft_comparison *out);

/**
 * struct vnft_side - a row and the reference beside its runs
 * @reference: if it has as many values as @type, value k is of the same run
 * @busy_cpus: CPUs that are busy in what is compared, mean; 0 or more than 1: taken for 1
 */
struct vnft_side {
	const struct vnft_samples *type, *reference;
	double busy_cpus;
};
/* drift.c: two sessions, each with its reference: -ENODATA where it has too few runs, -ENOMEM. */
int vnft_compare_reference(const struct vnft_side *a, const struct vnft_side *b, uint64_t seed,
			   struct vnft_comparison *out);

/*
 * drift.c: how much of what the reference feels a type does, over @n sides: the least and the most.
 * Runs that follow each other and are taken as one. Mean of the logarithms without the fifth at
 * each end: 0 or -ENOMEM.
 */
void vnft_felt(const struct vnft_side *side, size_t n, double felt[2]);
uint32_t vnft_block_runs(uint32_t n);
int vnft_log_middle(const struct vnft_samples *s, double *middle_log);

/**
 * struct vnft_change - a place in a series at which the level changes
 * @at: the first point behind it
 * @p_value: that there is none in the part of the series that was cut here
 */
struct vnft_change {
	size_t at;
	double p_value;
};
/*
 * series.c: sessions in their order; those with too few runs for an interval are passed over.
 * @felt: as vnft_felt() says, 0 and 0 where there is no reference. @change: room for @n; in order.
 * *@p_value: of the whole series, NaN if it has no place for a change. 0, -ERANGE, -E2BIG, -ENOMEM
 * after vnft_fail().
 */
int vnft_series(const struct vnft_side *point, size_t n, const double felt[2], uint64_t seed,
		struct vnft_change *change, size_t *changes, double *p_value);

/* What may be said of a ratio, seen from a noise floor. */
enum vnft_likeness {
	VNFT_LIKENESS_OPEN,
	VNFT_LIKENESS_SAME,
	VNFT_LIKENESS_LESS,
	VNFT_LIKENESS_MORE,
};
/*
 * @noise_ratio: a difference lies beyond it (0.02: 2 %); @same_ratio: what lies within it counts as
 * the same, as does what lies within @noise_ratio.
 */
enum vnft_likeness vnft_judge(const struct vnft_comparison *c, double noise_ratio,
			      double same_ratio);

/* {"n","mean_ns","min_ns","p50_ns","p90_ns","p99_ns","p999_ns","max_ns"}; p99 null below 100. */
json_t *vnft_hist_json(const struct vnft_hist *h);

#endif
