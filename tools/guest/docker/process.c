/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The container's first process. Docker tells a number, and a number is no process: ours is held by
 * a pidfd as soon as it is told, and must be in the container's cgroup. It is only signalled if it
 * carries the session's mark, too, which a container's environment has from container_config().
 */
#include "docker.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "../../lib/text/error.h"
#include "../../lib/undo/journal.h"
#include "../../lib/undo/process.h"

/* Above every value that /proc/sys/kernel/pid_max takes. */
#define PID_MAX		(1 << 22)
#define ID_CHARS	64

/* Docker calls the cgroup ID or docker-ID.scope, whatever it is below. */
static bool in_cgroup_of(pid_t pid, const char *id)
{
	char path[64], line[PATH_MAX];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, id);
	if (f)
		fclose(f);
	return found;
}

int vnft_docker_hold(long long pid, const char *id)
{
	int fd = -1;

	if (strlen(id) == ID_CHARS && strspn(id, "0123456789abcdef") == ID_CHARS && pid > 1 &&
	    pid <= PID_MAX)
		fd = pidfd_open((pid_t)pid, 0);
	/* Read behind the pidfd: if its process is still there, it is the one that was read of. */
	if (fd >= 0 && in_cgroup_of((pid_t)pid, id) && !pidfd_send_signal(fd, 0, NULL, 0))
		return fd;
	if (fd >= 0)
		close(fd);
	return vnft_fail(-ESRCH, "docker: process %lld is not that of container %.12s", pid, id);
}

void vnft_docker_kill(int pidfd, pid_t pid, const struct vnft_journal *journal,
		      unsigned int timeout_ms)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	if (pidfd < 0 || !vnft_process_belongs(pid, journal->id))
		return;
	if (!pidfd_send_signal(pidfd, SIGKILL, NULL, 0))
		poll(&p, 1, (int)timeout_ms);
}
