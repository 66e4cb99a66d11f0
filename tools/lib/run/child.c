/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes we start: they die with the thread that started them, unless they are to outlive us,
 * inherit no descriptor of ours, and no wait for one is without a limit.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/close_range.h>

#include "clock.h"
#include "interrupt.h"
#include "../text/error.h"

#define SLICE_MS 50
#define STACK_BYTES 65536

static bool outlive;

void vnft_child_outlive(bool on)
{
	outlive = on;
}

bool vnft_child_outlives(void)
{
	return outlive;
}

/* Found before the start, so that "not installed" is told apart from "could not start". */
int vnft_child_find(const char *name, char *to, size_t bytes)
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

/**
 * struct start - between vnft_child_start() and the child, which runs in our memory until its exec
 * @err: receives the errno that stopped it
 */
struct start {
	const char *path;
	char *const *argv;
	int out_fd, err;
	pid_t parent;
};

/*
 * The child until exec. It has a stack of its own, and everything else is ours: only system calls,
 * no lock, no memory. Our thread stands still meanwhile, and no signal is delivered to it.
 */
static int become(void *arg)
{
	struct start *s = arg;
	sigset_t none;
	int null_fd, sig;

	/* Our handlers would run here as soon as signals are let through. */
	for (sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* A session of its own: Ctrl-C on the terminal is for us, we stop the child in order. */
	setsid();
	if (!outlive && prctl(PR_SET_PDEATHSIG, SIGTERM))
		goto out;
	if (getppid() != s->parent) {
		errno = ESRCH;
		goto out;
	}
	null_fd = open("/dev/null", O_RDONLY);
	if (null_fd < 0 || dup2(null_fd, 0) < 0 || dup2(s->out_fd, 1) < 0 ||
	    dup2(s->out_fd, 2) < 0)
		goto out;
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	execv(s->path, s->argv);
out:
	s->err = errno;
	_exit(127);
}

/*
 * The child's number, or negative errno. Not fork(): its copy of the page tables takes several
 * times as long as all the rest, and that would stand in the instantiation that it begins.
 */
static pid_t spawn(struct start *s)
{
	sigset_t all, before;
	void *stack;
	pid_t pid;

	stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return -errno;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	/* Returns when the child has exec'd or ended. */
	pid = clone(become, (char *)stack + STACK_BYTES, CLONE_VM | CLONE_VFORK | SIGCHLD, s);
	if (pid < 0)
		pid = -errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	munmap(stack, STACK_BYTES);
	if (pid > 0 && s->err)
		waitpid(pid, NULL, 0);
	return pid > 0 && s->err ? -s->err : pid;
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
	struct start start = { .argv = argv, .parent = getpid() };
	char path[1024];
	int err = 0;

	*child = (struct vnft_child) { .out_fd = -1 };
	err = vnft_child_find(argv[0], path, sizeof(path));
	if (err)
		return err;
	start.path = path;
	start.out_fd = open_output(child, log);
	if (start.out_fd < 0)
		return start.out_fd;
	child->begun_ns = vnft_now_ns();
	child->pid = spawn(&start);
	child->exec_by_ns = vnft_now_ns();
	close(start.out_fd);
	if (child->pid > 0)
		return 0;
	err = child->pid;
	if (child->out_fd >= 0)
		close(child->out_fd);
	child->pid = 0;
	child->out_fd = -1;
	return vnft_fail(err, "%s: cannot start: %s", path, strerror(-err));
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
