/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading record files: the records one after another, MANIFEST first, DEVICEs before their use.
 */
#ifndef VNFT_SOURCE_FILE_H
#define VNFT_SOURCE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source.h"

/* Name of the MARK that is a finished file's last record; the reader hands it to nobody. */
#define VNFT_FILE_END "end"

int vnft_file_open(struct vnft_source **source, const char *path);
/* VNFT_LOST_UNREAD: records missing in the CPUs' sequences so far; 0 for other sources. */
uint64_t vnft_file_unread(const struct vnft_source *source);

/*
 * Is the file without its end? It is still being written, or its writer was killed, or its end was
 * cut off; what is there can be read. @how, of a sentence: what is there, and what is not.
 */
bool vnft_file_unfinished(const struct vnft_source *source, char *how, size_t bytes);

#endif
