/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A number is not a process. In a PID namespace of its own this kills the process of an instance
 * and lets another one have its number. Nothing of that one is read, and nothing is done to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../tools/bench/alive.h"
#include "../../tools/bench/pin.h"
#include "../../tools/guest/docker/docker.h"
#include "../../tools/guest/libvirt/libvirt.h"
#include "../../tools/guest/parts.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

#define ID	"abcdef"

static struct vnft_type type = { .name = "t" };
static struct vnft_instance in = { .type = &type, .place.name = "vnft-" ID "-1" };
static struct vnft_journal journal = { .id = ID };
static const struct vnft_guest_ops ops = { .name = "none" };

/* A process that has the number @pid, or any for 0, and the mark of the session; it only waits. */
static pid_t spawn(pid_t pid)
{
	static char *const argv[] = { "sleep", "1000", NULL };
	static char *const env[] = { "VNFT_SESSION=" ID, NULL };
	FILE *f = pid ? fopen("/proc/sys/kernel/ns_last_pid", "w") : NULL;
	pid_t child;

	if (f) {
		fprintf(f, "%d", pid - 1);
		fclose(f);
	}
	child = fork();
	if (!child) {
		execve("/bin/sleep", argv, env);
		execve("/usr/bin/sleep", argv, env);
		_exit(127);
	}
	return child;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Until it is what it is to become. */
static bool settled(pid_t pid)
{
	struct vnft_memory m;
	int tries;

	for (tries = 0; tries < 500; tries++) {
		char path[40], word[8] = "";
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
		f = fopen(path, "re");
		if (f && fread(word, 1, 5, f) == 5 && !strcmp(word, "sleep") &&
		    !vnft_guest_memory(&in, &m)) {
			fclose(f);
			return m.tool_bytes;
		}
		if (f)
			fclose(f);
		usleep(10000);
	}
	return false;
}

static int cpus_of(pid_t pid)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	return sched_getaffinity(pid, sizeof(cpus), &cpus) ? -1 : CPU_COUNT(&cpus);
}

static int pin(void)
{
	static struct vnft_bench_config config = { .pin_guest = 0 };
	static struct vnft_bench_row row = { .ops = &ops };
	struct vnft_bench b = { .config = &config };

	return vnft_bench_pin(&b, &row, &in);
}

static void alive(pid_t pid)
{
	struct vnft_memory m;

	CHECK(!vnft_held_take(&in.process, pid) && settled(pid), "a process: its memory is read");
	CHECK(!vnft_guest_memory(&in, &m) && m.tool_bytes && (m.pss_bytes || m.pss_why[0]),
	      "with PSS: %s", m.pss_why);
	CHECK(!vnft_bench_ended(&ops, &in), "it lives");
	CHECK(!pin() && cpus_of(pid) == 1, "it is pinned");
	CHECK_EQ(vnft_guest_wait_ended(&in.process, 1), -ETIMEDOUT, "its end is waited for");
}

static void reused(pid_t pid)
{
	char cgroup[256] = "x", device[16];
	const int cpus = cpus_of(pid);
	struct vnft_memory m;

	CHECK(vnft_bench_ended(&ops, &in), "it has ended, whoever has its number");
	CHECK_EQ(vnft_guest_memory(&in, &m), -ESRCH, "memory: %s", vnft_why());
	CHECK_EQ(vnft_guest_container_memory(&in, &m), -ESRCH, "a container's: %s", vnft_why());
	CHECK(pin() == -ESRCH && cpus_of(pid) == cpus, "pinning: %s", vnft_why());
	vnft_guest_cgroup(&in.process, cgroup, sizeof(cgroup));
	CHECK(!cgroup[0], "no cgroup is taken for its own: %s", cgroup);
	CHECK_EQ(vnft_guest_find_veth(&in.process, "lo", device), -ESRCH, "no device: %s",
		 vnft_why());
	CHECK_EQ(vnft_held_open(&in.process), -ESRCH, "no directory in /proc");
	CHECK_EQ(vnft_guest_wait_ended(&in.process, 1), 0, "nobody waits");
	vnft_docker_kill(&in.process, &journal, 100);
	CHECK(!kill(pid, 0) && !waitpid(pid, NULL, WNOHANG), "and the other one lives");
	vnft_held_drop(&in.process);
}

/* What daemons and runtimes tell. */
static void told(pid_t pid)
{
	struct vnft_held held, self = { 0 };

	CHECK(vnft_guest_hold(&held, pid, "vnft-nothing-1", "runc") == -ESRCH && !held.pid,
	      "another's process: %s", vnft_why());
	CHECK(vnft_guest_hold(&held, 1LL << 33, "vnft", "runc") == -ESRCH && !held.pid,
	      "no number of a process: %s", vnft_why());
	CHECK(!vnft_held_take(&self, pid), "a process that is no QEMU");
	vnft_libvirt_hold(&held, "vnft-nothing-1", &self);
	CHECK(!held.pid, "is not taken for one");
	end(pid);
	CHECK(vnft_guest_hold(&held, pid, "vnft", "runc") == -ECHILD && !held.pid,
	      "one that has ended: %s", vnft_why());
	vnft_libvirt_hold(&held, "vnft-nothing-1", &self);
	CHECK(held.pid == pid && !vnft_held_lives(&held), "unless it has ended");
	vnft_held_drop(&held);
	vnft_held_drop(&self);
}

/* The first process of the namespace. */
static int scene(void)
{
	pid_t pid;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("proc", "/proc", "proc", 0, NULL)) {
		SKIP("a number that is used again", "no /proc of our own");
		return 0;
	}
	pid = spawn(0);
	alive(pid);
	end(pid);
	if (!CHECK_EQ(spawn(pid), pid, "another process has its number"))
		return unit_done();
	reused(pid);
	told(pid);
	return unit_done();
}

int main(void)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWPID | CLONE_NEWNS)) {
		SKIP("a number that is used again", "no PID namespace of our own");
		return 0;
	}
	fflush(stdout);
	pid = fork();
	if (!pid)
		exit(scene());
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
