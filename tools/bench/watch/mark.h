/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marks among the raw records: which run, and its moments (docs/method.md, "Records").
 */
#ifndef VNFT_BENCH_MARK_H
#define VNFT_BENCH_MARK_H

#include <stdint.h>

#include "../bench.h"

/* MARK record: the text at @time_ns in run @number. */
void vnft_bench_mark(struct vnft_bench *b, unsigned int number, uint16_t device, uint64_t time_ns,
		     const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
