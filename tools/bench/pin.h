/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pinning an instance.
 */
#ifndef VNFT_BENCH_PIN_H
#define VNFT_BENCH_PIN_H

#include "bench.h"

/* As the session's config says; 0, or negative errno after vnft_fail(). */
int vnft_bench_pin(const struct vnft_bench *b, const struct vnft_bench_row *row,
		   struct vnft_instance *in);

#endif
