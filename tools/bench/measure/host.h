/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Readings of the host around a run, outside of what is measured.
 */
#ifndef VNFT_BENCH_HOST_H
#define VNFT_BENCH_HOST_H

#include "../../guest/guest.h"
#include "../../results/conditions.h"

/* Before the launch. NULL if out of memory, which the others take. */
struct vnft_results_readings *vnft_bench_host_begin(void);
/* Right behind the launch, before anything else is measured. */
void vnft_bench_host_launched(struct vnft_results_readings *of, const struct vnft_instance *in);
/* Right before the teardown: the last that can be read of the instance. */
void vnft_bench_host_stop(struct vnft_results_readings *of, const struct vnft_instance *in);
/* Behind it: what the host did meanwhile, as results.json has it. New reference, may be NULL. */
json_t *vnft_bench_host_end(struct vnft_results_readings *of);

#endif
