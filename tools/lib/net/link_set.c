/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices: making, changing and deleting them.
 */
#include "link_set.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "link.h"
#include "mnl.h"
#include "../text/error.h"

static int check_new_name(const char *name)
{
	if (*name && strlen(name) < IFNAMSIZ && !strpbrk(name, "/: \t\n") &&
	    strcmp(name, ".") && strcmp(name, ".."))
		return 0;
	return vnft_fail(-EINVAL, "%.40s: not a device name: 1 to %d characters without '/', ':' "
			 "and spaces", name, IFNAMSIZ - 1);
}

static struct nlmsghdr *create(char *buf, const char *name)
{
	struct nlmsghdr *nlh = vnft_nl_request(buf, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);

	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	return nlh;
}

int vnft_link_add_bridge(const char *name)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlattr *info, *data;
	struct nlmsghdr *nlh;
	int err = check_new_name(name);

	if (err)
		return err;
	nlh = create(buf, name);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "bridge");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	/* Ports forward at once, and the bridge sends nothing of its own into a measurement. */
	mnl_attr_put_u32(nlh, IFLA_BR_STP_STATE, 0);
	mnl_attr_put_u8(nlh, IFLA_BR_MCAST_SNOOPING, 0);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return vnft_nl_do(nlh, "%s: cannot make the bridge", name);
}

/* Newer than the headers that we are built with: linux/if_link.h of 6.7. */
#define NETKIT_MODE_ATTR	5
#define NETKIT_MODE_L2		0
#define NETKIT_MODE_NONE	99

/* @kind, and for one that has it, its mode. Both have the other end as attribute VETH_INFO_PEER. */
static int add_pair(const char *kind, const uint32_t *mode, const char *name, const char *peer,
		    int peer_netns_fd)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlattr *info, *data, *other;
	struct nlmsghdr *nlh;
	int err = check_new_name(name);

	err = err ? err : check_new_name(peer);
	if (err)
		return err;
	nlh = create(buf, name);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	if (mode)
		mnl_attr_put_u32(nlh, NETKIT_MODE_ATTR, *mode);
	other = mnl_attr_nest_start(nlh, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, peer);
	if (peer_netns_fd >= 0)
		mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)peer_netns_fd);
	mnl_attr_nest_end(nlh, other);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return vnft_nl_do(nlh, "%s: cannot make the %s pair", name, kind);
}

int vnft_link_add_veth(const char *name, const char *peer, int peer_netns_fd)
{
	return add_pair("veth", NULL, name, peer, peer_netns_fd);
}

int vnft_link_add_netkit(const char *name, const char *peer, int peer_netns_fd)
{
	static const uint32_t mode = NETKIT_MODE_L2;

	return add_pair("netkit", &mode, name, peer, peer_netns_fd);
}

int vnft_link_check_netkit(void)
{
	static const uint32_t mode = NETKIT_MODE_NONE;

	/* Refused for its mode, before anything is made; for its kind, where that is not known. */
	if (add_pair("netkit", &mode, "vnftnone0", "vnftnone1", -1) != -EOPNOTSUPP)
		return 0;
	return vnft_fail(-EOPNOTSUPP, "this kernel has no netkit: Linux 6.7 or newer, with "
			 "CONFIG_NETKIT");
}

int vnft_link_add_macvlan(const char *kind, const char *name, const char *parent, int netns_fd)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlattr *info, *data;
	struct nlmsghdr *nlh;
	int err = check_new_name(name), index = err ? 0 : vnft_link_index(parent);

	if (err || index < 0)
		return err ? err : index;
	nlh = create(buf, name);
	mnl_attr_put_u32(nlh, IFLA_LINK, (uint32_t)index);
	if (netns_fd >= 0)
		mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)netns_fd);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	/* Those on one device reach each other, without the network behind it. */
	mnl_attr_put_u32(nlh, IFLA_MACVLAN_MODE, MACVLAN_MODE_BRIDGE);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return vnft_nl_do(nlh, "%s: cannot make the %s on %s", name, kind, parent);
}

