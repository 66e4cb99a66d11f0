/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --ready-file: a file that tells a script that the hooks are on.
 */
#ifndef VNFT_LIB_READY_H
#define VNFT_LIB_READY_H

/* At the start: one that is left from before must not speak for us. @path may be NULL, as below. */
void vnft_ready_clear(const char *path);

/* Everything is on: create it. 0, or -errno after vnft_fail(). */
int vnft_ready_say(const char *path);

#endif
