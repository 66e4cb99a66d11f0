/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that the user asked for: checked and taken at the start, put in their place at the end.
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../text/error.h"
#include "clock.h"
#include "interrupt.h"
#include "owned.h"

#define WAIT_MS		50
#define LAST_READ_NS	1000000000ULL	/* what a reader gets after an interrupt */
#define PIPE_BYTES	4096		/* so much of a pipe that can be written never blocks */

/**
 * struct vnft_output - a file being written
 * @part: its name until it is finished, NULL if it has its own already or none
 * @file: a regular file that we made
 * @replace: what has the name at the end may be replaced
 * @whole: without its end it is nothing
 */
struct vnft_output {
	char *path, *part;
	int fd;
	bool file, replace, whole, to_stdout;
	uint64_t bytes;
};

/* What to call it: the name that the user will look for. */
static const char *said(const struct vnft_output *o)
{
	return o->whole && !o->to_stdout ? o->path : vnft_output_name(o);
}

static int fail(const struct vnft_output *o, int err, const char *what)
{
	return vnft_fail(err, "%s: %s: %s", said(o), what, strerror(-err));
}

static int refuse(const char *path, int err, const char *why)
{
	return vnft_fail(err, "%s: %s", path, why);
}

/* Does another process hold the lock of a file that is being written? */
static bool in_use(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return locked;
}

/* A device or pipe of that name: its type, and a reader, are looked at again when it is open. */
static int open_stream(struct vnft_output *o, bool fifo, bool binary)
{
	struct stat st;

	o->fd = open(o->path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (o->fd < 0 && errno == ENXIO && fifo)
		return refuse(o->path, -ENXIO, "nobody reads this FIFO: start its reader first");
	if (o->fd < 0)
		return fail(o, -errno, "cannot be opened for writing");
	if (fstat(o->fd, &st) || !(S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode)))
		return refuse(o->path, -EBUSY, "became another file while it was opened");
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
	return fcntl(o->fd, F_GETFD) < 0 ? fail(o, -errno, "cannot be written") : 0;
}

/*
 * FILE.part of a process that died: nobody holds it. What never was to be seen unfinished, or has
 * nothing in it, is made anew; a recording is not. @old stays open, and locked, meanwhile.
 */
static int take_over(struct vnft_output *o, int old)
{
	struct stat st, named;

	if (old < 0)
		return fail(o, -errno, "is in the way");
	if (flock(old, LOCK_EX | LOCK_NB))
		return refuse(o->path, -EBUSY,
			      "another process is writing it: give another name");
	if (fstat(old, &st) || lstat(o->part, &named) || st.st_ino != named.st_ino ||
	    st.st_dev != named.st_dev || !S_ISREG(st.st_mode) || st.st_nlink != 1 ||
	    st.st_uid != geteuid())
		return refuse(o->part, -EEXIST, "is in the way: remove it");
	if (st.st_size && !o->whole)
		return refuse(o->part, -EEXIST,
			      "was left by a writer that did not finish: look at it, then remove "
			      "or rename it");
	o->fd = unlink(o->part) ? -1 : vnft_owned_create(o->part);
	return o->fd < 0 ? fail(o, -errno, "cannot be made anew") : 0;
}

