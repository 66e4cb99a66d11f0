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
/*
 * Could `attach` pin here? 0 with the directory in @path, or negative errno after vnft_fail():
 * -ENOENT where no bpf file system is mounted and we may not mount one, -EPERM where the directory
 * is not ours.
 */
int vnft_pinfs_usable(char *path, size_t bytes);

#endif
