/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A veth between a bridge here and a namespace that was just made; or a macvlan there instead.
 */
#include "veth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../run/clock.h"
#include "../text/error.h"
#include "addr.h"
#include "link.h"
#include "link_set.h"
#include "mnl.h"
#include "netns.h"

#define INNER_DEVICE	"eth0"

int vnft_veth_plan_read(int argc, char **argv, const char *usage, struct vnft_veth_plan *plan)
{
	uint8_t *m = plan->mac;
	char after;

	if (argc != 7)
		return vnft_fail(-EINVAL, "usage: %s", usage);
	plan->topology = "veth";
	plan->device = argv[1];
	plan->bridge = argv[2];
	plan->prefix = atoi(argv[4]);
	if (inet_pton(AF_INET, argv[3], &plan->address) != 1 ||
	    inet_pton(AF_INET, argv[5], &plan->gateway) != 1)
		return vnft_fail(-EINVAL, "not an IPv4 address: %s or %s", argv[3], argv[5]);
	if (plan->prefix < 1 || plan->prefix > 31)
		return vnft_fail(-EINVAL, "not the length of a prefix, 1 to 31: %s", argv[4]);
	if (sscanf(argv[6], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx%c", &m[0], &m[1], &m[2], &m[3], &m[4],
		   &m[5], &after) != 6)
		return vnft_fail(-EINVAL, "not a MAC address: %s", argv[6]);
	return 0;
}

static int default_route(const char *name, uint32_t gateway)
{
	char buf[VNFT_NL_REQUEST_BYTES];
	struct nlmsghdr *nlh = vnft_nl_request(buf, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE);
	struct rtmsg *rt = mnl_nlmsg_put_extra_header(nlh, sizeof(*rt));

	rt->rtm_family = AF_INET;
	rt->rtm_table = RT_TABLE_MAIN;
	rt->rtm_protocol = RTPROT_BOOT;
	rt->rtm_scope = RT_SCOPE_UNIVERSE;
	rt->rtm_type = RTN_UNICAST;
	mnl_attr_put_u32(nlh, RTA_GATEWAY, gateway);
	return vnft_nl_do(nlh, "%s: cannot set the default route", name);
}

static int inner_end(const struct vnft_veth_plan *plan, uint32_t mtu_bytes)
{
	int err;

	err = vnft_link_set_up("lo", true);
	if (!err)
		err = vnft_link_set_mtu(INNER_DEVICE, mtu_bytes);
	if (!err)
		err = vnft_link_set_mac(INNER_DEVICE, plan->mac);
	if (!err)
		err = vnft_link_set_up(INNER_DEVICE, true);
	if (!err)
		err = vnft_addr_add(INNER_DEVICE, AF_INET, &plan->address, plan->prefix);
	return err ? err : default_route(INNER_DEVICE, plan->gateway);
}

static int check_other(int netns_fd)
{
	int own = vnft_netns_open(NULL), err = own < 0 ? own : 0;

	if (!err && vnft_netns_inode(own) == vnft_netns_inode(netns_fd))
		err = vnft_fail(-EINVAL, "the container is in the network namespace of its bridge: "
				"give it one of its own");
	if (own >= 0)
		close(own);
	return err;
}

/* The host's end, on the bridge, and the other one in the new namespace. */
static int pair(const struct vnft_veth_plan *plan, int netns_fd, uint32_t mtu_bytes,
		struct vnft_veth_times *times)
{
	int err = strcmp(plan->topology, "netkit") ?
		  vnft_link_add_veth(plan->device, INNER_DEVICE, netns_fd) :
		  vnft_link_add_netkit(plan->device, INNER_DEVICE, netns_fd);

	times->veth_ns = vnft_now_ns();
	/* A port that is smaller than its bridge would pull the bridge's MTU down. */
	if (!err)
		err = vnft_link_set_mtu(plan->device, mtu_bytes);
	if (!err)
		err = vnft_link_set_master(plan->device, plan->bridge);
	return err ? err : vnft_link_set_up(plan->device, true);
}

#define TIMES	"namespace %" PRIu64 " veth %" PRIu64 " bridge %" PRIu64 " address %" PRIu64 "\n"
#define TIMES_READ \
	"namespace %" SCNu64 " veth %" SCNu64 " bridge %" SCNu64 " address %" SCNu64 "%c"

int vnft_veth_times_write(const struct vnft_veth_times *times, const char *path)
{
	char text[160];
	int n, err = 0, fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return vnft_fail(-errno, "%s: %s", path, strerror(errno));
	n = snprintf(text, sizeof(text), TIMES, times->namespace_ns, times->veth_ns,
		     times->bridge_ns, times->address_ns);
	if (write(fd, text, (size_t)n) != n)
		err = vnft_fail(-EIO, "%s: cannot be written", path);
	close(fd);
	return err;
}

int vnft_veth_times_read(const char *path, struct vnft_veth_times *times)
{
	FILE *f = fopen(path, "re");
	char after = 0;
	int got;

	*times = (struct vnft_veth_times) { .namespace_ns = 0 };
	got = f ? fscanf(f, TIMES_READ, &times->namespace_ns, &times->veth_ns, &times->bridge_ns,
			 &times->address_ns, &after) : 0;
	if (f)
		fclose(f);
	/* With its end: a file that was cut has not all of them. */
	if (got == 5 && after == '\n')
		return 0;
	*times = (struct vnft_veth_times) { .namespace_ns = 0 };
	return -ENODATA;
}

int vnft_veth_connect(const struct vnft_veth_plan *plan, int netns_fd,
		      struct vnft_veth_times *times)
{
	struct vnft_veth_times unread;
	struct vnft_link_info bridge;
	int err = check_other(netns_fd), back;

	if (!times)
		times = &unread;
	*times = (struct vnft_veth_times) { .namespace_ns = vnft_now_ns() };
	if (err)
		return err;
	err = vnft_link_get(plan->bridge, &bridge);
	if (!err && !strcmp(plan->topology, "macvlan")) {
		err = vnft_link_add_macvlan("macvlan", INNER_DEVICE, plan->bridge, netns_fd);
		times->veth_ns = vnft_now_ns();
	} else if (!err) {
		err = pair(plan, netns_fd, bridge.mtu_bytes, times);
	}
	times->bridge_ns = vnft_now_ns();
	if (!err)
		err = vnft_netns_enter(netns_fd, &back);
	if (err)
		return err;
	err = inner_end(plan, bridge.mtu_bytes);
	times->address_ns = vnft_now_ns();
	vnft_netns_leave(back);
	return err;
}

int vnft_veth_join(const struct vnft_veth_plan *plan, int home_fd)
{
	int own = vnft_netns_open(NULL), back, err;

	if (own < 0)
		return own;
	err = vnft_netns_enter(home_fd, &back);
	if (!err) {
		err = vnft_veth_connect(plan, own, NULL);
		vnft_netns_leave(back);
	}
	close(own);
	return err;
}
