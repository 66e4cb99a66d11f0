/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where paths lead, with links of ours and of somebody else's, and where files are written when
 * directories are exchanged meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/lib/run/output.h"
#include "../../tools/lib/run/ready.h"
#include "../../tools/lib/run/way.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

#define SOMEBODY 65534

/* Goes to @path: is it @name in the directory @dir? */
static bool leads(const char *path, const char *dir, const char *name)
{
	struct vnft_way way;
	struct stat got, want;
	bool same;

	if (vnft_way_open(&way, path) || fstat(way.dir_fd, &got) || stat(dir, &want))
		return false;
	same = got.st_ino == want.st_ino && got.st_dev == want.st_dev && !strcmp(way.name, name);
	vnft_way_close(&way);
	return same;
}

/* The errno of going there, 0 if that is possible. */
static int gone(const char *path)
{
	struct vnft_way way;
	int err = vnft_way_open(&way, path);

	vnft_way_close(&way);
	return -err;
}

static void must(bool done)
{
	if (!done) {
		perror("not ok - the scene cannot be set");
		exit(1);
	}
}

static void put(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && !close(fd));
}

static bool is(const char *name, const char *text)
{
	char got[64] = "";
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, got, sizeof(got) - 1) : -1;

	if (fd >= 0)
		close(fd);
	return n >= 0 && !strcmp(got, text);
}

static int written(const char *path, unsigned int flags)
{
	struct vnft_output *o;
	int err = vnft_output_open(&o, path, flags);

	if (err)
		return err;
	err = vnft_output_write(o, "ours", 4);
	if (!err)
		return vnft_output_finish(o);
	vnft_output_keep(o);
	return err;
}

static void paths(void)
{
	char long_path[5000], cwd[256];

	must(!mkdir("a", 0755) && !mkdir("a/b", 0755) && getcwd(cwd, sizeof(cwd)));
	CHECK(leads("new", ".", "new"), "a name alone");
	CHECK(leads("a/b/new", "a/b", "new") && leads("./a//b/../b/new", "a/b", "new"), "a path");
	CHECK(leads("/new", "/", "new") && leads("/", "/", "."), "from the root");
	CHECK(leads("a/b/", "a/b", ".") && leads("a/b", "a", "b"), "a directory");
	CHECK(gone("none/new") == ENOENT && gone("none/") == ENOENT && gone("") == ENOENT,
	      "no directory");
	put("file", "");
	CHECK(gone("file/new") == ENOTDIR && gone("file/") == ENOTDIR, "a file is none");
	memset(long_path, 'x', sizeof(long_path));
	long_path[300] = '\0';
	CHECK_EQ(gone(long_path), ENAMETOOLONG, "a name too long");
	long_path[300] = 'x';
	long_path[sizeof(long_path) - 1] = '\0';
	CHECK_EQ(gone(long_path), ENAMETOOLONG, "a path too long");
}

static void links(void)
{
	struct vnft_way way;
	int fd[2];
	char name[32];

	must(!symlink("a", "to_a") && !symlink("../to_a/b/new", "a/to_new") &&
	     !symlink("loop", "loop") && !pipe(fd));
	CHECK(leads("to_a/b/new", "a/b", "new"), "a link of ours");
	CHECK(leads("a/to_new", "a/b", "new"), "as the last part, and to another");
	CHECK(!vnft_way_open(&way, "a/to_new") && way.linked && !way.magic, "which is said");
	vnft_way_close(&way);
	CHECK_EQ(gone("loop/x"), ELOOP, "a circle");
	snprintf(name, sizeof(name), "/dev/fd/%d", fd[1]);
	CHECK(!vnft_way_open(&way, name) && way.linked && way.magic, "what a process has open");
	vnft_way_close(&way);
	CHECK(!written(name, 0) && read(fd[0], name, 4) == 4 && !memcmp(name, "ours", 4),
	      "is written to");
	close(fd[0]);
	close(fd[1]);
}

/* The directory is exchanged for a link between the check and the end. */
static void exchanged(void)
{
	struct vnft_output *o;
	int err;

	must(!mkdir("precious", 0755) && !mkdir("theirs", 0777));
	put("precious/old", "precious");
	put("theirs/old", "old");
	must(!vnft_output_open(&o, "theirs/old", VNFT_OUTPUT_REPLACE) &&
	     !vnft_output_write(o, "ours", 4) && !rename("theirs", "moved") &&
	     !symlink("precious", "theirs"));
	err = vnft_output_finish(o);
	CHECK(!err && is("moved/old", "ours") && is("precious/old", "precious"),
	      "a file is replaced in the directory that was opened");
	must(!unlink("theirs") && !rename("moved", "theirs") &&
	     !vnft_output_open(&o, "theirs/new", VNFT_OUTPUT_WHOLE) && !rename("theirs", "moved") &&
	     !symlink("precious", "theirs"));
	put("precious/new.part", "theirs");
	err = vnft_output_finish(o);
	CHECK(!err && is("moved/new", "") && access("precious/new", F_OK),
	      "a new one appears there");
	must(!unlink("theirs") && !rename("moved", "theirs") &&
	     !vnft_output_open(&o, "theirs/gone", 0) && !rename("theirs", "moved") &&
	     !symlink("precious", "theirs") && !link("moved/gone", "precious/gone"));
	vnft_output_discard(o);
	CHECK(access("moved/gone", F_OK) && !access("precious/gone", F_OK), "and is removed there");
	must(!unlink("theirs") && !rename("moved", "theirs") &&
	     !vnft_output_open(&o, "theirs/robbed", VNFT_OUTPUT_WHOLE) &&
	     !rename("theirs/robbed.part", "theirs/ours"));
	put("theirs/robbed.part", "theirs");
	CHECK(vnft_output_finish(o) == -ENOENT && access("theirs/robbed", F_OK),
	      "what took its place is not given its name: %s", vnft_why());
}

