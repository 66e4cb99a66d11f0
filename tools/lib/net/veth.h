/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A veth between a bridge here and a namespace that was just made: how a container gets its network
 * from vnftrace-oci-hook, a process from vnftrace-process, and the reference of a bench from
 * vnftrace-reference.
 */
#ifndef VNFT_LIB_VETH_H
#define VNFT_LIB_VETH_H

#include <stdint.h>

/**
 * struct vnft_veth_plan - what the two ends are to be; addresses in network order
 * @topology: "veth", which vnft_veth_plan_read() says; "netkit": likewise; "macvlan": there is no
 *	@device here, and @bridge is the device that it lies on
 */
struct vnft_veth_plan {
	const char *topology;
	const char *device, *bridge;
	uint32_t address, gateway;
	uint8_t mac[6];
	int prefix;
};

#define VNFT_VETH_ARGS	"DEVICE BRIDGE ADDRESS PREFIX GATEWAY MAC"

/*
 * Read the arguments VNFT_VETH_ARGS. 0, or -EINVAL after vnft_fail(), with @usage if there are more
 * or less of them.
 */
int vnft_veth_plan_read(int argc, char **argv, const char *usage, struct vnft_veth_plan *plan);

/*
 * Make the pair, host end first and its address last: the first moment in which the namespace can
 * answer is the moment in which its address is set. The calling thread is in the bridge's
 * namespace, before and after; @netns_fd must be another one, or the addresses and the default
 * route that are set would be the caller's own. 0, or negative errno after vnft_fail().
 */
int vnft_veth_connect(const struct vnft_veth_plan *plan, int netns_fd);
/* The same from the other side: the caller is in the new namespace, the bridge in @home_fd. */
int vnft_veth_join(const struct vnft_veth_plan *plan, int home_fd);

#endif
