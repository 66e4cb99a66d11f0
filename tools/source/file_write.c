/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing record files: buffered, whole records at a time, on disk at most a second late, so that
 * what a killed process leaves can be read. The last record says that the file is finished.
 */
#include "file_write.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../lib/host/version.h"
#include "../lib/text/error.h"
#include "../lib/run/clock.h"
#include "../lib/run/output.h"
#include "file.h"

#define BATCH_RECORDS	1024
#define FLUSH_NS	1000000000ULL

/**
 * struct vnft_file_writer - a record file being written
 * @err: first failure, and @why; nothing is written after it
 * @flushed_ns: when @batch was last empty
 * @n: records in @batch
 */
struct vnft_file_writer {
	struct vnft_output *out;
	int err;
	char why[512];
	uint64_t flushed_ns;
	size_t n;
	struct vnft_record batch[BATCH_RECORDS];
};

/* The reason that this thread's vnft_fail() has just given, and what a reader will find. */
static void remember(struct vnft_file_writer *w, int err)
{
	uint64_t records;

	vnft_output_trim(w->out, VNFT_RECORD_BYTES);
	records = vnft_output_bytes(w->out) / VNFT_RECORD_BYTES;
	w->err = err;
	if (vnft_output_is_file(w->out) && records)
		snprintf(w->why, sizeof(w->why), "%s (the %llu records before that are kept)",
			 vnft_why(), (unsigned long long)records);
	else
		snprintf(w->why, sizeof(w->why), "%s", vnft_why());
}

static int failed(const struct vnft_file_writer *w)
{
	return w->err ? vnft_fail(w->err, "%s", w->why) : 0;
}

static uint64_t realtime_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int flush(struct vnft_file_writer *w)
{
	int err = 0;

	if (!w->err && w->n)
		err = vnft_output_write(w->out, w->batch, w->n * sizeof(w->batch[0]));
	if (err)
		remember(w, err);
	w->n = 0;
	w->flushed_ns = vnft_now_ns();
	return failed(w);
}

int vnft_file_write(const struct vnft_record *record, void *writer)
{
	struct vnft_file_writer *w = writer;

	if (w->err)
		return failed(w);
	w->batch[w->n++] = *record;
	return w->n == BATCH_RECORDS ? flush(w) : 0;
}

int vnft_file_tick(struct vnft_file_writer *w)
{
	return vnft_now_ns() - w->flushed_ns < FLUSH_NS ? failed(w) : flush(w);
}

static int write_manifest(struct vnft_file_writer *w, uint32_t ncpus)
{
	uint64_t before_ns = vnft_now_ns();
	uint64_t real_ns = realtime_ns();
	uint64_t now_ns = before_ns + (vnft_now_ns() - before_ns) / 2;
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

int vnft_file_create(struct vnft_file_writer **writer, const char *path, bool replace,
		     uint32_t ncpus)
{
	struct vnft_file_writer *w = calloc(1, sizeof(*w));
	int err;

	*writer = NULL;
	if (!w)
		return vnft_fail(-ENOMEM, "%s: out of memory", path);
	err = vnft_output_open(&w->out, path, VNFT_OUTPUT_BINARY |
			       (replace ? VNFT_OUTPUT_REPLACE : 0));
	if (err) {
		free(w);
		return err;
	}
	write_manifest(w, ncpus ? ncpus : (uint32_t)libbpf_num_possible_cpus());
	err = flush(w);
	if (err) {
		vnft_file_discard(w);
		return err;
	}
	*writer = w;
	return 0;
}

int vnft_file_define(struct vnft_file_writer *writer, uint16_t id,
		     const struct vnft_link_info *info, const struct vnft_source_device *device)
{
	struct vnft_record r = {
		.time_ns = vnft_now_ns(),
		.flow = device->netns_inode,
		.device = id,
		.kind = VNFT_KIND_DEVICE,
		.flags = VNFT_RF_USERSPACE,
		.len32 = info->ifindex,
	};

	r.dev.link = info->link;
	r.dev.event = VNFT_DEVICE_DEFINED;
	r.dev.mtu_bytes = info->mtu_bytes;
	r.dev.side = device->side;
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
			.time_ns = vnft_now_ns(),
			.device = id,
			.kind = VNFT_KIND_LOST,
			.flags = VNFT_RF_USERSPACE,
			.len32 = cause,
			.lost.count = counters->lost[cause],
		};

		err = vnft_file_write(&r, writer);
	}
	return err ? err : flush(writer);
}

bool vnft_file_is_stdout(const struct vnft_file_writer *writer)
{
	return vnft_output_is_stdout(writer->out);
}

int vnft_file_close(struct vnft_file_writer *w)
{
	const struct vnft_record end = {
		.time_ns = vnft_now_ns(),
		.kind = VNFT_KIND_MARK,
		.flags = VNFT_RF_USERSPACE,
		.mark.name = VNFT_FILE_END,
	};
	int err;

	if (!w)
		return 0;
	vnft_file_write(&end, w);
	err = flush(w);
	if (err)
		vnft_output_keep(w->out);
	else
		err = vnft_output_finish(w->out);
	free(w);
	return err;
}

void vnft_file_keep(struct vnft_file_writer *w)
{
	if (!w)
		return;
	flush(w);
	vnft_output_keep(w->out);
	free(w);
}

void vnft_file_discard(struct vnft_file_writer *w)
{
	if (!w)
		return;
	vnft_output_discard(w->out);
	free(w);
}
