/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes we start: they die with the thread that started them, inherit no descriptor of ours,
 * and no wait for one is without a limit.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/close_range.h>

#include "clock.h"
#include "interrupt.h"
#include "../text/error.h"

#define SLICE_MS 50

/* Found before the fork, so that "not installed" is told apart from "could not start". */
static int find_program(const char *name, char *to, size_t bytes)
{
	const char *dir = getenv("PATH");
	size_t len;

	if (strchr(name, '/')) {
		if (access(name, X_OK))
			return vnft_fail(-errno, "%s: cannot run it: %s", name, strerror(errno));
		snprintf(to, bytes, "%s", name);
		return 0;
	}
	if (!dir)
		dir = "/usr/sbin:/usr/bin:/sbin:/bin";
	for (; ; dir += len + 1) {
		len = strcspn(dir, ":");
		if (len && len + strlen(name) + 2 <= bytes) {
			snprintf(to, bytes, "%.*s/%s", (int)len, dir, name);
			if (!access(to, X_OK))
				return 0;
		}
		if (!dir[len])
			break;
	}
	return vnft_fail(-ENOENT, "%s: no such program on PATH: install it", name);
}

/* Runs between fork and exec: only calls that are safe there. Returns the errno that stopped it. */
static int become(const char *path, char *const argv[], int out_fd, pid_t parent)
{
	static const int defaults[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGALRM, SIGCHLD };
	sigset_t none;
	int null_fd;

	sigemptyset(&none);
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
		signal(defaults[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* A session of its own: Ctrl-C on the terminal is for us, we stop the child in order. */
	setsid();
	if (prctl(PR_SET_PDEATHSIG, SIGTERM))
		return errno;
	if (getppid() != parent)
		return ESRCH;
	null_fd = open("/dev/null", O_RDONLY);
	if (null_fd < 0 || dup2(null_fd, 0) < 0 || dup2(out_fd, 1) < 0 || dup2(out_fd, 2) < 0)
		return errno;
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	execv(path, argv);
	return errno;
}

/* The child's output: @log, or a pipe whose reading end lands in child->out_fd. */
static int open_output(struct vnft_child *child, const char *log)
{
	int fd[2];

	if (log) {
		fd[1] = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd[1] < 0)
			return vnft_fail(-errno, "%s: cannot write: %s", log, strerror(errno));
		return fd[1];
	}
	if (pipe2(fd, O_CLOEXEC))
		return vnft_fail(-errno, "cannot make a pipe: %s", strerror(errno));
	child->out_fd = fd[0];
	return fd[1];
}

int vnft_child_start(struct vnft_child *child, char *const argv[], const char *log)
{
	int out_fd, status[2], err = 0;
	pid_t parent = getpid();
	char path[1024];

	child->pid = 0;
	child->out_fd = -1;
	err = find_program(argv[0], path, sizeof(path));
	if (err)
		return err;
	if (pipe2(status, O_CLOEXEC))
		return vnft_fail(-errno, "cannot make a pipe: %s", strerror(errno));
	out_fd = open_output(child, log);
	if (out_fd < 0) {
		close(status[0]);
		close(status[1]);
		return out_fd;
	}
	child->pid = fork();
	if (child->pid == 0) {
		err = become(path, argv, out_fd, parent);
		if (write(status[1], &err, sizeof(err)) < 0)
			_exit(126);
		_exit(127);
	}
	err = child->pid < 0 ? errno : 0;
	close(status[1]);
	close(out_fd);
	/* End of file means that exec closed the pipe: the program runs. */
	if (!err && read(status[0], &err, sizeof(err)) != sizeof(err))
		err = 0;
	close(status[0]);
	if (!err)
		return 0;
	if (child->pid > 0)
		waitpid(child->pid, NULL, 0);
	if (child->out_fd >= 0)
		close(child->out_fd);
	child->pid = 0;
	child->out_fd = -1;
	return vnft_fail(-err, "%s: cannot start: %s", path, strerror(err));
}

static void forget(struct vnft_child *child)
{
	if (child->out_fd >= 0)
		close(child->out_fd);
	child->out_fd = -1;
	child->pid = 0;
}

/* 0 and reaped, -ETIMEDOUT, or -EINTR when @heed and the user wants us to stop. */
static int reap(pid_t pid, unsigned int timeout_ms, int *status, bool heed)
{
	uint64_t end_ns = vnft_now_ns() + timeout_ms * 1000000ULL;
	int pidfd = pidfd_open(pid, 0);
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };
	int err, ignored;
	pid_t got;

	for (;;) {
		uint64_t now_ns;
		int ms = SLICE_MS;

		got = waitpid(pid, status ? status : &ignored, WNOHANG);
		now_ns = vnft_now_ns();
		if (got == pid || (got < 0 && errno != EINTR)) {
			err = got == pid ? 0 : -errno;
			break;
		}
		err = heed && vnft_interrupted() ? -EINTR : now_ns >= end_ns ? -ETIMEDOUT : 0;
		if (err)
			break;
		if (end_ns - now_ns < SLICE_MS * 1000000ULL)
			ms = (int)((end_ns - now_ns) / 1000000ULL) + 1;
		poll(&pfd, pidfd >= 0, pidfd >= 0 ? ms : 1);
	}
	if (pidfd >= 0)
		close(pidfd);
	return err;
}

