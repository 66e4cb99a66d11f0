/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The container's first process. Docker tells a number, and a number is no process: ours is held by
 * a pidfd as soon as it is told, and must be in the container's cgroup. It is only signalled if it
 * carries the session's mark, too, which a container's environment has from container_config().
 */
#include "docker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>

#include "../../lib/text/error.h"
#include "../../lib/undo/journal.h"
#include "../../lib/undo/process.h"
#include "../runtime/runtime.h"

#define ID_CHARS	64

bool vnft_docker_is_id(const char *id)
{
	return strlen(id) == ID_CHARS && strspn(id, "0123456789abcdef") == ID_CHARS;
}

/*
 * A private daemon tells a number of its own PID namespace. The container's first process is
 * number 1 in the innermost namespace; its cgroup, which we know by the container's id, names it
 * by our numbers.
 */
pid_t vnft_docker_find(const struct vnft_journal *journal, const char *id)
{
	static const char *const root[] = { "/sys/fs/cgroup/memory", "/sys/fs/cgroup" };
	char path[256];
	int pid, found = 0;
	size_t i;

	for (i = 0; i < 2 && !found; i++) {
		FILE *procs;

		snprintf(path, sizeof(path), "%s/%s/%.64s/cgroup.procs", root[i], journal->netns,
			 id);
		procs = fopen(path, "re");
		while (procs && !found && fscanf(procs, "%d", &pid) == 1)
			found = vnft_guest_is_first(pid) ? pid : 0;
		if (procs)
			fclose(procs);
	}
	return found;
}

int vnft_docker_hold(struct vnft_held *held, long long pid, const char *id)
{
	/* Docker calls the cgroup ID or docker-ID.scope, whatever it is below. */
	if (vnft_docker_is_id(id) && !vnft_guest_hold(held, pid, id, "docker"))
		return 0;
	*held = (struct vnft_held){ 0 };
	return vnft_fail(-ESRCH, "docker: process %lld is not that of container %.12s", pid, id);
}

void vnft_docker_kill(const struct vnft_held *held, const struct vnft_journal *journal,
		      unsigned int timeout_ms)
{
	if (vnft_held_lives(held) && vnft_process_belongs(held->pid, journal->id) &&
	    !pidfd_send_signal(held->fd, SIGKILL, NULL, 0))
		vnft_held_wait(held, timeout_ms);
}
