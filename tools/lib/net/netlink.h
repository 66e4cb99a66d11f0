/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rtnetlink over libmnl: what a run needs of devices, addresses, neighbours and namespaces.
 * Every function works in the calling thread's network namespace (see vnft_netns_enter()),
 * returns 0 or a negative errno after vnft_fail() with the kernel's extended ack in the line.
 */
#ifndef VNFT_LIB_NETLINK_H
#define VNFT_LIB_NETLINK_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct vnft_link_info - a device as the kernel describes it
 * @link: enum vnft_link (kmod/uapi/vnftrace.h)
 * @arphrd: ARPHRD_*; 1 has an Ethernet header, 0xfffe (tun) none
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
	uint32_t master_ifindex;
	bool up;
};

int vnft_link_get(const char *name, struct vnft_link_info *info);
int vnft_link_get_index(unsigned int ifindex, struct vnft_link_info *info);
/* Calls @fn for every device; stops at the first non-zero return and hands it on. */
int vnft_link_each(int (*fn)(const struct vnft_link_info *info, void *arg), void *arg);

int vnft_link_add_bridge(const char *name);
int vnft_link_add_veth(const char *name, const char *peer, int peer_netns_fd /* -1: same */);
int vnft_link_add_tap(const char *name, bool vnet_hdr, bool multi_queue);	/* persistent */
int vnft_link_delete(const char *name);		/* absent is success */
int vnft_link_set_up(const char *name, bool up);
int vnft_link_set_master(const char *name, const char *master);
int vnft_link_set_mac(const char *name, const uint8_t mac[6]);
int vnft_link_set_mtu(const char *name, uint32_t mtu_bytes);
int vnft_link_set_netns(const char *name, int netns_fd);
int vnft_link_rename(const char *name, const char *to);
/* Ethtool features: "tx-checksum", "tso", "gso", "gro" as in ethtool -K. */
int vnft_link_set_offload(const char *name, const char *feature, bool on);

/* Addresses: family AF_INET or AF_INET6, @addr 4 or 16 bytes in network order. */
int vnft_addr_add(const char *name, int family, const void *addr, int prefix);
int vnft_neigh_add(const char *name, int family, const void *addr, const uint8_t mac[6]);
int vnft_neigh_delete(const char *name, int family, const void *addr);	/* absent is success */

/**
 * vnft_link_watch - births and deaths of devices in one namespace, stamped in userspace
 *
 * A device that changes its name or its master is born again.
 *
 * open subscribes in the calling thread's namespace; the fd becomes readable; next reads one
 * event without blocking: 1 and the event, 0 for none, negative errno on failure (-ENOBUFS
 * when events were lost).
 */
struct vnft_link_event {
	uint64_t time_ns;	/* CLOCK_MONOTONIC when read */
	bool gone;
	struct vnft_link_info info;
};
struct vnft_link_watch;
int vnft_link_watch_open(struct vnft_link_watch **watch);
int vnft_link_watch_fd(const struct vnft_link_watch *watch);
int vnft_link_watch_next(struct vnft_link_watch *watch, struct vnft_link_event *event);
void vnft_link_watch_close(struct vnft_link_watch *watch);

/* Namespaces, by name as `ip netns` knows them (/run/netns/NAME). */
int vnft_netns_create(const char *name);
int vnft_netns_delete(const char *name);	/* absent is success */
int vnft_netns_open(const char *name_or_path);	/* fd; NULL: the caller's; "pid:N": of a process */
uint64_t vnft_netns_inode(int netns_fd);
/* Move the calling thread into @netns_fd; *@back receives an fd of the old one. */
int vnft_netns_enter(int netns_fd, int *back);
/* Return to @back and close it. */
void vnft_netns_leave(int back);

#endif
