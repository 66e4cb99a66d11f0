/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a user names a device: "DEV" of this network namespace, "NETNS/DEV" of one that `ip netns`
 * knows, "/proc/PID/ns/net/DEV" of a process's namespace.
 */
#ifndef VNFT_SOURCE_SPEC_H
#define VNFT_SOURCE_SPEC_H

#include <stdint.h>

#include "../../kmod/uapi/vnftrace.h"
#include "../lib/net/link.h"

/*
 * Enter the namespace of @spec; @ifname receives DEV. vnft_spec_leave(@back) returns to the old
 * namespace, and does nothing if they are the same.
 */
int vnft_spec_enter(const char *spec, char ifname[VNFT_IFNAME_LEN], int *back);
void vnft_spec_leave(int back);

/* A device of the calling thread's namespace, and that namespace: -ENODEV after vnft_fail(). */
int vnft_spec_look(const char *ifname, struct vnft_link_info *info, uint64_t *netns_inode);

#endif
