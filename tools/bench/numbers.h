/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files that make a row of results.json share: numbers with their reasons; nobody else
 * includes it.
 */
#ifndef VNFT_BENCH_NUMBERS_H
#define VNFT_BENCH_NUMBERS_H

#include "bench.h"

/* Samples that count: valid runs in which the number exists. */
#define VNFT_BENCH_COLLECT(row, v, condition, expr)						\
	do {										\
		for (unsigned int i_ = 0; i_ < (row)->samples; i_++) {			\
			const struct vnft_bench_sample *s = &(row)->sample[i_];		\
			if (s->valid && (condition))					\
				vnft_samples_add((v), (double)(expr));			\
		}									\
	} while (0)

void vnft_bench_put_number(json_t *to, const char *key, double value);
/* Null with the reason below @needed samples. */
void vnft_bench_put_quantile(json_t *to, const char *key, const struct vnft_samples *v, double q,
			     size_t needed);
/* median_UNIT, ci95_UNIT and samples_UNIT of one number a run. */
void vnft_bench_put_spread(json_t *to, const char *unit, const struct vnft_samples *v,
			   uint64_t seed, const char *none_why);
/* These of a duration, with its quantiles. New reference. */
json_t *vnft_bench_duration_json(const struct vnft_samples *v, uint64_t seed, const char *none_why);
/* Why a number of this row is missing, as far as its runs say. */
const char *vnft_bench_row_why(const struct vnft_bench_row *row);

/* row_launch.c: the member "instantiation". New reference. */
json_t *vnft_bench_instantiation_json(const struct vnft_bench *b, const struct vnft_bench_row *row);

#endif
