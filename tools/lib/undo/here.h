/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a session's objects are. "-" in its list means the network namespace that it was started
 * in, and a number of a process means something in its process namespace alone; the one that undoes
 * may be elsewhere, or have booted since. The first line of the list says it:
 *   here BOOT_ID NETNS_INODE NETNS_COOKIE PIDNS_INODE
 */
#ifndef VNFT_LIB_UNDO_HERE_H
#define VNFT_LIB_UNDO_HERE_H

#include <stddef.h>

/* The line of the calling thread, without newline. 0, or negative errno after vnft_fail(). */
int vnft_here_line(char *line, size_t bytes);

/*
 * vnft_undo_line() of a session's list, from its place. @here: the list's first line, or another
 * one: then the session was of a version that wrote none, and its place is taken for ours. What
 * went with a boot or with a namespace is undone; -EAGAIN after vnft_fail() for what is out of
 * reach.
 */
int vnft_here_undo(const char *here, const char *id, const char *line);

#endif
