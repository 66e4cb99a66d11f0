/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Domains that a killed session left. A daemon is asked to destroy its own; with the embedded
 * driver nobody is left to ask, and QEMU is found by the name that it carries on its command line.
 */
#include "libvirt.h"
#include "../parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libvirt/virterror.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

#include "../../lib/run/clock.h"
#include "../../lib/text/error.h"
#include "../virt/virt.h"

#define TERM_MS		3000
#define KILL_MS		5000

/* Does process @pid carry "-name guest=@name,..."? */
static bool carries(pid_t pid, const char *name)
{
	char path[64], args[4096], want[128];
	size_t want_bytes;
	ssize_t n, at;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, args, sizeof(args) - 1);
	close(fd);
	if (n <= 0)
		return false;
	args[n] = 0;
	want_bytes = (size_t)snprintf(want, sizeof(want), "guest=%s,", name);
	for (at = 0; at < n; at += (ssize_t)strlen(args + at) + 1)
		if (!strncmp(args + at, want, want_bytes))
			return strstr(args, "qemu");
	return false;
}

pid_t vnft_libvirt_find_qemu(const char *name)
{
	DIR *proc = opendir("/proc");
	struct dirent *de;
	pid_t found = 0;

	while (proc && !found && (de = readdir(proc))) {
		pid_t pid = atoi(de->d_name);

		if (pid > 1 && carries(pid, name))
			found = pid;
	}
	if (proc)
		closedir(proc);
	return found;
}

void vnft_libvirt_hold(struct vnft_held *held, const char *name, const struct vnft_held *told)
{
	pid_t pid;

	*held = (struct vnft_held){ 0 };
	/* One that ended at once is kept: that it ended is what there is to see. */
	if (told && !vnft_held_copy(held, told) &&
	    (carries(held->pid, name) || !vnft_held_lives(held)))
		return;
	vnft_held_drop(held);
	pid = vnft_libvirt_find_qemu(name);
	/* Looked at again behind the pidfd: if that lives, it is the one. */
	if (pid > 1 && !vnft_held_take(held, pid) && carries(pid, name) && vnft_held_lives(held))
		return;
	vnft_held_drop(held);
}

/* Not vnft_sleep_ms(): clean-up goes on after an interrupt. */
static bool gone_within(const char *name, unsigned int ms)
{
	const struct timespec ts = { .tv_nsec = 10000000 };
	uint64_t end_ns = vnft_now_ns() + ms * 1000000ULL;

	/* A zombie has no command line any more. */
	while (vnft_libvirt_find_qemu(name)) {
		if (vnft_now_ns() > end_ns)
			return false;
		nanosleep(&ts, NULL);
	}
	return true;
}

int vnft_libvirt_kill_qemu(const char *name)
{
	static const struct { int signal; unsigned int ms; } steps[] = {
		{ SIGTERM, TERM_MS }, { SIGKILL, KILL_MS },
	};
	size_t i;

	for (i = 0; i < 2; i++) {
		pid_t pid = vnft_libvirt_find_qemu(name);
		int fd = pid ? pidfd_open(pid, 0) : -1;

		/* Looked at again behind the pidfd: a reused number is not hit. */
		if (fd >= 0 && carries(pid, name))
			pidfd_send_signal(fd, steps[i].signal, NULL, 0);
		if (fd >= 0)
			close(fd);
		if (gone_within(name, steps[i].ms))
			return 0;
	}
	return vnft_fail(-EBUSY, "domain %s: its QEMU does not end", name);
}

int vnft_libvirt_undo(const char *rest)
{
	char uri[256], name[64];
	virConnectPtr conn;
	virDomainPtr dom;
	int err;

	if (sscanf(rest, "%255s %63s", uri, name) != 2 || strncmp(name, "vnft", 4))
		return vnft_fail(-EBADMSG, "\"domain %.60s\" is not one of ours", rest);
	if (!strncmp(uri, "qemu:///embed", 13))
		return vnft_libvirt_kill_qemu(name);
	err = vnft_virt_start_library();
	if (err)
		return err;
	conn = virConnectOpen(uri);
	if (!conn)
		return vnft_fail(-EIO, "domain %s: libvirt at %s does not answer: %s", name, uri,
				 vnft_virt_error());
	dom = virDomainLookupByName(conn, name);
	if (dom) {
		virDomainDestroy(dom);
		if (virDomainIsPersistent(dom) == 1 && virDomainUndefine(dom) < 0)
			err = vnft_fail(-EIO, "domain %s at %s: %s", name, uri,
					vnft_virt_error());
		virDomainFree(dom);
	}
	virConnectClose(conn);
	return err;
}
