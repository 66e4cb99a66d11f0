/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which process is behind a device:
 *   - a tap or macvtap: who has opened it;
 *   - the guest's own end: the first process of its namespace;
 *   - a veth of the host's: the first process of the namespace where its other end is;
 *   - a vif: the domain that its name tells.
 * What that process is, lib/host/behind.h finds out.
 */
#include "who.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/net/link.h"
#include "../../lib/net/netns.h"
#include "../../lib/net/netns_find.h"
#include "../../lib/run/clock.h"

#define NAME_AGAIN_NS	10000000000ULL
#define ASK_AGAIN_NS	30000000000ULL
#define READ_AGAIN_NS	2000000000ULL	/* /proc is not read sooner for new devices */
#define ASK_MOST_NS	20000000ULL	/* the time that one call spends on asking */

/* What a namespace calls the others that have a process. */
struct peer_names {
	uint64_t of_inode;
	struct {
		int32_t nsid;
		uint64_t inode;
	} *at;
	size_t n, room;
};

static struct vnft_live_who *find(struct vnft_live_whos *whos, size_t at,
				  const struct vnft_live_shot *shot)
{
	size_t i, k;

	for (i = 0; i < whos->n; i++) {
		k = (at + i) % whos->n;
		if (whos->at[k]->life == shot->life && whos->at[k]->observer == shot->observer)
			return whos->at[k];
	}
	return NULL;
}

static struct vnft_live_who *make(struct vnft_live_whos *whos, const struct vnft_live_shot *shot)
{
	struct vnft_live_who *who = calloc(1, sizeof(*who));

	if (who && whos->n == whos->room) {
		size_t room = whos->room ? 2 * whos->room : 64;
		void *more = reallocarray(whos->at, room, sizeof(*whos->at));

		if (more) {
			whos->at = more;
			whos->room = room;
		}
	}
	if (!who || whos->n == whos->room) {
		free(who);
		return NULL;
	}
	who->observer = shot->observer;
	who->life = shot->life;
	whos->at[whos->n++] = who;
	return who;
}

static void name(struct vnft_live_who *who, const struct vnft_live_shot *shot, uint64_t now_ns)
{
	if (who->named_ns && now_ns - who->named_ns < NAME_AGAIN_NS &&
	    who->netns_inode == shot->netns_inode && !strcmp(who->ifname, shot->ifname))
		return;
	if (who->netns_inode != shot->netns_inode)
		who->asked_ns = 0;
	who->netns_inode = shot->netns_inode;
	snprintf(who->ifname, sizeof(who->ifname), "%s", shot->ifname);
	who->netns[0] = '\0';
	if (shot->netns_inode) {
		vnft_netns_name(shot->netns_inode, who->netns, sizeof(who->netns));
		vnft_spec_of(shot->netns_inode, shot->ifname, who->spec);
	} else {	/* out of reach */
		snprintf(who->spec, sizeof(who->spec), "%s", shot->ifname);
	}
	who->named_ns = now_ns;
}

static int note_peer(uint64_t inode, pid_t pid, void *arg)
{
	struct peer_names *peers = arg;
	char path[48];
	int32_t nsid;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	fd = vnft_netns_open(path);
	if (fd < 0)
		return 0;
	nsid = vnft_netns_inode(fd) == inode ? vnft_netns_id(fd) : -1;
	close(fd);
	if (nsid < 0)
		return 0;
	if (peers->n == peers->room) {
		size_t room = peers->room ? 2 * peers->room : 32;
		void *more = reallocarray(peers->at, room, sizeof(*peers->at));

		if (!more)
			return -1;
		peers->at = more;
		peers->room = room;
	}
	peers->at[peers->n].nsid = nsid;
	peers->at[peers->n++].inode = inode;
	return 0;
}

/* In the device's namespace: that of its other end, if it has a process; 0 otherwise. */
static uint64_t peer_inode(const struct vnft_behind_hosts *hosts, struct peer_names *peers,
			   const struct vnft_live_shot *shot)
{
	struct vnft_link_info info;
	size_t i;

	if (vnft_link_get_index(shot->ifindex, &info) || info.link != VNFT_LINK_VETH ||
	    info.peer_nsid < 0)
		return 0;
	if (peers->of_inode != shot->netns_inode) {
		peers->of_inode = shot->netns_inode;
		peers->n = 0;
		vnft_behind_each_netns(hosts, note_peer, peers);
	}
	for (i = 0; i < peers->n; i++)
		if (peers->at[i].nsid == info.peer_nsid)
			return peers->at[i].inode;
	return 0;
}

