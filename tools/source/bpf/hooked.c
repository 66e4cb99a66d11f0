/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A link or a filter may be taken away, get another program, or go with its device; a device may be
 * renamed or move. So nothing here is remembered: the kernel is asked each time. A tcx link knows
 * its device wherever that is, but not the namespace, which is found by looking for the link. A
 * clsact filter does not survive a move.
 */
#include "hooked.h"

#include <bpf/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/net/link.h"
#include "../../lib/net/netns.h"
#include "../../lib/net/netns_find.h"
#include "filters.h"
#include "tcx.h"

static bool is_clsact(const struct vnft_bpf_device *d)
{
	return d->hook[VNFT_DIR_IN] == VNFT_HOOK_CLSACT_IN;
}

uint32_t vnft_bpf_prog_id(int prog_fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);

	return bpf_obj_get_info_by_fd(prog_fd, &info, &bytes) ? 0 : info.id;
}

static bool link_info(int fd, struct vnft_tcx_link_info *info)
{
	uint32_t bytes = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, info, &bytes) && info->ifindex;
}

bool vnft_bpf_is_hooked(const uint8_t hooked[VNFT_DIR_NR])
{
	int dir;

	for (dir = 0; dir < VNFT_DIR_NR; dir++)
		if (hooked[dir] == VNFT_HOOKED || hooked[dir] == VNFT_HOOKED_REPLACED)
			return true;
	return false;
}

/* The namespace in which it was attached, entered; -1 if that is out of reach or another now. */
static int enter(const struct vnft_bpf_device *d, int *back)
{
	int fd = d->netns_fd >= 0 ? dup(d->netns_fd) : vnft_netns_find(d->netns_inode), err;

	if (fd < 0)
		return -1;
	err = vnft_netns_enter(fd, back);
	close(fd);
	if (err)
		return -1;
	if (d->netns_cookie && vnft_netns_cookie() != d->netns_cookie) {
		vnft_netns_leave(*back);
		return -1;
	}
	return 0;
}

struct seen {
	const struct vnft_bpf_device *d;
	uint8_t *hooked;
};

/* In the device's namespace: a filter of ours is there, with our program or another. */
static int see_filter(const struct vnft_filter *f, void *arg)
{
	const struct seen *seen = arg;

	if (f->handle != seen->d->handle[f->dir] || f->priority != seen->d->priority[f->dir])
		return 0;
	seen->hooked[f->dir] = f->prog_id == vnft_bpf_prog_id(seen->d->prog_fd[f->dir]) ?
			       VNFT_HOOKED : VNFT_HOOKED_REPLACED;
	return 0;
}

static void hooked_clsact(const struct vnft_bpf_device *d, uint8_t hooked[VNFT_DIR_NR])
{
	struct seen seen = { d, hooked };

	/* A device that is gone has no filters: then these stay "removed". */
	vnft_clsact_each(d->ifindex, see_filter, &seen);
}

static void hooked_tcx(const struct vnft_bpf_device *d, uint8_t hooked[VNFT_DIR_NR])
{
	struct vnft_tcx_link_info info;
	int dir;

	for (dir = 0; dir < VNFT_DIR_NR; dir++)
		if (link_info(d->link_fd[dir], &info))
			hooked[dir] = info.prog_id == vnft_bpf_prog_id(d->prog_fd[dir]) ?
				      VNFT_HOOKED : VNFT_HOOKED_REPLACED;
}

/* What vnft_bpf_hooked() gives, but by the way of the hook. */
static void look_at_ways(const struct vnft_bpf_device *d, uint8_t hooked[VNFT_DIR_NR])
{
	uint8_t without = VNFT_HOOKED_OUT_OF_REACH;
	struct vnft_link_info info;
	int back;

	memset(hooked, VNFT_HOOKED_REMOVED, VNFT_DIR_NR);
	if (!is_clsact(d))
		hooked_tcx(d, hooked);
	if (vnft_bpf_is_hooked(hooked))
		return;
	if (!enter(d, &back)) {
		if (is_clsact(d))
			hooked_clsact(d, hooked);
		without = vnft_link_get_index(d->ifindex, &info) ? VNFT_HOOKED_DEVICE_GONE :
								   VNFT_HOOKED_REMOVED;
		vnft_netns_leave(back);
	} else if (!is_clsact(d)) {
		/* Neither a detached link nor one of a dead device knows a device. */
		without = VNFT_HOOKED_DEVICE_GONE;
	}
	if (!vnft_bpf_is_hooked(hooked))
		memset(hooked, without, VNFT_DIR_NR);
}

