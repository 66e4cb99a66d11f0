/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For whom a command is, and what of the module is his. CAP_NET_ADMIN is not enough: containers
 * have it.
 */
#ifndef VNFT_KMOD_AUTHORITY_H
#define VNFT_KMOD_AUTHORITY_H

#include <linux/skbuff.h>
#include <linux/types.h>

/*
 * Everything that is made has the realm of its maker: the host's, or that of one network namespace,
 * by its cookie, which no other namespace ever gets again.
 */
#define VNFT_REALM_HOST	0ULL

/* The realm of whoever calls open(); -EPERM: none. */
int vnft_authority_open(u64 *realm);
/* The realm of whoever sent @skb through a socket of his; -EPERM: none, and *@why. */
int vnft_authority_netlink(const struct sk_buff *skb, u64 *realm, const char **why);

/* May somebody of @realm see and end what belongs to @owner? The host may all. */
static inline bool vnft_realm_rules(u64 realm, u64 owner)
{
	return realm == VNFT_REALM_HOST || realm == owner;
}

#endif
