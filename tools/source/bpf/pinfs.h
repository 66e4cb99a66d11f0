/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bpf file system that outlives `ip netns exec`.
 */
#ifndef VNFT_SOURCE_BPF_PINFS_H
#define VNFT_SOURCE_BPF_PINFS_H

#include <stdbool.h>
#include <stddef.h>

/* Path of our directory in it. @make mounts and makes it; without, -ENOENT if it is not there. */
int vnft_pinfs_path(char *path, size_t bytes, bool make);

#endif
