/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A run and what it leaves on the host. /run/vnftrace/ID/lock is held (flock) as long as the
 * run lives; /run/vnftrace/ID/objects lists, one per line and written before the object is made,
 * what must be undone. An ID whose lock is free belongs to a dead run: vnft_run_sweep() undoes it.
 *
 * Kinds of objects, undone last first:
 *   netns NAME          processes inside are ended, then the namespace is deleted
 *   pid PID STARTTIME   process (start time from /proc/PID/stat, so that a reused pid is safe)
 *   link NETNS IFNAME   device (NETNS "-" is the host's)
 *   neigh NETNS IFNAME ADDR
 *   dir PATH            directory tree below /run/vnftrace or the state directory, mounts
 *                       inside are unmounted first
 *   cgroup PATH
 *   domain URI NAME     libvirt domain
 *   docker SOCKET KIND NAME   container, network or image
 *   oci RUNTIME ROOT NAME     container of an OCI runtime
 *   xen TOOLSTACK NAME UUID   domain of Xen with its devices and keys
 */
#ifndef VNFT_LIB_RUN_H
#define VNFT_LIB_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define VNFT_RUN_DIR "/run/vnftrace"
/* For what is too big for /run; "dir" objects may lie below either. */
#define VNFT_STATE_DIR "/var/lib/vnftrace"

/**
 * struct vnft_run - a run that is alive
 * @id: 6 lower-case hex digits; names on the host are vnft-ID (namespace) and vnft... (devices)
 * @dir: /run/vnftrace/ID
 * @netns: "vnft-ID"
 */
struct vnft_run {
	char id[8];
	char dir[64];
	char netns[32];
	int lock_fd;
	int objects_fd;
};

/* Make a run: directory, lock, empty object list. Does not create the namespace. */
int vnft_run_begin(struct vnft_run *run);
/* Note an object before it is made. */
int vnft_run_note(struct vnft_run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Undo every object, last first, and remove the run. Safe to call twice. */
int vnft_run_end(struct vnft_run *run);
/* Undo what dead runs left. @undone: number of runs cleaned, may be NULL. */
int vnft_run_sweep(unsigned int *undone);

/*
 * Kinds that a room knows how to undo (domain, docker, oci) register here; @undo gets the rest
 * of the line, must treat "already gone" as success.
 */
void vnft_run_register_undo(const char *kind, int (*undo)(const char *rest));

/* Interrupts: SIGINT and SIGTERM set a flag that every wait looks at. */
void vnft_interrupt_catch(void);
bool vnft_interrupted(void);

/**
 * struct vnft_child - a process we started
 */
struct vnft_child {
	pid_t pid;
	int out_fd;		/* its stdout and stderr, or -1 */
};
/*
 * Start @argv[0] (absolute or by PATH) in the calling thread's namespaces, with SIGTERM at our
 * death, stdin from /dev/null; output to @log (created) or to child->out_fd when @log is NULL.
 */
int vnft_child_start(struct vnft_child *child, char *const argv[], const char *log);
/* Wait until it ends; -ETIMEDOUT after @timeout_ms. *@status as from waitpid(). */
int vnft_child_wait(struct vnft_child *child, unsigned int timeout_ms, int *status);
/* SIGTERM, wait @grace_ms, SIGKILL, reap. */
void vnft_child_stop(struct vnft_child *child, unsigned int grace_ms);
/* Run to completion and collect output (bounded); exit status or negative errno. */
int vnft_child_run(char *const argv[], unsigned int timeout_ms, char *out, size_t out_bytes);
/* The same, unless @give_up (may be NULL; asked every 50 ms at least) says true: -ECANCELED. */
int vnft_child_run_until(char *const argv[], unsigned int timeout_ms, char *out, size_t out_bytes,
			 bool (*give_up)(void *arg), void *arg);

/* Has the process ended? A zombie has: that its parent reaps it is not awaited. Child or not. */
bool vnft_process_ended(pid_t pid);

uint64_t vnft_now_ns(void);	/* CLOCK_MONOTONIC */
/* Sleep, but not past an interrupt: 0, or -EINTR. */
int vnft_sleep_ms(unsigned int ms);

#endif
