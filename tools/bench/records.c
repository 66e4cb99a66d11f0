/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The raw records of a session, and whether it can go on.
 */
#include "records.h"

#include <errno.h>
#include <stdio.h>

#include "../lib/text/error.h"
#include "../results/read.h"
#include "../source/file_write.h"

int vnft_bench_records_open(struct vnft_bench *b)
{
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/" VNFT_RECORDS_FILE, b->config->dir) >=
	    (int)sizeof(path))
		return vnft_fail(-ENAMETOOLONG, "%.60s…: path too long", b->config->dir);
	return vnft_file_create(&b->writer, path, false, 0);
}

/* With the lock. */
static void remember(struct vnft_bench *b, int err)
{
	if (b->broken)
		return;
	snprintf(b->broken_why, sizeof(b->broken_why), "%s", vnft_why());
	b->broken = err;
}

/* What the writer said, under the lock that its caller took. */
static int done(struct vnft_bench *b, int err)
{
	if (err)
		remember(b, err);
	pthread_mutex_unlock(&b->writer_lock);
	return err;
}

int vnft_bench_records_write(struct vnft_bench *b, const struct vnft_record *record)
{
	pthread_mutex_lock(&b->writer_lock);
	return done(b, vnft_file_write(record, b->writer));
}

int vnft_bench_records_device(struct vnft_bench *b, uint16_t id,
			      const struct vnft_link_info *info, uint64_t netns_inode)
{
	pthread_mutex_lock(&b->writer_lock);
	return done(b, vnft_file_write_device(b->writer, id, info, netns_inode));
}

int vnft_bench_records_lost(struct vnft_bench *b, uint16_t id,
			    const struct vnft_counters *counters)
{
	pthread_mutex_lock(&b->writer_lock);
	return done(b, vnft_file_write_lost(b->writer, id, counters));
}

int vnft_bench_records_tick(struct vnft_bench *b)
{
	pthread_mutex_lock(&b->writer_lock);
	return done(b, vnft_file_tick(b->writer));
}

int vnft_bench_records_close(struct vnft_bench *b, int err)
{
	if (!err)
		err = vnft_file_close(b->writer);
	else if (b->planned)
		vnft_file_keep(b->writer);
	else
		vnft_file_discard(b->writer);
	b->writer = NULL;
	return err;
}

void vnft_bench_break(struct vnft_bench *b, int err)
{
	pthread_mutex_lock(&b->writer_lock);
	remember(b, err);
	pthread_mutex_unlock(&b->writer_lock);
}

int vnft_bench_broken(struct vnft_bench *b)
{
	int err;

	pthread_mutex_lock(&b->writer_lock);
	err = b->broken ? vnft_fail(b->broken, "%s", b->broken_why) : 0;
	pthread_mutex_unlock(&b->writer_lock);
	return err;
}
