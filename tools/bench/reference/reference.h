/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host itself, measured beside each run.
 */
#ifndef VNFT_BENCH_REFERENCE_H
#define VNFT_BENCH_REFERENCE_H

#include "../bench.h"

/*
 * Launch the reference once and ping it; into @run, of @next, which is measured next. What goes
 * wrong with it is a reason in @run and fails nothing: the type's own numbers do not need it.
 */
void vnft_bench_reference(struct vnft_bench *b, const struct vnft_bench_row *next,
			  struct vnft_results_run *run);

#endif
