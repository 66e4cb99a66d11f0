/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names that nobody else can put something under: directories in which we make, trust and remove
 * things, and new files. What is looked at is the directory that was opened, and not what its path
 * means a moment later.
 */
#ifndef VNFT_LIB_OWNED_H
#define VNFT_LIB_OWNED_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Does it belong to root or to us? */
bool vnft_owned_is_ours(const struct stat *st);
/* Of a directory: nobody else can exchange what of ours is in it. It may have the sticky bit. */
bool vnft_owned_keeps(const struct stat *st);

/*
 * The last part of @path is made with @make unless that is 0, and opened without following a link.
 * It has to belong to root or to us, and nobody else may write there. Nor may they exchange it: the
 * directory above is such a one too, or has the sticky bit.
 *
 * Return: an fd; -ENOENT if it is not there and not to be made; -EPERM after vnft_fail() if others
 * could change it; other negative errno after vnft_fail().
 */
int vnft_owned_open(const char *path, mode_t make);
/* The same question about what is open already; @path is what to call it. 0 or negative errno. */
int vnft_owned_check(int fd, const char *path);
/*
 * A file in @dir to be written, as the umask says. It is one that we made: never a file, nor a
 * link, that somebody else put there before. An fd, or -1 with errno.
 */
int vnft_owned_create(int dir, const char *name);
/* Within @dir, atomic, and never over a file that came meanwhile. 0 or negative errno. */
int vnft_owned_rename(int dir, const char *from, const char *to);
/* Unlink what is in the directory @path, but no directories, then itself; no link is followed. */
void vnft_owned_remove(const char *path);

#endif
