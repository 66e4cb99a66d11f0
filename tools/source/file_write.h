/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing record files, which file.h reads.
 */
#ifndef VNFT_SOURCE_FILE_WRITE_H
#define VNFT_SOURCE_FILE_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "../lib/net/link.h"
#include "source.h"

struct vnft_file_writer;
/*
 * Check the target, take it, and begin the file, by the rules of lib/run/output.h; @replace: a file
 * of that name may be replaced. A file that exists stays as it is until close(). @ncpus: of the
 * stream; 0: every CPU that this host can have.
 */
int vnft_file_create(struct vnft_file_writer **writer, const char *path, bool replace,
		     uint32_t ncpus);
/* Do the records go to standard output? Then nothing else may. */
bool vnft_file_is_stdout(const struct vnft_file_writer *writer);
/* A vnft_record_fn with the writer as its arg. After a failure every call fails like it. */
int vnft_file_write(const struct vnft_record *record, void *writer);
/* To be called every few milliseconds: what was written more than a second ago goes to the file. */
int vnft_file_tick(struct vnft_file_writer *writer);
/* Write a DEVICE record for a device of the calling thread's namespace. */
int vnft_file_write_device(struct vnft_file_writer *writer, uint16_t id,
			   const struct vnft_link_info *info, uint64_t netns_inode);
/* The same with its hooks, as its source knows them. */
int vnft_file_define(struct vnft_file_writer *writer, uint16_t id,
		     const struct vnft_link_info *info, const struct vnft_source_device *device);
int vnft_file_write_lost(struct vnft_file_writer *writer, uint16_t id,
			 const struct vnft_counters *counters);
/*
 * One of the three ends it and frees it, NULL allowed. close(): it is finished, and says so; 0, or
 * -errno after vnft_fail(), then what was written is kept. keep(): not finished, but worth reading.
 * discard(): nothing of worth in it: removed, unless it was no file of ours.
 */
int vnft_file_close(struct vnft_file_writer *writer);
void vnft_file_keep(struct vnft_file_writer *writer);
void vnft_file_discard(struct vnft_file_writer *writer);

#endif
