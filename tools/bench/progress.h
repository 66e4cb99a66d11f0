/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One line on a terminal, nothing when piped.
 */
#ifndef VNFT_BENCH_PROGRESS_H
#define VNFT_BENCH_PROGRESS_H

#include "bench.h"

void vnft_bench_progress(struct vnft_bench *b, const struct vnft_bench_row *row,
			 const char *doing);
void vnft_bench_progress_end(void);

#endif
