/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much memory may be asked for: rings, counters and tables. What is allocated for somebody is
 * charged to his cgroup (GFP_KERNEL_ACCOUNT), too, and this bounds all of it together.
 */
#ifndef VNFT_KMOD_MEMORY_H
#define VNFT_KMOD_MEMORY_H

#include <linux/types.h>

/* Before it is allocated, for somebody of @realm (authority.h); -ENOMEM: it would be too much. */
int vnft_memory_take(u64 realm, u64 bytes);
void vnft_memory_give(u64 realm, u64 bytes);

#endif
