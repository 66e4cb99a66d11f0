/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that the user asked for: checked and taken at the start, put in their place at the end.
 */
#include "output_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../text/error.h"
#include "clock.h"
#include "interrupt.h"
#include "owned.h"

#define WAIT_MS		50
#define LAST_READ_NS	1000000000ULL	/* what a reader gets after an interrupt */
#define PIPE_BYTES	4096		/* so much of a pipe that can be written never blocks */

/* Does what we write still have its name? */
static bool is_named(const struct vnft_output *o)
{
	struct stat ours, named;

	return !fstat(o->fd, &ours) &&
	       !vnft_output_look_at(o, vnft_output_name_now(o), &named) &&
	       ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

static void release(struct vnft_output *o)
{
	if (o->fd >= 0 && !o->to_stdout)
		close(o->fd);
	vnft_way_close(&o->way);
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
		return vnft_fail(-ENOMEM, "%s: out of memory", path);
	o->fd = o->way.dir_fd = -1;
	o->flags = flags;
	o->whole = flags & VNFT_OUTPUT_WHOLE;
	o->path = strdup(path);
	err = o->path ? vnft_output_take(o) :
			vnft_fail(-ENOMEM, "%s: out of memory", path);
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
			return vnft_fail(-EINTR, "%s: interrupted, and its reader does not read",
					 vnft_output_name(o));
	}
}

static int fail_write(const struct vnft_output *o, int err)
{
	switch (err) {
	case -EPIPE:
		return vnft_fail(err, "%s: its reader went away", vnft_output_said(o));
	case -ENOSPC:
	case -EDQUOT:
		return vnft_fail(err, "%s: cannot be written: %s: make room, or name another place",
				 vnft_output_said(o), strerror(-err));
	default:
		return vnft_output_fail(o, err, "cannot be written");
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
	const int dir = o->way.dir_fd;
	struct stat st;
	int err;

	if (!fstat(o->fd, &st) && st.st_nlink && !o->part)
		return 0;
	if (!is_named(o))
		return vnft_fail(-ENOENT, "%s: was removed while it was written",
				 vnft_output_said(o));
	if (!(o->flags & VNFT_OUTPUT_REPLACE))
		err = vnft_owned_rename(dir, o->part_name, o->way.name);
	else if (!vnft_output_look_at(o, o->way.name, &st) && !S_ISREG(st.st_mode))
		err = -EEXIST;
	else
		err = renameat(dir, o->part_name, dir, o->way.name) ? -errno : 0;
	return err ? vnft_output_fail(o, err, "cannot be put in its place") : 0;
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
	if (!o)
		return;
	if (o->file && is_named(o))
		unlinkat(o->way.dir_fd, vnft_output_name_now(o), 0);
	release(o);
}
