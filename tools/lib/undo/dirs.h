/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The directories that hold what a session makes on the host.
 */
#ifndef VNFT_LIB_UNDO_DIRS_H
#define VNFT_LIB_UNDO_DIRS_H

/* A directory for each session that lives: its lock and the list of its objects. */
#define VNFT_RUN_DIR "/run/vnftrace"
/* For what is too big for /run; "dir" objects may lie below either. */
#define VNFT_STATE_DIR "/var/lib/vnftrace"

#endif
