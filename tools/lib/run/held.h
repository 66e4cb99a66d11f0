/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process that somebody else may reap. Its number becomes another process's then; so it is held
 * by a descriptor from when it is first seen, and whoever reads or signals it asks that.
 */
#ifndef VNFT_LIB_HELD_H
#define VNFT_LIB_HELD_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/**
 * struct vnft_held - a process, or none
 * @pid: its number, for messages and for what takes nothing else; 0: none
 * @fd: its pidfd; not valid while there is none
 */
struct vnft_held {
	pid_t pid;
	int fd;
};

/*
 * Hold what has the number @pid now. Whether that is the one that was meant is the caller's to ask,
 * and vnft_held_lives() after that: then the answer was about this one. 0, or negative errno after
 * vnft_fail(), with none held.
 */
int vnft_held_take(struct vnft_held *held, pid_t pid);
/* The same process once more; none, and -ESRCH, if @from has none. */
int vnft_held_copy(struct vnft_held *held, const struct vnft_held *from);
void vnft_held_drop(struct vnft_held *held);

/* It has not ended; a zombie has. As long as that is so, @pid is its number. */
bool vnft_held_lives(const struct vnft_held *held);
/* Wait for its end: false if it has not come by then. Goes on after an interrupt. */
bool vnft_held_wait(const struct vnft_held *held, unsigned int timeout_ms);

/*
 * A descriptor of its directory in /proc. What is opened in there is of this process, or is not
 * there any more. -ESRCH if it has ended.
 */
int vnft_held_open(const struct vnft_held *held);
/* A file in such a directory; NULL with errno. */
FILE *vnft_held_file(int dir, const char *name);

#endif
