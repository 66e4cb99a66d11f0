/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose processes are recorded: those that a driver starts while it prepares and starts an
 * instance, and what they start. The host's other processes are not.
 */
#ifndef VNFT_BENCH_OWN_H
#define VNFT_BENCH_OWN_H

#include "../bench.h"

/* The driver's calls of this name. 0, or negative errno after vnft_fail(). */
int vnft_bench_own_prepare(struct vnft_bench *b, const struct vnft_bench_row *row,
			   struct vnft_instance *in);
int vnft_bench_own_start(struct vnft_bench *b, const struct vnft_bench_row *row,
			 struct vnft_instance *in);

#endif
