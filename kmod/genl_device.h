/* SPDX-License-Identifier: GPL-2.0 */
/* Commands that change attachments. */
#ifndef VNFT_KMOD_GENL_DEVICE_H
#define VNFT_KMOD_GENL_DEVICE_H

#include <net/genetlink.h>

int vnft_genl_attach(struct sk_buff *skb, struct genl_info *info);
int vnft_genl_detach(struct sk_buff *skb, struct genl_info *info);
int vnft_genl_record(struct sk_buff *skb, struct genl_info *info);

#endif
