/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a device's programs are now, as the kernel says: on their hooks or not, and in which
 * namespace under which name.
 */
#ifndef VNFT_SOURCE_BPF_HOOKED_H
#define VNFT_SOURCE_BPF_HOOKED_H

#include "device.h"

/**
 * struct vnft_bpf_where - where a device is
 * @hooked: enum vnft_hooked, by direction
 * @netns_inode, @ifindex, @ifname: where it is now; where nothing of ours is left on it, where it
 *	was attached
 */
struct vnft_bpf_where {
	uint8_t hooked[VNFT_DIR_NR];
	uint64_t netns_inode;
	unsigned int ifindex;
	char ifname[VNFT_IFNAME_LEN];
};

/* Both directions: enum vnft_hooked. A few system calls. */
void vnft_bpf_hooked(const struct vnft_bpf_device *d, uint8_t hooked[VNFT_DIR_NR]);
/* And where: tcx follows a device into another namespace. */
void vnft_bpf_locate(const struct vnft_bpf_device *d, struct vnft_bpf_where *where);
/* Is at least one of its programs on a device? */
bool vnft_bpf_is_hooked(const uint8_t hooked[VNFT_DIR_NR]);
/* Its hooks are on this device of the calling thread's namespace. */
bool vnft_bpf_is_on(const struct vnft_bpf_device *d, unsigned int ifindex);
/* The kernel's number of a program or of a link; 0 if there is none. */
uint32_t vnft_bpf_prog_id(int prog_fd);

#endif
