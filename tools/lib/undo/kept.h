/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sessions that left an instance for a look. Their lock is free, as that of a dead session is. What
 * tells them apart is the file /run/vnftrace/ID/kept, a line about what was kept. Nobody undoes
 * them but who is asked to (journal.h).
 */
#ifndef VNFT_LIB_KEPT_H
#define VNFT_LIB_KEPT_H

#include <stdbool.h>

/* Mark the session in @dir, whose lock is held. 0, or negative errno after vnft_fail(). */
int vnft_kept_mark(const char *dir, const char *what);
/* Is it one? Certain only for who holds its lock. */
bool vnft_kept_is(const char *dir);
/* Call @fn for each, by id, with the line about it. */
void vnft_kept_each(void (*fn)(const char *id, const char *what, void *arg), void *arg);

#endif