int vnft_child_wait(struct vnft_child *child, unsigned int timeout_ms, int *status)
{
	int err;

	if (child->pid <= 0)
		return vnft_fail(-ECHILD, "no process to wait for");
	err = reap(child->pid, timeout_ms, status, true);
	if (!err)
		child->pid = 0;		/* out_fd may still hold output: the caller's to read */
	else if (err == -ETIMEDOUT)
		vnft_fail(err, "process %d did not end within %u ms", child->pid, timeout_ms);
	else
		vnft_fail(err, "process %d: %s", child->pid, strerror(-err));
	return err;
}

void vnft_child_stop(struct vnft_child *child, unsigned int grace_ms)
{
	if (child->pid > 0) {
		/*
		 * Its session: what it forked goes too. Until it is reaped the number is its own.
		 */
		kill(-child->pid, SIGTERM);
		if (reap(child->pid, grace_ms, NULL, false) == -ETIMEDOUT) {
			kill(-child->pid, SIGKILL);
			if (reap(child->pid, 5000, NULL, false))
				vnft_warn("process %d does not die of SIGKILL", child->pid);
		}
	}
	forget(child);
}

bool vnft_process_ended(pid_t pid)
{
	struct pollfd pfd = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	bool ended;

	if (pfd.fd < 0)
		return errno == ESRCH || errno == EINVAL;
	ended = poll(&pfd, 1, 0) > 0;
	close(pfd.fd);
	return ended;
}

int vnft_child_run(char *const argv[], unsigned int timeout_ms, char *out, size_t out_bytes)
{
	return vnft_child_run_until(argv, timeout_ms, out, out_bytes, NULL, NULL);
}

int vnft_child_run_until(char *const argv[], unsigned int timeout_ms, char *out, size_t out_bytes,
			 bool (*give_up)(void *arg), void *arg)
{
	uint64_t end_ns = vnft_now_ns() + timeout_ms * 1000000ULL;
	struct vnft_child child;
	bool ended = false;
	size_t used = 0;
	int err, status;

	if (out_bytes)
		out[0] = '\0';
	err = vnft_child_start(&child, argv, NULL);
	if (err)
		return err;
	for (;;) {
		struct pollfd pfd = { .fd = child.out_fd, .events = POLLIN };
		char spill[4096];	/* more than fits is read all the same, or it would block */
		bool room = used + 1 < out_bytes;
		ssize_t n = 0;

		err = vnft_interrupted() ? -EINTR : vnft_now_ns() >= end_ns ? -ETIMEDOUT :
		      give_up && give_up(arg) ? -ECANCELED : 0;
		if (err)
			break;
		if (poll(&pfd, 1, ended ? 0 : SLICE_MS) == 0) {
			/* A daemon that it left may keep the pipe open for ever. */
			if (ended)
				break;
			ended = !reap(child.pid, 0, &status, false);
			continue;
		}
		if (!pfd.revents)
			continue;
		n = room ? read(child.out_fd, out + used, out_bytes - used - 1) :
			   read(child.out_fd, spill, sizeof(spill));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (room)
			out[used += (size_t)n] = '\0';
	}
	if (!err && !ended) {
		uint64_t now_ns = vnft_now_ns();

		err = reap(child.pid, now_ns < end_ns ? (end_ns - now_ns) / 1000000ULL : 0,
			   &status, true);
	}
	if (err) {
		if (ended)
			forget(&child);
		vnft_child_stop(&child, 500);
		if (err == -ETIMEDOUT)
			return vnft_fail(err, "%s: no end within %u ms", argv[0], timeout_ms);
		return vnft_fail(err, "%s: %s", argv[0], strerror(-err));
	}
	forget(&child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
