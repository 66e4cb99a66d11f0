/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file that appears, empty, when a command has begun its work: scripts wait for it. What is left
 * of an earlier time is removed first, but only an empty regular file is taken for that.
 */
#ifndef VNFT_LIB_READY_H
#define VNFT_LIB_READY_H

struct vnft_output;

/* Before anything else is started. @path NULL: nothing to do, *@ready is NULL then. */
int vnft_ready_take(struct vnft_output **ready, const char *path);
/* Make it appear; *@ready is gone. */
int vnft_ready_say(struct vnft_output **ready);

#endif
