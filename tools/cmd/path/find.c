/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which links the devices are. Two devices may be the ends of one; where one end of a veth is
 * named, the other is looked for in every namespace that we can reach.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../../kmod/core/link.h"
#include "../../lib/net/link.h"
#include "../../lib/net/netns.h"
#include "../../lib/net/netns_find.h"
#include "../../source/side.h"
#include "path.h"

/**
 * struct vnft_peer_search - for the other end of a veth
 * @ifindex: of the other end; @own_ifindex, @own_fd: of the one that is known, and its namespace
 */
struct vnft_peer_search {
	unsigned int ifindex, own_ifindex;
	int own_fd;
	struct vnft_link_info info;
	uint64_t netns_inode;
};

/* In a namespace: is it here? Both ends may have one number, so it has to point back. */
static int look_here(void *arg)
{
	struct vnft_peer_search *s = arg;
	struct vnft_link_info info;
	int fd;

	if (vnft_link_get_index(s->ifindex, &info) || info.link != VNFT_LINK_VETH ||
	    info.peer_ifindex != s->own_ifindex)
		return 0;
	fd = vnft_netns_open(NULL);
	if (fd < 0)
		return 0;
	s->netns_inode = vnft_netns_inode(fd);
	close(fd);
	if (info.peer_nsid < 0 ? s->netns_inode != vnft_netns_inode(s->own_fd) :
				 info.peer_nsid != vnft_netns_id(s->own_fd))
		return 0;
	s->info = info;
	return 1;
}

static void know_end(struct vnft_traced_end *end, const char *spec,
		     const struct vnft_link_info *info, uint64_t netns_inode)
{
	snprintf(end->spec, sizeof(end->spec), "%s", spec);
	end->netns_inode = netns_inode;
	end->ifindex = info->ifindex;
	end->mtu_bytes = info->mtu_bytes;
}

/* Called in the near end's namespace. */
static void find_peer(struct vnft_traced *link, const struct vnft_link_info *info)
{
	struct vnft_peer_search s = { .ifindex = info->peer_ifindex,
				      .own_ifindex = info->ifindex };
	struct vnft_traced_end *far = &link->end[VNFT_PATH_FAR];
	char spec[VNFT_SPEC_BYTES];
	bool found;

	s.own_fd = vnft_netns_open(NULL);
	found = s.own_fd >= 0 &&
		(info->peer_nsid < 0 ? look_here(&s) : vnft_netns_each(look_here, &s)) > 0;
	if (s.own_fd >= 0)
		close(s.own_fd);
	if (!found) {
		snprintf(far->why, sizeof(far->why),
			 "its other end is in a namespace that cannot be reached: name it as "
			 "NETNS/DEV, or run this as root");
		return;
	}
	vnft_spec_of(s.netns_inode, s.info.name, spec);
	know_end(far, spec, &s.info, s.netns_inode);
	far->side = vnft_side_choose(VNFT_SIDE_AUTO, spec, &s.info, s.netns_inode, NULL);
}

/* The end that is the device, or NULL. */
static struct vnft_traced_end *known(struct vnft_tracing *t, unsigned int ifindex,
				     uint64_t netns_inode)
{
	unsigned int i, end;

	for (i = 0; i < t->links; i++)
		for (end = 0; end < VNFT_PATH_ENDS; end++)
			if (t->link[i].end[end].ifindex == ifindex &&
			    t->link[i].end[end].netns_inode == netns_inode)
				return &t->link[i].end[end];
	return NULL;
}

/* In the device's namespace. */
static int add_link(struct vnft_tracing *t, const char *spec, const struct vnft_link_info *info,
		    uint64_t netns_inode)
{
	struct vnft_traced *link = &t->link[t->links];
	struct vnft_traced_end *near = &link->end[VNFT_PATH_NEAR], swap;

	if (!vnft_path_knows(info->link))
		return vnft_fail(-EOPNOTSUPP, "%s: a device of kind %s cannot be followed: name a "
				 "veth, tap or tun", spec,
				 info->kind[0] ? info->kind : vnft_link_kind(info->link)->name);
	if (t->links == VNFT_PATH_LINKS_MAX)
		return vnft_fail(-E2BIG, "%s: more than %u links at once: name fewer", spec,
				 VNFT_PATH_LINKS_MAX);
	t->links++;
	link->link = info->link;
	know_end(near, spec, info, netns_inode);
	near->named = true;
	near->side = vnft_side_choose(VNFT_SIDE_AUTO, spec, info, netns_inode, NULL);
	if (info->link != VNFT_LINK_VETH)
		return 0;
	find_peer(link, info);
	/* Named was the guest's own end: the host's is the near one. */
	if (link->end[VNFT_PATH_FAR].spec[0] && near->side == VNFT_SIDE_GUEST &&
	    link->end[VNFT_PATH_FAR].side == VNFT_SIDE_HOST) {
		swap = *near;
		*near = link->end[VNFT_PATH_FAR];
		link->end[VNFT_PATH_FAR] = swap;
	}
	return 0;
}

static int find_one(struct vnft_tracing *t, const char *spec)
{
	struct vnft_traced_end *end;
	struct vnft_link_info info;
	char ifname[VNFT_IFNAME_LEN];
	uint64_t netns_inode;
	int back, err = vnft_spec_enter(spec, ifname, &back);

	if (err)
		return err;
	err = vnft_spec_look(spec, ifname, &info, &netns_inode);
	end = err ? NULL : known(t, info.ifindex, netns_inode);
	if (end) {
		snprintf(end->spec, sizeof(end->spec), "%s", spec);
		end->named = true;
	} else if (!err) {
		err = add_link(t, spec, &info, netns_inode);
	}
	vnft_spec_leave(back);
	return err;
}

int vnft_tracing_find(struct vnft_tracing *t, char **specs, int n)
{
	int i, err = vnft_spec_distinct(specs, (size_t)n);

	for (i = 0; i < n && !err; i++)
		err = find_one(t, specs[i]);
	return err;
}
