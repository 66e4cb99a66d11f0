/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace-oci-hook DEVICE BRIDGE ADDRESS PREFIX GATEWAY MAC
 *
 * The createRuntime hook of our bundles (tools/guest/oci/bundle.c). The runtime has just made the
 * container's namespaces and runs us in its own; the container's state comes as JSON on stdin. We
 * make the veth pair, host end first, so that the first moment in which the container can answer is
 * the moment in which its address is set.
 *
 * A program of its own, because its start is part of every instantiation: vnftrace itself takes
 * longer to load its libraries than all the work here (tests/bench/oci_hook.c measures both).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/rtnetlink.h>

#include "lib/net/addr.h"
#include "lib/net/link.h"
#include "lib/net/link_set.h"
#include "lib/net/mnl.h"
#include "lib/net/netns.h"
#include "lib/text/error.h"

#define STATE_BYTES_MAX	(64 * 1024)
#define INNER_DEVICE	"eth0"

/**
 * struct plan - the arguments, checked
 */
struct plan {
	const char *device, *bridge;
	uint32_t address, gateway;
	uint8_t mac[6];
	int prefix;
};

static int read_plan(int argc, char **argv, struct plan *plan)
{
	uint8_t *m = plan->mac;
	char after;

	if (argc != 7)
		return vnft_fail(-EINVAL, "usage: vnftrace-oci-hook DEVICE BRIDGE ADDRESS PREFIX "
				 "GATEWAY MAC, the container's state on stdin");
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

/* "pid" of the state, read to its end: a runtime may wait until we have. */
static int container_pid(void)
{
	static char text[STATE_BYTES_MAX];
	size_t n = fread(text, 1, sizeof(text), stdin);
	json_t *state = json_loadb(text, n, JSON_DISABLE_EOF_CHECK, NULL);
	int pid = (int)json_integer_value(json_object_get(state, "pid"));

	json_decref(state);
	return pid > 1 ? pid : vnft_fail(-EINVAL,
			"no container state with a pid on stdin");
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

static int inner_end(const struct plan *plan, uint32_t mtu_bytes)
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

static int connect_container(const struct plan *plan, int netns)
{
	struct vnft_link_info bridge;
	int err, back;

	err = vnft_link_get(plan->bridge, &bridge);
	if (!err)
		err = vnft_link_add_veth(plan->device, INNER_DEVICE, netns);
	/* A port that is smaller than its bridge would pull the bridge's MTU down. */
	if (!err)
		err = vnft_link_set_mtu(plan->device, bridge.mtu_bytes);
	if (!err)
		err = vnft_link_set_master(plan->device, plan->bridge);
	if (!err)
		err = vnft_link_set_up(plan->device, true);
	if (!err)
		err = vnft_netns_enter(netns, &back);
	if (err)
		return err;
	err = inner_end(plan, bridge.mtu_bytes);
	vnft_netns_leave(back);
	return err;
}

int main(int argc, char **argv)
{
	struct plan plan;
	char where[32];
	int err, pid, netns;

	err = read_plan(argc, argv, &plan);
	pid = err ? err : container_pid();
	snprintf(where, sizeof(where), "pid:%d", pid);
	netns = pid < 0 ? pid : vnft_netns_open(where);
	err = netns < 0 ? netns : connect_container(&plan, netns);
	if (err)
		fprintf(stderr, "vnftrace-oci-hook: %s\n", vnft_why());
	return (int)vnft_exit_code(err);
}
