/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an instance's processes and its cgroup hold, read from /proc and the cgroup file systems,
 * v1 or v2.
 */
#include "parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/host/process.h"
#include "../lib/text/error.h"

/* Resident pages, as top's RES. */
static uint64_t rss_of(pid_t pid)
{
	uint64_t pages = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "%*u %" SCNu64, &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int pss_of(pid_t pid, uint64_t *bytes)
{
	char path[64], line[256];
	uint64_t kib;
	FILE *f;
	int err;

	*bytes = 0;
	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	errno = 0;
	f = fopen(path, "re");
	if (!f)
		return errno == ENOENT || errno == ESRCH ? 0 : -errno;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "Pss: %" SCNu64 " kB", &kib) == 1)
			*bytes = kib * 1024;
	/* The permission is checked by the read; a process that just died is no error. */
	err = ferror(f) && errno != ESRCH ? -errno : 0;
	fclose(f);
	return err;
}

/* Of a process and its descendants; 0 or negative errno after vnft_fail(). */
static int process_memory(pid_t pid, uint64_t *rss_bytes, uint64_t *pss_bytes)
{
	uint64_t pss, rss = 0, pss_sum = 0;
	struct vnft_process *list;
	ssize_t n, i;
	int err = 0;

	*rss_bytes = *pss_bytes = 0;
	n = vnft_process_list("", &list);
	if (n < 0)
		return vnft_fail((int)n, "/proc cannot be read: %s", strerror((int)-n));
	vnft_process_mark(list, (size_t)n, pid);
	for (i = 0; i < n; i++) {
		if (!list[i].marked)
			continue;
		rss += rss_of(list[i].pid);
		if (!err)
			err = pss_of(list[i].pid, &pss);
		pss_sum += err ? 0 : pss;
	}
	free(list);
	*rss_bytes = rss;
	if (err)
		return vnft_fail(err,
				 "process %d: PSS cannot be read (%s): CAP_SYS_PTRACE is needed",
				 pid, strerror(-err));
	if (!rss)
		return vnft_fail(-ESRCH, "process %d has ended", pid);
	*pss_bytes = pss_sum;
	return 0;
}

/* Where the v1 memory hierarchy (or, @v2, the unified one) is mounted; "" if it is not. */
static void cgroup_mount(bool v2, char *to, size_t bytes)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[4096];

	to[0] = 0;
	while (f && !to[0] && fgets(line, sizeof(line), f)) {
		char *tail = strstr(line, " - "), point[256], kind[32], options[512];

		if (!tail || sscanf(tail, " - %31s %*s %511s", kind, options) != 2 ||
		    sscanf(line, "%*s %*s %*s %*s %255s", point) != 1)
			continue;
		if (v2 ? !strcmp(kind, "cgroup2") :
			 !strcmp(kind, "cgroup") && strstr(options, "memory"))
			snprintf(to, bytes, "%s", point);
	}
	if (f)
		fclose(f);
}

void vnft_guest_cgroup(pid_t pid, char *to, size_t bytes)
{
	char path[64], line[1024], v1[512] = "", v2[512] = "", mount[256];
	FILE *f;

	to[0] = 0;
	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		if (!strncmp(line, "0::", 3))
			snprintf(v2, sizeof(v2), "%.500s", line + 3);
		else if (strstr(line, ":memory:"))
			snprintf(v1, sizeof(v1), "%.500s", strstr(line, ":memory:") + 8);
	}
	fclose(f);
	cgroup_mount(!v1[0], mount, sizeof(mount));
	/* The root cgroup is everybody's and says nothing about an instance. */
	if (mount[0] && strcmp(v1[0] ? v1 : v2, "/"))
		if ((size_t)snprintf(to, bytes, "%s%s", mount, v1[0] ? v1 : v2) >= bytes)
			to[0] = 0;
}

static bool read_number(const char *dir, const char *file, uint64_t *value)
{
	char path[512];
	bool ok;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "re");
	if (!f)
		return false;
	ok = fscanf(f, "%" SCNu64, value) == 1;
	fclose(f);
	return ok;
}

/* A line "KEY NUMBER" of a cgroup's memory.stat. */
static bool read_stat(const char *dir, const char *key, uint64_t *value)
{
	char path[512], name[64];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/memory.stat", dir);
	f = fopen(path, "re");
	while (f && !found && fscanf(f, "%63s %" SCNu64, name, value) == 2)
		found = !strcmp(name, key);
	if (f)
		fclose(f);
	return found;
}

int vnft_guest_memory(struct vnft_instance *in, struct vnft_memory *memory)
{
	memset(memory, 0, sizeof(*memory));
	if (in->pid <= 0)
		return vnft_fail(-ESRCH, "%s: its process is not known", in->place.name);
	if (process_memory(in->pid, &memory->tool_bytes, &memory->pss_bytes)) {
		if (!memory->tool_bytes)
			return -ESRCH;
		snprintf(memory->pss_why, sizeof(memory->pss_why), "%s", vnft_why());
	}
	if (!in->cgroup[0])
		snprintf(memory->cgroup_why, sizeof(memory->cgroup_why),
			 "the instance has no memory cgroup of its own");
	else if (!read_number(in->cgroup, "memory.current", &memory->cgroup_bytes) &&
		 !read_number(in->cgroup, "memory.usage_in_bytes", &memory->cgroup_bytes))
		snprintf(memory->cgroup_why, sizeof(memory->cgroup_why),
			 "its cgroup has no memory.current and no memory.usage_in_bytes");
	return 0;
}

int vnft_guest_container_memory(struct vnft_instance *in, struct vnft_memory *memory)
{
	uint64_t idle_bytes = 0;
	int err = vnft_guest_memory(in, memory);

	if (err)
		return err;
	memory->tool_bytes = memory->cgroup_bytes;
	if (!memory->cgroup_bytes) {
		strcpy(memory->tool_why, memory->cgroup_why);
		return 0;
	}
	/* cgroup v1 has the second key too, without what is below the cgroup. */
	if (!read_stat(in->cgroup, "total_inactive_file", &idle_bytes) &&
	    !read_stat(in->cgroup, "inactive_file", &idle_bytes)) {
		memory->tool_bytes = 0;
		snprintf(memory->tool_why, sizeof(memory->tool_why),
			 "its cgroup's memory.stat has no inactive_file");
	} else if (idle_bytes < memory->tool_bytes) {
		memory->tool_bytes -= idle_bytes;
	}
	return 0;
}
