/* SPDX-License-Identifier: GPL-2.0 */
/* The table of attachments: by net_device for the hooks, by id for everybody else. */
#ifndef VNFT_KMOD_TABLE_H
#define VNFT_KMOD_TABLE_H

#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rculist.h>

#include "state.h"

struct vnft_session;

/**
 * struct vnft_device - an attachment: a net_device that is observed, for a session or for good
 * @id: in records, VNFT_MODULE_FIRST_ID and up
 * @dev: while hooked, and then alive; NULL once it is gone (changes under rtnl and vnft_lock)
 * @priv: netdev_priv(@dev): tells tun and xenvif functions apart by what they are handed
 * @net: namespace whose netfilter has our hooks
 * @session: NULL: lasts until detach
 * @realm: its maker's (authority.h); @bytes: its memory, taken in that name
 * @record_mask: bits 1 << class; read by the hooks with READ_ONCE
 * @epoch: changes when recording starts: makes every FLOW unknown again
 * @stages: bits 1 << hook that are armed and wanted for this device
 * @l2_bytes: VNFT_ETH_BYTES, or 0 for a device without link header
 * @side: enum vnft_device_side; @hook: by direction
 * @hashed: by @dev in the table, RCU
 * @owned: in session->devices or the persistent list
 */
struct vnft_device {
	u32 id;
	struct net_device *dev;
	netdevice_tracker tracker;
	void *priv;
	struct net *net;
	struct vnft_session *session;
	u64 realm;
	u64 bytes;
	u32 record_mask;
	u64 epoch;
	u64 stages;
	u16 l2_bytes;
	u8 link;
	u8 side;
	u8 hook[VNFT_DIR_NR];
	bool gone;
	u32 ifindex;
	u64 netns_inode;
	char ifname[VNFT_IFNAME_LEN];
	u8 mac[6];
	u32 mtu_bytes;
	struct nf_hook_ops ops[VNFT_DIR_NR];
	bool hooked;
	struct vnft_state state;
	struct hlist_node hashed;
	struct list_head owned;
	struct rcu_head rcu;
};

/* @d gets an id and can be found by it; -ENOSPC, -ENOMEM. Under vnft_lock, as all that follow. */
int vnft_table_add(struct vnft_device *d);
void vnft_table_remove(struct vnft_device *d);
/* Hooks find it by its net_device from now on, or no more but for a grace period. */
void vnft_table_show(struct vnft_device *d);
void vnft_table_hide(struct vnft_device *d);
/* By id, and the first with an id of at least @id (NULL: no more). */
struct vnft_device *vnft_table_find(u32 id);
struct vnft_device *vnft_table_next(u32 id);
/* Those that @realm may know of. */
u32 vnft_table_count(u64 realm);
/*
 * Never 0; another number whenever an attachment came, went or changed: how a dump that takes
 * several messages knows that it is of two states.
 */
u32 vnft_table_generation(void);
void vnft_table_changed(void);

/* Attachments of a net_device, or those whose netdev_priv() is @priv, under RCU. */
#define vnft_table_for_each(d, netdev) \
	hlist_for_each_entry_rcu(d, vnft_table_bucket(netdev), hashed) \
		if ((d)->dev != (netdev)) {} else
struct hlist_head *vnft_table_bucket(const struct net_device *dev);
struct net_device *vnft_table_by_priv(const void *priv);

void vnft_table_init(void);
/* Nothing is in it any more. */
void vnft_table_exit(void);

#endif
