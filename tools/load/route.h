/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a probe to an address leaves this host: what the routing and neighbour tables of the
 * calling thread's namespace say. Nothing is resolved on the way: ARP would be the measurement.
 */
#ifndef VNFT_LOAD_ROUTE_H
#define VNFT_LOAD_ROUTE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct vnft_route - from this host to an address
 * @family: AF_INET or AF_INET6
 * @ifname: device to send on; "" to ask the routing table
 * @src: source address; all zero to ask the routing table
 * @mac: of the next hop; all zero to ask the neighbour table
 * @by_gateway: found: the next hop is a router, @hop, and not the address itself
 */
struct vnft_route {
	int family;
	uint8_t dst[16], src[16];
	char ifname[IFNAMSIZ];
	uint8_t mac[6];
	bool by_gateway;
	uint8_t hop[16];
};

/* "198.18.0.2" or "2001:db8::1" into family and 4 or 16 bytes; -EINVAL after vnft_fail(). */
int vnft_route_parse_addr(const char *text, int *family, uint8_t addr[16]);
/*
 * An address, or a name that is looked up where it is none: the first address that the system's
 * resolver knows, of @want (AF_UNSPEC: any family). *@looked_up says whether it was asked, which
 * may send packets and take seconds. -EINVAL for what cannot be a name, -ENOENT for one that has
 * no address, after vnft_fail().
 */
int vnft_route_resolve(const char *text, int want, int *family, uint8_t addr[16], bool *looked_up);
/* "02:00:00:00:00:01"; -EINVAL after vnft_fail(). */
int vnft_route_parse_mac(const char *text, uint8_t mac[6]);
/* "tap0, next hop 198.18.0.1" or "tap0, directly connected": the way that was found. */
void vnft_route_way(const struct vnft_route *route, char *to, size_t bytes);
/* Fill in what is empty. 0, or negative errno after vnft_fail() with the command that fixes it. */
int vnft_route_find(struct vnft_route *route);

#endif
