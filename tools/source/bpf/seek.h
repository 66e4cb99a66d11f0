/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which persistent attachment is a device's? The device may have been renamed or moved since, its
 * programs taken away, or it may be gone.
 */
#ifndef VNFT_SOURCE_BPF_SEEK_H
#define VNFT_SOURCE_BPF_SEEK_H

#include "pindir.h"

/* @dir of an attachment; VNFT_PIN_PATH bytes less a pin's name. */
#define VNFT_SEEK_BYTES	(VNFT_PIN_PATH - 16)

/*
 * The attachment whose programs are on a device of the calling thread's namespace, or were on it
 * and were taken away: its directory and itself, or NULL if there is none.
 */
struct vnft_bpf_device *vnft_seek_device(const char *root, unsigned int ifindex,
					 char dir[VNFT_SEEK_BYTES]);
/*
 * The same by the name under which it was attached, for a device that is not there any more
 * under it. @netns_inode 0: nor is the namespace; then only one that counts nothing is found.
 */
struct vnft_bpf_device *vnft_seek_name(const char *root, uint64_t netns_inode, const char *ifname,
				       char dir[VNFT_SEEK_BYTES]);

#endif
