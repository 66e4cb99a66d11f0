/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds the namespace and the device that a name on a command line means.
 */
#include "spec.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/net/netns.h"
#include "../lib/text/clean.h"
#include "../lib/text/error.h"

int vnft_spec_enter(const char *spec, char ifname[VNFT_IFNAME_LEN], int *back)
{
	char name[256], netns[256];
	const char *slash, *dev;
	int fd, err;

	*back = -1;
	if (!vnft_name_read(name, sizeof(name), spec))
		return vnft_fail(-ENODEV, "%.64s: no name of a device", spec);
	slash = strrchr(name, '/');
	dev = slash ? slash + 1 : name;
	if (!*dev || strlen(dev) >= VNFT_IFNAME_LEN)
		return vnft_fail(-ENODEV, "%.64s: no name of a device", spec);
	snprintf(ifname, VNFT_IFNAME_LEN, "%s", dev);
	if (!slash)
		return 0;
	snprintf(netns, sizeof(netns), "%.*s", (int)(slash - name), name);
	fd = vnft_netns_open(netns);
	if (fd < 0)
		return fd;
	err = vnft_netns_enter(fd, back);
	close(fd);
	return err;
}

void vnft_spec_leave(int back)
{
	if (back >= 0)
		vnft_netns_leave(back);
}

int vnft_spec_look(const char *ifname, struct vnft_link_info *info, uint64_t *netns_inode)
{
	int fd, err;

	err = vnft_link_get(ifname, info);
	if (err)
		return err;
	fd = vnft_netns_open(NULL);
	if (fd < 0)
		return fd;
	*netns_inode = vnft_netns_inode(fd);
	close(fd);
	return 0;
}
