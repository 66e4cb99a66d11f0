/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way to a file: from directory to directory by descriptor, so that what was looked at is what
 * is used. A link that somebody else made is not followed, whatever it leads to: who may write in
 * one of the directories could lead us anywhere.
 */
#ifndef VNFT_LIB_WAY_H
#define VNFT_LIB_WAY_H

#include <limits.h>
#include <stdbool.h>

/**
 * struct vnft_way - where a path leads
 * @dir_fd: the directory that holds its last part
 * @name: the last part in it, which is no link unless @magic; it need not be there
 * @linked: the last part of the path is a link, ours or root's, and was followed
 * @magic: it is one of /proc, such as /dev/fd/3: the kernel alone can follow it
 */
struct vnft_way {
	int dir_fd;
	char name[NAME_MAX + 1];
	bool linked, magic;
};

/*
 * Go there. 0, -EPERM after vnft_fail() that names a link of somebody else's, or another negative
 * errno without.
 */
int vnft_way_open(struct vnft_way *way, const char *path);
void vnft_way_close(struct vnft_way *way);

/*
 * Can nobody but root and us change what is under @path, or put something else there? That is asked
 * of the file or directory, and of every directory on the way. 0, -EPERM after vnft_fail(), or
 * another negative errno without.
 */
int vnft_way_is_owned(const char *path);

#endif
