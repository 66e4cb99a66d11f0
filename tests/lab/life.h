/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of the module's life share: a quiet namespace with a veth, a socket on it. */
#ifndef TESTS_LAB_LIFE_H
#define TESTS_LAB_LIFE_H

#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../tools/lib/net/link_set.h"
#include "../../tools/source/ring.h"

static inline void life_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;	/* where the kernel has no IPv6 there is nothing to switch off */
	if (write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

/* This thread into a namespace of its own with a veth that is up, where nobody speaks unasked. */
static inline bool life_veth(const char *name, const char *peer)
{
	if (unshare(CLONE_NEWNET))
		return false;
	life_write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	life_write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	return !vnft_link_add_veth(name, peer, -1) && !vnft_link_set_up(name, true) &&
	       !vnft_link_set_up(peer, true);
}

/* Frames that are written to it leave through @name; -1 if it is not there. */
static inline int life_socket(const char *name)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)if_nametoindex(name) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&to, sizeof(to))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Positions that were ever reserved in a ring, as its reader counts them: 32 bits. */
static inline uint32_t life_ring_head(const struct vnft_rings *rings, uint32_t cpu)
{
	const struct vnft_ring_producer *producer =
		(const void *)((const char *)rings->ring[cpu].memory + VNFT_PAGE_BYTES);

	return (uint32_t)__atomic_load_n(&producer->head, __ATOMIC_RELAXED);
}

#endif
