/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing record files: buffered, under a temporary name until vnft_file_close() has everything on
 * disk, so that a file under its own name is always whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../lib/host/version.h"
#include "../lib/net/link.h"
#include "../lib/text/error.h"
#include "source.h"

#define BATCH_RECORDS	1024

/**
 * struct vnft_file_writer - a record file being written
 * @part: temporary name
 * @err: first failure; nothing is written after it
 * @n: records in @batch
 */
struct vnft_file_writer {
	char *path;
	char *part;
	int fd;
	int err;
	size_t n;
	struct vnft_record batch[BATCH_RECORDS];
};

static int fail(struct vnft_file_writer *w, const char *what)
{
	int err = errno ? -errno : -EIO;

	if (!w->err)
		w->err = vnft_fail(err, "%s: %s: %s", w->path, what, strerror(-err));
	return w->err;
}

static int flush(struct vnft_file_writer *w)
{
	const char *at = (const char *)w->batch;
	size_t left = w->n * sizeof(w->batch[0]);
	ssize_t r;

	while (left && !w->err) {
		r = write(w->fd, at, left);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			if (!r)
				errno = EIO;
			return fail(w, "cannot be written");
		}
		at += r;
		left -= (size_t)r;
	}
	w->n = 0;
	return w->err;
}

int vnft_file_write(const struct vnft_record *record, void *writer)
{
	struct vnft_file_writer *w = writer;

	if (w->err)
		return w->err;
	w->batch[w->n++] = *record;
	return w->n == BATCH_RECORDS ? flush(w) : 0;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int write_manifest(struct vnft_file_writer *w, uint32_t ncpus)
{
	uint64_t before_ns = clock_ns(CLOCK_MONOTONIC);
	uint64_t real_ns = clock_ns(CLOCK_REALTIME);
	uint64_t now_ns = before_ns + (clock_ns(CLOCK_MONOTONIC) - before_ns) / 2;
	struct vnft_record r = {
		.time_ns = now_ns,
		.flow = VNFT_MAGIC,
		.kind = VNFT_KIND_MANIFEST,
		.flags = VNFT_RF_USERSPACE,
		.manifest = {
			.realtime_offset_ns = (int64_t)(real_ns - now_ns),
			.version = VNFT_ABI_VERSION,
			.ncpus = ncpus,
			.tool = VNFT_VERSION,
		},
	};

	return vnft_file_write(&r, w);
}

static void writer_free(struct vnft_file_writer *w)
{
	if (w->fd >= 0)
		close(w->fd);
	free(w->part);
	free(w->path);
	free(w);
}

int vnft_file_create(struct vnft_file_writer **writer, const char *path, uint32_t ncpus)
{
	struct vnft_file_writer *w = calloc(1, sizeof(*w));
	int err = 0;

	*writer = NULL;
	if (!w)
		return vnft_fail(-ENOMEM, "%s: out of memory", path);
	w->fd = -1;
	w->path = strdup(path);
	if (!w->path || asprintf(&w->part, "%s.part-%d", path, (int)getpid()) < 0) {
		w->part = NULL;
		err = vnft_fail(-ENOMEM, "%s: out of memory", path);
	}
	if (!err) {
		w->fd = open(w->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
		if (w->fd < 0)
			err = fail(w, "cannot be created");
	}
	if (err) {
		writer_free(w);
		return err;
	}
	write_manifest(w, ncpus);
	*writer = w;
	return 0;
}

int vnft_file_define(struct vnft_file_writer *writer, uint16_t id,
		     const struct vnft_link_info *info, const struct vnft_source_device *device)
{
	struct vnft_record r = {
		.time_ns = clock_ns(CLOCK_MONOTONIC),
		.flow = device->netns_inode,
		.device = id,
		.kind = VNFT_KIND_DEVICE,
		.flags = VNFT_RF_USERSPACE,
		.len32 = info->ifindex,
	};

	r.dev.link = info->link;
	r.dev.event = VNFT_DEVICE_DEFINED;
	r.dev.mtu_bytes = info->mtu_bytes;
	r.dev.hook_in = device->hook[VNFT_DIR_IN];
	r.dev.hook_out = device->hook[VNFT_DIR_OUT];
	memcpy(r.dev.mac, info->mac, sizeof(r.dev.mac));
	memcpy(r.dev.name, info->name, strnlen(info->name, sizeof(r.dev.name) - 1));
	return vnft_file_write(&r, writer);
}

int vnft_file_write_device(struct vnft_file_writer *writer, uint16_t id,
			   const struct vnft_link_info *info, uint64_t netns_inode)
{
	const struct vnft_source_device device = { .netns_inode = netns_inode };

	return vnft_file_define(writer, id, info, &device);
}

int vnft_file_write_lost(struct vnft_file_writer *writer, uint16_t id,
			 const struct vnft_counters *counters)
{
	uint32_t cause;
	int err = 0;

	for (cause = 0; cause < VNFT_LOST_NR && !err; cause++) {
		struct vnft_record r = {
			.time_ns = clock_ns(CLOCK_MONOTONIC),
			.device = id,
			.kind = VNFT_KIND_LOST,
			.flags = VNFT_RF_USERSPACE,
			.len32 = cause,
			.lost.count = counters->lost[cause],
		};

		err = vnft_file_write(&r, writer);
	}
	/* End of a run: what is finished survives a kill -9 (under the temporary name). */
	return err ? err : flush(writer);
}

int vnft_file_close(struct vnft_file_writer *writer)
{
	struct vnft_file_writer *w = writer;
	int err, fd;

	if (!w)
		return 0;
	flush(w);
	if (!w->err && fsync(w->fd) && errno != EINVAL)	/* EINVAL: a pipe or device */
		fail(w, "cannot be written");
	fd = w->fd;
	w->fd = -1;
	if (close(fd) && !w->err)
		fail(w, "cannot be written");
	if (!w->err && rename(w->part, w->path))
		fail(w, "cannot be put in its place");
	err = w->err;
	if (err)
		unlink(w->part);
	writer_free(w);
	return err;
}
