/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a user names a device: "DEV" of this network namespace, "NETNS/DEV" of one that `ip netns`
 * knows, "pid:PID/DEV" or "/proc/PID/ns/net/DEV" of a process's, "net:[INODE]/DEV" of any that can
 * be reached. DEV is a name or an alternative name.
 */
#ifndef VNFT_SOURCE_SPEC_H
#define VNFT_SOURCE_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../kmod/uapi/vnftrace.h"
#include "../lib/net/link.h"
#include "../lib/net/netns_find.h"

#define VNFT_SPEC_DEV_BYTES	128	/* an alternative name is that long */
#define VNFT_SPEC_BYTES	(VNFT_NETNS_NAME_BYTES + VNFT_SPEC_DEV_BYTES)

/*
 * Enter the namespace of @spec; @ifname receives the device's name there, or DEV as it was written
 * if there is no such device and it could be a name. vnft_spec_leave(@back) returns to the old
 * namespace, and does nothing if they are the same.
 */
int vnft_spec_enter(const char *spec, char ifname[VNFT_IFNAME_LEN], int *back);
void vnft_spec_leave(int back);

/* What @spec begins with, "" if it names no namespace, and DEV; false if it is none. */
bool vnft_spec_split(const char *spec, char netns[VNFT_NETNS_NAME_BYTES],
		     char dev[VNFT_SPEC_DEV_BYTES]);
/* How a user names a device of that namespace: what vnft_spec_enter() takes. */
void vnft_spec_of(uint64_t netns_inode, const char *ifname, char spec[VNFT_SPEC_BYTES]);
/* What to write before a command, in a fix, so that it works in the namespace of @spec. */
const char *vnft_spec_inside(const char *spec, char inside[VNFT_SPEC_BYTES]);
/* -ENODEV after vnft_fail(): there is no such device here, where @spec was entered. */
int vnft_spec_missing(const char *spec);

/*
 * A device of the calling thread's namespace, and that namespace: -ENODEV after vnft_fail(). @spec
 * is how the user wrote it.
 */
int vnft_spec_look(const char *spec, const char *ifname, struct vnft_link_info *info,
		   uint64_t *netns_inode);

/* -EINVAL after vnft_fail(): two of @specs are one device. Those of no device are passed over. */
int vnft_spec_distinct(char *const *specs, size_t n);

#endif
