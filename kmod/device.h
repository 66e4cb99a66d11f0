/* SPDX-License-Identifier: GPL-2.0 */
/* What device.c and notify.c share, and nobody else: attachments and the life of net_devices. */
#ifndef VNFT_KMOD_DEVICE_H
#define VNFT_KMOD_DEVICE_H

#include "vnft.h"

/* ---- device.c ---- */

/* The device is what its net_device is now: name, number, namespace, address, MTU. Under rtnl. */
void vnft_device_refresh(struct vnft_device *d);
/*
 * Under rtnl and vnft_lock: no hook finds it from now on and its net_device is given back; what it
 * counted stays. A session keeps it until it ends, anything else is freed soon.
 */
void vnft_device_gone(struct vnft_device *d);

/* ---- notify.c ---- */

int vnft_notify_init(void);
void vnft_notify_exit(void);
enum vnft_link vnft_link_of(const struct net_device *dev);
/* A DEVICE record: under rtnl, @id 0 for a device that only a watcher hears of. */
void vnft_notify_emit(struct vnft_session *session, const struct net_device *dev, u32 id,
		      enum vnft_device_event event);

#endif
