/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ending what runs in a namespace of ours, and processes that a dead session noted. A process is
 * signalled through a pidfd that was opened before it was looked at: a reused number is never hit.
 */
#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>
#include <linux/magic.h>

#include "../host/process.h"
#include "../net/netns.h"
#include "../run/child.h"
#include "../run/clock.h"
#include "../text/error.h"

#define GRACE_MS 2000
#define KILL_MS 3000
#define LOOK_EVERY_MS 20

/* Clean-up goes on after an interrupt: not vnft_sleep_ms(). */
static void nap(void)
{
	struct timespec ts = { .tv_nsec = LOOK_EVERY_MS * 1000000L };

	nanosleep(&ts, NULL);
}

/* Signal (0: only count) every process that fits. */
static unsigned int signal_all(bool (*fits)(pid_t, void *), void *arg, int sig)
{
	DIR *proc = opendir("/proc");
	unsigned int count = 0;
	struct dirent *de;

	while (proc && (de = readdir(proc))) {
		pid_t pid = atoi(de->d_name);
		int pidfd;

		if (pid <= 1 || pid == getpid() || !fits(pid, arg))
			continue;
		pidfd = pidfd_open(pid, 0);
		if (pidfd < 0)
			continue;
		if (fits(pid, arg) && !vnft_process_ended(pid)) {
			count++;
			if (sig)
				pidfd_send_signal(pidfd, sig, NULL, 0);
		}
		close(pidfd);
	}
	if (proc)
		closedir(proc);
	return count;
}

int vnft_end_processes(bool (*fits)(pid_t pid, void *arg), void *arg, unsigned int grace_ms)
{
	uint64_t start_ns = vnft_now_ns();
	unsigned int left = signal_all(fits, arg, SIGTERM);

	while (left && vnft_now_ns() - start_ns < grace_ms * 1000000ULL) {
		nap();
		left = signal_all(fits, arg, 0);
	}
	/* Again and again: a process may fork while we look. */
	start_ns = vnft_now_ns();
	while (left && vnft_now_ns() - start_ns < KILL_MS * 1000000ULL) {
		signal_all(fits, arg, SIGKILL);
		nap();
		left = signal_all(fits, arg, 0);
	}
	return left ? vnft_fail(-EBUSY, "%u processes do not die of SIGKILL", left) : 0;
}

static bool in_netns(pid_t pid, void *arg)
{
	const struct stat *ns = arg;
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	return !stat(path, &st) && st.st_ino == ns->st_ino && st.st_dev == ns->st_dev;
}

/*
 * The name may be a plain file (killed between touch and mount), or bound to a namespace not ours.
 */
static bool is_private_netns(const char *path, struct stat *ns)
{
	struct statfs fs;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool ok;

	if (fd < 0)
		return false;
	ok = !fstatfs(fd, &fs) && fs.f_type == NSFS_MAGIC && !fstat(fd, ns);
	close(fd);
	if (ok && !stat("/proc/self/ns/net", &st) && st.st_ino == ns->st_ino)
		ok = false;
	if (ok && !stat("/proc/1/ns/net", &st) && st.st_ino == ns->st_ino)
		ok = false;
	return ok;
}

int vnft_undo_netns(const char *name)
{
	char path[320];
	struct stat ns;
	int err = 0, gone;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	if (is_private_netns(path, &ns))
		err = vnft_end_processes(in_netns, &ns, GRACE_MS);
	gone = vnft_netns_delete(name);
	return err ? err : gone;
}

/*
 * @text in the first 128 KiB of /proc/PID/@file, whose words end in NUL; @whole: as a whole word.
 */
static bool mentions(pid_t pid, const char *file, const char *text, bool whole)
{
	const size_t room = 128 * 1024;
	char path[64], *bytes;
	bool found = false;
	size_t n, step;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	f = fopen(path, "re");
	if (!f)
		return false;
	bytes = malloc(room + 1);
	n = bytes ? fread(bytes, 1, room, f) : 0;
	fclose(f);
	if (bytes)
		bytes[n] = '\0';
	for (size_t i = 0; i < n && !found; i += step) {
		step = strlen(bytes + i) + 1;
		found = whole ? !strcmp(bytes + i, text) : !!strstr(bytes + i, text);
	}
	free(bytes);
	return found;
}

struct noted {
	pid_t pid;
	uint64_t start_time;
};

static bool is_noted(pid_t pid, void *arg)
{
	const struct noted *n = arg;
	struct vnft_process p;

	return pid == n->pid && vnft_process_read(pid, &p) && p.start_ticks == n->start_time;
}

/*
 * A process is a session's if the session's id is in its environment (vnft_child_start() passes it
 * on) or on its command line, or if it lives in the session's namespace.
 */
bool vnft_process_belongs(pid_t pid, const char *id)
{
	char mark[32], path[64];
	struct stat ns;

	snprintf(mark, sizeof(mark), "VNFT_SESSION=%s", id);
	if (mentions(pid, "environ", mark, true))
		return true;
	snprintf(mark, sizeof(mark), "vnft-%s", id);
	if (mentions(pid, "cmdline", mark, false))
		return true;
	snprintf(path, sizeof(path), "/run/netns/vnft-%s", id);
	return is_private_netns(path, &ns) && in_netns(pid, &ns);
}

int vnft_undo_pid(const char *id, const char *rest)
{
	struct noted n = { 0 };
	char after;

	if (sscanf(rest, "%d %" SCNu64 "%c", &n.pid, &n.start_time, &after) != 2 ||
	    n.pid <= 1 || n.pid == getpid() || !n.start_time)
		return -EINVAL;
	if (!is_noted(n.pid, &n))
		return 0;
	/* A zombie has no environment to know it by, and nothing is left of it to undo. */
	if (!vnft_process_belongs(n.pid, id))
		return vnft_process_ended(n.pid) ? 0 : -EINVAL;
	return vnft_end_processes(is_noted, &n, GRACE_MS);
}
