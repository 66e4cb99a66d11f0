/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processes of instances: which they are, noting them, waiting for their end.
 */
#include "parts.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>
#include <unistd.h>

#include "../lib/host/process.h"
#include "../lib/run/child.h"
#include "../lib/undo/journal.h"
#include "../lib/text/error.h"

/* Above every value that /proc/sys/kernel/pid_max takes. */
#define PID_MAX		(1 << 22)

/* As a word of its own: "docker-MARK.scope", but not "MARK2". */
static bool has_word(const char *line, const char *mark)
{
	const size_t n = strlen(mark);
	const char *at = line;

	while ((at = strstr(at, mark))) {
		if ((at == line || !isalnum((unsigned char)at[-1])) &&
		    !isalnum((unsigned char)at[n]))
			return true;
		at++;
	}
	return false;
}

static bool in_cgroup_of(const struct vnft_held *held, const char *mark)
{
	int dir = vnft_held_open(held);
	FILE *f = dir >= 0 ? vnft_held_file(dir, "cgroup") : NULL;
	char line[PATH_MAX];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = has_word(line, mark);
	if (f)
		fclose(f);
	if (dir >= 0)
		close(dir);
	return found;
}

int vnft_guest_hold(struct vnft_held *held, long long pid, const char *mark, const char *who)
{
	int err = -ESRCH;

	*held = (struct vnft_held){ 0 };
	if (mark[0] && pid > 1 && pid <= PID_MAX) {
		err = vnft_held_take(held, (pid_t)pid);
		if (err && err != -ESRCH)
			return err;
		if (!err && in_cgroup_of(held, mark))
			return 0;
		err = vnft_held_lives(held) ? -ESRCH : -ECHILD;
		vnft_held_drop(held);
	}
	return vnft_fail(err, err == -ECHILD ? "%s: process %lld of container %.24s has ended" :
			 "%s: process %lld is not that of container %.24s", who, pid, mark);
}

long long vnft_guest_read_pid(const char *path)
{
	FILE *f = fopen(path, "re");
	long long pid = 0;

	if (f && fscanf(f, "%lld", &pid) != 1)
		pid = 0;
	if (f)
		fclose(f);
	return pid;
}

int vnft_guest_note_process(struct vnft_journal *journal, pid_t pid)
{
	struct vnft_process p;

	if (!vnft_process_read(pid, &p))
		return 0;	/* gone already: nothing to undo */
	return vnft_journal_note(journal, "pid %d %llu", pid, (unsigned long long)p.start_ticks);
}

int vnft_guest_wait_ended(const struct vnft_held *process, unsigned int timeout_ms)
{
	if (vnft_held_wait(process, timeout_ms))
		return 0;
	return vnft_fail(-ETIMEDOUT, "process %d is still there after %u ms", process->pid,
			 timeout_ms);
}

int vnft_guest_wait_child(struct vnft_child *child, unsigned int timeout_ms)
{
	struct vnft_held held;
	int status = 0, err;

	/* Its number is its own until we reap it. */
	err = vnft_held_take(&held, child->pid);
	if (!err)
		err = vnft_guest_wait_ended(&held, timeout_ms);
	vnft_held_drop(&held);
	if (!err)
		err = vnft_child_wait(child, 0, &status);
	return err ? err : status;
}

int vnft_guest_finish(char *const argv[], unsigned int timeout_ms, const char *log)
{
	struct vnft_child child;
	int got = vnft_child_start(&child, argv, log);

	if (got)
		return got;
	got = vnft_guest_wait_child(&child, timeout_ms);
	vnft_child_stop(&child, 1000);
	return got;
}
