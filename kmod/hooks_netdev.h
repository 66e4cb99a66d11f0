/* SPDX-License-Identifier: GPL-2.0 */
/* The device boundary. */
#ifndef VNFT_KMOD_HOOKS_NETDEV_H
#define VNFT_KMOD_HOOKS_NETDEV_H

#include <linux/netlink.h>

#include "table.h"

/* Under rtnl: on d->dev in d->net. */
int vnft_netdev_hook(struct vnft_device *d, struct netlink_ext_ack *extack);
void vnft_netdev_unhook(struct vnft_device *d);

#endif
