/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session of bench on the host, named after its directory /run/vnftrace/ID, and what it leaves.
 * ID/lock is held (flock) as long as the session lives; ID/objects lists, one per line and written
 * before the object is made, what must be undone. An ID whose lock is free belongs to a dead
 * session: vnft_journal_sweep() undoes it. But for one that was kept for a look (kept.h): that is
 * undone when somebody asks for it.
 *
 * The first line says where the objects are (here.h): a sweep from another network namespace goes
 * there, and keeps what it cannot reach for one that can.
 *
 * Kinds of objects, undone last first:
 *   netns NAME          processes inside are ended, then the namespace is deleted
 *   pid PID STARTTIME   process (start time from /proc/PID/stat, so that a reused pid is safe)
 *   link NETNS IFNAME   device (NETNS "-": where the session was started)
 *   neigh NETNS IFNAME ADDR
 *   dir PATH            directory tree below /run/vnftrace or the state directory, mounts
 *                       inside are unmounted first
 *   cgroup PATH
 * and those that other rooms register: vnft_undo_register().
 */
#ifndef VNFT_LIB_JOURNAL_H
#define VNFT_LIB_JOURNAL_H

/**
 * struct vnft_journal - a session that is alive: its directory below /run, and its names
 * @id: 6 lower-case hex digits; names on the host are vnft-ID (namespace) and vnft... (devices)
 * @dir: /run/vnftrace/ID
 * @netns: "vnft-ID"
 */
struct vnft_journal {
	char id[8];
	char dir[64];
	char netns[32];
	int lock_fd;
	int objects_fd;
};

/* Begin a session: directory, lock, empty object list. Does not create the namespace. */
int vnft_journal_begin(struct vnft_journal *journal);
/* Note an object before it is made. */
int vnft_journal_note(struct vnft_journal *journal, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Undo every object, last first, and remove the directory. Safe to call twice. */
int vnft_journal_end(struct vnft_journal *journal);
/*
 * End a session and leave its objects as they are, for a look; @what is a line about them. After a
 * failure (negative errno, and vnft_fail() was called) it is as it was.
 */
int vnft_journal_keep(struct vnft_journal *journal, const char *what);
/* Undo what dead sessions left. @undone: number of them, may be NULL. */
int vnft_journal_sweep(unsigned int *undone);
/* The same of those that were kept. */
int vnft_journal_sweep_kept(unsigned int *undone);

#endif
