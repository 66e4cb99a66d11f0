/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session's rows go to results.json.
 */
#ifndef VNFT_BENCH_SAVE_H
#define VNFT_BENCH_SAVE_H

#include <jansson.h>

#include "bench.h"

/* All rows so far, into the session's directory; as vnft_results_save(). */
int vnft_bench_save(const struct vnft_bench *b, json_t **results);

#endif
