/* SPDX-License-Identifier: GPL-2.0 */
/* Who sent a command, and the session that he names. */
#ifndef VNFT_KMOD_GENL_WHO_H
#define VNFT_KMOD_GENL_WHO_H

#include <net/genetlink.h>

#include "compat.h"
#include "session.h"

/* Around every command but dumps: genl_family.pre_doit and .post_doit. */
int vnft_genl_before(const struct VNFT_GENL_OPS *ops, struct sk_buff *skb, struct genl_info *info);
void vnft_genl_after(const struct VNFT_GENL_OPS *ops, struct sk_buff *skb, struct genl_info *info);
/* In between: the sender's realm. */
u64 vnft_genl_realm(const struct genl_info *info);
/*
 * Under vnft_lock: the session that VNFT_A_SESSION names, whose file the sender has open; NULL if
 * none is named. -ENOENT if it is closed by now.
 */
int vnft_genl_session(struct genl_info *info, struct vnft_session **session);

#endif
