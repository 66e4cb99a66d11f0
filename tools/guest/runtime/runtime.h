/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What programs that run containers need of the host, and what they leave there.
 */
#ifndef VNFT_GUEST_RUNTIME_H
#define VNFT_GUEST_RUNTIME_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "../../lib/run/held.h"
#include "../../lib/undo/journal.h"
#include "../guest.h"

/**
 * enum vnft_guest_mounts_need - what a runtime cannot do with the host's mounts
 * @VNFT_MOUNTS_CGROUPS: start where v1 lacks a controller, as crun
 * @VNFT_MOUNTS_NO_SYSCTL: see its network namespace for what it is: without /proc/sys/net
 * @VNFT_MOUNTS_STATE: keep its state to itself: it gets an empty /run and /dev/shm, in which only
 *	our own directory is the real one, and what it leaves there is gone with it
 * @VNFT_MOUNTS_SYS: see in /sys the devices of the calling thread's network namespace
 */
enum vnft_guest_mounts_need {
	VNFT_MOUNTS_CGROUPS = 1,
	VNFT_MOUNTS_STATE = 2,
	VNFT_MOUNTS_SYS = 8,
	VNFT_MOUNTS_NO_SYSCTL = 4,
};
/**
 * vnft_guest_mounts() - the mount namespace that a runtime needs on this host
 * @needs: of enum vnft_guest_mounts_need
 * @read_only: NULL, or: a directory without a link in its path, to which nobody writes there
 * @fd: receives it, or -1 if the host's own will do
 */
int vnft_guest_mounts(unsigned int needs, const char *read_only, int *fd);
/* Move the calling thread into it; vnft_guest_mounts_leave() undoes it. @fd -1: nothing happens. */
struct vnft_guest_mounts_back {
	int mounts_fd, cwd_fd;
};
int vnft_guest_mounts_enter(int fd, struct vnft_guest_mounts_back *back);
void vnft_guest_mounts_leave(struct vnft_guest_mounts_back *back);

/* cgroup.c: note the cgroup @name of every hierarchy; remove them, and who is still in them. */
int vnft_guest_note_cgroups(struct vnft_journal *journal, const char *name);
int vnft_guest_end_cgroups(const char *name);
/* Where the one that counts memory is; and make it, 0 or negative errno after vnft_fail(). */
void vnft_guest_memory_cgroup(const char *name, char *to, size_t bytes);
int vnft_guest_make_cgroup(const char *name, char *path, size_t bytes);

/* first.c: is it number 1 in a PID namespace below ours? */
bool vnft_guest_is_first(pid_t pid);
/*
 * Hold the first process of a container that @engine, which is our child, or its children made.
 * 0, or -ESRCH after vnft_fail().
 */
int vnft_guest_hold_first(struct vnft_held *held, pid_t engine);

/* The program that gives a container its network: tools/vnftrace-oci-hook.c. */
#define VNFT_OCI_HOOK	"vnftrace-oci-hook"

/*
 * hook.c: that hook as OCI's configuration has it. @times: NULL, or a file that is there, for
 * $VNFT_VETH_TIMES. New reference, NULL if out of memory.
 */
json_t *vnft_guest_hook(const struct vnft_place *place, const char *times);
/* Is its program there? 0, or -EOPNOTSUPP after vnft_fail(). */
int vnft_guest_check_hook(const struct vnft_type *type);

#endif
