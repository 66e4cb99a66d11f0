/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices: making, changing and deleting them.
 * Every function works in the calling thread's network namespace (see vnft_netns_enter()) and
 * returns 0 or a negative errno after vnft_fail() with the kernel's extended ack in the line.
 */
#ifndef VNFT_LIB_LINK_SET_H
#define VNFT_LIB_LINK_SET_H

#include <stdbool.h>
#include <stdint.h>

int vnft_link_add_bridge(const char *name);
int vnft_link_add_veth(const char *name, const char *peer, int peer_netns_fd /* -1: same */);
/* @kind: "macvlan" or "macvtap"; @netns_fd: where it is born, -1: here, as @parent is */
int vnft_link_add_macvlan(const char *kind, const char *name, const char *parent, int netns_fd);
/* As a veth pair, with Ethernet headers. */
int vnft_link_add_netkit(const char *name, const char *peer, int peer_netns_fd);
/* Does this kernel have them? 0, or -EOPNOTSUPP after vnft_fail(). Makes none. */
int vnft_link_check_netkit(void);
int vnft_link_add_tap(const char *name, bool vnet_hdr, bool multi_queue);	/* persistent */
int vnft_link_delete(const char *name);		/* absent is success */
int vnft_link_set_up(const char *name, bool up);
int vnft_link_set_master(const char *name, const char *master);
int vnft_link_set_mac(const char *name, const uint8_t mac[6]);
int vnft_link_set_mtu(const char *name, uint32_t mtu_bytes);
int vnft_link_set_netns(const char *name, int netns_fd);
int vnft_link_rename(const char *name, const char *to);

#endif
