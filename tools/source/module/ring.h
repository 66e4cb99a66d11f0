/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rings of a session in our memory.
 */
#ifndef VNFT_SOURCE_MODULE_RING_H
#define VNFT_SOURCE_MODULE_RING_H

#include "../ring.h"

#define VNFT_CHARDEV	"/dev/" VNFT_CHARDEV_NAME

/* Map them all. After a failure vnft_rings_free() unmaps those that were. @stride_bytes: apart. */
int vnft_module_rings_map(struct vnft_rings *rings, int fd, uint64_t stride_bytes);

#endif
