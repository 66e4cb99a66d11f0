/* SPDX-License-Identifier: GPL-2.0 */
/* Answers of the netlink family, and refusals that say why. */
#ifndef VNFT_KMOD_GENL_REPLY_H
#define VNFT_KMOD_GENL_REPLY_H

#include <net/genetlink.h>

#include "uapi/vnftrace.h"

/* Its commands are genl.c's. */
extern struct genl_family vnft_genl_family;

/*
 * Every refusal names its reason, and the attribute that is to blame unless that is 0.
 * @text lives as long as the module. Return: @err.
 */
int vnft_genl_refuse(struct genl_info *info, int attr, int err, const char *text);
/* -EINVAL with a text that names the attribute if it is missing, else 0. */
int vnft_genl_need(struct genl_info *info, int attr);
/* A reply with @bytes of room for attributes; *@head for genlmsg_end(). NULL: no memory. */
struct sk_buff *vnft_genl_reply_new(struct genl_info *info, size_t bytes, void **head);

#endif
