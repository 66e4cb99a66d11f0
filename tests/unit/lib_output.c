/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that the user asked for: nothing that is there is lost, nothing that is no file is touched,
 * two writers never share one, and what a failure leaves is what output.h says.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../tools/lib/run/output.h"
#include "../../tools/lib/run/ready.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

static char dir[] = "/tmp/vnft-unit-XXXXXX";

static const char *text_of(const char *name)
{
	static char text[256];
	int fd = open(name, O_RDONLY | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return fd < 0 ? "(none)" : text;
}

static bool is(const char *name, const char *text)
{
	return !strcmp(text_of(name), text);
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		exit(1);
}

static int write_file(const char *name, unsigned int flags, const char *text)
{
	struct vnft_output *o;
	int err = vnft_output_open(&o, name, flags);

	if (err)
		return err;
	err = vnft_output_write(o, text, strlen(text));
	if (!err)
		return vnft_output_finish(o);
	vnft_output_keep(o);
	return err;
}

static void new_file(void)
{
	struct vnft_output *o, *second;

	CHECK(!vnft_output_open(&o, "new", 0) && !vnft_output_write(o, "ab", 2) && is("new", "ab"),
	      "a new file has its name from the start");
	CHECK(vnft_output_open(&second, "new", 0) == -EBUSY, "a second writer: %s", vnft_why());
	CHECK(vnft_output_open(&second, "new", VNFT_OUTPUT_REPLACE) == -EBUSY,
	      "nor may it replace the file: %s", vnft_why());
	CHECK(!vnft_output_finish(o) && is("new", "ab") && is("new.part", "(none)"), "finished");
	CHECK(!vnft_output_open(&o, "gone", 0), "a file of which nothing came");
	vnft_output_discard(o);
	CHECK(is("gone", "(none)"), "is removed");
	CHECK(!vnft_output_open(&o, "gone", 0) && !rename("new", "gone"), "but not another's");
	vnft_output_discard(o);
	CHECK(is("gone", "ab") && !rename("gone", "new"), "that has its name now");
	CHECK(!vnft_output_open(&o, "gone", 0) && !unlink("gone") &&
		      vnft_output_finish(o) == -ENOENT,
	      "one that somebody removed is not finished: %s", vnft_why());
	CHECK(!vnft_output_open(&o, "kept", 0) && !vnft_output_write(o, "c", 1), "one that failed");
	vnft_output_keep(o);
	CHECK(is("kept", "c"), "is kept");
	CHECK(!vnft_output_open(&o, "whole", VNFT_OUTPUT_WHOLE) && is("whole", "(none)"),
	      "one that is whole or nothing is not there before its end");
	put("whole", "other");
	CHECK(vnft_output_finish(o) == -EEXIST && is("whole", "other") &&
		      is("whole.part", "(none)"),
	      "and leaves one that came meanwhile: %s", vnft_why());
}

static void old_file(void)
{
	struct vnft_output *o, *second;

	put("old", "good");
	CHECK(vnft_output_open(&o, "old", 0) == -EEXIST && is("old", "good"), "exists: %s",
	      vnft_why());
	CHECK(!vnft_output_open(&o, "old", VNFT_OUTPUT_REPLACE) &&
		      !vnft_output_write(o, "new", 3) && is("old", "good"),
	      "one that is to be replaced stays");
	CHECK(vnft_output_open(&second, "old", VNFT_OUTPUT_REPLACE) == -EBUSY,
	      "a second writer: %s", vnft_why());
	vnft_output_discard(o);
	CHECK(is("old", "good") && is("old.part", "(none)"), "and is there after a failure");
	CHECK(!write_file("old", VNFT_OUTPUT_REPLACE, "new") && is("old", "new") &&
		      is("old.part", "(none)"),
	      "until the new one is finished");
	put("old.part", "half a recording");
	CHECK(write_file("old", VNFT_OUTPUT_REPLACE, "x") == -EEXIST &&
		      is("old.part", "half a recording"),
	      "what a killed writer left stays: %s", vnft_why());
	CHECK(!write_file("old", VNFT_OUTPUT_REPLACE | VNFT_OUTPUT_WHOLE, "y") && is("old", "y"),
	      "unless half of it is nothing");
	CHECK(!link("old", "old.part") && write_file("old", VNFT_OUTPUT_REPLACE, "x") == -EEXIST &&
		      is("old", "y"),
	      "a second name of another file is not written: %s", vnft_why());
	unlink("old.part");
	CHECK(!symlink("old", "old.part") &&
		      write_file("old", VNFT_OUTPUT_REPLACE, "x") == -ELOOP && is("old", "y"),
	      "nor what a link leads to: %s", vnft_why());
	unlink("old.part");
	CHECK(!symlink("old", "link") && write_file("link", VNFT_OUTPUT_REPLACE, "x") == -EEXIST &&
		      is("old", "y"),
	      "a link is not replaced: %s", vnft_why());
	CHECK(!symlink("nowhere", "dangling") && write_file("dangling", 0, "x") == -EEXIST &&
		      is("nowhere", "(none)"),
	      "a link to nothing is not followed: %s", vnft_why());
}

static bool still(const char *name, mode_t type)
{
	struct stat st;

	return !lstat(name, &st) && (st.st_mode & S_IFMT) == type;
}

/* A file of ours may have been given that name by whoever owns the directory. */
static void fresh_part(void)
{
	struct stat st = { 0 };
	int fd;

	put("fresh.part", "precious");
	fd = open("fresh.part", O_RDONLY);
	CHECK(!write_file("fresh", VNFT_OUTPUT_WHOLE, "new") && is("fresh", "new"),
	      "a left-over part is no hindrance");
	CHECK(fd >= 0 && !fstat(fd, &st) && st.st_size == 8 && !st.st_nlink,
	      "and what had its name was not written to");
	close(fd);
}

static unsigned int mode_of(const char *name, unsigned int flags, mode_t mask)
{
	const mode_t old = umask(mask);
	struct stat st;
	int err = write_file(name, flags, "x");

	umask(old);
	if (err || stat(name, &st))
		return 0;
	unlink(name);
	return st.st_mode & 0777;
}

static void modes(void)
{
	CHECK_EQ(mode_of("mode", 0, 022), 0644, "a record file, as the umask says");
	CHECK_EQ(mode_of("mode", 0, 077), 0600, "and a narrower one");
	CHECK_EQ(mode_of("mode", VNFT_OUTPUT_WHOLE, 022), 0644, "results.json too");
	CHECK_EQ(mode_of("mode", VNFT_OUTPUT_WHOLE, 077), 0600, "and a narrower one");
}

static void no_file(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct vnft_output *o;

	CHECK(!mkdir("sub", 0755) && write_file("sub", VNFT_OUTPUT_REPLACE, "x") == -EISDIR,
	      "a directory: %s", vnft_why());
	CHECK(write_file("none/x", 0, "x") == -ENOENT, "no directory: %s", vnft_why());
	CHECK(!bind(fd, (struct sockaddr *)&at, sizeof(at)) &&
		      write_file("socket", VNFT_OUTPUT_REPLACE, "x") == -ENXIO &&
		      still("socket", S_IFSOCK),
	      "a socket: %s", vnft_why());
	close(fd);
	CHECK(!mkfifo("fifo", 0600) && write_file("fifo", VNFT_OUTPUT_REPLACE, "x") == -ENXIO,
	      "a FIFO that nobody reads: %s", vnft_why());
	fd = open("fifo", O_RDONLY | O_NONBLOCK);
	CHECK(!vnft_output_open(&o, "fifo", 0) && !vnft_output_write(o, "through", 7) &&
		      !vnft_output_finish(o) && still("fifo", S_IFIFO),
	      "one that is read");
	CHECK(read(fd, (char [8]){ 0 }, 8) == 7, "is written to");
	CHECK(!vnft_output_open(&o, "fifo", 0) && !close(fd) &&
		      vnft_output_write(o, "x", 1) == -EPIPE,
	      "a reader that goes away is an error: %s", vnft_why());
	vnft_output_discard(o);
	CHECK(still("fifo", S_IFIFO), "and the FIFO is there");
	CHECK(!write_file("/dev/null", VNFT_OUTPUT_REPLACE, "x") && still("/dev/null", S_IFCHR),
	      "/dev/null takes everything");
	CHECK(write_file("/dev/full", VNFT_OUTPUT_REPLACE, "x") == -ENOSPC, "/dev/full: %s",
	      vnft_why());
	if (mknod("block", S_IFBLK | 0600, makedev(7, 99)))
		SKIP("a block device is refused", "no right to make one");
	else
		CHECK(write_file("block", VNFT_OUTPUT_REPLACE, "x") == -ENXIO &&
			      still("block", S_IFBLK),
		      "a block device: %s", vnft_why());
}

/* Standard output is a file here, for as long as @name is written. */
static int through_stdout(const char *name, const char *file)
{
	int saved = dup(STDOUT_FILENO), fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	struct vnft_output *o;
	int err;

	fflush(stdout);
	if (saved < 0 || fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
		exit(1);
	err = vnft_output_open(&o, name, 0);
	if (!err && !vnft_output_is_stdout(o))
		err = -EINVAL;
	if (!err)
		err = vnft_output_write(o, "raw", 3);
	if (!err)
		err = vnft_output_finish(o);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(fd);
	return err;
}

static void standard_output(void)
{
	CHECK(!through_stdout("-", "out") && is("out", "raw") && is("-", "(none)"),
	      "- is standard output");
	CHECK(!through_stdout("/dev/stdout", "out2") && is("out2", "raw"), "as is /dev/stdout");
	CHECK(!through_stdout("out3", "out3") && is("out3", "raw"), "and its own name");
}

/* The limit holds for what we print as well: nothing is, before it is gone. */
static void full_disk(void)
{
	struct rlimit small = { 4, RLIM_INFINITY }, old;
	int new_err, old_err;

	put("precious", "long before");
	signal(SIGXFSZ, SIG_IGN);
	fflush(stdout);
	getrlimit(RLIMIT_FSIZE, &old);
	setrlimit(RLIMIT_FSIZE, &small);
	new_err = write_file("full", 0, "abcdef");
	old_err = write_file("precious", VNFT_OUTPUT_REPLACE, "abcdef");
	setrlimit(RLIMIT_FSIZE, &old);
	CHECK(new_err == -EFBIG && is("full", "abcd"), "what was written is kept");
	CHECK(old_err == -EFBIG && is("precious", "long before") && is("precious.part", "abcd"),
	      "beside the one that was to be replaced: %s", vnft_why());
}

static void ready(void)
{
	struct vnft_output *r, *second;

	CHECK(!vnft_ready_take(&r, NULL) && !r && !vnft_ready_say(&r), "no ready file");
	put("ready", "");
	CHECK(!vnft_ready_take(&r, "ready") && is("ready", "(none)"), "an old one goes first");
	CHECK(vnft_ready_take(&second, "ready") == -EBUSY, "another's: %s", vnft_why());
	CHECK(!vnft_ready_say(&r) && !r && is("ready", ""), "it appears");
	put("ready", "not empty");
	CHECK(vnft_ready_take(&r, "ready") == -EEXIST && is("ready", "not empty"),
	      "a file with something in it stays: %s", vnft_why());
	CHECK(vnft_ready_take(&r, "fifo") == -EEXIST && still("fifo", S_IFIFO), "a FIFO: %s",
	      vnft_why());
	CHECK(vnft_ready_take(&r, "/dev/null") == -EEXIST && still("/dev/null", S_IFCHR),
	      "a device: %s", vnft_why());
	CHECK(vnft_ready_take(&r, "none/ready") == -ENOENT, "no directory: %s", vnft_why());
}

static void stream(void)
{
	struct vnft_output *o;
	FILE *f = NULL;

	CHECK(!vnft_output_open(&o, "stream", 0), "a stream");
	f = vnft_output_stream(o);
	CHECK(f && fprintf(f, "%d", 42) == 2 && !fclose(f) && !vnft_output_finish(o) &&
		      is("stream", "42"),
	      "writes the file");
	CHECK(!vnft_output_open(&o, "/dev/full", 0), "one into /dev/full");
	f = vnft_output_stream(o);
	CHECK(f && fputs("x", f) >= 0 && fflush(f) && ferror(f), "fails: %s", vnft_why());
	if (f)
		fclose(f);
	vnft_output_discard(o);
}

int main(void)
{
	char command[64];

	if (!mkdtemp(dir) || chdir(dir))
		return 1;
	new_file();
	old_file();
	fresh_part();
	modes();
	no_file();
	standard_output();
	full_disk();
	ready();
	stream();
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return unit_done() | (system(command) != 0);
}
