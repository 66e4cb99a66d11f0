/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host before and after a run (docs/method.md, "The host during a run").
 */
#include "host.h"

#include <stdlib.h>
#include <unistd.h>

struct vnft_results_readings *vnft_bench_host_begin(void)
{
	struct vnft_results_readings *of = calloc(1, sizeof(*of));

	if (!of)
		return NULL;
	vnft_busy_own_cpus(&of->cpus);
	vnft_busy_read(&of->before, "", &of->cpus, getpid(), 0);
	return of;
}

void vnft_bench_host_launched(struct vnft_results_readings *of, const struct vnft_instance *in)
{
	if (!of)
		return;
	vnft_busy_read_processes(&of->launched, "", &of->cpus, getpid(), in->pid);
	vnft_busy_read_times(&of->launched, "", &of->cpus);
}

void vnft_bench_host_stop(struct vnft_results_readings *of, const struct vnft_instance *in)
{
	if (!of)
		return;
	of->own_steal = in->accel == VNFT_ACCEL_XEN;
	of->instance = in->pid > 0;
	/* A domain of Xen is no process, and its time is not in dom0's. */
	of->none_why = of->instance || of->own_steal ? NULL :
		       "the processes of the instance are not known";
	vnft_busy_read_processes(&of->at_stop, "", &of->cpus, getpid(), in->pid);
}

json_t *vnft_bench_host_end(struct vnft_results_readings *of)
{
	json_t *conditions;

	if (!of)
		return NULL;
	vnft_busy_read(&of->after, "", &of->cpus, getpid(), 0);
	conditions = vnft_results_conditions(of);
	free(of);
	return conditions;
}
