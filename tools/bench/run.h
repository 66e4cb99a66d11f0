/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One run, from place to teardown.
 */
#ifndef VNFT_BENCH_RUN_H
#define VNFT_BENCH_RUN_H

#include "bench.h"

void vnft_bench_run(struct vnft_bench *b, struct vnft_bench_row *row, struct vnft_results_run *s);

#endif
