/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The manifest of a session.
 */
#ifndef VNFT_BENCH_MANIFEST_H
#define VNFT_BENCH_MANIFEST_H

#include <jansson.h>

#include "bench.h"

/* Measures the hooks' cost into @b as well. New reference. */
json_t *vnft_bench_manifest(struct vnft_bench *b);

#endif
