/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices: what the kernel says about them.
 * Every function works in the calling thread's network namespace (see vnft_netns_enter()) and
 * returns 0 or a negative errno after vnft_fail() with the kernel's extended ack in the line.
 */
#ifndef VNFT_LIB_LINK_H
#define VNFT_LIB_LINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

struct nlmsghdr;

/**
 * struct vnft_link_info - a device as the kernel describes it
 * @link: enum vnft_link (kmod/uapi/vnftrace.h)
 * @peer_ifindex: of the other end of a veth, or of the device below
 * @peer_nsid: what this namespace calls the one where that is; -1: this one, or there is none
 * @arphrd: ARPHRD_*; 1 has an Ethernet header, 0xfffe (tun) none
 * @carrier: something is up at its other end; of a tap: somebody has opened it
 */
struct vnft_link_info {
	unsigned int ifindex;
	char name[IFNAMSIZ];
	char kind[16];
	uint8_t link;
	uint8_t mac[6];
	uint16_t arphrd;
	uint32_t mtu_bytes;
	uint32_t peer_ifindex;
	int32_t peer_nsid;
	uint32_t master_ifindex;
	bool up, carrier;
};

int vnft_link_get(const char *name, struct vnft_link_info *info);
int vnft_link_get_index(unsigned int ifindex, struct vnft_link_info *info);
/* Name of the device with this alternative name; -ENODEV, without vnft_fail(), if none has it. */
int vnft_link_by_altname(const char *altname, char name[IFNAMSIZ]);
/* ifindex by name, or -ENODEV after vnft_fail(). */
int vnft_link_index(const char *name);
/* Calls @fn for every device; stops at the first non-zero return and hands it on. */
int vnft_link_each(int (*fn)(const struct vnft_link_info *info, void *arg), void *arg);

/* Fill @info from a RTM_NEWLINK or RTM_DELLINK message. */
int vnft_link_parse(const struct nlmsghdr *nlh, struct vnft_link_info *info);

#endif
