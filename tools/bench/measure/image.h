/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files that a type names.
 */
#ifndef VNFT_BENCH_IMAGE_H
#define VNFT_BENCH_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "../../guest/type/type.h"

/* Their size and the blocks that they use; 0: none can be read. */
void vnft_bench_image(const struct vnft_type *type, uint64_t *file_bytes, uint64_t *disk_bytes);
/* Read them into the page cache, or drop them from it. */
void vnft_bench_page_cache(const struct vnft_type *type, bool cold);

#endif
