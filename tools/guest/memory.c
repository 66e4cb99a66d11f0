/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an instance's processes and its cgroup hold, read from /proc and the cgroup file systems,
 * v1 or v2.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/host/process.h"
#include "../lib/text/error.h"

/*
 * The directory in /proc of a process that was listed; -1 if it has ended. A number that is used
 * again has another start.
 */
static int open_listed(const struct vnft_process *listed)
{
	struct vnft_process now;
	char path[32];
	int dir;

	snprintf(path, sizeof(path), "/proc/%d", listed->pid);
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	/* Asked behind it: then what was opened is what was listed. */
	if (dir < 0 || (vnft_process_read(listed->pid, &now) &&
			now.start_ticks == listed->start_ticks))
		return dir;
	close(dir);
	return -1;
}

/* Resident pages, as top's RES. */
static uint64_t rss_of(int dir)
{
	FILE *f = vnft_held_file(dir, "statm");
	uint64_t pages = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%*u %" SCNu64, &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int pss_of(int dir, uint64_t *bytes)
{
	char line[256];
	uint64_t kib;
	FILE *f;
	int err;

	*bytes = 0;
	errno = 0;
	f = vnft_held_file(dir, "smaps_rollup");
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
static int process_memory(const struct vnft_held *held, uint64_t *rss_bytes, uint64_t *pss_bytes)
{
	uint64_t pss, rss = 0, pss_sum = 0;
	struct vnft_process *list;
	ssize_t n, i;
	int err = 0;

	*rss_bytes = *pss_bytes = 0;
	n = vnft_process_list("", &list);
	if (n < 0)
		return vnft_fail((int)n, "/proc cannot be read: %s", strerror((int)-n));
	/* If it still lives, the number in the list was its own. */
	if (vnft_held_lives(held))
		vnft_process_mark(list, (size_t)n, held->pid);
	for (i = 0; i < n; i++) {
		int dir = list[i].marked ? open_listed(&list[i]) : -1;

		if (dir < 0)
			continue;
		rss += rss_of(dir);
		if (!err)
			err = pss_of(dir, &pss);
		pss_sum += err ? 0 : pss;
		close(dir);
	}
	free(list);
	if (!rss || !vnft_held_lives(held))
		return vnft_fail(-ESRCH, "process %d has ended", held->pid);
	*rss_bytes = rss;
	if (err)
		return vnft_fail(err,
				 "process %d: PSS cannot be read (%s): CAP_SYS_PTRACE is needed",
				 held->pid, strerror(-err));
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

void vnft_guest_cgroup(const struct vnft_held *process, char *to, size_t bytes)
{
	char line[1024], v1[512] = "", v2[512] = "", mount[256];
	int dir = vnft_held_open(process);
	FILE *f = dir >= 0 ? vnft_held_file(dir, "cgroup") : NULL;

	to[0] = 0;
	if (dir >= 0)
		close(dir);
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
	if (in->process.pid <= 0)
		return vnft_fail(-ESRCH, "%s: its process is not known", in->place.name);
	if (process_memory(&in->process, &memory->tool_bytes, &memory->pss_bytes)) {
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
	/* The cgroup was still its own, too. */
	return vnft_held_lives(&in->process) ? 0 :
	       vnft_fail(-ESRCH, "process %d has ended", in->process.pid);
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
