// SPDX-License-Identifier: GPL-2.0
/*
 * The life of net_devices: attachments follow their device through renames and moves and let go
 * of it when it dies, and sessions read of it in DEVICE records.
 *
 * A device that moves to another namespace is unregistered and registered again in one go
 * under rtnl, and only then still in state NETREG_REGISTERED: no death and no birth.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/netdevice.h>

#include "authority.h"
#include "device.h"
#include "hooks_netdev.h"
#include "notify.h"
#include "prober.h"
#include "record.h"
#include "session.h"
#include "table.h"
#include "vnft.h"

/* On its way between two namespaces; under rtnl. */
static const struct net_device *vnft_moving;
/* The kernel replays all devices to a notifier that comes or goes: no births, no deaths. */
static bool vnft_notify_quiet = true;

/* Of the host's realm, who hears of all devices, or of the device's namespace. */
static void vnft_notify_realm(const struct net_device *dev, enum vnft_device_event event, u64 realm)
{
	struct vnft_session *session;

	list_for_each_entry(session, &vnft_sessions, all)
		if (session->flags & VNFT_SESSION_WATCH && !session->closed &&
		    session->realm == realm)
			vnft_record_device(session, dev, NULL, event);
}

static u64 vnft_notify_cookie(const struct net_device *dev)
{
	return dev_net(dev)->net_cookie;
}

static void vnft_notify_watchers(const struct net_device *dev, enum vnft_device_event event)
{
	vnft_notify_realm(dev, event, VNFT_REALM_HOST);
	vnft_notify_realm(dev, event, vnft_notify_cookie(dev));
}

static void vnft_notify_gone(struct vnft_device *d)
{
	if (d->session)
		vnft_record_device(d->session, d->dev, d, VNFT_DEVICE_GONE);
	vnft_device_gone(d);
}

static void vnft_notify_renamed(struct vnft_device *d)
{
	vnft_device_refresh(d);
	if (d->session)
		vnft_record_device(d->session, d->dev, d, VNFT_DEVICE_RENAMED);
}

/* It has arrived in another namespace. */
static void vnft_notify_moved(struct vnft_device *d)
{
	vnft_notify_renamed(d);
	if (!vnft_netdev_hook(d, NULL))
		return;
	pr_warn_ratelimited("%s cannot be hooked where it moved to: given up\n", d->ifname);
	vnft_notify_gone(d);
}

/* An attachment that a container made ends where the container does. */
static void vnft_notify_leaving(struct vnft_device *d)
{
	if (d->realm == VNFT_REALM_HOST)
		vnft_netdev_unhook(d);
	else
		vnft_notify_gone(d);
}

static void vnft_notify_each(const struct net_device *dev, void (*act)(struct vnft_device *d))
{
	struct vnft_device *d;
	struct hlist_node *next;

	hlist_for_each_entry_safe(d, next, vnft_table_bucket(dev), hashed)
		if (d->dev == dev)
			act(d);
}

static void vnft_notify_register(const struct net_device *dev)
{
	if (vnft_moving != dev) {
		vnft_notify_watchers(dev, VNFT_DEVICE_BORN);
		return;
	}
	vnft_moving = NULL;
	vnft_notify_each(dev, vnft_notify_moved);
	vnft_notify_realm(dev, VNFT_DEVICE_RENAMED, VNFT_REALM_HOST);
	vnft_notify_realm(dev, VNFT_DEVICE_BORN, vnft_notify_cookie(dev));
}

static void vnft_notify_unregister(struct net_device *dev)
{
	/* A generator ends with its device, and where that moves to its addresses mean nothing. */
	vnft_probe_end_device(dev);
	if (dev->reg_state == NETREG_REGISTERED) {
		vnft_moving = dev;
		vnft_notify_each(dev, vnft_notify_leaving);
		vnft_notify_realm(dev, VNFT_DEVICE_GONE, vnft_notify_cookie(dev));
		return;
	}
	vnft_notify_each(dev, vnft_notify_gone);
	/* Sent again every second while somebody holds the device: it died only once. */
	if (dev->reg_state == NETREG_UNREGISTERING)
		vnft_notify_watchers(dev, VNFT_DEVICE_GONE);
}

static int vnft_notify_event(struct notifier_block *self, unsigned long event, void *info)
{
	struct net_device *dev = netdev_notifier_info_to_dev(info);

	switch (event) {
	case NETDEV_REGISTER:
	case NETDEV_UNREGISTER:
	case NETDEV_CHANGENAME:
	case NETDEV_CHANGEADDR:
	case NETDEV_CHANGEMTU:
		break;
	default:
		return NOTIFY_DONE;
	}
	mutex_lock(&vnft_lock);
	if (vnft_notify_quiet)
		goto out;
	switch (event) {
	case NETDEV_REGISTER:
		vnft_notify_register(dev);
		break;
	case NETDEV_UNREGISTER:
		vnft_notify_unregister(dev);
		break;
	case NETDEV_CHANGENAME:
		vnft_notify_each(dev, vnft_notify_renamed);
		vnft_notify_watchers(dev, VNFT_DEVICE_RENAMED);
		break;
	default:
		vnft_notify_each(dev, vnft_device_refresh);
	}
out:
	mutex_unlock(&vnft_lock);
	return NOTIFY_DONE;
}

static struct notifier_block vnft_notifier = {
	.notifier_call = vnft_notify_event,
};

static void vnft_notify_set_quiet(bool quiet)
{
	mutex_lock(&vnft_lock);
	vnft_notify_quiet = quiet;
	mutex_unlock(&vnft_lock);
}

int __init vnft_notify_init(void)
{
	int err = register_netdevice_notifier(&vnft_notifier);

	if (!err)
		vnft_notify_set_quiet(false);
	return err;
}

void vnft_notify_exit(void)
{
	vnft_notify_set_quiet(true);
	unregister_netdevice_notifier(&vnft_notifier);
}
