/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Path resolution as the kernel does it, part by part, with a look at each.
 */
#include "way.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "../text/error.h"
#include "../text/shell.h"
#include "owned.h"

#define LINKS_MAX	40	/* as the kernel */
#define GO		(O_PATH | O_CLOEXEC)

/**
 * struct vnft_walk - on the way
 * @path: as it was asked for
 * @rest: what is still to be walked, from the directory that @way->dir_fd is
 * @owned: every directory has to be one where nobody else can exchange what it holds
 */
struct vnft_walk {
	struct vnft_way *way;
	const char *path;
	char rest[PATH_MAX];
	unsigned int links;
	bool owned;
};

static int enter(struct vnft_walk *w, int fd)
{
	char link[32], name[PATH_MAX];
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return -errno;
	if (w->way->dir_fd >= 0)
		close(w->way->dir_fd);
	w->way->dir_fd = fd;
	if (fstat(fd, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	if (!w->owned || vnft_owned_keeps(&st))
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, name, sizeof(name) - 1);
	name[n > 0 ? n : 0] = '\0';
	if (!vnft_owned_is_ours(&st))
		return vnft_fail(-EPERM, "%s: user %u, who has %s, could exchange it: take a place "
				 "that is root's or your own", w->path, st.st_uid, name);
	return vnft_fail(-EPERM, "%s: others could exchange it: `chmod go-w %s`", w->path,
			 vnft_shell(name));
}

static int start(struct vnft_walk *w, const char *text)
{
	return enter(w, open(text[0] == '/' ? "/" : ".", GO | O_DIRECTORY));
}

/* In front of @after, which is a part of w->rest. */
static int follow(struct vnft_walk *w, int link, const char *after)
{
	char target[PATH_MAX], whole[2 * PATH_MAX];
	ssize_t n = readlinkat(link, "", target, sizeof(target) - 1);

	if (n <= 0)
		return n ? -errno : -ENOENT;
	target[n] = '\0';
	if (++w->links > LINKS_MAX)
		return -ELOOP;
	if (snprintf(whole, sizeof(whole), "%s%s", target, after) >= (int)sizeof(w->rest))
		return -ENAMETOOLONG;
	strcpy(w->rest, whole);
	return target[0] == '/' ? start(w, target) : 0;
}

static bool in_proc(const struct vnft_walk *w)
{
	struct statfs fs;

	return !fstatfs(w->way->dir_fd, &fs) && fs.f_type == PROC_SUPER_MAGIC;
}

/*
 * The part @name, which is the last unless something is in @after. 1: there is more to walk; 0: we
 * are there.
 */
static int step(struct vnft_walk *w, const char *name, const char *after)
{
	struct vnft_way *way = w->way;
	int fd = openat(way->dir_fd, name, GO | O_NOFOLLOW), err;
	const bool last = !*after;
	struct stat st;

	if (fd < 0)
		return last && errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &st)) {
		err = -errno;
	} else if (S_ISLNK(st.st_mode) && in_proc(w)) {
		way->linked |= last;
		way->magic = last;
		err = last ? 0 : enter(w, openat(way->dir_fd, name, GO | O_DIRECTORY));
		memmove(w->rest, after, strlen(after) + 1);
		err = err || last ? err : 1;
	} else if (S_ISLNK(st.st_mode)) {
		way->linked |= last;
		err = vnft_owned_is_ours(&st) ? follow(w, fd, after) :
		      vnft_fail(-EPERM, "%s: a link on its way belongs to user %u, who could lead "
				"it anywhere: give the path without it", w->path, st.st_uid);
		err = err ? err : 1;
	} else if (last) {
		err = 0;
	} else {
		err = enter(w, fd);
		memmove(w->rest, after, strlen(after) + 1);
		return err ? err : 1;
	}
	close(fd);
	return err;
}

static int walk(struct vnft_walk *w)
{
	int err = start(w, w->rest);

	while (!err) {
		const char *at = w->rest + strspn(w->rest, "/");
		const size_t n = strcspn(at, "/");

		/* "/", or a slash behind the last: the directory itself. */
		if (!n) {
			strcpy(w->way->name, ".");
			return 0;
		}
		if (n > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(w->way->name, at, n);
		w->way->name[n] = '\0';
		err = step(w, w->way->name, at + n);
		if (err <= 0)
			return err;
		err = 0;
	}
	return err;
}

static int go(struct vnft_way *way, const char *path, bool owned)
{
	struct vnft_walk w = { .way = way, .path = path, .owned = owned };
	int err;

	*way = (struct vnft_way){ .dir_fd = -1 };
	if (!path[0])
		return -ENOENT;
	if (strlen(path) >= sizeof(w.rest))
		return -ENAMETOOLONG;
	strcpy(w.rest, path);
	err = walk(&w);
	if (err)
		vnft_way_close(way);
	return err;
}

int vnft_way_open(struct vnft_way *way, const char *path)
{
	return go(way, path, false);
}

void vnft_way_close(struct vnft_way *way)
{
	if (way->dir_fd >= 0)
		close(way->dir_fd);
	way->dir_fd = -1;
}

int vnft_way_is_owned(const char *path)
{
	struct vnft_way way;
	int err = go(&way, path, true), fd;

	if (err)
		return err;
	fd = openat(way.dir_fd, way.name, GO | O_NOFOLLOW);
	err = fd < 0 ? -errno : vnft_owned_check(fd, path);
	if (fd >= 0)
		close(fd);
	vnft_way_close(&way);
	return err;
}
