/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Families of generic netlink. The number of a family is asked for each time: it changes when the
 * module that offers it is loaded again.
 */
#include "genl.h"

#include <errno.h>
#include <linux/genetlink.h>

#include "mnl.h"
#include "../text/error.h"

static int take_id(const struct nlattr *attr, void *data)
{
	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
	    !mnl_attr_validate(attr, MNL_TYPE_U16))
		*(uint16_t *)data = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static int on_family(const struct nlmsghdr *nlh, void *data)
{
	return mnl_attr_parse(nlh, sizeof(struct genlmsghdr), take_id, data);
}

int vnft_genl_family(const char *name, uint16_t *id)
{
	char buf[VNFT_NL_REQUEST_BYTES], why[256];
	struct nlmsghdr *nlh = vnft_genl_request(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, 0);
	int err;

	*id = 0;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, name);
	err = vnft_genl_talk(nlh, on_family, NULL, id, why, sizeof(why));
	if (!err && !*id)
		return vnft_fail(-EPROTO, "generic netlink family %s has no number", name);
	return err ? vnft_fail(err, "generic netlink family %s: %s", name, why) : 0;
}

struct nlmsghdr *vnft_genl_request(char *buf, uint16_t family, uint8_t cmd, uint8_t version,
				   uint16_t flags)
{
	struct nlmsghdr *nlh = vnft_nl_request(buf, family, flags);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));

	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

int vnft_genl_talk(struct nlmsghdr *request, mnl_cb_t cb, void (*restart)(void *arg), void *arg,
		   char *why, size_t why_bytes)
{
	return vnft_nl_talk_by(NETLINK_GENERIC, request, cb, restart, arg, why, why_bytes);
}
