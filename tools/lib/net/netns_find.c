/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network namespaces that we can reach: our own, those of `ip netns`, those of processes.
 */
#include "netns_find.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netns.h"

static int open_if(const char *path, uint64_t inode)
{
	struct stat st;

	/* stat() tells the namespace's inode: most files need not be opened. */
	if (stat(path, &st) || st.st_ino != inode)
		return -1;
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int search(const char *dir, const char *tail, bool numbers, uint64_t inode)
{
	char path[PATH_MAX];
	struct dirent *entry;
	int fd = -1;
	DIR *d;

	d = opendir(dir);
	while (fd < 0 && d && (entry = readdir(d))) {
		if (entry->d_name[0] == '.' || (numbers && !strspn(entry->d_name, "0123456789")))
			continue;
		snprintf(path, sizeof(path), "%s/%s%s", dir, entry->d_name, tail);
		fd = open_if(path, inode);
	}
	if (d)
		closedir(d);
	return fd;
}

int vnft_netns_find(uint64_t inode)
{
	int fd = open_if("/proc/thread-self/ns/net", inode);

	if (fd < 0)
		fd = search("/run/netns", "", false, inode);
	if (fd < 0)
		fd = search("/proc", "/ns/net", true, inode);
	return fd < 0 ? -ENOENT : fd;
}

static int visit(const char *path, int (*fn)(void *arg), void *arg)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), back, err = 0;

	if (fd < 0)
		return 0;
	if (!vnft_netns_enter(fd, &back)) {
		err = fn(arg);
		vnft_netns_leave(back);
	}
	close(fd);
	return err;
}

int vnft_netns_each(int (*fn)(void *arg), void *arg)
{
	char path[PATH_MAX];
	struct dirent *entry;
	int err = fn(arg);
	DIR *d;

	if (!err)
		err = visit("/proc/1/ns/net", fn, arg);
	d = opendir("/run/netns");
	while (!err && d && (entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/run/netns/%s", entry->d_name);
		err = visit(path, fn, arg);
	}
	if (d)
		closedir(d);
	return err;
}
