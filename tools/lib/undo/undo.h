/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Undoing one line of an object list (journal.h lists the kinds). The line comes from a file that a
 * kill -9 may have left half-written or that somebody may have tampered with: what is not plainly
 * ours is refused.
 */
#ifndef VNFT_LIB_UNDO_H
#define VNFT_LIB_UNDO_H

/*
 * Undo one object of session @id. 0 when it is gone, -EINVAL when the line is not one of ours
 * (nothing was touched), -EAGAIN when this process has nobody who knows how, other negative errno
 * when it failed; vnft_fail() was called in each case.
 */
int vnft_undo_line(const char *id, const char *line);

/*
 * Another room's kind of object: @undo gets the rest of its line and must treat "already gone" as
 * success. A process that registers none leaves all such lines to one that does.
 */
void vnft_undo_register(const char *kind, int (*undo)(const char *rest));

#endif
