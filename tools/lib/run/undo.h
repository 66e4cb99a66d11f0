/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Undoing one line of an object list. The line comes from a file that a kill -9 may have left
 * half-written or that somebody may have tampered with: what is not plainly ours is refused.
 */
#ifndef VNFT_LIB_UNDO_H
#define VNFT_LIB_UNDO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Undo one object of run @id. 0 when it is gone, -EINVAL when the line is not one of ours
 * (nothing was touched), -EAGAIN when this process has nobody who knows how, other negative errno
 * when it failed; vnft_fail() was called in each case.
 */
int vnft_undo_line(const char *id, const char *line);

/* A word that begins with "vnft" and holds nothing but letters, digits, '-', '_' and '.'. */
bool vnft_undo_is_ours(const char *name);

/* An absolute path below one of @roots (NULL-terminated), without "..", "//" or symbolic links. */
bool vnft_undo_is_below(const char *path, const char *const roots[]);

/* Kinds, each in a file: the rest of the line is given. */
int vnft_undo_netns(const char *name);
int vnft_undo_pid(const char *id, const char *rest);
int vnft_undo_dir(const char *path);
int vnft_undo_cgroup(const char *path);

/*
 * End every process for which @fits says so: SIGTERM, @grace_ms, SIGKILL. @fits sees each process
 * at most a few hundred times and must not change anything.
 */
int vnft_end_processes(bool (*fits)(pid_t pid, void *arg), void *arg, unsigned int grace_ms);

#endif
