/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network namespaces by their number: our own, those of `ip netns`, those of processes.
 */
#ifndef VNFT_LIB_NETNS_FIND_H
#define VNFT_LIB_NETNS_FIND_H

#include <stdint.h>

/* Namespace by its inode, if we can reach it: fd or -ENOENT. */
int vnft_netns_find(uint64_t inode);
/* Call @fn in the calling thread's namespace, init's and all named ones; some may come twice. */
int vnft_netns_each(int (*fn)(void *arg), void *arg);

#endif
