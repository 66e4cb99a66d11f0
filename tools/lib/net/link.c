/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices: what the kernel says about them.
 */
#include "link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "../../../kmod/core/link.h"
#include "mnl.h"
#include "../cli/guess.h"
#include "../text/clean.h"
#include "../text/error.h"

struct found {
	struct vnft_link_info *info;
	size_t n, room;
};

/* The names that netback gives: vifDOMID.HANDLE; it has no rtnetlink kind. */
static bool is_vif(const struct vnft_link_info *info)
{
	unsigned int domid, handle;
	char after;

	return sscanf(info->name, "vif%u.%u%c", &domid, &handle, &after) == 2;
}

static uint8_t link_type(const struct vnft_link_info *info)
{
	if (!info->kind[0] && is_vif(info))
		return VNFT_LINK_VIF;
	return (uint8_t)vnft_link_of_kind(info->kind, info->arphrd == ARPHRD_ETHER);
}

static int take_attr(const struct nlattr *attr, void *data)
{
	struct vnft_link_info *info = data;
	uint16_t len = mnl_attr_get_payload_len(attr);
	const struct nlattr *nest;

	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		vnft_nl_text(attr, info->name, sizeof(info->name));
		break;
	case IFLA_ADDRESS:
		if (len == sizeof(info->mac))
			memcpy(info->mac, mnl_attr_get_payload(attr), len);
		break;
	case IFLA_MTU:
		if (len == sizeof(uint32_t))
			info->mtu_bytes = mnl_attr_get_u32(attr);
		break;
	case IFLA_LINK:
		if (len == sizeof(uint32_t))
			info->peer_ifindex = mnl_attr_get_u32(attr);
		break;
	case IFLA_LINK_NETNSID:
		if (len == sizeof(int32_t))
			info->peer_nsid = (int32_t)mnl_attr_get_u32(attr);
		break;
	case IFLA_MASTER:
		if (len == sizeof(uint32_t))
			info->master_ifindex = mnl_attr_get_u32(attr);
		break;
	case IFLA_CARRIER:
		if (len == sizeof(uint8_t))
			info->carrier = mnl_attr_get_u8(attr);
		break;
	case IFLA_LINKINFO:
		mnl_attr_for_each_nested(nest, attr)
			if (mnl_attr_get_type(nest) == IFLA_INFO_KIND)
				vnft_nl_text(nest, info->kind, sizeof(info->kind));
		break;
	}
	return MNL_CB_OK;
}

int vnft_link_parse(const struct nlmsghdr *nlh, struct vnft_link_info *info)
{
	const struct ifinfomsg *ifi = vnft_nl_header(nlh, sizeof(*ifi));

	memset(info, 0, sizeof(*info));
	if (!ifi)
		return -EBADMSG;
	info->ifindex = (unsigned int)ifi->ifi_index;
	info->arphrd = ifi->ifi_type;
	info->peer_nsid = -1;
	info->up = ifi->ifi_flags & IFF_UP;
	mnl_attr_parse(nlh, sizeof(*ifi), take_attr, info);
	info->link = link_type(info);
	return 0;
}

static int on_link(const struct nlmsghdr *nlh, void *arg)
{
	struct found *f = arg;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return MNL_CB_OK;
	if (f->n == f->room) {
		size_t room = f->room ? 2 * f->room : 16;
		void *bigger = realloc(f->info, room * sizeof(*f->info));

		if (!bigger) {
			errno = ENOMEM;
			return MNL_CB_ERROR;
		}
		f->info = bigger;
		f->room = room;
	}
	if (!vnft_link_parse(nlh, &f->info[f->n]))
		f->n++;
	return MNL_CB_OK;
}

static void forget_found(void *arg)
{
	((struct found *)arg)->n = 0;
}

