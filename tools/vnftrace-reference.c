/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace-reference DEVICE BRIDGE ADDRESS PREFIX GATEWAY MAC
 *
 * The reference of a bench (docs/method.md, "Reference"): the same small instance before every run,
 * so that what it takes longer than yesterday is the host's. It does once what launches are made
 * of: namespaces, mounts, a process, memory that is touched for the first time, a veth. Then it
 * stays until SIGTERM. Its network namespace answers as soon as its address is set.
 *
 * Whoever changes what it does, and so how long it takes, raises VNFT_REFERENCE_VERSION.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/net/netns.h"
#include "lib/net/veth.h"
#include "lib/text/error.h"

#define NAMESPACES	(CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC)
#define MEMORY_BYTES	(4u << 20)
#define PAGE_BYTES	4096u
/* About as long as a container's launch: what one of them takes varies more than their sum. */
#define PROCESSES	4

static int touch_memory(void)
{
	char *memory = mmap(NULL, MEMORY_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i;

	if (memory == MAP_FAILED || madvise(memory, MEMORY_BYTES, MADV_NOHUGEPAGE))
		return -1;
	for (i = 0; i < MEMORY_BYTES; i += PAGE_BYTES)
		memory[i] = 1;
	return 0;
}

/* Its exit status, 0 or errno, or a negative errno of ours. */
static int run_child(int (*child)(void))
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return -errno;
	if (!pid)
		_exit(child() ? errno : 0);
	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

/* A process with file systems of its own: the /proc that it hides is no other's. */
static int inner_process(void)
{
	return unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	       mount("tmpfs", "/proc", "tmpfs", 0, NULL) ||
	       mount("proc", "/proc", "proc", 0, NULL) || touch_memory();
}

/* The first process of the new process namespace: when it ends, nobody can be born there. */
static int first_process(void)
{
	int i, err = 0;

	for (i = 0; !err && i < PROCESSES; i++)
		err = run_child(inner_process);
	errno = -err;
	return err;
}

static int become(const struct vnft_veth_plan *plan)
{
	int home, err;

	home = vnft_netns_open(NULL);
	if (home < 0)
		return home;
	if (unshare(NAMESPACES))
		return vnft_fail(-errno, "no namespaces: %s", strerror(errno));
	err = run_child(first_process);
	if (err)
		return vnft_fail(err, "no process in them: %s", strerror(-err));
	return vnft_veth_join(plan, home);
}

int main(int argc, char **argv)
{
	struct vnft_veth_plan plan;
	int err;

	err = vnft_veth_plan_read(argc, argv, "vnftrace-reference " VNFT_VETH_ARGS, &plan);
	if (!err)
		err = become(&plan);
	if (!err)
		pause();
	fprintf(stderr, "vnftrace-reference: %s\n", vnft_why());
	return (int)vnft_exit_code(err);
}
