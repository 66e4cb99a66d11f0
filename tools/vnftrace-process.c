/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace-process TOPOLOGY DEVICE BRIDGE ADDRESS PREFIX GATEWAY MAC COMMAND...
 *
 * A process with a network and nothing else of a container (tools/guest/helper/process.c): gives
 * itself one, then becomes COMMAND.
 *
 *	veth	a network namespace of its own, hung from BRIDGE by DEVICE (lib/net/veth.h)
 *	netkit	the same, with a netkit pair
 *	macvlan	a network namespace of its own, with a macvlan on BRIDGE
 *	macvtap	DEVICE, a macvtap on BRIDGE, is COMMAND's descriptor 3: for a VMM
 *	lo	no namespace: ADDRESS on the loopback device of the namespace that it was started in
 *
 * What brings the answer comes last, right before COMMAND: nothing answers before.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/net/addr.h"
#include "lib/net/link_set.h"
#include "lib/net/macvtap.h"
#include "lib/net/netns.h"
#include "lib/net/veth.h"
#include "lib/text/error.h"

#define USAGE	"vnftrace-process TOPOLOGY " VNFT_VETH_ARGS " COMMAND..."
/* Of the program and VNFT_VETH_ARGS; TOPOLOGY stands in the program's place. */
#define PLAN_ARGS	7
#define TAP_FD		3

static int in_own_namespace(const struct vnft_veth_plan *plan)
{
	int home = vnft_netns_open(NULL);

	if (home < 0)
		return home;
	if (unshare(CLONE_NEWNET))
		return vnft_fail(-errno, "no network namespace: %s", strerror(errno));
	return vnft_veth_join(plan, home);
}

static int with_macvtap(const struct vnft_veth_plan *plan)
{
	int fd, err;

	err = vnft_link_add_macvlan("macvtap", plan->device, plan->bridge, -1);
	if (!err)
		err = vnft_link_set_mac(plan->device, plan->mac);
	if (!err)
		err = vnft_link_set_up(plan->device, true);
	fd = err ? err : vnft_macvtap_open(plan->device);
	/* dup2() clears close-on-exec, unless it is the same already. */
	if (fd >= 0 && (fd == TAP_FD ? fcntl(fd, F_SETFD, 0) : dup2(fd, TAP_FD)) < 0)
		return vnft_fail(-errno, "%s: %s", plan->device, strerror(errno));
	return fd < 0 ? fd : 0;
}

static int on_loopback(const struct vnft_veth_plan *plan)
{
	return vnft_addr_add(plan->device, AF_INET, &plan->address, VNFT_PREFIX_SINGLE);
}

static const struct {
	const char *topology;
	int (*become)(const struct vnft_veth_plan *plan);
} kinds[] = {
	{ "veth", in_own_namespace },
	{ "netkit", in_own_namespace },
	{ "macvlan", in_own_namespace },
	{ "macvtap", with_macvtap },
	{ "lo", on_loopback },
};

static int become(const struct vnft_veth_plan *plan)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].topology, plan->topology))
			return kinds[i].become(plan);
	return vnft_fail(-EINVAL, "no such topology: %s", plan->topology);
}

int main(int argc, char **argv)
{
	struct vnft_veth_plan plan;
	int err;

	if (argc < PLAN_ARGS + 2)
		err = vnft_fail(-EINVAL, "usage: " USAGE);
	else
		err = vnft_veth_plan_read(PLAN_ARGS, argv + 1, USAGE, &plan);
	plan.topology = argv[1];
	if (!err)
		err = become(&plan);
	if (!err) {
		execvp(argv[PLAN_ARGS + 1], argv + PLAN_ARGS + 1);
		err = vnft_fail(-errno, "%s: %s", argv[PLAN_ARGS + 1], strerror(errno));
	}
	fprintf(stderr, "vnftrace-process: %s\n", vnft_why());
	return (int)vnft_exit_code(err);
}