int vnft_link_add_tap(const char *name, bool vnet_hdr, bool multi_queue)
{
	/* Without IFF_TUN_EXCL a tap that is already there would be taken over. */
	struct ifreq ifr = { .ifr_flags = (short)(IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL) };
	int fd, err = check_new_name(name);

	if (err)
		return err;
	if (vnet_hdr)
		ifr.ifr_flags |= IFF_VNET_HDR;
	if (multi_queue)
		ifr.ifr_flags |= IFF_MULTI_QUEUE;
	memcpy(ifr.ifr_name, name, strlen(name) + 1);
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return vnft_fail(errno == ENOENT ? -EOPNOTSUPP : errno == EACCES ? -EPERM : -errno,
				 "/dev/net/tun: %s: modprobe tun, as root", strerror(errno));
	if (ioctl(fd, TUNSETIFF, &ifr) || ioctl(fd, TUNSETPERSIST, 1))
		err = vnft_fail(errno == EINVAL ? -EIO : -errno, "%s: cannot make the tap: %s%s",
				name, strerror(errno),
				errno == EPERM	 ? ": CAP_NET_ADMIN is needed"
				: errno == EBUSY ? ": the name is taken"
						 : "");
	close(fd);
	return err;
}

static int delete_index(int ifindex, const char *name)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh = vnft_nl_request(buf, RTM_DELLINK, 0);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));

	ifi->ifi_index = ifindex;
	return vnft_nl_do(nlh, "%s: cannot delete it", name);
}

int vnft_link_delete(const char *name)
{
	int ifindex = vnft_link_index(name);
	int err = ifindex < 0 ? ifindex : delete_index(ifindex, name);

	return err == -ENODEV ? 0 : err;
}

/*
 * A request that changes a device, looked up by name; NULL after vnft_fail(), *@err has the number.
 */
static struct nlmsghdr *change(char *buf, const char *name, unsigned int flags,
			       unsigned int mask, int *err)
{
	int ifindex = vnft_link_index(name);
	struct nlmsghdr *nlh;
	struct ifinfomsg *ifi;

	*err = ifindex < 0 ? ifindex : 0;
	if (*err)
		return NULL;
	nlh = vnft_nl_request(buf, RTM_NEWLINK, 0);
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = ifindex;
	ifi->ifi_flags = flags;
	ifi->ifi_change = mask;
	return nlh;
}

int vnft_link_set_up(const char *name, bool up)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	int err;
	struct nlmsghdr *nlh = change(buf, name, up ? IFF_UP : 0, IFF_UP, &err);

	return nlh ? vnft_nl_do(nlh, "%s: cannot set it %s", name, up ? "up" : "down") : err;
}

int vnft_link_set_master(const char *name, const char *master)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	int err, index = master ? vnft_link_index(master) : 0;
	struct nlmsghdr *nlh = index < 0 ? NULL : change(buf, name, 0, 0, &err);

	if (!nlh)
		return index < 0 ? index : err;
	mnl_attr_put_u32(nlh, IFLA_MASTER, (uint32_t)index);
	return vnft_nl_do(nlh, "%s: cannot put it on %s", name, master ? master : "no bridge");
}

int vnft_link_set_mac(const char *name, const uint8_t mac[6])
{
	char buf[VNFT_NL_REQUEST_BYTES];
	int err;
	struct nlmsghdr *nlh = change(buf, name, 0, 0, &err);

	if (!nlh)
		return err;
	mnl_attr_put(nlh, IFLA_ADDRESS, 6, mac);
	return vnft_nl_do(nlh, "%s: cannot set its MAC address", name);
}

int vnft_link_set_mtu(const char *name, uint32_t mtu_bytes)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	int err;
	struct nlmsghdr *nlh = change(buf, name, 0, 0, &err);

	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, IFLA_MTU, mtu_bytes);
	return vnft_nl_do(nlh, "%s: cannot set its MTU to %u", name, mtu_bytes);
}

int vnft_link_set_netns(const char *name, int netns_fd)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	int err;
	struct nlmsghdr *nlh = change(buf, name, 0, 0, &err);

	if (!nlh)
		return err;
	mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)netns_fd);
	return vnft_nl_do(nlh, "%s: cannot move it to another namespace", name);
}

int vnft_link_rename(const char *name, const char *to)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	int err = check_new_name(to);
	struct nlmsghdr *nlh = err ? NULL : change(buf, name, 0, 0, &err);

	if (!nlh)
		return err;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, to);
	return vnft_nl_do(nlh, "%s: cannot rename it to %s", name, to);
}
