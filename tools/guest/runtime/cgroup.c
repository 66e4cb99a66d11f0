/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cgroups of one name below the root of every hierarchy: cgroup v2, v1, or both beside each
 * other.
 */
#include "runtime.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <linux/magic.h>

#include "../../lib/text/error.h"
#include "../../lib/undo/dir.h"

#define CGROUPS		"/sys/fs/cgroup"

static bool is_v2(void)
{
	struct statfs fs;

	return !statfs(CGROUPS, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC;
}

/* @each of all their paths; the first failure is returned, the rest goes on. */
static int each_path(const char *name, int (*each)(const char *path, void *arg), void *arg)
{
	struct dirent *de;
	char path[512];
	int err = 0, got;
	DIR *dir;

	if (is_v2()) {
		snprintf(path, sizeof(path), CGROUPS "/%s", name);
		return each(path, arg);
	}
	dir = opendir(CGROUPS);
	while (dir && (de = readdir(dir))) {
		if (de->d_type != DT_DIR || de->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), CGROUPS "/%s/%s", de->d_name, name);
		got = each(path, arg);
		err = err ? err : got;
	}
	if (dir)
		closedir(dir);
	return err;
}

static int note(const char *path, void *journal)
{
	return vnft_journal_note(journal, "cgroup %s", path);
}

static int end(const char *path, void *unused)
{
	return vnft_undo_cgroup(path);
}

int vnft_guest_note_cgroups(struct vnft_journal *journal, const char *name)
{
	return each_path(name, note, journal);
}

int vnft_guest_end_cgroups(const char *name)
{
	return each_path(name, end, NULL);
}

void vnft_guest_memory_cgroup(const char *name, char *to, size_t bytes)
{
	snprintf(to, bytes, CGROUPS "%s/%s", is_v2() ? "" : "/memory", name);
}

int vnft_guest_make_cgroup(const char *name, char *path, size_t bytes)
{
	vnft_guest_memory_cgroup(name, path, bytes);
	return mkdir(path, 0755) ? vnft_fail(-errno, "%s: cannot make it: %s", path,
					     strerror(errno)) : 0;
}
