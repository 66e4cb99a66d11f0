/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the netlink family share: refusals that say why, and the commands.
 */
#ifndef VNFT_KMOD_GENL_H
#define VNFT_KMOD_GENL_H

#include <net/genetlink.h>

#include "vnft.h"

extern struct genl_family vnft_genl_family;

/*
 * Every refusal names its reason, and the attribute that is to blame unless that is 0.
 * @text lives as long as the module. Return: @err.
 */
int vnft_genl_refuse(struct genl_info *info, int attr, int err, const char *text);
/* -EINVAL with a text that names the attribute if it is missing, else 0. */
int vnft_genl_need(struct genl_info *info, int attr);
/*
 * Under vnft_lock: the session that VNFT_A_SESSION names; NULL if none is named. -ENOENT if there
 * is none of that number, or none any more.
 */
int vnft_genl_session(struct genl_info *info, struct vnft_session **session);
/* A reply with @bytes of room for attributes; *@head for genlmsg_end(). NULL: no memory. */
struct sk_buff *vnft_genl_reply_new(struct genl_info *info, size_t bytes, void **head);

/* genl_device.c */
int vnft_genl_attach(struct sk_buff *skb, struct genl_info *info);
int vnft_genl_detach(struct sk_buff *skb, struct genl_info *info);
int vnft_genl_record(struct sk_buff *skb, struct genl_info *info);

/* genl_get.c */
/* All attributes of GET; room for it: VNFT_GENL_DEVICE_BYTES. Under vnft_lock. */
int vnft_genl_put_device(struct sk_buff *skb, struct vnft_device *d);
#define VNFT_GENL_DEVICE_BYTES	(sizeof(struct vnft_counters) + 512)
int vnft_genl_get(struct sk_buff *skb, struct genl_info *info);
int vnft_genl_dump(struct sk_buff *skb, struct netlink_callback *cb);
int vnft_genl_hist(struct sk_buff *skb, struct genl_info *info);
int vnft_genl_stream(struct sk_buff *skb, struct genl_info *info);

/* genl_probe.c */
int vnft_genl_probe_start(struct sk_buff *skb, struct genl_info *info);
int vnft_genl_probe_set(struct sk_buff *skb, struct genl_info *info);
int vnft_genl_probe_stop(struct sk_buff *skb, struct genl_info *info);
int vnft_genl_probe_get(struct sk_buff *skb, struct genl_info *info);

#endif
