/* SPDX-License-Identifier: GPL-2.0 */
/* Commands of the generator. */
#ifndef VNFT_KMOD_GENL_PROBE_H
#define VNFT_KMOD_GENL_PROBE_H

#include <net/genetlink.h>

int vnft_genl_probe_start(struct sk_buff *skb, struct genl_info *info);
int vnft_genl_probe_set(struct sk_buff *skb, struct genl_info *info);
int vnft_genl_probe_stop(struct sk_buff *skb, struct genl_info *info);
int vnft_genl_probe_get(struct sk_buff *skb, struct genl_info *info);

#endif
