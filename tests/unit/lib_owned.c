/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Directories that nobody else can change, and the ways in which one is none.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tools/lib/run/owned.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

#define SOMEBODY 65534

/* The errno of opening @path, 0 when it can be. */
static int opened(const char *path, mode_t make)
{
	int fd = vnft_owned_open(path, make);

	if (fd < 0)
		return -fd;
	close(fd);
	return 0;
}

static void modes(void)
{
	struct stat st;

	CHECK_EQ(opened("new", 0), ENOENT, "one that is not there");
	CHECK(!opened("new", 0700) && !stat("new", &st) && (st.st_mode & 07777) == 0700, "is made");
	CHECK_EQ(opened("new", 0700), 0, "and used when it is there");
	CHECK(!chmod("new", 0777) && opened("new", 0) == EPERM, "others may write: %s", vnft_why());
	CHECK(!chmod("new", 01777) && opened("new", 0) == EPERM, "sticky or not: %s", vnft_why());
	CHECK(!chmod("new", 0755) && !opened("new", 0), "others may read");
	CHECK(!symlink("new", "link") && opened("link", 0700) == EPERM, "a link: %s", vnft_why());
	CHECK(!close(creat("file", 0600)) && opened("file", 0700) == EPERM, "a file: %s",
	      vnft_why());
}

static void above(void)
{
	if (mkdir("above", 0700) || mkdir("above/own", 0700) || chmod("above", 0777))
		exit(1);
	CHECK(opened("above/own", 0) == EPERM, "others may exchange it: %s", vnft_why());
	CHECK(!chmod("above", 01777) && !opened("above/own", 0), "not where the sticky bit is");
	CHECK(opened("nowhere/own", 0) == ENOENT && opened("nowhere/own", 0700) == ENOENT,
	      "nothing above: %s", vnft_why());
}

static void owners(void)
{
	if (geteuid()) {
		SKIP("somebody else's", "not root");
		return;
	}
	CHECK(!chown("new", SOMEBODY, 0) && opened("new", 0) == EPERM, "somebody else's: %s",
	      vnft_why());
	CHECK(!chown("new", 0, SOMEBODY) && !chmod("new", 0775) && opened("new", 0) == EPERM,
	      "a group of others may write: %s", vnft_why());
	CHECK(!chown("new", 0, getegid()) && !opened("new", 0), "our own group may");
	CHECK(!chown("above", SOMEBODY, 0) && opened("above/own", 0) == EPERM,
	      "below somebody else's: %s", vnft_why());
}

static void removing(void)
{
	if (mkdir("precious", 0700) || close(creat("precious/file", 0600)) ||
	    symlink("precious", "gone") || mkdir("old", 0700) ||
	    symlink("../precious", "old/link") || close(creat("old/file", 0600)))
		exit(1);
	vnft_owned_remove("gone");
	CHECK(!access("precious/file", F_OK), "nothing is removed through a link");
	vnft_owned_remove("old");
	CHECK(access("old", F_OK) && !access("precious/file", F_OK), "nor behind one inside");
}

static void making(void)
{
	int fd = vnft_owned_create(AT_FDCWD, "made");

	CHECK(fd >= 0 && !close(fd), "a new file");
	CHECK(vnft_owned_create(AT_FDCWD, "made") < 0 && errno == EEXIST, "is not made twice");
	CHECK(!symlink("nothing", "dangling") && vnft_owned_create(AT_FDCWD, "dangling") < 0 &&
		      access("nothing", F_OK), "nor where a link leads");
	CHECK(vnft_owned_rename(AT_FDCWD, "made", "file") == -EEXIST && !access("made", F_OK),
	      "it takes no other file's name");
	CHECK(!vnft_owned_rename(AT_FDCWD, "made", "named") && !access("named", F_OK),
	      "but a free one");
}

int main(void)
{
	char dir[] = "/tmp/vnft-unit-XXXXXX", command[64];

	if (!mkdtemp(dir) || chdir(dir))
		return 1;
	modes();
	above();
	owners();
	removing();
	making();
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (chdir("/") || system(command))
		perror(command);
	return unit_done();
}
