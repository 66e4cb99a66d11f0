/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The target of a file that the user asked for. It is looked at, opened and made in the directory
 * that was opened first.
 */
#include "output_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "../text/error.h"
#include "owned.h"

const char *vnft_output_name_now(const struct vnft_output *o)
{
	return o->part ? o->part_name : o->way.name;
}

const char *vnft_output_said(const struct vnft_output *o)
{
	return o->whole && !o->to_stdout ? o->path : vnft_output_name(o);
}

int vnft_output_fail(const struct vnft_output *o, int err, const char *what)
{
	return vnft_fail(err, "%s: %s: %s", vnft_output_said(o), what, strerror(-err));
}

static int refuse(const char *path, int err, const char *why)
{
	return vnft_fail(err, "%s: %s", path, why);
}

int vnft_output_look_at(const struct vnft_output *o, const char *name, struct stat *st)
{
	return fstatat(o->way.dir_fd, name, st, o->way.magic ? 0 : AT_SYMLINK_NOFOLLOW);
}

static int open_at(const struct vnft_output *o, const char *name, int how)
{
	return openat(o->way.dir_fd, name, how | O_NONBLOCK | O_NOCTTY | O_CLOEXEC |
		      (o->way.magic ? 0 : O_NOFOLLOW));
}

/* Does another process hold the lock of a file that is being written? */
static bool in_use(const struct vnft_output *o)
{
	int fd = open_at(o, o->way.name, O_RDONLY);
	bool locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return locked;
}

/* Where all may write, somebody may have put a FIFO to read what we know. */
static bool is_planted(const struct vnft_output *o, const struct stat *st)
{
	struct stat dir;

	return S_ISFIFO(st->st_mode) && !vnft_owned_is_ours(st) &&
	       !fstat(o->way.dir_fd, &dir) && dir.st_mode & S_IWOTH && dir.st_uid != st->st_uid;
}

/* A device or pipe of that name: its type, and a reader, are looked at again when it is open. */
static int open_stream(struct vnft_output *o, bool fifo, bool binary)
{
	struct stat st;

	o->fd = open_at(o, o->way.name, O_WRONLY);
	if (o->fd < 0 && errno == ENXIO && fifo)
		return refuse(o->path, -ENXIO, "nobody reads this FIFO: start its reader first");
	if (o->fd < 0)
		return vnft_output_fail(o, -errno, "cannot be opened for writing");
	if (fstat(o->fd, &st) || !(S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode)))
		return refuse(o->path, -EBUSY, "became another file while it was opened");
	if (is_planted(o, &st))
		return refuse(o->path, -EPERM, "a FIFO of somebody else's where all may write: "
					       "give another name");
	if (binary && isatty(o->fd))
		return refuse(o->path, -EINVAL, "a terminal, and this is no text: name a file");
	return 0;
}

static int open_stdout(struct vnft_output *o, bool binary)
{
	o->to_stdout = true;
	o->fd = STDOUT_FILENO;
	if (binary && isatty(o->fd))
		return refuse("stdout", -EINVAL,
			      "a terminal, and this is no text: send it to a file or a pipe");
	return fcntl(o->fd, F_GETFD) < 0 ? vnft_output_fail(o, -errno, "cannot be written") : 0;
}

/*
 * FILE.part of a process that died: nobody holds it. What never was to be seen unfinished, or has
 * nothing in it, is made anew; a recording is not. @old stays open, and locked, meanwhile.
 */
static int take_over(struct vnft_output *o, int old)
{
	struct stat st, named;

	if (old < 0)
		return vnft_output_fail(o, -errno, "is in the way");
	if (flock(old, LOCK_EX | LOCK_NB))
		return refuse(o->path, -EBUSY,
			      "another process is writing it: give another name");
	if (fstat(old, &st) || vnft_output_look_at(o, o->part_name, &named) ||
	    st.st_ino != named.st_ino || st.st_dev != named.st_dev || !S_ISREG(st.st_mode) ||
	    st.st_nlink != 1 || st.st_uid != geteuid())
		return refuse(o->part, -EEXIST, "is in the way: remove it");
	if (st.st_size && !o->whole)
		return refuse(o->part, -EEXIST,
			      "was left by a writer that did not finish: look at it, then remove "
			      "or rename it");
	o->fd = unlinkat(o->way.dir_fd, o->part_name, 0) ? -1 :
		vnft_owned_create(o->way.dir_fd, o->part_name);
	return o->fd < 0 ? vnft_output_fail(o, -errno, "cannot be made anew") : 0;
}

