/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which rows a session has.
 */
#ifndef VNFT_BENCH_PLAN_H
#define VNFT_BENCH_PLAN_H

#include "bench.h"

/* In the place of a type: every type that can run here. */
#define VNFT_BENCH_ALL_HERE	"all-here"

/* Rows of all types asked for, and of each the switches; free them. */
int vnft_bench_plan(struct vnft_bench *b);
int vnft_bench_plan_type(struct vnft_bench *b, const struct vnft_type *type);
/*
 * 0, or -EOPNOTSUPP after vnft_fail() that says what is missing: no row can run here, or one cannot
 * and the bench needs every one.
 */
int vnft_bench_plan_able(const struct vnft_bench *b);
/*
 * Indices of rows in the order of their runs, for the caller to free; NULL without memory. @rows:
 * how many rows have runs.
 */
unsigned int *vnft_bench_plan_order(const struct vnft_bench *b, unsigned int *rows);
void vnft_bench_plan_free(struct vnft_bench *b);

#endif
