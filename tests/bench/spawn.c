/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From t0 to the exec of what the tool starts (vnft_child_start()), beside a fork() that does the
 * same, in turn in every round of one process of the tool's size: some threads, and memory as a
 * session's rings and tables have it. Both stamps in userspace.
 *
 *	spawn [ROUNDS [MEBIBYTES]]
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../tools/lib/run/child.h"
#include "../../tools/lib/run/clock.h"
#include "../../tools/lib/text/error.h"
#include "../../tools/stat/stat.h"

#define THREADS 4

static char *const nothing[] = { "/bin/true", NULL };

static void *idle(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static int by_fork(double *ns)
{
	uint64_t begun_ns;
	int fd[2];
	char byte;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC))
		return -1;
	begun_ns = vnft_now_ns();
	pid = fork();
	if (!pid) {
		execv(nothing[0], nothing);
		_exit(127);
	}
	close(fd[1]);
	/* The end of file is the exec. */
	if (read(fd[0], &byte, 1))
		return -1;
	*ns = (double)(vnft_now_ns() - begun_ns);
	close(fd[0]);
	return waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

static int by_child(double *ns)
{
	struct vnft_child child;
	int err = vnft_child_start(&child, nothing, "/dev/null");

	if (err)
		return err;
	*ns = (double)(child.exec_by_ns - child.begun_ns);
	return vnft_child_wait(&child, 10000, NULL);
}

int main(int argc, char **argv)
{
	struct {
		const char *name;
		int (*start)(double *ns);
		struct vnft_samples ns;
	} way[] = { { "fork", by_fork, { 0 } }, { "vnft_child_start", by_child, { 0 } } };
	const int rounds = argc > 1 ? atoi(argv[1]) : 200;
	const size_t bytes = (size_t)(argc > 2 ? atoi(argv[2]) : 64) << 20;
	char *memory = malloc(bytes);
	pthread_t thread;
	double ns;
	size_t i;
	int n;

	if (!memory)
		return 1;
	memset(memory, 1, bytes);
	for (n = 0; n < THREADS; n++)
		pthread_create(&thread, NULL, idle, NULL);
	for (n = 0; n < rounds; n++)
		for (i = 0; i < 2; i++)
			if (way[i].start(&ns) || vnft_samples_add(&way[i].ns, ns)) {
				fprintf(stderr, "%s: failed: %s\n", way[i].name, vnft_why());
				return 1;
			}
	printf("# %d rounds, %zu MiB, %d threads; median [95 %%] to exec\n", rounds, bytes >> 20,
	       THREADS);
	for (i = 0; i < 2; i++) {
		struct vnft_interval in = vnft_bootstrap_median(&way[i].ns, 1);

		printf("%-18s %7.0f us  [%.0f, %.0f]\n", way[i].name,
		       vnft_quantile(&way[i].ns, 0.5) / 1e3, in.low / 1e3, in.high / 1e3);
	}
	return 0;
}