static int create(struct vnft_output *o, bool exists)
{
	if (o->way.linked)
		return refuse(o->path, -EEXIST, "a link to nothing: give another name");
	if ((exists || o->whole) && asprintf(&o->part, "%s.part", o->path) < 0) {
		o->part = NULL;
		return refuse(o->path, -ENOMEM, "out of memory");
	}
	snprintf(o->part_name, sizeof(o->part_name), "%s.part", o->way.name);
	o->fd = vnft_owned_create(o->way.dir_fd, vnft_output_name_now(o));
	if (o->fd < 0 && errno == EEXIST && o->part) {
		int old = open_at(o, o->part_name, O_WRONLY);
		int err = take_over(o, old);

		if (!err)
			flock(o->fd, LOCK_EX | LOCK_NB);
		if (old >= 0)
			close(old);
		if (err)
			return err;
	} else if (o->fd < 0) {
		return errno == EEXIST ?
			refuse(o->path, -EEXIST, "just made by another process: give another "
						 "name") :
			vnft_fail(-errno, "%s: cannot be created: %s", o->path, strerror(errno));
	} else {
		/* Where there are no locks (some network file systems) there is no check either. */
		flock(o->fd, LOCK_EX | LOCK_NB);
	}
	o->file = true;
	return 0;
}

/* There is a regular file of that name. */
static int may_replace(const struct vnft_output *o)
{
	if (in_use(o))
		return refuse(o->path, -EBUSY,
			      "another process is writing it: give another name");
	if (!(o->flags & VNFT_OUTPUT_REPLACE))
		return refuse(o->path, -EEXIST,
			      "exists: give another name, or replace it with --force");
	if (o->way.linked)
		return refuse(o->path, -EEXIST,
			      "a link to a file: name the file itself to replace it");
	return 0;
}

/* There is something of that name, and only a left-over may be. */
static int make_anew(struct vnft_output *o, const struct stat *st)
{
	if (o->way.linked || !S_ISREG(st->st_mode) || st->st_size)
		return refuse(o->path, -EEXIST,
			      "exists, and is no empty file of an earlier time: give a free name");
	if (unlinkat(o->way.dir_fd, o->way.name, 0))
		return vnft_output_fail(o, -errno, "cannot be removed");
	return create(o, false);
}

static bool is_stdout(const struct stat *st)
{
	struct stat out;

	return !fstat(STDOUT_FILENO, &out) && out.st_dev == st->st_dev &&
	       out.st_ino == st->st_ino && !S_ISCHR(st->st_mode);
}

int vnft_output_take(struct vnft_output *o)
{
	const bool binary = o->flags & VNFT_OUTPUT_BINARY;
	struct stat st;
	int err;

	if (!strcmp(o->path, "-"))
		return open_stdout(o, binary);
	err = vnft_way_open(&o->way, o->path);
	if (err)
		return err == -EPERM ? err : vnft_output_fail(o, err, "cannot be created");
	if (vnft_output_look_at(o, o->way.name, &st))
		return errno == ENOENT ? create(o, false) :
					 vnft_output_fail(o, -errno, "cannot be created");
	if (o->flags & VNFT_OUTPUT_ANEW)
		return make_anew(o, &st);
	if (is_stdout(&st))
		return open_stdout(o, binary);
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
		err = may_replace(o);
		return err ? err : create(o, true);
	case S_IFCHR:
	case S_IFIFO:
		return open_stream(o, S_ISFIFO(st.st_mode), binary);
	case S_IFDIR:
		return refuse(o->path, -EISDIR, "a directory: name a file in it");
	case S_IFLNK:
		return refuse(o->path, -EBUSY, "became a link while it was looked at");
	case S_IFSOCK:
		return refuse(o->path, -ENXIO, "a socket, which is not written to: name a file");
	default:
		return refuse(o->path, -ENXIO, "a block device, which is never written to: name "
					       "a file");
	}
}
