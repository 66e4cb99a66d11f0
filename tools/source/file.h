/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the record file reader knows beyond the vtable of source.h.
 */
#ifndef VNFT_SOURCE_FILE_H
#define VNFT_SOURCE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vnft_source;

/* Name of the MARK that is a finished file's last record; the reader hands it to nobody. */
#define VNFT_FILE_END "end"

/* VNFT_LOST_UNREAD: records missing in the CPUs' sequences so far; 0 for other sources. */
uint64_t vnft_file_unread(const struct vnft_source *source);

/*
 * Is the file without its end? It is still being written, or its writer was killed, or its end was
 * cut off; what is there can be read. @how, of a sentence: what is there, and what is not.
 */
bool vnft_file_unfinished(const struct vnft_source *source, char *how, size_t bytes);

#endif
