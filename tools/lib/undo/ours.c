/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is ours, by its name or its place.
 */
#include "ours.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

bool vnft_undo_is_ours(const char *name)
{
	size_t n =
		strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

	return !strncmp(name, "vnft", 4) && !name[n] && n < NAME_MAX && !strstr(name, "..");
}

bool vnft_undo_is_id(const char *name)
{
	return strlen(name) == 6 && strspn(name, "0123456789abcdef") == 6;
}

bool vnft_undo_is_below(const char *path, const char *const roots[])
{
	char real[PATH_MAX];

	if (path[0] != '/' || strstr(path, "//") || strstr(path, "/../") || strstr(path, "/./"))
		return false;
	for (; *roots; roots++) {
		size_t n = strlen(*roots);

		if (strncmp(path, *roots, n) || path[n] != '/' || !path[n + 1])
			continue;
		/* A path that is gone needs no undoing. We made no symbolic links. */
		if (!realpath(path, real))
			return errno == ENOENT;
		return !strcmp(real, path);
	}
	return false;
}
