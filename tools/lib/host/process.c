/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes are read one after the other, while they come and go: what is read may be no tree.
 */
#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of include/linux/sched.h; the kernel shows it in /proc/PID/stat. */
#define KERNEL_THREAD	0x00200000u
#define PROCESSES_MAX	(1u << 22)
#define DEPTH_MAX	256

bool vnft_process_parse(const char *text, struct vnft_process *process)
{
	const char *name = strchr(text, '('), *after = strrchr(text, ')');
	uint64_t user, system;
	int64_t reaped_user, reaped_system;
	unsigned int flags;

	*process = (struct vnft_process) { .pid = atoi(text) };
	/* The name may hold anything, newlines too, so it ends at the last parenthesis. */
	if (process->pid <= 0 || !name || !after || after < name ||
	    sscanf(after, ") %*c %d %*d %*d %*d %*d %u %*u %*u %*u %*u %" SCNu64 " %" SCNu64
		   " %" SCNd64 " %" SCNd64 " %*d %*d %*d %*d %" SCNu64 " %*u %*d %*u %*u %*u "
		   "%*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*d %d", &process->parent, &flags,
		   &user, &system, &reaped_user, &reaped_system, &process->start_ticks,
		   &process->cpu) != 8)
		return false;
	snprintf(process->name, sizeof(process->name), "%.*s", (int)(after - name - 1), name + 1);
	process->kernel = flags & KERNEL_THREAD;
	process->own_ticks = user + system;
	process->reaped_ticks = (uint64_t)(reaped_user + reaped_system);
	return true;
}

static bool read_one(const char *root, const char *name, struct vnft_process *process)
{
	char path[512], text[1024];
	size_t bytes;
	FILE *f;

	snprintf(path, sizeof(path), "%s/proc/%.20s/stat", root, name);
	f = fopen(path, "re");
	if (!f)
		return false;
	bytes = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[bytes] = '\0';
	return vnft_process_parse(text, process);
}

bool vnft_process_read(pid_t pid, struct vnft_process *process)
{
	char name[16];

	snprintf(name, sizeof(name), "%d", pid);
	return read_one("", name, process);
}

static int by_pid(const void *a, const void *b)
{
	const struct vnft_process *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

ssize_t vnft_process_list(const char *root, struct vnft_process **list)
{
	struct vnft_process *all = NULL, *grown;
	size_t n = 0, room = 0;
	struct dirent *de;
	char path[512];
	DIR *proc;

	*list = NULL;
	snprintf(path, sizeof(path), "%s/proc", root);
	proc = opendir(path);
	if (!proc)
		return -errno;
	while (n < PROCESSES_MAX && (de = readdir(proc))) {
		if (de->d_name[0] < '1' || de->d_name[0] > '9')
			continue;
		if (n == room) {
			room = room ? 2 * room : 256;
			grown = reallocarray(all, room, sizeof(*all));
			if (!grown) {
				free(all);
				closedir(proc);
				return -ENOMEM;
			}
			all = grown;
		}
		n += read_one(root, de->d_name, &all[n]);
	}
	closedir(proc);
	if (n)
		qsort(all, n, sizeof(*all), by_pid);
	*list = all;
	return (ssize_t)n;
}

void vnft_process_mark(struct vnft_process *list, size_t n, pid_t root)
{
	unsigned int depth;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct vnft_process *at = &list[i];

		for (depth = 0; at && at->pid != root && depth < DEPTH_MAX; depth++)
			at = bsearch(&(struct vnft_process) { .pid = at->parent }, list, n,
				     sizeof(*list), by_pid);
		list[i].marked |= at && at->pid == root;
	}
}
