/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the host does at a moment: its counters, as /proc and /sys have them. Two readings say what
 * it did in between. A reading takes milliseconds: it belongs before or after what is measured.
 */
#ifndef VNFT_LIB_BUSY_H
#define VNFT_LIB_BUSY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define VNFT_BUSY_CPUS		4096u
#define VNFT_BUSY_COUNTS	96u
#define VNFT_BUSY_NAME_BYTES	24

/* Which CPUs are meant. */
struct vnft_busy_cpus {
	uint64_t bits[VNFT_BUSY_CPUS / 64];
};

/**
 * struct vnft_busy_counts - counters that have names, summed over the CPUs that are meant
 * @why: why there are none; NULL: there are
 * @total: of all, also of those beyond @n
 */
struct vnft_busy_counts {
	const char *why;
	uint64_t total;
	unsigned int n;
	struct {
		char name[VNFT_BUSY_NAME_BYTES];
		uint64_t count;
	} of[VNFT_BUSY_COUNTS];
};

enum vnft_busy_pressure {
	VNFT_BUSY_CPU_SOME, VNFT_BUSY_IO_SOME, VNFT_BUSY_IO_FULL, VNFT_BUSY_MEMORY_SOME,
	VNFT_BUSY_MEMORY_FULL, VNFT_BUSY_PRESSURES,
};

/**
 * struct vnft_busy - a reading; each why is NULL where the numbers beside it are known
 * @cpus, @all_cpus: how many of the CPUs that are meant are online, and how many of all
 * @tasks_ns, @steal_ns, @interrupts_ns, @idle_ns: of these CPUs together: time of tasks (user, nice
 *	and system), taken by the hypervisor, of interrupts and softirqs, and of nothing
 * @kernel_ns: time of kernel threads that ran on one of these CPUs last
 * @own_ns: of this process and its descendants, with those that it waited for
 * @instance_ns: of the instance and its descendants, as far as they are not in @own_ns
 * @instance_seen: it was there
 * @others_ns: of all other processes, on whatever CPU, with those that they waited for
 * @vms: VMMs that are neither
 * @load: average of the last minute
 * @frequency_low_hz, @frequency_high_hz: lowest and highest of these CPUs
 */
struct vnft_busy {
	uint64_t time_ns;
	unsigned int cpus, all_cpus;
	uint64_t tasks_ns, steal_ns, interrupts_ns, idle_ns;
	const char *cpus_why;
	uint64_t kernel_ns, own_ns, instance_ns, others_ns;
	bool instance_seen;
	unsigned int vms;
	const char *processes_why;
	double load;
	const char *load_why;
	uint64_t frequency_low_hz, frequency_high_hz;
	const char *frequency_why;
	uint64_t pressure_ns[VNFT_BUSY_PRESSURES];
	const char *pressure_why[VNFT_BUSY_PRESSURES];
	struct vnft_busy_counts interrupts, softirqs, idle_state_ns, idle_state_entries;
};

/* The CPUs that this process may use. */
void vnft_busy_own_cpus(struct vnft_busy_cpus *cpus);

/* @root: what stands before /proc and /sys, ""; @self: this process; @instance: 0: not known. */
void vnft_busy_read(struct vnft_busy *to, const char *root, const struct vnft_busy_cpus *cpus,
		    pid_t self, pid_t instance);
/* Its processes alone: of the rest only @time_ns. */
void vnft_busy_read_processes(struct vnft_busy *to, const char *root,
			      const struct vnft_busy_cpus *cpus, pid_t self, pid_t instance);

/* busy_cpus.c: /proc/stat; the tables of /proc/interrupts and /proc/softirqs; cpuidle, cpufreq. */
void vnft_busy_read_times(struct vnft_busy *to, const char *root,
			  const struct vnft_busy_cpus *cpus);
/*
 * Time in which nothing ran, of all CPUs together, and how many they are; 0: not known. It comes in
 * ticks: of a launch, only the mean of many says something.
 */
uint64_t vnft_busy_idle_ns(unsigned int *cpus);
void vnft_busy_read_table(struct vnft_busy_counts *to, const char *root, const char *path,
			  const struct vnft_busy_cpus *cpus);
void vnft_busy_read_idle(struct vnft_busy *to, const char *root,
			 const struct vnft_busy_cpus *cpus);
void vnft_busy_read_frequency(struct vnft_busy *to, const char *root,
			      const struct vnft_busy_cpus *cpus);

static inline bool vnft_busy_is_meant(const struct vnft_busy_cpus *cpus, uint64_t cpu)
{
	return cpu < VNFT_BUSY_CPUS && (cpus->bits[cpu / 64] >> (cpu % 64) & 1);
}

#endif
