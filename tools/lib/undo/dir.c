/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Removing directory trees of ours: mounts inside first, never across a file system, never through
 * a symbolic link, never above our own roots. And cgroups of ours.
 */
#include "dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dirs.h"
#include "ours.h"
#include "process.h"
#include "../text/error.h"

#define DEPTH_MAX 64
#define MOUNTS_MAX 4096

/* mountinfo writes space, tab, newline and backslash as three octal digits. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (text[0] == '\\' && text[1] && text[2] && text[3]) {
			*to++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 |
				       (text[3] - '0'));
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/* The last mount at or below @path; false when there is none. */
static bool last_mount(const char *path, char *point)
{
	size_t len = strlen(path), room = 0;
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, at[PATH_MAX];
	bool found = false;

	while (f && getline(&line, &room, f) > 0) {
		if (sscanf(line, "%*s %*s %*s %*s %4095s", at) != 1)
			continue;
		unescape(at);
		if (!strncmp(at, path, len) && (!at[len] || at[len] == '/')) {
			memcpy(point, at, strlen(at) + 1);
			found = true;
		}
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}

static int unmount_below(const char *path)
{
	char point[PATH_MAX];

	/* The table is in the order of mounting: no other mount is on top of the last one. */
	for (int i = 0; i < MOUNTS_MAX && last_mount(path, point); i++)
		if (umount2(point, MNT_DETACH | UMOUNT_NOFOLLOW))
			return vnft_fail(-errno, "%s: cannot unmount: %s", point, strerror(errno));
	return 0;
}

/* Empty the directory behind @fd (which is closed); the first failure is kept, the rest goes on. */
static int empty(int fd, dev_t dev, int depth)
{
	DIR *dir = fdopendir(fd);
	struct dirent *de;
	int err = 0;

	if (!dir) {
		err = -errno;
		close(fd);
		return err;
	}
	while ((de = readdir(dir))) {
		struct stat st;
		int sub, got = 0;

		if (!strcmp(de->d_name, ".") || !strcmp(de->d_name, ".."))
			continue;
		if (fstatat(fd, de->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		if (S_ISDIR(st.st_mode)) {
			sub = openat(fd, de->d_name,
				     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			if (sub < 0)
				got = -errno;
			else if (fstat(sub, &st) || st.st_dev != dev || depth >= DEPTH_MAX) {
				close(sub);
				got = -EXDEV;
			} else {
				got = empty(sub, dev, depth + 1);
			}
			if (!got && unlinkat(fd, de->d_name, AT_REMOVEDIR) && errno != ENOENT)
				got = -errno;
		} else if (unlinkat(fd, de->d_name, 0) && errno != ENOENT) {
			got = -errno;
		}
		if (got && !err)
			err = got;
	}
	closedir(dir);
	return err;
}

int vnft_undo_dir(const char *path)
{
	static const char *const roots[] = { VNFT_RUN_DIR, VNFT_STATE_DIR, NULL };
	struct stat st;
	int fd, err;

	if (!vnft_undo_is_below(path, roots))
		return -EINVAL;
	err = unmount_below(path);
	if (err)
		return err;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 :
			vnft_fail(-errno, "%s: cannot remove: %s", path, strerror(errno));
	err = fstat(fd, &st) ? -errno : 0;
	if (err)
		close(fd);
	else
		err = empty(fd, st.st_dev, 0);
	if (!err && rmdir(path) && errno != ENOENT)
		err = -errno;
	return err ? vnft_fail(err, "%s: cannot remove: %s", path, strerror(-err)) : 0;
}

static bool in_cgroup(pid_t pid, void *arg)
{
	char path[64], line[PATH_MAX];
	const char *mark = arg;
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f)) {
		const char *at = strchr(line, ':');

		at = at ? strchr(at + 1, ':') : NULL;
		line[strcspn(line, "\n")] = '\0';
		found = at && !strncmp(at + 1, mark, strlen(mark)) &&
			(!at[1 + strlen(mark)] || at[1 + strlen(mark)] == '/');
	}
	if (f)
		fclose(f);
	return found;
}

/* Directories only: the files of a cgroup are the kernel's and go with it. */
static int remove_cgroups(const char *path, int depth)
{
	DIR *dir = depth < DEPTH_MAX ? opendir(path) : NULL;
	char sub[PATH_MAX];
	struct dirent *de;

	while (dir && (de = readdir(dir))) {
		if (de->d_type != DT_DIR || de->d_name[0] == '.')
			continue;
		if (snprintf(sub, sizeof(sub), "%s/%s", path, de->d_name) < (int)sizeof(sub))
			remove_cgroups(sub, depth + 1);
	}
	if (dir)
		closedir(dir);
	if (rmdir(path) && errno != ENOENT)
		return vnft_fail(-errno, "%s: cannot remove: %s", path, strerror(errno));
	return 0;
}

int vnft_undo_cgroup(const char *path)
{
	static const char *const roots[] = { "/sys/fs/cgroup", NULL };
	const char *ours, *mark = path + strlen(roots[0]);
	int err;

	if (!vnft_undo_is_below(path, roots) || path[strlen(path) - 1] == '/')
		return -EINVAL;
	ours = strstr(path, "/vnft");
	if (!ours)
		return -EINVAL;
	if (access(path, F_OK))
		return 0;
	/* cgroup v1: the hierarchy's own directory (memory, unified) is not in /proc/PID/cgroup. */
	if (access("/sys/fs/cgroup/cgroup.procs", F_OK) && strchr(mark + 1, '/'))
		mark = strchr(mark + 1, '/');
	if (!strstr(mark, "/vnft"))
		return -EINVAL;
	err = vnft_end_processes(in_cgroup, (void *)mark, 500);
	return err ? err : remove_cgroups(path, 0);
}
