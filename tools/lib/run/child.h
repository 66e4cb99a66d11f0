/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes that we start: they die with the thread that started them unless they are to outlive
 * us, they inherit no descriptor of ours, and no wait for one is without a limit.
 */
#ifndef VNFT_LIB_CHILD_H
#define VNFT_LIB_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct vnft_child - a process we started
 * @out_fd: its stdout and stderr, or -1
 * @begun_ns: right before the process was made
 * @exec_by_ns: when that returned to us; the kernel's stamp of the exec may be a little later
 */
struct vnft_child {
	pid_t pid;
	int out_fd;
	uint64_t begun_ns, exec_by_ns;
};
/* The program that vnft_child_start() would start: 0, or negative errno after vnft_fail(). */
int vnft_child_find(const char *name, char *to, size_t bytes);
/*
 * Start @argv[0] (absolute or by PATH) in the calling thread's namespaces, with SIGTERM at our
 * death, stdin from /dev/null; output to @log (created) or to child->out_fd when @log is NULL.
 */
int vnft_child_start(struct vnft_child *child, char *const argv[], const char *log);
/* Wait until it ends; -ETIMEDOUT after @timeout_ms. *@status as from waitpid(). */
int vnft_child_wait(struct vnft_child *child, unsigned int timeout_ms, int *status);
/*
 * Those that are started from now on outlive us, if @on: a session may be told to leave an instance
 * behind. What it does not leave it ends itself, and a journal knows of the rest.
 */
void vnft_child_outlive(bool on);
bool vnft_child_outlives(void);
/* SIGTERM, wait @grace_ms, SIGKILL, reap. */
void vnft_child_stop(struct vnft_child *child, unsigned int grace_ms);
/* Run to completion and collect output (bounded); exit status or negative errno. */
int vnft_child_run(char *const argv[], unsigned int timeout_ms, char *out, size_t out_bytes);
/* The same, unless @give_up (may be NULL; asked every 50 ms at least) says true: -ECANCELED. */
int vnft_child_run_until(char *const argv[], unsigned int timeout_ms, char *out, size_t out_bytes,
			 bool (*give_up)(void *arg), void *arg);

/* Has the process ended? A zombie has: that its parent reaps it is not awaited. Child or not. */
bool vnft_process_ended(pid_t pid);

#endif
