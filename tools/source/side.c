/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A veth looks the same from both ends, so what tells them apart is where they are.
 */
#include "side.h"

#include <string.h>
#include <unistd.h>

#include "../../kmod/core/link.h"
#include "../lib/net/netns.h"
#include "../lib/net/netns_find.h"

const char *const vnft_side_choices[] = { "auto", "host", "guest", NULL };

const char *vnft_side_name(uint8_t side)
{
	return side == VNFT_SIDE_GUEST ? "guest" : "host";
}

/* Its other end, or the device that it lies on, is in this namespace. */
static bool leads_to(const struct vnft_link_info *info, int netns_fd)
{
	return netns_fd >= 0 && info->peer_nsid >= 0 &&
	       vnft_netns_id(netns_fd) == info->peer_nsid;
}

static bool named_by_process(const char *spec)
{
	return !strncmp(spec, "pid:", 4) || !strncmp(spec, "/proc/", 6) ||
	       !strncmp(spec, "net:[", 5);
}

static const char *is_guests(const char *spec, const struct vnft_link_info *info,
			     uint64_t netns_inode)
{
	const uint64_t home = vnft_netns_home();
	uint64_t inode;
	bool leads;
	int fd;

	if (vnft_link_kind(info->link)->side == VNFT_SIDE_GUEST)
		return "by its kind";
	if (info->master_ifindex || info->link == VNFT_LINK_TAP || info->link == VNFT_LINK_TUN ||
	    info->link == VNFT_LINK_VIF || info->link == VNFT_LINK_BRIDGE)
		return NULL;
	fd = vnft_netns_open("/proc/1/ns/net");
	inode = fd >= 0 ? vnft_netns_inode(fd) : 0;
	leads = netns_inode != inode && leads_to(info, fd);
	if (fd >= 0)
		close(fd);
	if (leads)
		return "its other end is with the host";
	if (netns_inode == inode || netns_inode == home)
		return NULL;
	fd = vnft_netns_find(home);
	leads = leads_to(info, fd);
	if (fd >= 0)
		close(fd);
	if (leads)
		return "its other end is with the host";
	return named_by_process(spec) ? "in a process's namespace" : NULL;
}

uint8_t vnft_side_choose(enum vnft_side_choice choice, const char *spec,
			 const struct vnft_link_info *info, uint64_t netns_inode,
			 const char **why)
{
	const char *guests, *unused;

	why = why ? why : &unused;
	*why = "asked for";
	if (choice == VNFT_SIDE_IS_HOST)
		return VNFT_SIDE_HOST;
	if (choice == VNFT_SIDE_IS_GUEST)
		return VNFT_SIDE_GUEST;
	guests = is_guests(spec, info, netns_inode);
	*why = guests ? guests : "a device of the host";
	return guests ? VNFT_SIDE_GUEST : VNFT_SIDE_HOST;
}
