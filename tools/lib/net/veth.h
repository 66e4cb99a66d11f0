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

/**
 * struct vnft_veth_times - when each of its steps was done
 * @namespace_ns: the namespace was at hand; then the pair was there, the host end on the bridge and
 *	up, and the other end had its address and route
 */
struct vnft_veth_times {
	uint64_t namespace_ns, veth_ns, bridge_ns, address_ns;
};

/* The file that a program which makes a veth writes them to, if its environment names one. */
#define VNFT_VETH_TIMES	"VNFT_VETH_TIMES"

/* Write them to a file that is there already: 0, or negative errno after vnft_fail(). */
int vnft_veth_times_write(const struct vnft_veth_times *times, const char *path);
/* Read them: 0, or -ENODATA: nobody wrote them, or not these. */
int vnft_veth_times_read(const char *path, struct vnft_veth_times *times);

/*
 * Make the pair, host end first and its address last: the first moment in which the namespace can
 * answer is the moment in which its address is set. The calling thread is in the bridge's
 * namespace, before and after; @netns_fd must be another one, or the addresses and the default
 * route that are set would be the caller's own. @times: NULL, or: receives them as far as it got.
 * 0, or negative errno after vnft_fail().
 */
int vnft_veth_connect(const struct vnft_veth_plan *plan, int netns_fd,
		      struct vnft_veth_times *times);
/* The same from the other side: the caller is in the new namespace, the bridge in @home_fd. */
int vnft_veth_join(const struct vnft_veth_plan *plan, int home_fd);

#endif
