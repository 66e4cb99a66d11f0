/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Owner and mode of directories, by descriptor, and files that are new.
 */
#include "owned.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../text/error.h"

bool vnft_owned_is_ours(const struct stat *st)
{
	return !st->st_uid || st->st_uid == geteuid();
}

/* The group of root, or the one that we are in, is no stranger: many a umask is 002. */
static bool others_write(const struct stat *st)
{
	return st->st_mode & S_IWOTH ||
	       (st->st_mode & S_IWGRP && st->st_gid && st->st_gid != getegid());
}

int vnft_owned_check(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st))
		return vnft_fail(-errno, "%s: %s", path, strerror(errno));
	if (!vnft_owned_is_ours(&st))
		return vnft_fail(-EPERM, "%s: belongs to user %u, who could put anything there: "
				 "run as that user, or remove it", path, st.st_uid);
	if (others_write(&st))
		return vnft_fail(-EPERM, "%s: others may write there: `chmod go-w` it, or remove "
				 "it", path);
	return 0;
}

bool vnft_owned_keeps(const struct stat *st)
{
	return vnft_owned_is_ours(st) && (!others_write(st) || st->st_mode & S_ISVTX);
}

/* Nobody else can put another directory in the place of one in @fd. */
static int check_above(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st))
		return vnft_fail(-errno, "%s: %s", path, strerror(errno));
	if (vnft_owned_keeps(&st))
		return 0;
	return vnft_fail(-EPERM, "%s: others may exchange it: `chmod go-w` the directory above",
			 path);
}

static int open_in(int above, const char *name, const char *path, mode_t make)
{
	struct stat st;
	int fd, err;

	if (make && mkdirat(above, name, make) && errno != EEXIST)
		return vnft_fail(-errno, "%s: cannot make it: %s", path, strerror(errno));
	/* A link is told apart from what only cannot be opened. */
	if (fstatat(above, name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT && !make ? -ENOENT :
			vnft_fail(-errno, "%s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return vnft_fail(-EPERM, "%s: no directory: remove it", path);
	fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return vnft_fail(-errno, "%s: %s", path, strerror(errno));
	err = vnft_owned_check(fd, path);
	if (!err)
		return fd;
	close(fd);
	return err;
}

int vnft_owned_open(const char *path, mode_t make)
{
	const char *slash = strrchr(path, '/');
	char above[PATH_MAX];
	int fd, err;

	snprintf(above, sizeof(above), "%.*s", slash ? (int)(slash - path) : 1,
		 slash ? path : ".");
	fd = open(above[0] ? above : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT && !make ? -ENOENT :
			vnft_fail(-errno, "%s: %s", path, strerror(errno));
	err = check_above(fd, path);
	if (!err)
		err = open_in(fd, slash ? slash + 1 : path, path, make);
	close(fd);
	return err;
}

int vnft_owned_create(int dir, const char *name)
{
	return openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
}

int vnft_owned_rename(int dir, const char *from, const char *to)
{
	if (!renameat2(dir, from, dir, to, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (linkat(dir, from, dir, to, 0))	/* a file system without that flag */
		return -errno;
	unlinkat(dir, from, 0);
	return 0;
}

void vnft_owned_remove(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			unlinkat(fd, entry->d_name, 0);
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	rmdir(path);
}
