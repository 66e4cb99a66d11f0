// SPDX-License-Identifier: GPL-2.0
/*
 * The netlink family "vnftrace", its answers, and refusals that say why: what all commands share.
 * genl.c adds the commands before it registers the family.
 */
#include <net/genetlink.h>

#include "genl_reply.h"

struct genl_family vnft_genl_family __ro_after_init = {
	.name = VNFT_GENL_NAME,
	.version = VNFT_GENL_VERSION,
	.maxattr = VNFT_A_NR - 1,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.resv_start_op = VNFT_CMD_INFO,
};

/* By enum vnft_nl_attr, those that some command insists on. */
static const char *const vnft_missing[VNFT_A_NR] = {
	[VNFT_A_SESSION]	= "SESSION is missing: the number that VNFT_IOC_SETUP gave",
	[VNFT_A_DEVICE]		= "DEVICE is missing: the id of an attachment",
	[VNFT_A_IFINDEX]	= "IFINDEX is missing",
	[VNFT_A_RECORD_MASK]	= "RECORD_MASK is missing: 0 records nothing",
	[VNFT_A_PAIRING]	= "PAIRING is missing",
	[VNFT_A_DIR]		= "DIR is missing",
	[VNFT_A_PROBE]		= "PROBE is missing: the number that PROBE_START gave",
	[VNFT_A_KIND]		= "KIND is missing: SYN or echo",
	[VNFT_A_SRC]		= "SRC is missing: the source address",
	[VNFT_A_DST]		= "DST is missing: the destination address",
	[VNFT_A_SRC_MAC]	= "SRC_MAC is missing",
	[VNFT_A_DST_MAC]	= "DST_MAC is missing: it is never resolved",
	[VNFT_A_SPORT]		= "SPORT is missing: a SYN needs it",
	[VNFT_A_DPORT]		= "DPORT is missing: a SYN needs it",
	[VNFT_A_ALSO_PORT]	= "ALSO_PORT is missing: 0 for none",
	[VNFT_A_INTERVAL_NS]	= "INTERVAL_NS is missing: 0 for as fast as the CPU goes",
};

int vnft_genl_refuse(struct genl_info *info, int attr, int err, const char *text)
{
	if (info->extack) {
		info->extack->_msg = text;
		if (attr)
			NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);
	}
	return err;
}

int vnft_genl_need(struct genl_info *info, int attr)
{
	if (!GENL_REQ_ATTR_CHECK(info, attr))
		return 0;
	return vnft_genl_refuse(info, 0, -EINVAL, vnft_missing[attr]);
}

struct sk_buff *vnft_genl_reply_new(struct genl_info *info, size_t bytes, void **head)
{
	struct sk_buff *reply = genlmsg_new(bytes, GFP_KERNEL);

	if (!reply)
		return NULL;
	*head = genlmsg_put_reply(reply, info, &vnft_genl_family, 0, info->genlhdr->cmd);
	if (*head)
		return reply;
	nlmsg_free(reply);
	return NULL;
}
