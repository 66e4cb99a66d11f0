/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The first process of a container: number 1 in the innermost PID namespace, by whatever number we
 * know it.
 */
#include "runtime.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/host/process.h"
#include "../../lib/text/error.h"

bool vnft_guest_is_first(pid_t pid)
{
	char path[64], line[256];
	bool first = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		/* "NSpid:", our number, and its number in each namespace below ours */
		if (!strncmp(line, "NSpid:", 6) && strrchr(line, '\t') > line + 6)
			first = !strcmp(strrchr(line, '\t'), "\t1\n");
	if (f)
		fclose(f);
	return first;
}

static pid_t first_below(pid_t engine)
{
	struct vnft_process *list;
	ssize_t n = vnft_process_list("", &list), i;
	pid_t pid = 0;

	if (n < 0)
		return 0;
	vnft_process_mark(list, (size_t)n, engine);
	for (i = 0; i < n && !pid; i++)
		if (list[i].marked && list[i].pid != engine && vnft_guest_is_first(list[i].pid))
			pid = list[i].pid;
	free(list);
	return pid;
}

int vnft_guest_hold_first(struct vnft_held *held, pid_t engine)
{
	const pid_t pid = first_below(engine);

	*held = (struct vnft_held){ 0 };
	if (pid > 0 && !vnft_held_take(held, pid)) {
		/* Which one it was when we looked, it is as long as it lives. */
		if (first_below(engine) == pid && vnft_held_lives(held))
			return 0;
		vnft_held_drop(held);
	}
	return vnft_fail(-ESRCH, "process %d has no container below it", engine);
}
