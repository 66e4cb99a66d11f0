/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a device is, and on whose side of the boundary it stands. A host hangs a guest from a tap,
 * a vif or one end of a veth: what the device receives comes from the guest. A macvtap, and its
 * kind, is the guest's own end instead: what it sends comes from the guest.
 */
#ifndef VNFT_CORE_LINK_H
#define VNFT_CORE_LINK_H

#include "env.h"
#include "../uapi/vnftrace.h"

#ifdef __KERNEL__
#include <linux/string.h>
#endif

/*
 * X(NAME, "kind", side): rtnetlink's kind, and whose end such a device is. A tun of Ethernet is a
 * tap; netback's devices have no kind.
 */
#define VNFT_LINK_KINDS(X) \
	X(OTHER, "other", HOST) \
	X(TAP, "tap", HOST) \
	X(TUN, "tun", HOST) \
	X(VETH, "veth", HOST) \
	X(BRIDGE, "bridge", HOST) \
	X(VIF, "vif", HOST) \
	X(MACVTAP, "macvtap", GUEST) \
	X(MACVLAN, "macvlan", GUEST) \
	X(IPVLAN, "ipvlan", GUEST) \
	X(IPVTAP, "ipvtap", GUEST)

/**
 * struct vnft_link_kind - a row of the table, by enum vnft_link
 * @side: enum vnft_device_side of such a device, unless somebody knows better
 */
struct vnft_link_kind {
	const char *name;
	__u8 side;
};

/**
 * vnft_link_kind() - the row of a link; that of VNFT_LINK_OTHER for a number that is none
 */
VNFT_INLINE const struct vnft_link_kind *vnft_link_kind(unsigned int link)
{
	static const struct vnft_link_kind kinds[VNFT_LINK_NR] = {
#define X(NAME, kind, SIDE) [VNFT_LINK_##NAME] = { (kind), VNFT_SIDE_##SIDE },
		VNFT_LINK_KINDS(X)
#undef X
	};

	return &kinds[link < VNFT_LINK_NR ? link : VNFT_LINK_OTHER];
}

/**
 * vnft_link_of_kind() - enum vnft_link of rtnetlink's word
 * @kind: "tun", "veth", ...
 * @ethernet: frames of the device begin with an Ethernet header
 */
VNFT_INLINE unsigned int vnft_link_of_kind(const char *kind, int ethernet)
{
	unsigned int link;

	for (link = VNFT_LINK_OTHER + 1; link < VNFT_LINK_NR; link++)
		if (link != VNFT_LINK_VIF && link != VNFT_LINK_TAP &&
		    !strcmp(kind, vnft_link_kind(link)->name))
			return link == VNFT_LINK_TUN && ethernet ? VNFT_LINK_TAP : link;
	return VNFT_LINK_OTHER;
}

#endif
