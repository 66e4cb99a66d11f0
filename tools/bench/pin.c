/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --pin-guest: all that an instance computes runs on one CPU.
 */
#include "pin.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/text/error.h"

static DIR *open_tasks(const struct vnft_held *held)
{
	int dir = vnft_held_open(held), tasks;
	DIR *d;

	if (dir < 0)
		return NULL;
	tasks = openat(dir, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(dir);
	d = tasks >= 0 ? fdopendir(tasks) : NULL;
	if (tasks >= 0 && !d)
		close(tasks);
	return d;
}

/*
 * Every thread of the VMM or container, as far as they exist now. A thread is named by a number:
 * that it is still one of this process is asked right before.
 */
static int pin_threads(const char *name, const struct vnft_held *held, uint32_t cpu)
{
	DIR *tasks = open_tasks(held);
	struct dirent *entry;
	cpu_set_t cpus;
	int err = 0;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	while (!err && tasks && (entry = readdir(tasks)))
		if (atoi(entry->d_name) > 0 && vnft_held_lives(held) &&
		    !faccessat(dirfd(tasks), entry->d_name, F_OK, 0) &&
		    sched_setaffinity(atoi(entry->d_name), sizeof(cpus), &cpus) && errno != ESRCH)
			err = vnft_fail(-errno, "%s: thread %s cannot be pinned to CPU %u: %s",
					name, entry->d_name, cpu, strerror(errno));
	if (tasks)
		closedir(tasks);
	if (!err && (!tasks || !vnft_held_lives(held)))
		err = vnft_fail(-ESRCH, "%s: process %d has ended", name, held->pid);
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
	if (in->process.pid <= 0)
		return vnft_fail(-EOPNOTSUPP, "%s: no process to pin: leave --pin-guest out",
				 in->type->name);
	return pin_threads(in->type->name, &in->process, cpu);
}
