/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of tools/stat share about arrays of samples; nobody else includes it.
 */
#ifndef VNFT_STAT_SAMPLES_H
#define VNFT_STAT_SAMPLES_H

#include "random.h"
#include "stat.h"

/* Ascending order. */
void vnft_sort(double *value, size_t n);

/* Sorted copy for the caller to free; NULL without memory. */
double *vnft_samples_sorted(const struct vnft_samples *s);

/* Type 7 quantile of n > 0 ascending numbers. */
double vnft_sorted_quantile(const double *sorted, size_t n, double q);

/* How many resamples a bootstrap takes that draws @drawn numbers for each; 0: too many to draw. */
uint32_t vnft_resamples(size_t drawn);
/* Median of one resample of n > 0 ascending numbers; @drawn: scratch, room for n. */
double vnft_resample_median(const double *sorted, uint32_t n, uint32_t *drawn,
			    struct vnft_random *random);

#endif