static void of_somebody(void)
{
	struct vnft_output *r;

	must(!mkdir("shared", 0755) && !chmod("shared", 01777) && !mkdir("target", 0755));
	put("target/old", "old");
	must(!symlink("../target", "shared/dir") && !symlink("../target/old", "shared/old") &&
	     !symlink("../target/new", "shared/new") && !symlink("/dev/null", "shared/null") &&
	     !mkfifo("shared/fifo", 0666) && !chmod("shared/fifo", 0666) &&
	     !symlink("/dev/null", "shared/our_null"));
	CHECK(!written("shared/sticky", 0) && is("shared/sticky", "ours"), "/tmp can be used");
	must(!lchown("shared/dir", SOMEBODY, SOMEBODY) &&
	     !lchown("shared/old", SOMEBODY, SOMEBODY) &&
	     !lchown("shared/new", SOMEBODY, SOMEBODY) &&
	     !lchown("shared/null", SOMEBODY, SOMEBODY) &&
	     !lchown("shared/fifo", SOMEBODY, SOMEBODY));
	CHECK(written("shared/dir/x", 0) == -EPERM && access("target/x", F_OK),
	      "a link on the way: %s", vnft_why());
	CHECK(written("shared/old", VNFT_OUTPUT_REPLACE) == -EPERM && is("target/old", "old"),
	      "one to a file: %s", vnft_why());
	CHECK(written("shared/new", 0) == -EPERM && access("target/new", F_OK),
	      "one to nothing: %s", vnft_why());
	CHECK(written("shared/null", 0) == -EPERM, "one to a device: %s", vnft_why());
	CHECK(!written("shared/our_null", 0), "which ours may be");
	CHECK(vnft_ready_take(&r, "shared/old") == -EPERM && !access("target/old", F_OK),
	      "the ready file: %s", vnft_why());
	CHECK(vnft_ready_take(&r, "shared/dir/old") == -EPERM, "and on its way: %s", vnft_why());
}

static void planted(void)
{
	int fd = open("shared/fifo", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	must(fd >= 0);
	CHECK(written("shared/fifo", 0) == -EPERM, "somebody's FIFO where all may write: %s",
	      vnft_why());
	must(!chown("shared/fifo", 0, 0));
	CHECK(!written("shared/fifo", 0), "our own may be there");
	must(!chown("shared/fifo", SOMEBODY, SOMEBODY) && !chmod("shared", 0755));
	CHECK(!written("shared/fifo", 0), "and theirs where it was given");
	must(!chown("shared", SOMEBODY, SOMEBODY));
	CHECK(!written("shared/user", 0) && is("shared/user", "ours"), "a user's own directory");
	close(fd);
}

static int owned(const char *path)
{
	return -vnft_way_is_owned(path);
}

static void owners(void)
{
	must(!mkdir("cache", 0755) && !mkdir("cache/store", 0755) && !mkdir("cache/images", 0755) &&
	     !symlink("../store", "cache/images/one"));
	put("cache/store/kernel", "");
	CHECK_EQ(owned("cache/images/one/kernel"), 0, "an image of ours: %s", vnft_why());
	CHECK_EQ(owned("cache/images/none/kernel"), ENOENT, "one that is not there");
	must(!chmod("cache/store/kernel", 0666));
	CHECK(owned("cache/images/one/kernel") == EPERM, "all may write it: %s", vnft_why());
	must(!chmod("cache/store/kernel", 0644) && !chmod("cache/images", 0777));
	CHECK(owned("cache/images/one/kernel") == EPERM, "or exchange it: %s", vnft_why());
	must(!chmod("cache/images", 01777));
	CHECK_EQ(owned("cache/images/one/kernel"), 0, "not with the sticky bit: %s", vnft_why());
	must(!lchown("cache/images/one", SOMEBODY, SOMEBODY));
	CHECK(owned("cache/images/one/kernel") == EPERM, "somebody's link: %s", vnft_why());
	must(!lchown("cache/images/one", 0, 0) && !chown("cache/store", SOMEBODY, SOMEBODY));
	CHECK(owned("cache/images/one/kernel") == EPERM, "somebody's directory: %s", vnft_why());
	must(!chown("cache/store", 0, 0) && !chown("cache/store/kernel", SOMEBODY, SOMEBODY));
	CHECK(owned("cache/images/one/kernel") == EPERM, "somebody's file: %s", vnft_why());
}

int main(void)
{
	char dir[] = "/tmp/vnft-unit-XXXXXX", command[64];

	umask(022);
	if (!mkdtemp(dir) || chdir(dir))
		return 1;
	paths();
	links();
	exchanged();
	if (geteuid()) {
		SKIP("what belongs to somebody else", "not root");
	} else {
		of_somebody();
		planted();
		owners();
	}
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (chdir("/") || system(command))
		perror(command);
	return unit_done();
}
