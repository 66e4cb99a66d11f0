/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Births and deaths of devices. A birth is the first message about an index, or the first under
 * another name or another master (Docker makes its veth first and puts it on the bridge
 * afterwards); the messages that follow every other change of state are not handed out. Devices
 * that are there before open returns are for vnft_link_each() to find.
 */
#include "watch.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "clock.h"
#include "../text/error.h"

/* One datagram holds one notification or few; the socket holds a burst of some thousand. */
#define DATAGRAM_BYTES (64 * 1024)
#define SOCKET_BYTES (4 * 1024 * 1024)

struct known {
	unsigned int ifindex, master_ifindex;
	char name[IFNAMSIZ];
};

struct vnft_link_watch {
	struct mnl_socket *nl;
	struct known *known;
	size_t n, room;
	const struct nlmsghdr *next;	/* message to look at next, in buf */
	int left;			/* bytes of buf from there */
	uint64_t read_ns, empty_ns;	/* when buf was read, and when nothing was there */
	_Alignas(struct nlmsghdr) char buf[DATAGRAM_BYTES];
};

static int remember(struct vnft_link_watch *w, const struct vnft_link_info *info)
{
	if (w->n == w->room) {
		size_t room = w->room ? 2 * w->room : 64;
		void *bigger = realloc(w->known, room * sizeof(*w->known));

		if (!bigger)
			return -ENOMEM;
		w->known = bigger;
		w->room = room;
	}
	w->known[w->n].ifindex = info->ifindex;
	w->known[w->n].master_ifindex = info->master_ifindex;
	memcpy(w->known[w->n++].name, info->name, IFNAMSIZ);
	return 0;
}

static struct known *find(struct vnft_link_watch *w, unsigned int ifindex)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->known[i].ifindex == ifindex)
			return &w->known[i];
	return NULL;
}

static int remember_info(const struct vnft_link_info *info, void *arg)
{
	return remember(arg, info);
}

int vnft_link_watch_open(struct vnft_link_watch **watch)
{
	struct vnft_link_watch *w = calloc(1, sizeof(*w));
	int fd, bytes = SOCKET_BYTES, err;

	*watch = NULL;
	if (!w)
		return vnft_fail(-ENOMEM, "out of memory");
	w->nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!w->nl || mnl_socket_bind(w->nl, RTMGRP_LINK, MNL_SOCKET_AUTOPID)) {
		err = vnft_fail(-errno, "cannot watch devices: %s", strerror(errno));
		vnft_link_watch_close(w);
		return err;
	}
	fd = mnl_socket_get_fd(w->nl);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	/* Subscribed before: a device that is born meanwhile is in the list or in an event. */
	err = vnft_link_each(remember_info, w);
	if (err) {
		vnft_link_watch_close(w);
		return err;
	}
	*watch = w;
	return 0;
}

int vnft_link_watch_fd(const struct vnft_link_watch *watch)
{
	return mnl_socket_get_fd(watch->nl);
}

/* Is this message one to hand out? */
static bool take(struct vnft_link_watch *w, const struct nlmsghdr *nlh,
		 struct vnft_link_event *event)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct known *k;

	if (nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK)
		return false;
	/* AF_BRIDGE messages are about ports: a device that leaves its bridge is not gone. */
	if (vnft_link_parse(nlh, &event->info) || ifi->ifi_family != AF_UNSPEC)
		return false;
	event->gone = nlh->nlmsg_type == RTM_DELLINK;
	k = find(w, event->info.ifindex);
	if (event->gone) {
		if (k)
			*k = w->known[--w->n];
		return true;
	}
	if (!k) {
		remember(w, &event->info);
		return true;
	}
	if (!strcmp(k->name, event->info.name) && k->master_ifindex == event->info.master_ifindex)
		return false;
	memcpy(k->name, event->info.name, IFNAMSIZ);
	k->master_ifindex = event->info.master_ifindex;
	return true;
}

int vnft_link_watch_next(struct vnft_link_watch *watch, struct vnft_link_event *event)
{
	uint64_t asked_ns;

	for (;;) {
		while (mnl_nlmsg_ok(watch->next, watch->left)) {
			const struct nlmsghdr *nlh = watch->next;

			watch->next = mnl_nlmsg_next(nlh, &watch->left);
			if (take(watch, nlh, event)) {
				event->time_ns = watch->read_ns;
				event->before_ns = watch->empty_ns;
				return 1;
			}
		}
		asked_ns = vnft_now_ns();
		watch->left = (int)mnl_socket_recvfrom(watch->nl, watch->buf, sizeof(watch->buf));
		watch->next = (const struct nlmsghdr *)watch->buf;
		if (watch->left >= 0) {
			watch->read_ns = vnft_now_ns();
			continue;
		}
		watch->left = 0;
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN) {
			watch->empty_ns = asked_ns;
			return 0;
		}
		return vnft_fail(-errno, "news of devices were lost: %s", strerror(errno));
	}
}

void vnft_link_watch_close(struct vnft_link_watch *watch)
{
	if (!watch)
		return;
	if (watch->nl)
		mnl_socket_close(watch->nl);
	free(watch->known);
	free(watch);
}
