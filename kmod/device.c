// SPDX-License-Identifier: GPL-2.0
/*
 * Attachments: a net_device that is observed for a session, or for good. Hooks find them in the
 * table (table.c) under RCU. Whoever takes some away unhooks them under the locks, waits one grace
 * period for all of them, and frees.
 *
 * Nothing holds the namespace: a device that is hooked is registered in it, and notify.c hears
 * of its leaving, by death or by a move, before the namespace can go.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "authority.h"
#include "core/hooks.h"
#include "core/link.h"
#include "core/match.h"
#include "device.h"
#include "hooks_driver.h"
#include "hooks_netdev.h"
#include "hooks_trace.h"
#include "memory.h"
#include "record.h"
#include "session.h"
#include "state.h"
#include "table.h"
#include "vnft.h"

/* Attachments of no session. */
static LIST_HEAD(vnft_lasting);

/* Those that went away under rtnl, where nobody may wait for a grace period. */
static LIST_HEAD(vnft_dead);
static void vnft_device_reap(struct work_struct *work);
static DECLARE_WORK(vnft_reaper, vnft_device_reap);

void vnft_device_refresh(struct vnft_device *d)
{
	const struct net_device *dev = d->dev;

	ASSERT_RTNL();
	d->net = dev_net(dev);
	d->netns_inode = d->net->ns.inum;
	d->ifindex = dev->ifindex;
	d->mtu_bytes = dev->mtu;
	strscpy_pad(d->ifname, dev->name, sizeof(d->ifname));
	memset(d->mac, 0, sizeof(d->mac));
	if (dev->addr_len == sizeof(d->mac))
		memcpy(d->mac, dev->dev_addr, sizeof(d->mac));
	vnft_table_changed();
}

u64 vnft_device_arm(u64 stages, enum vnft_link link)
{
	stages = vnft_hooks_fit(stages & vnft_hooks_by(VNFT_BY_MODULE), link);
	/* The boundary's hooks are there anyway. */
	return vnft_trace_get(stages) | vnft_driver_get(stages) | vnft_hooks_boundary(stages);
}

void vnft_device_disarm(u64 armed)
{
	vnft_trace_put(armed);
	vnft_driver_put(armed);
}

/* A hook is armed before @d->stages says so, and disarmed after it no longer does. */
static void vnft_device_want(struct vnft_device *d, u64 stages, u64 *armed)
{
	const u64 old = d->stages, more = stages & ~old & vnft_hooks_fit(*armed, d->link);

	*armed &= ~more;
	WRITE_ONCE(d->stages, (old & stages) | more);
	vnft_device_disarm(old & ~stages);
}

int vnft_device_record(struct vnft_device *d, u32 record_mask, u64 stages, u64 *armed,
		       struct netlink_ext_ack *extack)
{
	static u64 recordings;

	lockdep_assert_held(&vnft_lock);
	if (record_mask & ~(BIT(VNFT_CLASS_NR) - 1)) {
		NL_SET_ERR_MSG(extack, "the record mask has a bit that is no packet class");
		return -EINVAL;
	}
	if (!d->session && (record_mask || stages)) {
		NL_SET_ERR_MSG(extack, "nobody reads records of an attachment without a session");
		return -EINVAL;
	}
	if (record_mask && !d->record_mask) {
		WRITE_ONCE(d->epoch, vnft_mix64(++recordings));
		smp_wmb();	/* a hook that sees the mask sees the epoch: x86 loads in order */
	}
	WRITE_ONCE(d->record_mask, record_mask);
	if (!d->gone)
		vnft_device_want(d, stages, armed);
	vnft_table_changed();
	return 0;
}

static int vnft_device_check(const struct vnft_attach *how, struct netlink_ext_ack *extack)
{
	const struct net_device *dev = how->dev;
	struct vnft_device *d;

	if (dev->reg_state != NETREG_REGISTERED) {
		NL_SET_ERR_MSG(extack, "the device is being removed");
		return -ENODEV;
	}
	if (dev->hard_header_len && dev->type != ARPHRD_ETHER && dev->type != ARPHRD_LOOPBACK) {
		NL_SET_ERR_MSG(extack, "the device's frames begin with neither Ethernet nor IP");
		return -EOPNOTSUPP;
	}
	if (how->session && how->session->closed) {
		NL_SET_ERR_MSG(extack, "the session is closed");
		return -ENOENT;
	}
	vnft_table_for_each(d, dev) {
		if (d->session != how->session)
			continue;
		if (d->session)
			NL_SET_ERR_MSG(extack, "the session has this device already");
		else if (!vnft_realm_rules(how->realm, d->realm))
			NL_SET_ERR_MSG(extack, "the host has attached the device already");
		else
			NL_SET_ERR_MSG(extack, "the device is attached already: detach it first");
		return -EEXIST;
	}
	return 0;
}

void vnft_device_free(struct vnft_device *d)
{
	vnft_state_free(&d->state);
	vnft_memory_give(d->realm, d->bytes);
	kfree(d);
}

struct vnft_device *vnft_device_new(const struct vnft_attach *how, struct netlink_ext_ack *extack)
{
	const u64 bytes = vnft_state_bytes(how->match_slots) + sizeof(struct vnft_device);
	struct vnft_device *d;