void vnft_bpf_hooked(const struct vnft_bpf_device *d, uint8_t hooked[VNFT_DIR_NR])
{
	uint8_t there[VNFT_DIR_NR];
	int way;

	look_at_ways(d, there);
	for (way = 0; way < VNFT_DIR_NR; way++)
		hooked[vnft_bpf_way(d, way)] = there[way];
}

struct sought {
	const struct vnft_bpf_device *d;
	unsigned int ifindex;
	uint32_t link_id[VNFT_DIR_NR];
	struct vnft_bpf_where *where;
};

static int match_link(const struct vnft_filter *f, void *arg)
{
	const struct sought *w = arg;

	return f->link_id && f->link_id == w->link_id[f->dir];
}

static void want(struct sought *w, const struct vnft_bpf_device *d)
{
	struct vnft_tcx_link_info info;
	int dir;

	memset(w, 0, sizeof(*w));
	w->d = d;
	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		if (!link_info(d->link_fd[dir], &info))
			continue;
		w->link_id[dir] = info.id;
		w->ifindex = info.ifindex;
	}
}

/* Is the wanted device in this namespace? Returns 1 to end the walk over all of them. */
static int found_here(void *arg)
{
	struct sought *w = arg;
	struct vnft_link_info link;
	int fd;

	if (vnft_tcx_each(w->ifindex, match_link, w) != 1 ||
	    vnft_link_get_index(w->ifindex, &link))
		return 0;
	fd = vnft_netns_open(NULL);
	if (fd < 0)
		return 0;
	w->where->netns_inode = vnft_netns_inode(fd);
	close(fd);
	w->where->ifindex = w->ifindex;
	snprintf(w->where->ifname, sizeof(w->where->ifname), "%s", link.name);
	return 1;
}

static void locate_tcx(const struct vnft_bpf_device *d, struct vnft_bpf_where *where)
{
	struct sought w;
	int back, found = 0;

	want(&w, d);
	w.where = where;
	if (!enter(d, &back)) {
		found = found_here(&w);
		vnft_netns_leave(back);
	}
	if (found != 1 && vnft_netns_each(found_here, &w) != 1)
		where->netns_inode = 0;
}

/* Where it was attached, unless its programs are somewhere else. */
void vnft_bpf_locate(const struct vnft_bpf_device *d, struct vnft_bpf_where *where)
{
	struct vnft_link_info info;
	int back;

	memset(where, 0, sizeof(*where));
	where->netns_inode = d->netns_inode;
	where->ifindex = d->ifindex;
	snprintf(where->ifname, sizeof(where->ifname), "%s", d->ifname);
	vnft_bpf_hooked(d, where->hooked);
	if (!is_clsact(d) && vnft_bpf_is_hooked(where->hooked)) {
		locate_tcx(d, where);
		return;
	}
	if (enter(d, &back))
		return;
	if (!vnft_link_get_index(d->ifindex, &info))	/* it may have been renamed */
		snprintf(where->ifname, sizeof(where->ifname), "%s", info.name);
	vnft_netns_leave(back);
}

bool vnft_bpf_is_on(const struct vnft_bpf_device *d, unsigned int ifindex)
{
	uint8_t hooked[VNFT_DIR_NR] = { VNFT_HOOKED_REMOVED, VNFT_HOOKED_REMOVED };
	struct sought w;

	if (is_clsact(d)) {
		if (ifindex != d->ifindex ||
		    (d->netns_cookie && d->netns_cookie != vnft_netns_cookie()))
			return false;
		hooked_clsact(d, hooked);
		return vnft_bpf_is_hooked(hooked);
	}
	want(&w, d);
	return w.ifindex == ifindex && vnft_tcx_each(ifindex, match_link, &w) == 1;
}
