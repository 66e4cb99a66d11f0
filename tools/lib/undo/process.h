/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ending processes: those in a namespace of ours, and those that a session noted.
 * 0 when they are gone, -EINVAL when they are not ours, other negative errno after vnft_fail().
 */
#ifndef VNFT_LIB_UNDO_PROCESS_H
#define VNFT_LIB_UNDO_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* End what runs in network namespace @name, then delete it. */
int vnft_undo_netns(const char *name);
/* @rest: "PID STARTTIME"; the process must belong to session @id. */
int vnft_undo_pid(const char *id, const char *rest);

/* Does it carry the mark of session @id (VNFT_SESSION), its name, or live in its namespace? */
bool vnft_process_belongs(pid_t pid, const char *id);

/*
 * End every process for which @fits says so: SIGTERM, @grace_ms, SIGKILL. @fits sees each process
 * at most a few hundred times and must not change anything.
 */
int vnft_end_processes(bool (*fits)(pid_t pid, void *arg), void *arg, unsigned int grace_ms);

#endif
