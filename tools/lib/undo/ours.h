/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an object list may name: objects that are ours by their name or their place.
 */
#ifndef VNFT_LIB_UNDO_OURS_H
#define VNFT_LIB_UNDO_OURS_H

#include <stdbool.h>

/* A word that begins with "vnft" and holds nothing but letters, digits, '-', '_' and '.'. */
bool vnft_undo_is_ours(const char *name);

/* The id of a session: the name of its directory. */
bool vnft_undo_is_id(const char *name);

/* An absolute path below one of @roots (NULL-terminated), without "..", "//" or symbolic links. */
bool vnft_undo_is_below(const char *path, const char *const roots[]);

#endif
