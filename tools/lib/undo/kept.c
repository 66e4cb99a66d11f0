/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mark of a session that was kept.
 */
#include "kept.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../text/error.h"
#include "dirs.h"
#include "ours.h"

#define MARK		"kept"
#define WHAT_BYTES	512

int vnft_kept_mark(const char *dir, const char *what)
{
	char path[128];
	const size_t n = strlen(what);
	int fd, err = 0;

	snprintf(path, sizeof(path), "%.100s/" MARK, dir);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		err = -errno;
	else if (write(fd, what, n) != (ssize_t)n)
		err = -EIO;
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && err)
		unlink(path);
	return err ? vnft_fail(err, "%s: cannot be written: %s: nothing is kept", path,
			       strerror(-err)) : 0;
}

bool vnft_kept_is(const char *dir)
{
	char path[128];

	snprintf(path, sizeof(path), "%.100s/" MARK, dir);
	return !faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW);
}

static int may_be_kept(const struct dirent *de)
{
	char dir[64];

	snprintf(dir, sizeof(dir), VNFT_RUN_DIR "/%.6s", de->d_name);
	return vnft_undo_is_id(de->d_name) && vnft_kept_is(dir);
}

void vnft_kept_each(void (*fn)(const char *id, const char *what, void *arg), void *arg)
{
	struct dirent **list;
	int n = scandir(VNFT_RUN_DIR, &list, may_be_kept, alphasort), i, fd;
	char path[64], what[WHAT_BYTES];
	ssize_t got;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), VNFT_RUN_DIR "/%.6s/" MARK, list[i]->d_name);
		fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		got = fd >= 0 ? read(fd, what, sizeof(what) - 1) : -1;
		if (fd >= 0)
			close(fd);
		what[got > 0 ? got : 0] = '\0';
		/* One that was ended meanwhile is none. */
		if (fd >= 0)
			fn(list[i]->d_name, what, arg);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}
