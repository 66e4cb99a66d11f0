/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds the namespace and the device that a name on a command line means.
 */
#include "spec.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/net/netns.h"
#include "../lib/text/clean.h"
#include "../lib/text/error.h"
#include "../lib/text/shell.h"

/* As lib/net/link.c proposes a name. */
#define MEANT "did you mean "

bool vnft_spec_split(const char *spec, char netns[VNFT_NETNS_NAME_BYTES],
		     char dev[VNFT_SPEC_DEV_BYTES])
{
	char name[VNFT_SPEC_BYTES], *slash;

	if (!vnft_name_read(name, sizeof(name), spec))
		return false;
	slash = strrchr(name, '/');
	if (slash)
		*slash = '\0';
	if (slash && strlen(name) >= VNFT_NETNS_NAME_BYTES)
		return false;
	snprintf(netns, VNFT_NETNS_NAME_BYTES, "%.255s", slash ? name : "");
	slash = slash ? slash + 1 : name;
	snprintf(dev, VNFT_SPEC_DEV_BYTES, "%.127s", slash);
	return *slash && strlen(slash) < VNFT_SPEC_DEV_BYTES;
}

void vnft_spec_of(uint64_t netns_inode, const char *ifname, char spec[VNFT_SPEC_BYTES])
{
	char netns[VNFT_NETNS_NAME_BYTES];

	vnft_netns_name(netns_inode, netns, sizeof(netns));
	snprintf(spec, VNFT_SPEC_BYTES, "%s%s%s", netns, netns[0] ? "/" : "", ifname);
}

const char *vnft_spec_inside(const char *spec, char inside[VNFT_SPEC_BYTES])
{
	char netns[VNFT_NETNS_NAME_BYTES];
	char dev[VNFT_SPEC_DEV_BYTES];

	inside[0] = '\0';
	if (!vnft_spec_split(spec, netns, dev) || !netns[0])
		return inside;
	if (!strncmp(netns, "pid:", 4))
		snprintf(inside, VNFT_SPEC_BYTES, "nsenter -t %s -n ", vnft_shell(netns + 4));
	else if (strchr(netns, '/'))
		snprintf(inside, VNFT_SPEC_BYTES, "nsenter --net=%s ", vnft_shell(netns));
	else
		snprintf(inside, VNFT_SPEC_BYTES, "ip netns exec %s ", vnft_shell(netns));
	return inside;
}

int vnft_spec_missing(const char *spec)
{
	char netns[VNFT_NETNS_NAME_BYTES], dev[VNFT_SPEC_DEV_BYTES], guess[64];
	char inside[VNFT_SPEC_BYTES];
	const char *meant;
	int err;

	if (!vnft_spec_split(spec, netns, dev))
		return vnft_fail(-ENODEV, "%.64s: no name of a device", spec);
	/* What is called nearly so there. */
	err = vnft_link_index(dev);
	if (!netns[0] && err < 0)
		return err;
	meant = strstr(vnft_why(), MEANT);
	if (!meant)
		return vnft_fail(-ENODEV, "%.300s: no such device in that namespace: `%sip link` "
				 "lists them", spec, vnft_spec_inside(spec, inside));
	snprintf(guess, sizeof(guess), "%.63s", meant + strlen(MEANT));
	return vnft_fail(-ENODEV, "%.300s: no such device in that namespace: " MEANT "%s/%s", spec,
			 netns, guess);
}

static int open_netns(const char *netns)
{
	unsigned long long inode;
	int fd;

	if (sscanf(netns, "net:[%llu]", &inode) != 1)
		return vnft_netns_open(netns);
	fd = vnft_netns_find(inode);
	return fd >= 0 ? fd : vnft_fail(-ENOENT, "%s: that namespace is gone, or held where we "
					"cannot look", netns);
}

int vnft_spec_enter(const char *spec, char ifname[VNFT_IFNAME_LEN], int *back)
{
	char netns[VNFT_NETNS_NAME_BYTES];
	char dev[VNFT_SPEC_DEV_BYTES];
	int fd, err;

	*back = -1;
	if (!vnft_spec_split(spec, netns, dev))
		return vnft_fail(-ENODEV, "%.64s: no name of a device", spec);
	if (netns[0]) {
		fd = open_netns(netns);
		if (fd < 0)
			return fd;
		err = vnft_netns_enter(fd, back);
		close(fd);
		if (err)
			return err;
	}
	snprintf(ifname, VNFT_IFNAME_LEN, "%.15s", dev);
	if (strlen(dev) < VNFT_IFNAME_LEN)
		return 0;
	/* Only an alternative name is as long. */
	err = vnft_link_by_altname(dev, ifname);
	if (err) {
		vnft_spec_leave(*back);
		*back = -1;
		return err == -ENODEV ? vnft_spec_missing(spec) :
			vnft_fail(err == -EINVAL ? -EIO : err, "%.160s: cannot ask for it: %s",
				  spec, strerror(-err));
	}
	return 0;
}

void vnft_spec_leave(int back)
{
	if (back >= 0)
		vnft_netns_leave(back);
}

int vnft_spec_look(const char *spec, const char *ifname, struct vnft_link_info *info,
		   uint64_t *netns_inode)
{
	int fd, err;

	if (!if_nametoindex(ifname))
		return vnft_spec_missing(spec);
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

/* Which device that is; @ifindex 0: none. */
struct identity {
	uint64_t netns_inode;
	unsigned int ifindex;
};

static struct identity identify(const char *spec)
{
	struct identity id = { .ifindex = 0 };
	struct vnft_link_info info;
	char ifname[VNFT_IFNAME_LEN];
	int back;

	if (vnft_spec_enter(spec, ifname, &back))
		return id;
	if (!vnft_spec_look(spec, ifname, &info, &id.netns_inode))
		id.ifindex = info.ifindex;
	vnft_spec_leave(back);
	return id;
}

int vnft_spec_distinct(char *const *specs, size_t n)
{
	struct identity *id = calloc(n ? n : 1, sizeof(*id));
	size_t i, k;
	int err = 0;

	if (!id)
		return vnft_fail(-ENOMEM, "out of memory");
	for (i = 0; n > 1 && i < n && !err; i++) {
		id[i] = identify(specs[i]);
		for (k = 0; k < i && !err; k++) {
			if (!strcmp(specs[i], specs[k]))
				err = vnft_fail(-EINVAL, "%.300s: named twice", specs[i]);
			else if (id[i].ifindex && id[i].ifindex == id[k].ifindex &&
				 id[i].netns_inode == id[k].netns_inode)
				err = vnft_fail(-EINVAL, "%.300s: named twice: %.300s is the same "
						"device", specs[i], specs[k]);
		}
	}
	free(id);
	return err;
}
