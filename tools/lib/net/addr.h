/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses and permanent neighbours.
 * Every function works in the calling thread's network namespace (see vnft_netns_enter()) and
 * returns 0 or a negative errno after vnft_fail() with the kernel's extended ack in the line.
 *
 * @family: AF_INET or AF_INET6; @addr: 4 or 16 bytes in network order.
 */
#ifndef VNFT_LIB_ADDR_H
#define VNFT_LIB_ADDR_H

#include <stdint.h>

/* Of one IPv4 address alone: on lo any other network would be the host's own, all of it. */
#define VNFT_PREFIX_SINGLE	32

int vnft_addr_add(const char *name, int family, const void *addr, int prefix);
int vnft_addr_delete(const char *name, int family, const void *addr, int prefix); /* likewise */
int vnft_neigh_add(const char *name, int family, const void *addr, const uint8_t mac[6]);
int vnft_neigh_delete(const char *name, int family, const void *addr);	/* absent is success */

#endif
