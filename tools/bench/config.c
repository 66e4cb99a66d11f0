/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words of the options that results.json repeats.
 */
#include "config.h"

#include <stddef.h>

const char *const vnft_bench_caches[] = {
	[VNFT_CACHE_WARM] = "warm", [VNFT_CACHE_COLD] = "cold", [VNFT_CACHE_BOTH] = "both", NULL
};
