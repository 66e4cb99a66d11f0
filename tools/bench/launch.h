/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From stimulus to the first answers.
 */
#ifndef VNFT_BENCH_LAUNCH_H
#define VNFT_BENCH_LAUNCH_H

#include "place.h"
#include "bench.h"
#include "watch/watch.h"

int vnft_bench_launch(struct vnft_bench *b, struct vnft_bench_row *row, struct vnft_bench_place *p,
		      struct vnft_bench_watch *w, struct vnft_instance *in,
		      struct vnft_results_run *s);

#endif
