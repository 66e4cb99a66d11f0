/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the console of a run's instance said is kept beside results.json.
 */
#ifndef VNFT_BENCH_CONSOLE_H
#define VNFT_BENCH_CONSOLE_H

#include "../bench.h"

/*
 * Write DIR/console-N for run N, if its instance said anything, and say so in @s. To be called
 * after the measurements and before the teardown. What cannot be kept is no failure of the run.
 */
void vnft_bench_console(struct vnft_bench *b, const struct vnft_bench_row *row,
			struct vnft_instance *in, struct vnft_results_run *s);

#endif
