/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What it costs to look at a console: a look of ours at a file that did not grow and at one that
 * did by a line, and what a VMM's writes of one byte each take while nobody looks, while we look
 * every 5 ms, and while a thread is told of every change by inotify, which we do not do. In turn in
 * every round; medians.
 *
 *	look [ROUNDS]
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "../../tools/bench/watch/watch_parts.h"
#include "../../tools/lib/run/clock.h"
#include "../../tools/stat/stat.h"

#define LOOKS	1000
#define BYTES	10000	/* about what a kernel says without "quiet" */
#define PASS_MS	5

static char path[] = "/dev/shm/vnft-look-XXXXXX";
static struct vnft_bench_watch watch = { .lock = PTHREAD_MUTEX_INITIALIZER, .console.fd = -1 };
static int file;
static atomic_bool over;

static void name_file(const struct vnft_instance *in, struct vnft_guest_console_file *to)
{
	snprintf(to->path, sizeof(to->path), "%s", path);
}

static void begin(void)
{
	static const struct vnft_guest_ops ops = { .name = "look", .console_file = name_file };
	static const struct vnft_type type = { .virtualization = "kvm" };
	const struct vnft_instance in = { .type = &type };

	if (ftruncate(file, 0) || lseek(file, 0, SEEK_SET)) {
		perror(path);
		exit(1);
	}
	watch.console.offset = 0;
	vnft_watch_console_begin(&watch, &ops, &in);
}

static double look(const char *line)
{
	const size_t n = strlen(line);
	uint64_t ns = 0, begun_ns;
	int i;

	begin();
	for (i = 0; i < LOOKS; i++) {
		if (write(file, line, n) != (ssize_t)n)
			exit(1);
		begun_ns = vnft_now_ns();
		vnft_watch_console(&watch);
		ns += vnft_now_ns() - begun_ns;
	}
	if (watch.console.offset != n * LOOKS) {
		fprintf(stderr, "a look did not see what was there\n");
		exit(1);
	}
	return (double)ns / LOOKS;
}

static double look_at_nothing(void)
{
	return look("");
}

static double look_at_line(void)
{
	return look("[    0.000000] tsc: Detected 2000.000 MHz processor\n");
}

static void *look_on(void *arg)
{
	while (!over) {
		vnft_watch_console(&watch);
		usleep(PASS_MS * 1000);
	}
	return arg;
}

static void *be_told(void *arg)
{
	struct pollfd p = { .fd = *(int *)arg, .events = POLLIN };
	char event[4096], text[4096];

	while (!over)
		if (poll(&p, 1, PASS_MS) > 0 && read(p.fd, event, sizeof(event)) > 0 &&
		    pread(file, text, sizeof(text), 0) < 0)
			perror(path);
	return arg;
}

static double write_bytes(void *(*beside)(void *arg), void *arg)
{
	pthread_t thread;
	uint64_t begun_ns;
	double ns;
	int i;

	begin();
	over = false;
	if (beside && pthread_create(&thread, NULL, beside, arg))
		exit(1);
	usleep(2 * PASS_MS * 1000);
	begun_ns = vnft_now_ns();
	for (i = 0; i < BYTES; i++)
		if (write(file, i % 50 ? "x" : "\n", 1) != 1)
			exit(1);
	ns = (double)(vnft_now_ns() - begun_ns) / BYTES;
	over = true;
	if (beside)
		pthread_join(thread, NULL);
	return ns;
}

static double write_alone(void)
{
	return write_bytes(NULL, NULL);
}

static double write_looked_at(void)
{
	return write_bytes(look_on, NULL);
}

static double write_told(void)
{
	int fd = inotify_init1(IN_CLOEXEC);
	double ns;

	if (fd < 0 || inotify_add_watch(fd, path, IN_MODIFY) < 0) {
		perror("inotify");
		exit(1);
	}
	ns = write_bytes(be_told, &fd);
	close(fd);
	return ns;
}

int main(int argc, char **argv)
{
	struct {
		const char *name;
		double (*ns)(void);
		struct vnft_samples all;
	} way[] = {
		{ "a look, nothing new", look_at_nothing, { 0 } },
		{ "a look, a line of 52 bytes", look_at_line, { 0 } },
		{ "a byte written, nobody looks", write_alone, { 0 } },
		{ "a byte written, looks each 5 ms", write_looked_at, { 0 } },
		{ "a byte written, inotify tells", write_told, { 0 } },
	};
	const int rounds = argc > 1 ? atoi(argv[1]) : 30;
	size_t i;
	int n;

	file = mkstemp(path);
	if (file < 0) {
		perror(path);
		return 1;
	}
	for (n = 0; n < rounds; n++)
		for (i = 0; i < sizeof(way) / sizeof(way[0]); i++)
			if (vnft_samples_add(&way[i].all, way[i].ns()))
				return 1;
	unlink(path);
	printf("# %d rounds; median [95 %%]\n", rounds);
	for (i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
		struct vnft_interval in = vnft_bootstrap_median(&way[i].all, 1);

		printf("%-33s %6.0f ns  [%.0f, %.0f]\n", way[i].name,
		       vnft_quantile(&way[i].all, 0.5), in.low, in.high);
	}
	return 0;
}
