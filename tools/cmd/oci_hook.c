/* SPDX-License-Identifier: GPL-2.0 */
/*
 * oci-hook: the createRuntime hook of our bundles (tools/guest/oci_bundle.c). The runtime has just
 * made the container's namespaces and runs us in its own; the container's state comes as JSON on
 * stdin. We make the veth pair, host end first, so that the first moment in which the container
 * can answer is the moment in which its address is set.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/error.h"
#include "../lib/mnl.h"
#include "../lib/netlink.h"
#include "cmd.h"

#define STATE_BYTES_MAX	(64 * 1024)
#define INNER_DEVICE	"eth0"

struct config {
	struct vnft_common common;
	const char *device, *bridge, *address, *gateway, *mac;
	uint64_t prefix;
};

/**
 * struct plan - the options, checked
 */
struct plan {
	const char *device, *bridge;
	uint32_t address, gateway;
	uint8_t mac[6];
	int prefix;
};

static int check(const struct config *c, struct plan *plan)
{
	uint8_t *m = plan->mac;
	char after;

	if (!c->device || !c->bridge || !c->address || !c->gateway || !c->mac)
		return vnft_fail(-EINVAL, "oci-hook: --device, --bridge, --address, --gateway and "
				 "--mac are needed");
	plan->device = c->device;
	plan->bridge = c->bridge;
	plan->prefix = (int)c->prefix;
	if (inet_pton(AF_INET, c->address, &plan->address) != 1 ||
	    inet_pton(AF_INET, c->gateway, &plan->gateway) != 1)
		return vnft_fail(-EINVAL, "oci-hook: not an IPv4 address: %s %s", c->address,
				 c->gateway);
	if (sscanf(c->mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx%c", &m[0], &m[1], &m[2], &m[3], &m[4],
		   &m[5], &after) != 6)
		return vnft_fail(-EINVAL, "oci-hook: not a MAC address: %s", c->mac);
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
			"oci-hook: no container state with a pid on stdin");
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

static int run(const void *config, int argc, char **argv)
{
	struct plan plan;
	char where[32];
	int err, pid, netns;

	err = check(config, &plan);
	if (err)
		return vnft_exit_code(err);
	pid = container_pid();
	if (pid < 0)
		return vnft_exit_code(pid);
	snprintf(where, sizeof(where), "pid:%d", pid);
	netns = vnft_netns_open(where);
	if (netns < 0)
		return vnft_exit_code(netns);
	err = connect_container(&plan, netns);
	close(netns);
	return vnft_exit_code(err);
}

static const struct vnft_opt opts[] = {
	{ .name = "device", .type = VNFT_OPT_STRING, .offset = offsetof(struct config, device),
	  .arg = "DEV", .help = "host end of the veth pair" },
	{ .name = "bridge", .type = VNFT_OPT_STRING, .offset = offsetof(struct config, bridge),
	  .arg = "DEV", .help = "bridge to put it on" },
	{ .name = "address", .type = VNFT_OPT_STRING, .offset = offsetof(struct config, address),
	  .arg = "ADDR", .help = "the container's IPv4 address" },
	{ .name = "prefix", .type = VNFT_OPT_U64, .offset = offsetof(struct config, prefix),
	  .arg = "N", .help = "length of its network's prefix", .min = 1, .max = 31 },
	{ .name = "gateway", .type = VNFT_OPT_STRING, .offset = offsetof(struct config, gateway),
	  .arg = "ADDR", .help = "its default route" },
	{ .name = "mac", .type = VNFT_OPT_STRING, .offset = offsetof(struct config, mac),
	  .arg = "MAC", .help = "its MAC address" },
	{ .name = NULL }
};

static const struct config defaults = { .prefix = 30 };

const struct vnft_cmd vnft_cmd_oci_hook = {
	.name = "oci-hook",
	.summary = "give a container its network (createRuntime hook of our OCI bundles)",
	.args = "",
	.text = "Called by the OCI runtime, with the container's state on stdin.",
	.opts = opts,
	.config_bytes = sizeof(struct config),
	.defaults = &defaults,
	.run = run,
	.hidden = true,
};
