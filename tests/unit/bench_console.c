/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Consoles of instances: the last of what was said is kept, as text, for the owner alone, and
 * nothing that is there is written over.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/bench/kept/console.h"
#include "../../tools/guest/parts.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

#define MAX VNFT_GUEST_CONSOLE_BYTES

static const char *say;
static size_t say_bytes;
static int dir;

static int says(struct vnft_instance *in, struct vnft_guest_console *to)
{
	return say ? vnft_said_keep(to, say, say_bytes) : vnft_fail(-EIO, "nobody answers");
}

static const struct vnft_guest_ops ops = { .console = says };

/* What a run's file has of it. */
static const char *kept(unsigned int number, const char *text, size_t bytes,
			struct vnft_results_run *run)
{
	const struct vnft_bench_row row = { .ops = &ops };
	struct vnft_bench b = { .directory.fd = dir };
	struct vnft_instance in = { .t0_ns = 1 };
	static char file[2 * MAX];
	ssize_t n = 0;
	int fd;

	say = text;
	say_bytes = bytes;
	*run = (struct vnft_results_run) { .number = number };
	vnft_bench_console(&b, &row, &in, run);
	fd = run->console.file[0] ? openat(dir, run->console.file, O_RDONLY) : -1;
	if (fd >= 0) {
		n = read(fd, file, sizeof(file) - 1);
		close(fd);
	}
	file[n > 0 ? n : 0] = '\0';
	return file;
}

static void test_file(void)
{
	static const char hostile[] = "boot\r\r\n\x1b[2J\x1b]0;me\a tab\there\0nul\n\xc3\xa4\xff"
				      "\xe2\x80\xae";
	struct vnft_results_run run;
	struct stat st;
	const char *got;

	got = kept(1, "", 0, &run);
	CHECK(!got[0] && !run.console.file[0] && !run.console.why[0] &&
	      faccessat(dir, "console-1", F_OK, 0), "nothing said, nothing kept");
	got = kept(2, hostile, sizeof(hostile) - 1, &run);
	CHECK(!strcmp(got, "boot\n\\x1b[2J\\x1b]0;me\\x07 tab here\\x00nul\n\xc3\xa4\\xff"
		      "\\xe2\\x80\\xae\n"), "nothing that talks to a terminal");
	CHECK(!strcmp(run.console.file, "console-2") && run.console.kept_bytes ==
	      sizeof(hostile) - 1 && run.console.said_bytes == sizeof(hostile) - 1,
	      "and the run says where, and how much");
	CHECK(!fstatat(dir, "console-2", &st, 0) && (st.st_mode & 07777) == 0600,
	      "for its owner alone");
	got = kept(2, "again", 5, &run);
	CHECK(!run.console.file[0] && !strcmp(run.console.why, "console-2: File exists") &&
	      !fstatat(dir, "console-2", &st, 0) && st.st_size > 20,
	      "what is there stays: %s", run.console.why);
	CHECK(!symlinkat("console-2", dir, "console-3"), "a link");
	got = kept(3, "again", 5, &run);
	CHECK(!run.console.file[0] && run.console.why[0], "and no link is followed");
	got = kept(4, NULL, 0, &run);
	CHECK(!strcmp(run.console.why, "nobody answers"), "nobody knows what it said, and why not");
}

static void test_long(void)
{
	static char text[MAX + 100];
	struct vnft_results_run run;
	const char *got;
	size_t i;

	for (i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);
	got = kept(10, text, sizeof(text), &run);
	CHECK(!strncmp(got, "[vnftrace: 100 bytes of before are cut]\n", 40) &&
	      !strncmp(got + 40, text + 100, MAX) && !strcmp(got + 40 + MAX, "\n"),
	      "of too much, the last: one line, in pieces");
	CHECK(run.console.said_bytes == MAX + 100 && run.console.kept_bytes == MAX,
	      "which the run says");
}

static void test_keep(void)
{
	struct vnft_guest_console c = { 0 };
	char path[] = "/tmp/vnft-console-XXXXXX", line[VNFT_SAID_LINE_BYTES], *big;
	int fd = mkstemp(path);
	size_t i;

	CHECK(!vnft_said_keep_file(&c, "/nonexistent/console") && !c.text,
	      "no file: nothing said");
	CHECK(!vnft_said_keep_file(&c, path) && !c.text, "nor in an empty one");
	CHECK(vnft_said_keep_file(&c, "/tmp") && vnft_said_keep_file(&c, "/dev/zero"),
	      "a directory or a device is no console: %s", vnft_why());
	CHECK(!vnft_said_last_line(&c, line), "no last line");
	big = malloc(MAX);
	memset(big, 'x', MAX);
	CHECK(write(fd, "first", 5) == 5 && write(fd, big, MAX) == MAX &&
	      !vnft_said_keep_file(&c, path) && c.bytes == MAX && c.said_bytes == MAX + 5 &&
	      c.text[0] == 'x', "the last part of a large file");
	for (i = 0; i < 10; i++)
		QUIET(!vnft_said_keep(&c, "0123456789", 10), "more");
	CHECK(c.bytes == MAX && c.said_bytes == MAX + 105 && c.text[MAX - 101] == 'x' &&
	      !memcmp(c.text + MAX - 20, "01234567890123456789", 20), "which more pushes out");
	CHECK(!vnft_said_keep(&c, "\nlast \x1b[1m one\n\n\r\n", 18) &&
	      vnft_said_last_line(&c, line) && !strcmp(line, "last [1m one"),
	      "the last line that says something: %s", line);
	free(c.text);
	free(big);
	close(fd);
	unlink(path);
}

int main(void)
{
	char path[] = "/tmp/vnft-consoles-XXXXXX";
	const char *const name[] = { "console-2", "console-3", "console-10" };
	size_t i;

	umask(0022);
	CHECK(mkdtemp(path) && (dir = open(path, O_RDONLY | O_DIRECTORY)) >= 0, "a directory");
	test_file();
	test_long();
	test_keep();
	for (i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		unlinkat(dir, name[i], 0);
	CHECK(!rmdir(path), "and no other file in it");
	return unit_done();
}
