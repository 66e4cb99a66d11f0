/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --pin-guest: all that an instance computes runs on one CPU.
 */
#include "pin.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text/error.h"

/* Every thread of the VMM or container, as far as they exist now. */
static int pin_threads(const char *name, pid_t pid, uint32_t cpu)
{
	struct dirent *entry;
	cpu_set_t cpus;
	char path[64];
	int err = 0;
	DIR *dir;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return vnft_fail(-errno, "%s: %s", path, strerror(errno));
	while (!err && (entry = readdir(dir)))
		if (atoi(entry->d_name) > 0 &&
		    sched_setaffinity(atoi(entry->d_name), sizeof(cpus), &cpus) && errno != ESRCH)
			err = vnft_fail(-errno, "%s: thread %s cannot be pinned to CPU %u: %s",
					name, entry->d_name, cpu, strerror(errno));
	closedir(dir);
	return err;
}

int vnft_bench_pin(const struct vnft_bench *b, const struct vnft_bench_row *row,
		   struct vnft_instance *in)
{
	const uint32_t cpu = (uint32_t)b->config->pin_guest;

	if (b->config->pin_guest == VNFT_BENCH_NO_CPU)
		return 0;
	if (row->ops->pin)
		return row->ops->pin(in, cpu);
	if (in->pid <= 0)
		return vnft_fail(-EOPNOTSUPP, "%s: no process to pin: leave --pin-guest out",
				 in->type->name);
	return pin_threads(in->type->name, in->pid, cpu);
}
