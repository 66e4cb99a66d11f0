/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose end a device is: the host's, with the guest behind it, or the guest's own. The one rule for
 * both observers. The module is told what comes out of it.
 */
#ifndef VNFT_SOURCE_SIDE_H
#define VNFT_SOURCE_SIDE_H

#include "../lib/net/link.h"
#include "source.h"

/* Words for enum vnft_side_choice, for options, and for enum vnft_device_side. */
extern const char *const vnft_side_choices[];
const char *vnft_side_name(uint8_t side);

/**
 * vnft_side_choose() - enum vnft_device_side of a device of the calling thread's namespace
 * @choice: what the user asked for; AUTO finds out
 * @spec: how the user named the device
 * @netns_inode: of that namespace
 * @why: receives why, in words that live forever; may be NULL
 *
 * Found out, a device is the guest's own end
 *   - by its kind (kmod/core/link.h): macvtap, macvlan, ipvlan, ipvtap;
 *   - when it is in another namespace than the host, and its other end, or what it lies on, is with
 *     the host. The host is where the tool was started, and where PID 1 is;
 *   - when it is in another namespace than the host, and the user named that by a process (pid:N,
 *     /proc/N, net:[INODE]) and not as `ip netns` does.
 * A tap, a tun, a vif, a bridge and a port of a bridge are the host's wherever they are. So is
 * every other device.
 */
uint8_t vnft_side_choose(enum vnft_side_choice choice, const char *spec,
			 const struct vnft_link_info *info, uint64_t netns_inode,
			 const char **why);

#endif
