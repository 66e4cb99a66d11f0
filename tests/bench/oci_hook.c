/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the createRuntime hook of the oci driver adds to an instantiation, all in turn in every
 * round of one process: the hook for a fresh namespace, its start alone, and the starts of a
 * program that does nothing and of vnftrace itself (which was the hook once). Each from fork to
 * exit, in userspace.
 *
 *	oci_hook [ROUNDS]
 */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../tools/lib/host/place.h"
#include "../../tools/lib/net/link_set.h"
#include "../../tools/lib/run/clock.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/stat/stat.h"

#define BRIDGE	"vnftbr"
#define DEVICE	"vnftve"

struct variant {
	const char *name;
	char *argv[8];
	bool whole;
	int exit_code;
	struct vnft_samples ns;
};

/* What a runtime has made when it calls the hook: a process in a network namespace of its own. */
static pid_t container(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWNET) || write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		vnft_warn("no namespace for a container");
	close(ready[0]);
	return pid;
}

static int state_of(pid_t pid)
{
	int fd = memfd_create("state", 0);

	dprintf(fd, "{\"ociVersion\":\"1.0\",\"id\":\"vnft\",\"pid\":%d,"
		"\"status\":\"created\"}", pid);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static int run_once(const struct variant *v, int state_fd, double *ns)
{
	const uint64_t begun_ns = vnft_now_ns();
	pid_t pid = fork();
	int status;

	if (!pid) {
		int null_fd = open("/dev/null", O_WRONLY);

		dup2(state_fd, 0);
		dup2(null_fd, 1);
		if (!v->whole)
			dup2(null_fd, 2);
		execv(v->argv[0], v->argv);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	*ns = (double)(vnft_now_ns() - begun_ns);
	return WIFEXITED(status) && WEXITSTATUS(status) == v->exit_code ? 0 : -1;
}

static int measure(struct variant *v, bool keep)
{
	pid_t pid = v->whole ? container() : 0;
	int fd = state_of(pid), err;
	double ns;

	err = run_once(v, fd, &ns);
	if (!err && keep)
		vnft_samples_add(&v->ns, ns);
	close(fd);
	if (pid > 0) {
		vnft_link_delete(DEVICE);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return err;
}

int main(int argc, char **argv)
{
	char hook[PATH_MAX], tool[PATH_MAX];
	struct variant variant[] = {
		{ .name = "hook", .whole = true,
		  .argv = { hook, DEVICE, BRIDGE, "198.18.0.2", "30", "198.18.0.1",
			    "02:00:00:00:00:02" } },
		{ .name = "start of the hook", .argv = { hook }, .exit_code = VNFT_EXIT_USAGE },
		{ .name = "start of nothing", .argv = { "/bin/true" } },
		{ .name = "start of vnftrace", .argv = { tool, "--version" } },
	};
	const size_t variants = sizeof(variant) / sizeof(variant[0]);
	const int rounds = argc > 1 ? atoi(argv[1]) : 40;
	int round, err;
	size_t i;

	if (!vnft_helper_find("vnftrace-oci-hook", hook, sizeof(hook)) ||
	    !vnft_helper_find("vnftrace", tool, sizeof(tool))) {
		fprintf(stderr, "%s, %s: build them\n", hook, tool);
		return 1;
	}
	if (unshare(CLONE_NEWNET)) {
		perror("namespace");
		return 1;
	}
	err = vnft_link_add_bridge(BRIDGE);
	if (!err)
		err = vnft_link_set_up(BRIDGE, true);
	if (err) {
		fprintf(stderr, "%s\n", vnft_why());
		return 1;
	}
	for (round = 0; round < rounds + 1; round++)
		for (i = 0; i < variants; i++)
			if (measure(&variant[i], round > 0)) {	/* the first warms up */
				fprintf(stderr, "%s: failed\n", variant[i].name);
				return 1;
			}
	printf("# %d rounds; median [95 %%] from fork to exit\n", rounds);
	for (i = 0; i < variants; i++) {
		struct vnft_interval in = vnft_bootstrap_median(&variant[i].ns, 1);
		double median = vnft_quantile(&variant[i].ns, 0.5);

		printf("%-18s %7.0f us  [%.0f, %.0f]  %.2f of the start of vnftrace\n",
		       variant[i].name, median / 1e3, in.low / 1e3, in.high / 1e3,
		       median / vnft_quantile(&variant[variants - 1].ns, 0.5));
	}
	return 0;
}
