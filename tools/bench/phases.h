/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The moments of a launch.
 */
#ifndef VNFT_BENCH_PHASES_H
#define VNFT_BENCH_PHASES_H

#include "bench.h"
#include "watch/watch.h"

/* Into s->phase, in the order of a launch. */
void vnft_bench_phases(const struct vnft_bench *b, const struct vnft_type *type,
		       const struct vnft_instance *in, const struct vnft_bench_seen *seen,
		       struct vnft_results_run *s);

#endif
