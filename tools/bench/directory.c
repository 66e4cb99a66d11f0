/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a session writes. What is there already is never written over, so there is no --force.
 */
#include "directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/run/owned.h"
#include "../lib/text/error.h"

static bool is_empty(int fd)
{
	DIR *dir = fdopendir(dup(fd));
	struct dirent *entry;
	bool empty = dir;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			empty = false;
	if (dir)
		closedir(dir);
	return empty;
}

int vnft_bench_directory_take(struct vnft_bench_directory *d, const char *path)
{
	int err = 0;

	d->path = path;
	d->made = !mkdir(path, 0755);
	if (!d->made && errno != EEXIST)
		return vnft_fail(-errno, "%s: cannot make the directory: %s", path,
				 strerror(errno));
	d->fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (d->fd < 0)
		return vnft_fail(-errno, "%s: %s: give a new or empty directory", path,
				 errno == ENOTDIR ? "not a directory" : strerror(errno));
	/* Who may write there could change results, or put a link in the way of our files. */
	err = vnft_owned_check(d->fd, path);
	if (err) {
		close(d->fd);
		d->fd = -1;
		return err;
	}
	/* The lock first: another session's files may appear at any moment without it. */
	if (flock(d->fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		err = vnft_fail(-EBUSY, "%s: another process is writing in it: give another "
					"directory", path);
	else if (!is_empty(d->fd))
		err = vnft_fail(-EEXIST, "%s: not empty: results are never overwritten, give "
					 "another directory", path);
	if (err) {
		close(d->fd);
		d->fd = -1;
	}
	return err;
}

void vnft_bench_directory_leave(struct vnft_bench_directory *d)
{
	if (d->fd < 0)
		return;
	if (d->made && is_empty(d->fd))
		rmdir(d->path);
	close(d->fd);
	d->fd = -1;
}
