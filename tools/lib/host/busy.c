/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A reading of the host: its CPUs (busy_cpus.c), its processes, its load and pressure.
 */
#include "busy.h"

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../run/clock.h"
#include "process.h"

#define KERNEL_PARENT	2	/* kthreadd */

void vnft_busy_own_cpus(struct vnft_busy_cpus *cpus)
{
	/* Beyond what the kernel was built for: every CPU. */
	if (sched_getaffinity(0, sizeof(*cpus), (cpu_set_t *)cpus->bits) < 0)
		memset(cpus, 0xff, sizeof(*cpus));
}

/* Virtual machines are known by their VMM's name. */
static bool is_vmm(const struct vnft_process *process)
{
	static const char *const begins[] = { "qemu", "kvm", "firecracker", "cloud-hyp", "crosvm",
					      "VBoxHeadless", "vmware-vmx", "lkvm" };
	size_t i;

	if (process->kernel)
		return false;
	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (!strncmp(process->name, begins[i], strlen(begins[i])))
			return true;
	return false;
}

static uint64_t marked_ticks(const struct vnft_process *list, ssize_t n)
{
	uint64_t ticks = 0;
	ssize_t i;

	for (i = 0; i < n; i++)
		if (list[i].marked)
			ticks += list[i].own_ticks + list[i].reaped_ticks;
	return ticks;
}

void vnft_busy_read_processes(struct vnft_busy *to, const char *root,
			      const struct vnft_busy_cpus *cpus, pid_t self, pid_t instance)
{
	const uint64_t tick_ns = 1000000000ULL / (uint64_t)sysconf(_SC_CLK_TCK);
	uint64_t kernel_ticks = 0, others_ticks = 0, own_ticks;
	struct vnft_process *list;
	bool kernel = false;
	ssize_t n, i;

	to->time_ns = vnft_now_ns();
	to->vms = 0;
	to->instance_seen = false;
	n = vnft_process_list(root, &list);
	if (n > 0)
		vnft_process_mark(list, (size_t)n, self);
	own_ticks = marked_ticks(list, n);
	if (n > 0 && instance > 0)
		vnft_process_mark(list, (size_t)n, instance);
	for (i = 0; i < n; i++) {
		kernel |= list[i].kernel && list[i].pid == KERNEL_PARENT;
		if (list[i].kernel && vnft_busy_is_meant(cpus, (uint64_t)list[i].cpu))
			kernel_ticks += list[i].own_ticks;
		if (!list[i].kernel && !list[i].marked)
			others_ticks += list[i].own_ticks + list[i].reaped_ticks;
		to->vms += is_vmm(&list[i]) && !list[i].marked;
		to->instance_seen |= list[i].pid == instance;
	}
	to->kernel_ns = kernel_ticks * tick_ns;
	to->others_ns = others_ticks * tick_ns;
	to->own_ns = own_ticks * tick_ns;
	to->instance_ns = marked_ticks(list, n) * tick_ns - to->own_ns;
	to->processes_why = kernel ? NULL :
			    "/proc does not show the processes of the host (a PID namespace)";
	free(list);
}

static void read_load(struct vnft_busy *to, const char *root)
{
	char path[512], line[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/proc/loadavg", root);
	f = fopen(path, "re");
	to->load_why = "/proc/loadavg cannot be read";
	if (f && fgets(line, sizeof(line), f) && line[0] >= '0' && line[0] <= '9') {
		to->load = strtod(line, NULL);
		to->load_why = NULL;
	}
	if (f)
		fclose(f);
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=N", in microseconds. */
static void read_pressure(struct vnft_busy *to, const char *root)
{
	static const struct {
		const char *file, *line;
	} all[VNFT_BUSY_PRESSURES] = {
		[VNFT_BUSY_CPU_SOME] = { "cpu", "some " },
		[VNFT_BUSY_IO_SOME] = { "io", "some " },
		[VNFT_BUSY_IO_FULL] = { "io", "full " },
		[VNFT_BUSY_MEMORY_SOME] = { "memory", "some " },
		[VNFT_BUSY_MEMORY_FULL] = { "memory", "full " },
	};
	char path[512], line[256];
	unsigned int i;

	for (i = 0; i < VNFT_BUSY_PRESSURES; i++) {
		FILE *f;

		snprintf(path, sizeof(path), "%s/proc/pressure/%s", root, all[i].file);
		f = fopen(path, "re");
		to->pressure_why[i] = "the kernel shows no pressure (CONFIG_PSI, psi=1)";
		while (f && fgets(line, sizeof(line), f)) {
			const char *total = strstr(line, "total=");
			uint64_t us;

			if (strncmp(line, all[i].line, strlen(all[i].line)) || !total ||
			    sscanf(total, "total=%" SCNu64, &us) != 1)
				continue;
			to->pressure_ns[i] = us * 1000;
			to->pressure_why[i] = NULL;
		}
		if (f)
			fclose(f);
	}
}

void vnft_busy_read(struct vnft_busy *to, const char *root, const struct vnft_busy_cpus *cpus,
		    pid_t self, pid_t instance)
{
	memset(to, 0, sizeof(*to));
	vnft_busy_read_processes(to, root, cpus, self, instance);
	vnft_busy_read_times(to, root, cpus);
	read_load(to, root);
	read_pressure(to, root);
	vnft_busy_read_table(&to->interrupts, root, "/proc/interrupts", cpus);
	vnft_busy_read_table(&to->softirqs, root, "/proc/softirqs", cpus);
	vnft_busy_read_idle(to, root, cpus);
	vnft_busy_read_frequency(to, root, cpus);
}