	if (vnft_memory_take(how->realm, bytes)) {
		NL_SET_ERR_MSG(extack,
			       "the module's memory (parameter memory_mb) is used: detach some");
		return NULL;
	}
	d = kzalloc(sizeof(*d), GFP_KERNEL_ACCOUNT);
	if (d && !vnft_state_init(&d->state, how->match_slots)) {
		d->realm = how->realm;
		d->bytes = bytes;
		return d;
	}
	NL_SET_ERR_MSG(extack, "no memory for the device's counters and match table");
	kfree(d);
	vnft_memory_give(how->realm, bytes);
	return NULL;
}

static int vnft_device_number(struct vnft_device *d, struct netlink_ext_ack *extack)
{
	int err = vnft_table_add(d);

	if (err == -ENOSPC)
		NL_SET_ERR_MSG(extack, "no device id is free: detach some");
	else if (err)
		NL_SET_ERR_MSG(extack, "no memory for the device's id");
	return err;
}

int vnft_device_attach(struct vnft_attach *how, struct vnft_device *d,
		       struct netlink_ext_ack *extack)
{
	struct net_device *dev = how->dev;
	int err;

	ASSERT_RTNL();
	lockdep_assert_held(&vnft_lock);
	err = vnft_device_check(how, extack);
	if (!err)
		err = vnft_device_number(d, extack);
	if (err) {
		vnft_device_free(d);
		return err;
	}
	d->dev = dev;
	d->priv = netdev_priv(dev);
	d->link = vnft_record_link(dev);
	d->side = how->side ? nla_get_u8(how->side) : vnft_link_kind(d->link)->side;
	d->l2_bytes = dev->hard_header_len ? VNFT_ETH_BYTES : 0;
	vnft_device_refresh(d);
	netdev_hold(dev, &d->tracker, GFP_KERNEL);
	d->session = how->session;
	if (d->session)
		vnft_session_get(d->session);
	list_add_tail(&d->owned, d->session ? &d->session->devices : &vnft_lasting);
	vnft_created("device", d->id);

	vnft_table_show(d);
	err = vnft_netdev_hook(d, extack);
	if (err)
		goto undo;
	/* The record that defines the id stands before the first that bears it. */
	if (d->session)
		vnft_record_device(d->session, dev, d, VNFT_DEVICE_DEFINED);
	err = vnft_device_record(d, how->record_mask, how->stages, &how->armed, extack);
	if (err)
		goto undo;
	return 0;
undo:
	/* The first of two hooks may have run. */
	vnft_device_unhook(d, &vnft_dead);
	schedule_work(&vnft_reaper);
	return err;
}

/* Off its net_device, which may go now. */
static void vnft_device_leave(struct vnft_device *d)
{
	u64 none = 0;

	ASSERT_RTNL();
	if (!d->dev)
		return;
	vnft_device_want(d, 0, &none);
	vnft_netdev_unhook(d);
	vnft_table_hide(d);
	netdev_put(d->dev, &d->tracker);
	WRITE_ONCE(d->dev, NULL);
	d->net = NULL;
	vnft_table_changed();
}

void vnft_device_unhook(struct vnft_device *d, struct list_head *dead)
{
	lockdep_assert_held(&vnft_lock);
	vnft_device_leave(d);
	vnft_table_remove(d);
	list_move_tail(&d->owned, dead);
}

void vnft_device_gone(struct vnft_device *d)
{
	lockdep_assert_held(&vnft_lock);
	if (d->session) {
		vnft_device_leave(d);
		d->gone = true;
		return;
	}
	vnft_device_unhook(d, &vnft_dead);
	schedule_work(&vnft_reaper);
}

void vnft_device_free_list(struct list_head *dead)
{
	struct vnft_device *d, *next;

	if (list_empty(dead))
		return;
	synchronize_net();
	list_for_each_entry_safe(d, next, dead, owned) {
		list_del(&d->owned);
		if (d->session)
			vnft_session_put(d->session);
		vnft_destroyed("device", d->id);
		vnft_device_free(d);
	}
}

static void vnft_device_reap(struct work_struct *work)
{
	LIST_HEAD(dead);

	mutex_lock(&vnft_lock);
	list_splice_init(&vnft_dead, &dead);
	mutex_unlock(&vnft_lock);
	vnft_device_free_list(&dead);
}

static void vnft_device_end(struct list_head *list)
{
	struct vnft_device *d, *next;
	LIST_HEAD(dead);

	rtnl_lock();
	mutex_lock(&vnft_lock);
	list_for_each_entry_safe(d, next, list, owned)
		vnft_device_unhook(d, &dead);
	mutex_unlock(&vnft_lock);
	rtnl_unlock();
	vnft_device_free_list(&dead);
}

void vnft_device_end_session(struct vnft_session *session)
{
	vnft_device_end(&session->devices);
}

void vnft_device_end_lasting(void)
{
	vnft_device_end(&vnft_lasting);
}

void vnft_device_exit(void)
{
	flush_work(&vnft_reaper);
}
