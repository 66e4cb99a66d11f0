/* SPDX-License-Identifier: GPL-2.0 */
/*
 * With the embedded driver QEMU is started by us, but daemonized: it becomes a child of init, and
 * is gone only when init reaps it. Some inits (containers, small VMs) look every few seconds, and
 * libvirt's destroy waits for that: the teardown would be init's. So while the domain is created we
 * are the subreaper, and a thread reaps the one process that libvirt's pid file names.
 */
#include "libvirt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "../../lib/text/error.h"

#define LOOK_MS 2

static void nap(void)
{
	struct timespec ts = { .tv_nsec = LOOK_MS * 1000000L };

	nanosleep(&ts, NULL);
}

static pid_t read_pidfile(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char text[16] = "";
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;

	if (fd >= 0)
		close(fd);
	return n > 0 ? atoi(text) : 0;
}

static void *reap(void *arg)
{
	struct vnft_libvirt_reaper *r = arg;
	pid_t pid = 0;

	while (!r->quit && !(pid = read_pidfile(r->pidfile)))
		nap();
	if (pid > 1)
		vnft_held_take(&r->vmm, pid);
	r->seen = true;
	while (r->vmm.pid > 0) {
		struct pollfd p = { .fd = r->vmm.fd, .events = POLLIN };
		siginfo_t info = { 0 };

		/* Ended, and ours since its parent ended: the two may be seen in any order. */
		if (poll(&p, 1, r->quit ? 0 : 50) > 0 &&
		    !waitid(P_PIDFD, (id_t)r->vmm.fd, &info, WEXITED | WNOHANG) && info.si_pid)
			break;
		if (r->quit)
			break;
		if (p.revents)
			nap();
	}
	return NULL;
}

int vnft_libvirt_reaper_start(struct vnft_libvirt_reaper *r)
{
	sigset_t all, old;
	int err;

	r->quit = false;
	r->seen = false;
	r->vmm = (struct vnft_held){ 0 };
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&r->thread, NULL, reap, r);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (err)
		return vnft_fail(-err, "cannot start a thread: %s", strerror(err));
	r->running = true;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return 0;
}

void vnft_libvirt_reaper_stop(struct vnft_libvirt_reaper *r)
{
	if (!r->running)
		return;
	r->quit = true;
	pthread_join(r->thread, NULL);
	r->running = false;
	vnft_held_drop(&r->vmm);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}
