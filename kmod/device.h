/* SPDX-License-Identifier: GPL-2.0 */
/* Attachments: how they come, change and go. */
#ifndef VNFT_KMOD_DEVICE_H
#define VNFT_KMOD_DEVICE_H

#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <net/netlink.h>

#include "table.h"

#define VNFT_DEFAULT_MATCH_SLOTS	16384U

/**
 * struct vnft_attach - what is asked for
 * @side: u8, enum vnft_device_side; NULL: the kind of the device decides
 * @armed: of vnft_device_arm(); what the attachment does not take over is the caller's to disarm
 */
struct vnft_attach {
	struct net_device *dev;
	struct vnft_session *session;
	const struct nlattr *side;
	u64 realm;
	u32 record_mask;
	u64 stages;
	u64 armed;
	u32 match_slots;
};

/* Its memory, without locks: others must not wait for it. NULL with @extack: no memory. */
struct vnft_device *vnft_device_new(const struct vnft_attach *how, struct netlink_ext_ack *extack);
/*
 * The hooks of @stages that a device of this kind can have, armed for the caller. Without rtnl and
 * vnft_lock: it may wait for a grace period. Given back under any lock.
 */
u64 vnft_device_arm(u64 stages, enum vnft_link link);
void vnft_device_disarm(u64 armed);
/* Under rtnl and vnft_lock. Negative errno with @extack: then @d is gone. */
int vnft_device_attach(struct vnft_attach *how, struct vnft_device *d,
		       struct netlink_ext_ack *extack);
/* One that was never attached. */
void vnft_device_free(struct vnft_device *d);
/* Stages that it does not have yet are taken over from @armed. Under vnft_lock. */
int vnft_device_record(struct vnft_device *d, u32 record_mask, u64 stages, u64 *armed,
		       struct netlink_ext_ack *extack);
/* Under rtnl and vnft_lock: off the device and off the lists; the caller waits, then frees. */
void vnft_device_unhook(struct vnft_device *d, struct list_head *dead);
/* Without locks: wait until no hook runs, free all of @dead (device.owned). */
void vnft_device_free_list(struct list_head *dead);
/* The device is what its net_device is now: name, number, namespace, address, MTU. Under rtnl. */
void vnft_device_refresh(struct vnft_device *d);
/*
 * Under rtnl and vnft_lock: no hook finds it from now on and its net_device is given back; what it
 * counted stays. A session keeps it until it ends, anything else is freed soon.
 */
void vnft_device_gone(struct vnft_device *d);
/* All of a session, when it ends, and all that belong to none; take both locks. */
void vnft_device_end_session(struct vnft_session *session);
void vnft_device_end_lasting(void);
/* What vnft_device_gone() left to be freed soon is freed. */
void vnft_device_exit(void);

#endif
