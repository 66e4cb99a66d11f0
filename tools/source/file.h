/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the record file reader knows beyond the vtable of source.h.
 */
#ifndef VNFT_SOURCE_FILE_H
#define VNFT_SOURCE_FILE_H

#include <stdint.h>

struct vnft_source;

/* VNFT_LOST_UNREAD: records missing in the CPUs' sequences so far; 0 for other sources. */
uint64_t vnft_file_unread(const struct vnft_source *source);

#endif
