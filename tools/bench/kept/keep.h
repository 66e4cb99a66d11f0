/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bench --keep: the first instance that fails is left as it is, for a look.
 */
#ifndef VNFT_BENCH_KEEP_H
#define VNFT_BENCH_KEEP_H

#include <stdbool.h>

#include "../bench.h"

/* Shall an instance whose run ends with @err be left? Not one whose bench was ended. */
bool vnft_bench_keep_wanted(struct vnft_bench *b, const struct vnft_instance *in, int err);
/* Leave it: the session remembers where it is, and has no other run. */
void vnft_bench_keep(struct vnft_bench *b, const struct vnft_bench_row *row,
		     const struct vnft_instance *in, const struct vnft_results_run *s);
/*
 * End of the session: if an instance was left, mark the journal and say how to look at it and how
 * to end it. False: nothing was left, and the journal is to be ended.
 */
bool vnft_bench_keep_end(struct vnft_bench *b);

#endif
