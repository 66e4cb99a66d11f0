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

/* Of a process that has ended, another may have the number. */
static void read_processes(struct vnft_results_readings *of, struct vnft_busy *to,
			   const struct vnft_held *held)
{
	vnft_busy_read_processes(to, "", &of->cpus, getpid(), held->pid);
	if (held->pid > 0 && !vnft_held_lives(held))
		vnft_busy_read_processes(to, "", &of->cpus, getpid(), 0);
}

void vnft_bench_host_launched(struct vnft_results_readings *of, const struct vnft_instance *in)
{
	if (!of)
		return;
	read_processes(of, &of->launched, &in->process);
	vnft_busy_read_times(&of->launched, "", &of->cpus);
}

void vnft_bench_host_stop(struct vnft_results_readings *of, const struct vnft_instance *in)
{
	if (!of)
		return;
	of->own_steal = in->accel == VNFT_ACCEL_XEN;
	of->instance = in->process.pid > 0;
	/* A domain of Xen is no process, and its time is not in dom0's. */
	of->none_why = of->instance || of->own_steal ? NULL :
		       "the processes of the instance are not known";
	read_processes(of, &of->at_stop, &in->process);
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
