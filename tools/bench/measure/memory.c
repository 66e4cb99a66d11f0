/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of a running instance: idle, some time after its launch, and in the middle of a load.
 */
#include <stdio.h>

#include "../../lib/text/error.h"
#include "measure.h"

static uint64_t host_available_bytes(void)
{
	unsigned long long kib = 0;
	char line[128];
	FILE *f;

	f = fopen("/proc/meminfo", "re");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
			break;
	fclose(f);
	return kib * 1024;
}

uint64_t vnft_bench_available_bytes(const struct vnft_guest_ops *ops)
{
	return ops->available_bytes ? ops->available_bytes() : host_available_bytes();
}

/* A part that is 0 could not be read; @why says why, NULL: the table of keys does. */
static void set_part(struct vnft_results_run *run, enum vnft_results_number_id id, uint64_t bytes,
		     const char *why)
{
	if (bytes)
		vnft_results_set(run, id, (double)bytes);
	if (why)
		snprintf(run->numbers[id].why, sizeof(run->numbers[id].why), "%s", why);
}

static void set_host_delta(const struct vnft_bench_subject *of, struct vnft_results_run *run,
			   bool idle_measured)
{
	struct vnft_results_number *delta = &run->numbers[VNFT_NUMBER_HOST_DELTA_BYTES];
	const uint64_t now_bytes = vnft_bench_available_bytes(of->alive.row->ops);

	if (of->before_bytes && now_bytes)
		vnft_results_set(run, VNFT_NUMBER_HOST_DELTA_BYTES,
				 (double)((int64_t)of->before_bytes - (int64_t)now_bytes));
	else if (idle_measured)
		snprintf(delta->why, sizeof(delta->why),
			 "what is left for instances is not known");
}

int vnft_bench_measure_memory(const struct vnft_bench_subject *of, struct vnft_results_run *run)
{
	const struct vnft_bench_alive *alive = &of->alive;
	struct vnft_memory idle = { 0 };
	bool measured;
	int err;

	run->memory_asked = true;
	err = vnft_bench_alive_until(alive, alive->in->t0_ns + run->instantiation_ns +
				     of->b->config->settle_ns);
	if (err)
		return err;
	run->memory_measured = measured = !alive->row->ops->memory(alive->in, &idle);
	if (!measured)
		snprintf(run->memory_why, sizeof(run->memory_why), "%s", vnft_why());
	set_part(run, VNFT_NUMBER_TOOL_BYTES, measured ? idle.tool_bytes : 0, idle.tool_why);
	set_part(run, VNFT_NUMBER_PSS_BYTES, measured ? idle.pss_bytes : 0, idle.pss_why);
	set_part(run, VNFT_NUMBER_CGROUP_BYTES, measured ? idle.cgroup_bytes : 0, idle.cgroup_why);
	err = measured ? 0 : vnft_bench_alive_still(alive);
	if (!err)
		set_host_delta(of, run, measured);
	return err;
}

int vnft_bench_measure_load_memory(const struct vnft_bench_subject *of,
				   struct vnft_results_run *run)
{
	struct vnft_memory load = { 0 };
	int err = of->alive.row->ops->memory(of->alive.in, &load);

	if (err)
		return err;
	set_part(run, VNFT_NUMBER_LOAD_TOOL_BYTES, load.tool_bytes, NULL);
	set_part(run, VNFT_NUMBER_LOAD_PSS_BYTES, load.pss_bytes, NULL);
	return 0;
}
