/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where things lie: this binary and its helpers, the type files, the image cache.
 */
#ifndef VNFT_LIB_PLACE_H
#define VNFT_LIB_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/* $VNFT_CACHE or /var/cache/vnftrace. */
const char *vnft_cache_dir(void);
/* Directory of type files: $VNFT_TYPES, the source tree beside build/, or the installed one. */
const char *vnft_types_dir(void);
/* Absolute path of this binary. */
const char *vnft_self_path(void);
/*
 * Absolute path of a helper program, where it was built or installed with this binary; false, and
 * the place where an installed one would be, if it is in neither.
 */
bool vnft_helper_find(const char *name, char *to, size_t bytes);

#endif
