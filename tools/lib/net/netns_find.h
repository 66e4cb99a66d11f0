/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every network namespace that we can reach: our own, those of `ip netns`, of processes and their
 * threads, bind mounts of namespaces in any mount namespace, and those that a descriptor holds. A
 * namespace that only a socket holds, or a process of another PID namespace, is out of reach.
 */
#ifndef VNFT_LIB_NETNS_FIND_H
#define VNFT_LIB_NETNS_FIND_H

#include <stddef.h>
#include <stdint.h>

#define VNFT_NETNS_NAME_BYTES	256

/* Namespace by its inode, if we can reach it: fd or -ENOENT. */
int vnft_netns_find(uint64_t inode);
/* Call @fn in every namespace that we can reach, once in each; the calling thread's comes first. */
int vnft_netns_each(int (*fn)(void *arg), void *arg);
/*
 * What to write before "/DEV" for a device there: a name of `ip netns`, "pid:N", a path, or
 * "net:[INODE]" for one that we cannot reach. "" for the one in which the tool was started.
 */
void vnft_netns_name(uint64_t inode, char *name, size_t bytes);
/* The inode of the namespace in which the tool was started. */
uint64_t vnft_netns_home(void);
/* The kernel's number of the calling thread's namespace. It is never given twice. 0: not told. */
uint64_t vnft_netns_cookie(void);

#endif