/* @name or @ifindex, or everything. */
static int ask(const char *name, unsigned int ifindex, struct found *found, char *why, size_t bytes)
{
	bool all = !name && !ifindex;
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh = vnft_nl_request(buf, RTM_GETLINK, all ? NLM_F_DUMP : 0);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));

	ifi->ifi_index = (int)ifindex;
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	if (name)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	return vnft_nl_talk(nlh, on_link, forget_found, found, why, bytes);
}

static int try_name(const struct vnft_link_info *info, void *arg)
{
	struct vnft_guess *guess = arg;
	static _Thread_local char nearest[IFNAMSIZ];

	vnft_guess_try(guess, info->name);
	if (guess->nearest == info->name) {
		memcpy(nearest, info->name, sizeof(nearest));
		guess->nearest = nearest;
	}
	return 0;
}

static int no_such(const char *name, const char *label)
{
	struct vnft_guess guess;
	char shown[VNFT_NAME_SHOWN_BYTES(IFNAMSIZ)];

	vnft_guess_begin(&guess, name ? name : "");
	if (!name || vnft_link_each(try_name, &guess) || !guess.nearest)
		return vnft_fail(-ENODEV, "%s: no such device in this network namespace: "
				 "`ip link` lists what there is", label);
	vnft_name_show(shown, sizeof(shown), guess.nearest);
	return vnft_fail(-ENODEV, "%s: no such device in this network namespace: did you mean %s?",
			 label, shown);
}

static int get_one(const char *name, unsigned int ifindex, struct vnft_link_info *info)
{
	struct found found = { 0 };
	char label[IFNAMSIZ + 16], why[256];
	int err = -ENODEV;

	if (name)
		snprintf(label, sizeof(label), "%.20s", name);
	else
		snprintf(label, sizeof(label), "ifindex %u", ifindex);
	snprintf(why, sizeof(why), "%s", strerror(ENODEV));
	/* A longer name cannot exist, and the kernel's word for it is EINVAL. */
	if (name ? (*name && strlen(name) < IFNAMSIZ) : ifindex > 0)
		err = ask(name, ifindex, &found, why, sizeof(why));
	if (!err && !found.n)
		err = -ENODEV;
	if (!err)
		*info = found.info[0];
	free(found.info);
	if (err == -ENODEV)
		return no_such(name, label);
	return err ? vnft_fail(err == -EINVAL ? -EIO : err, "%s: cannot ask for it: %s", label, why)
		   : 0;
}

int vnft_link_get(const char *name, struct vnft_link_info *info)
{
	return get_one(name, 0, info);
}

int vnft_link_get_index(unsigned int ifindex, struct vnft_link_info *info)
{
	return get_one(NULL, ifindex, info);
}

int vnft_link_by_altname(const char *altname, char name[IFNAMSIZ])
{
	char buf[VNFT_NL_REQUEST_BYTES], why[256];
	struct nlmsghdr *nlh = vnft_nl_request(buf, RTM_GETLINK, 0);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	struct found found = { 0 };
	int err;

	ifi->ifi_family = AF_UNSPEC;
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	mnl_attr_put_strz(nlh, IFLA_ALT_IFNAME, altname);
	err = vnft_nl_talk(nlh, on_link, forget_found, &found, why, sizeof(why));
	if (!err && !found.n)
		err = -ENODEV;
	if (!err)
		snprintf(name, IFNAMSIZ, "%s", found.info[0].name);
	free(found.info);
	return err;
}

int vnft_link_index(const char *name)
{
	struct vnft_link_info info;
	int err = get_one(name, 0, &info);

	return err ? err : (int)info.ifindex;
}

int vnft_link_each(int (*fn)(const struct vnft_link_info *info, void *arg), void *arg)
{
	struct found found = { 0 };
	char why[256];
	int err;

	err = ask(NULL, 0, &found, why, sizeof(why));
	if (err)
		vnft_fail(err, "cannot list the devices: %s", why);
	for (size_t i = 0; !err && i < found.n; i++)
		err = fn(&found.info[i], arg);
	free(found.info);
	return err;
}