static uint64_t find_peer(const struct vnft_behind_hosts *hosts, struct peer_names *peers,
			  const struct vnft_live_shot *shot)
{
	int fd = shot->netns_inode ? vnft_netns_find(shot->netns_inode) : -1, back;
	uint64_t inode = 0;

	if (fd >= 0 && !vnft_netns_enter(fd, &back)) {
		inode = peer_inode(hosts, peers, shot);
		vnft_netns_leave(back);
	}
	if (fd >= 0)
		close(fd);
	return inode;
}

static bool ask(const struct vnft_behind_hosts *hosts, struct peer_names *peers,
		const struct vnft_live_shot *shot, struct vnft_behind *behind)
{
	const uint64_t home = vnft_netns_home();
	uint64_t peer;

	if (vnft_behind_tap(hosts, shot->netns_inode, shot->ifname, behind) ||
	    vnft_behind_vif(shot->ifname, behind))
		return true;
	if (shot->side == VNFT_SIDE_GUEST) {
		if (vnft_behind_macvtap(hosts, shot->ifindex, behind))
			return true;
		return shot->netns_inode && shot->netns_inode != home &&
		       vnft_behind_netns(hosts, shot->netns_inode, behind);
	}
	peer = find_peer(hosts, peers, shot);
	return peer && peer != home && vnft_behind_netns(hosts, peer, behind);
}

static bool is_due(const struct vnft_live_who *who, uint64_t now_ns)
{
	return !who->asked_ns || now_ns - who->asked_ns > ASK_AGAIN_NS;
}

static void ask_all(struct vnft_live_whos *whos, struct vnft_live_row *rows, size_t n)
{
	struct vnft_behind_hosts *hosts = vnft_behind_read();
	struct peer_names peers = { .n = 0 };
	const uint64_t begin_ns = vnft_now_ns();
	size_t i;

	whos->read_ns = begin_ns;
	for (i = 0; hosts && i < n && vnft_now_ns() - begin_ns < ASK_MOST_NS; i++) {
		struct vnft_live_who *who = find(whos, i, rows[i].shot);

		if (!who || rows[i].change == VNFT_LIVE_GONE || !is_due(who, begin_ns))
			continue;
		memset(&who->behind, 0, sizeof(who->behind));
		if (!ask(hosts, &peers, rows[i].shot, &who->behind))
			memset(&who->behind, 0, sizeof(who->behind));
		who->asked_ns = begin_ns;
	}
	free(peers.at);
	vnft_behind_free(hosts);
}

static void forget_unused(struct vnft_live_whos *whos)
{
	size_t i, kept = 0;

	for (i = 0; i < whos->n; i++) {
		if (whos->at[i]->used)
			whos->at[kept++] = whos->at[i];
		else
			free(whos->at[i]);
	}
	whos->n = kept;
}

void vnft_live_who_is(struct vnft_live_whos *whos, struct vnft_live_row *rows, size_t n)
{
	const uint64_t now_ns = vnft_now_ns();
	bool due = false;
	size_t i;

	for (i = 0; i < whos->n; i++)
		whos->at[i]->used = false;
	for (i = 0; i < n; i++) {
		struct vnft_live_who *who = find(whos, i, rows[i].shot);

		if (!who)
			who = make(whos, rows[i].shot);
		rows[i].who = who;
		if (!who)
			continue;
		who->used = true;
		if (rows[i].change == VNFT_LIVE_GONE && who->named_ns)
			continue;
		name(who, rows[i].shot, now_ns);
		due |= is_due(who, now_ns) && rows[i].change != VNFT_LIVE_GONE;
	}
	if (due && (!whos->read_ns || now_ns - whos->read_ns > READ_AGAIN_NS))
		ask_all(whos, rows, n);
	forget_unused(whos);
}

void vnft_live_whos_free(struct vnft_live_whos *whos)
{
	size_t i;

	for (i = 0; i < whos->n; i++)
		free(whos->at[i]);
	free(whos->at);
	memset(whos, 0, sizeof(*whos));
}
