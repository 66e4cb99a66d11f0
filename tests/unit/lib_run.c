/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Children, their output and their end; sleeps and waits that an interrupt ends; whose clock it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../tools/lib/run/child.h"
#include "../../tools/lib/run/clock.h"
#include "../../tools/lib/run/interrupt.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

static bool third_time(void *arg)
{
	unsigned int *asked = arg;

	return ++*asked == 3;
}

static void children(void)
{
	char *echo[] = { "sh", "-c", "echo out; echo err >&2; exit 3", NULL };
	char *sleeper[] = { "sleep", "600", NULL }, *nowhere[] = { "vnft-no-such-program", NULL };
	char *yes[] = { "sh", "-c", "head -c 300000 /dev/zero | tr '\\0' y", NULL };
	char *deaf[] = { "sh", "-c", "trap '' TERM; sleep 600 & wait; wait", NULL };
	char *fds[] = { "sh", "-c", "ls /proc/self/fd | wc -l", NULL };
	char *daemonize[] = { "sh", "-c", "sleep 2 & echo up", NULL };
	struct vnft_child child;
	uint64_t t_ns;
	char out[64], log[] = "/tmp/vnft-child-XXXXXX";
	int status, log_fd = mkstemp(log), keep = open("/dev/null", O_RDONLY);
	unsigned int asked = 0;

	CHECK(vnft_child_run(echo, 5000, out, sizeof(out)) == 3 && !strcmp(out, "out\nerr\n"),
	      "output and exit code of a child");
	CHECK(vnft_child_run(nowhere, 5000, out, sizeof(out)) == -ENOENT, "no program: %s",
	      vnft_why());
	CHECK(vnft_child_run(yes, 5000, out, sizeof(out)) == 0 && strlen(out) == sizeof(out) - 1,
	      "more output than fits does not block it");
	t_ns = vnft_now_ns();
	CHECK(vnft_child_run(sleeper, 200, out, sizeof(out)) == -ETIMEDOUT &&
	      vnft_now_ns() - t_ns < 1500000000, "no end: %s", vnft_why());
	t_ns = vnft_now_ns();
	CHECK(vnft_child_run_until(sleeper, 60000, out, sizeof(out), third_time, &asked) ==
			      -ECANCELED &&
		      asked == 3 && vnft_now_ns() - t_ns < 1500000000,
	      "given up at the third asking: %s", vnft_why());
	t_ns = vnft_now_ns();
	CHECK(vnft_child_run(daemonize, 5000, out, sizeof(out)) == 0 && !strcmp(out, "up\n") &&
	      vnft_now_ns() - t_ns < 1500000000, "a daemon that it leaves does not hold us");
	vnft_child_run(fds, 5000, out, sizeof(out));
	CHECK(atoi(out) == 4, "no descriptor of ours is inherited (0 1 2 and ls's own)");
	close(keep);
	close(log_fd);
	unlink(log);
	CHECK(!vnft_child_start(&child, deaf, log) && !access(log, F_OK), "output to a file");
	unlink(log);
	CHECK(vnft_child_wait(&child, 100, &status) == -ETIMEDOUT, "a wait ends: %s", vnft_why());
	t_ns = vnft_now_ns();
	vnft_child_stop(&child, 200);
	CHECK(vnft_now_ns() - t_ns < 2000000000 && child.pid == 0,
	      "a child deaf to SIGTERM is stopped");
}

static void interrupts(void)
{
	char *sleeper[] = { "sleep", "600", NULL };
	struct vnft_child child;
	int status;

	vnft_interrupt_catch();
	CHECK(!vnft_sleep_ms(30) && !vnft_interrupted(), "a sleep to its end");
	vnft_child_start(&child, sleeper, NULL);
	raise(SIGTERM);
	CHECK(vnft_interrupted() && vnft_sleep_ms(60000) == -EINTR, "a sleep ends at an interrupt");
	CHECK(vnft_child_wait(&child, 60000, &status) == -EINTR, "a wait too");
	vnft_child_stop(&child, 1000);
}

/* A process whose children have another time namespace cannot know how far it is from the host. */
static void clocks(void)
{
	struct timespec until = vnft_clock_until(5000000007);
	int status = 0;
	pid_t pid;

	CHECK(until.tv_sec == 5 && until.tv_nsec == 7 && !vnft_clock_check(),
	      "in the host's time namespace the clock is the host's");
	pid = fork();
	if (!pid)
		_exit(unshare(CLONE_NEWTIME) ? 77 : vnft_clock_check() != -EOPNOTSUPP);
	waitpid(pid, &status, 0);
	if (WEXITSTATUS(status) == 77)
		SKIP("a time namespace of children alone", "this kernel has none");
	else
		CHECK(!status, "a time namespace of children alone is refused");
}

int main(void)
{
	children();
	clocks();
	interrupts();
	return unit_done();
}
