/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network namespaces, by name as `ip netns` knows them (/run/netns/NAME).
 * What returns an int returns 0 or an fd, or a negative errno after vnft_fail().
 */
#ifndef VNFT_LIB_NETNS_H
#define VNFT_LIB_NETNS_H

#include <stdint.h>

int vnft_netns_create(const char *name);
int vnft_netns_delete(const char *name);	/* absent is success */
int vnft_netns_open(const char *name_or_path);	/* fd; NULL: the caller's; "pid:N": of a process */
uint64_t vnft_netns_inode(int netns_fd);
/* What the calling thread's namespace calls the other one in IFLA_LINK_NETNSID; -1: nothing. */
int32_t vnft_netns_id(int netns_fd);
/* Move the calling thread into @netns_fd; *@back receives an fd of the old one. */
int vnft_netns_enter(int netns_fd, int *back);
/* Return to @back and close it. */
void vnft_netns_leave(int back);

#endif
