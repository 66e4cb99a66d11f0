/* SPDX-License-Identifier: GPL-2.0 */
/* Commands that only look. */
#ifndef VNFT_KMOD_GENL_GET_H
#define VNFT_KMOD_GENL_GET_H

#include <net/genetlink.h>

#include "table.h"

/* All attributes of GET; room for it: VNFT_GENL_DEVICE_BYTES. Under vnft_lock. */
int vnft_genl_put_device(struct sk_buff *skb, struct vnft_device *d);
#define VNFT_GENL_DEVICE_BYTES	(sizeof(struct vnft_counters) + 512)
int vnft_genl_get(struct sk_buff *skb, struct genl_info *info);
int vnft_genl_dump(struct sk_buff *skb, struct netlink_callback *cb);
int vnft_genl_hist(struct sk_buff *skb, struct genl_info *info);
int vnft_genl_stream(struct sk_buff *skb, struct genl_info *info);

#endif
