/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The moments of a launch and of a teardown.
 */
#ifndef VNFT_BENCH_PHASES_H
#define VNFT_BENCH_PHASES_H

#include "bench.h"
#include "watch/watch.h"

/* Into s->launch, in the order in which each needs those before it. */
void vnft_bench_phases(const struct vnft_bench *b, const struct vnft_type *type,
		       const struct vnft_instance *in, const struct vnft_bench_seen *seen,
		       struct vnft_results_run *s);
/* Into s->ending, of a teardown that came to its end. */
void vnft_bench_endings(const struct vnft_bench *b, const struct vnft_instance *in,
			const struct vnft_bench_seen *seen, struct vnft_results_run *s);

#endif
