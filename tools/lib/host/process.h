/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processes of a host, as /proc/PID/stat shows them.
 */
#ifndef VNFT_LIB_PROCESS_H
#define VNFT_LIB_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct vnft_process - one of them
 * @name: its first 15 bytes, of any kind
 * @kernel: a thread of the kernel
 * @cpu: that it ran on last
 * @own_ticks: CPU time of all its threads, in ticks of sysconf(_SC_CLK_TCK)
 * @start_ticks: since boot: with it a number means one process for ever
 * @reaped_ticks: of its children that ended and were waited for, with theirs
 * @marked: by vnft_process_mark()
 */
struct vnft_process {
	pid_t pid, parent;
	char name[16];
	bool kernel;
	int cpu;
	uint64_t own_ticks, reaped_ticks, start_ticks;
	bool marked;
};

/*
 * Every process below @root/proc, by ascending pid, into *@list for free(): their number, or
 * negative errno. One that ends meanwhile is left out.
 */
ssize_t vnft_process_list(const char *root, struct vnft_process **list);

/* One process; false if it is not there. */
bool vnft_process_read(pid_t pid, struct vnft_process *process);

/* What /proc/PID/stat holds, as text that ends: false if it is something else. */
bool vnft_process_parse(const char *text, struct vnft_process *process);

/* Mark @root and its descendants; others keep what they are. */
void vnft_process_mark(struct vnft_process *list, size_t n, pid_t root);

#endif