static int create(struct vnft_output *o, bool exists)
{
	if ((exists || o->whole) && asprintf(&o->part, "%s.part", o->path) < 0) {
		o->part = NULL;
		return refuse(o->path, -ENOMEM, "out of memory");
	}
	o->fd = vnft_owned_create(vnft_output_name(o));
	if (o->fd < 0 && errno == EEXIST && o->part) {
		int old = open(o->part, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
		int err = take_over(o, old);

		if (!err)
			flock(o->fd, LOCK_EX | LOCK_NB);
		if (old >= 0)
			close(old);
		if (err)
			return err;
	} else if (o->fd < 0) {
		return errno == EEXIST ?
			refuse(o->path, -EEXIST, "a link to nothing, or just made by another "
						 "process: give another name") :
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
	struct stat st;

	if (in_use(o->path))
		return refuse(o->path, -EBUSY,
			      "another process is writing it: give another name");
	if (!o->replace)
		return refuse(o->path, -EEXIST,
			      "exists: give another name, or replace it with --force");
	if (lstat(o->path, &st) || !S_ISREG(st.st_mode))
		return refuse(o->path, -EEXIST,
			      "a link to a file: name the file itself to replace it");
	return 0;
}

static bool is_stdout(const char *path, const struct stat *st)
{
	struct stat out;

	return !fstat(STDOUT_FILENO, &out) && out.st_dev == st->st_dev &&
	       out.st_ino == st->st_ino && !S_ISCHR(st->st_mode);
}

static int take(struct vnft_output *o, bool binary)
{
	struct stat st;
	int err;

	if (!strcmp(o->path, "-"))
		return open_stdout(o, binary);
	if (stat(o->path, &st))
		return errno == ENOENT ? create(o, false) :
					 fail(o, -errno, "cannot be created");
	if (is_stdout(o->path, &st))
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
	case S_IFSOCK:
		return refuse(o->path, -ENXIO, "a socket, which is not written to: name a file");
	default:
		return refuse(o->path, -ENXIO, "a block device, which is never written to: name "
					       "a file");
	}
}

static void release(struct vnft_output *o)
{
	if (o->fd >= 0 && !o->to_stdout)
		close(o->fd);
	free(o->part);
	free(o->path);
	free(o);
}

int vnft_output_open(struct vnft_output **output, const char *path, unsigned int flags)
{
	struct vnft_output *o = calloc(1, sizeof(*o));
	int err;

	*output = NULL;
	if (!o)
		return refuse(path, -ENOMEM, "out of memory");
	o->fd = -1;
	o->replace = flags & VNFT_OUTPUT_REPLACE;
	o->whole = flags & VNFT_OUTPUT_WHOLE;
	o->path = strdup(path);
	err = o->path ? take(o, flags & VNFT_OUTPUT_BINARY) :
			refuse(path, -ENOMEM, "out of memory");
	if (err) {
		release(o);
		return err;
	}
	if (!o->file)
		signal(SIGPIPE, SIG_IGN);
	*output = o;
	return 0;
}

/* Until a pipe has room; the write that follows says what else may be wrong. */
static int await_room(const struct vnft_output *o)
{
	struct pollfd pfd = { .fd = o->fd, .events = POLLOUT };
	uint64_t end_ns = 0;

	for (;;) {
		int n = poll(&pfd, 1, WAIT_MS);

		if (n > 0 || (n < 0 && errno != EINTR))
			return 0;
		if (!vnft_interrupted())
			continue;
		if (!end_ns)
			end_ns = vnft_now_ns() + LAST_READ_NS;
		else if (vnft_now_ns() > end_ns)
			return refuse(vnft_output_name(o), -EINTR,
				      "interrupted, and its reader does not read");
	}
}

static int fail_write(const struct vnft_output *o, int err)
{
	switch (err) {
	case -EPIPE:
		return refuse(said(o), err, "its reader went away");
	case -ENOSPC:
	case -EDQUOT:
		return vnft_fail(err, "%s: cannot be written: %s: make room, or name another place",
				 said(o), strerror(-err));
	default:
		return fail(o, err, "cannot be written");
	}
}

int vnft_output_write(struct vnft_output *o, const void *data, size_t bytes)
{
	const char *at = data;

	while (bytes) {
		size_t n = o->file || bytes < PIPE_BYTES ? bytes : PIPE_BYTES;
		ssize_t got;
		int err;

		err = o->file ? 0 : await_room(o);
		if (err)
			return err;
		got = write(o->fd, at, n);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got <= 0)
			return fail_write(o, got ? -errno : -EIO);
		at += got;
		bytes -= (size_t)got;
		o->bytes += (uint64_t)got;
	}
	return 0;
}

static ssize_t write_cookie(void *output, const char *data, size_t bytes)
{
	return vnft_output_write(output, data, bytes) ? 0 : (ssize_t)bytes;
}

FILE *vnft_output_stream(struct vnft_output *o)
{
	FILE *f = fopencookie(o, "w", (cookie_io_functions_t){ .write = write_cookie });

	if (!f)
		vnft_fail(-ENOMEM, "%s: out of memory", vnft_output_name(o));
	return f;
}

uint64_t vnft_output_bytes(const struct vnft_output *o)
{
	return o->bytes;
}

void vnft_output_trim(struct vnft_output *o, size_t unit_bytes)
{
	uint64_t whole_bytes = o->bytes - o->bytes % unit_bytes;

	if (o->file && !ftruncate(o->fd, (off_t)whole_bytes))
		o->bytes = whole_bytes;
}

const char *vnft_output_name(const struct vnft_output *o)
{
	return o->to_stdout ? "stdout" : o->part ? o->part : o->path;
}

bool vnft_output_is_stdout(const struct vnft_output *o)
{
	return o->to_stdout;
}

bool vnft_output_is_file(const struct vnft_output *o)
{
	return o->file;
}

static int put_in_place(struct vnft_output *o)
{
	struct stat st;
	int err;

	if (!fstat(o->fd, &st) && !st.st_nlink)
		return refuse(said(o), -ENOENT, "was removed while it was written");
	if (!o->part)
		return 0;
	if (!o->replace)
		err = vnft_owned_rename(o->part, o->path);
	else if (!lstat(o->path, &st) && !S_ISREG(st.st_mode))
		err = -EEXIST;
	else
		err = rename(o->part, o->path) ? -errno : 0;
	return err ? fail(o, err, "cannot be put in its place") : 0;
}

int vnft_output_finish(struct vnft_output *o)
{
	int err = 0;

	if (o->file) {
		err = fsync(o->fd) ? fail_write(o, -errno) : 0;
		/* The lock goes with the descriptor: not before the file has its name. */
		if (!err)
			err = put_in_place(o);
	}
	if (err && o->whole)
		vnft_output_discard(o);
	else
		release(o);
	return err;
}

void vnft_output_keep(struct vnft_output *o)
{
	release(o);
}

void vnft_output_discard(struct vnft_output *o)
{
	const char *name = o ? vnft_output_name(o) : NULL;
	struct stat ours, named;

	if (!o)
		return;
	if (o->file && !fstat(o->fd, &ours) && !lstat(name, &named) &&
	    ours.st_ino == named.st_ino && ours.st_dev == named.st_dev)
		unlink(name);
	release(o);
}
