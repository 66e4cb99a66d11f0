/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds network namespaces. An inode is given again to a new namespace when the old one is gone,
 * so each path is checked when it is used.
 */
#include "netns_find.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../run/clock.h"
#include "netns.h"

#define NETNS_SELF	"/proc/thread-self/ns/net"
/* A search that finds nothing is not made again sooner: `status` may look for many. */
#define AGAIN_NS	200000000ULL
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE	71
#endif

/**
 * struct reached - a namespace and one way to it
 * @name: as the user writes it
 */
struct reached {
	uint64_t inode;
	char *path, *name;
};

/**
 * struct search - all that was reached
 * @mounts: inodes of mount namespaces whose table was read
 */
struct search {
	struct reached *at;
	size_t n, room;
	uint64_t *mounts;
	size_t n_mounts, room_mounts;
};

/* Space for one more; false without memory. */
static bool grow(void **list, size_t n, size_t *room, size_t item_bytes)
{
	size_t more = *room ? 2 * *room : 32;
	void *bigger;

	if (n < *room)
		return true;
	bigger = realloc(*list, more * item_bytes);
	if (!bigger)
		return false;
	*list = bigger;
	*room = more;
	return true;
}

static bool is_known(const struct search *s, uint64_t inode)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->at[i].inode == inode)
			return true;
	return false;
}

static void add(struct search *s, uint64_t inode, const char *path, const char *name)
{
	struct reached r = { .inode = inode };

	if (is_known(s, inode) || !grow((void **)&s->at, s->n, &s->room, sizeof(*s->at)))
		return;
	r.path = strdup(path);
	r.name = strdup(name);
	if (r.path && r.name) {
		s->at[s->n++] = r;
	} else {
		free(r.path);
		free(r.name);
	}
}

static void add_path(struct search *s, const char *path, const char *name)
{
	struct stat st;

	if (!stat(path, &st))
		add(s, st.st_ino, path, name);
}

static void forget(struct search *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		free(s->at[i].path);
		free(s->at[i].name);
	}
	free(s->at);
	free(s->mounts);
	memset(s, 0, sizeof(*s));
}

/* Every entry of a directory whose name begins as @numbers says. */
static void each_entry(struct search *s, const char *dir, bool numbers,
		       void (*fn)(struct search *s, const char *dir, const char *name))
{
	struct dirent *entry;
	DIR *d = opendir(dir);

	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.' &&
		    (!numbers || strspn(entry->d_name, "0123456789")))
			fn(s, dir, entry->d_name);
	if (d)
		closedir(d);
}

static void look_named(struct search *s, const char *dir, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	add_path(s, path, name);
}

static void look_process(struct search *s, const char *dir, const char *pid)
{
	char path[PATH_MAX], name[64];

	snprintf(path, sizeof(path), "%s/%s/ns/net", dir, pid);
	snprintf(name, sizeof(name), "pid:%.16s", pid);
	add_path(s, path, name);
}

static void look_thread(struct search *s, const char *dir, const char *tid)
{
	char path[PATH_MAX + 300];

	snprintf(path, sizeof(path), "%s/%s/ns/net", dir, tid);
	add_path(s, path, path);
}

static void look_descriptor(struct search *s, const char *dir, const char *fd)
{
	char path[PATH_MAX + 300], to[64];
	unsigned long long inode;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, fd);
	n = readlink(path, to, sizeof(to) - 1);
	if (n <= 0)
		return;
	to[n] = '\0';
	if (sscanf(to, "net:[%llu]", &inode) == 1)
		add(s, inode, path, path);
}

/* The kernel writes a space, tab, newline or backslash of a path as \ooo. */
static void unescape(char *path)
{
	char *to = path;
	unsigned int c;

	for (; *path; path++) {
		if (*path == '\\' && sscanf(path + 1, "%3o", &c) == 1 && strlen(path) >= 4) {
			*to++ = (char)c;
			path += 3;
		} else {
			*to++ = *path;
		}
	}
	*to = '\0';
}

static bool is_new_mount_namespace(struct search *s, const char *process)
{
	char path[PATH_MAX];
	struct stat st;
	size_t i;

	snprintf(path, sizeof(path), "%s/ns/mnt", process);
	if (stat(path, &st))
		return false;
	for (i = 0; i < s->n_mounts; i++)
		if (s->mounts[i] == st.st_ino)
			return false;
	if (grow((void **)&s->mounts, s->n_mounts, &s->room_mounts, sizeof(*s->mounts)))
		s->mounts[s->n_mounts++] = st.st_ino;
	return true;
}

static void look_mounts(struct search *s, const char *process, bool own)
{
	char path[PATH_MAX + 64], point[PATH_MAX], line[2 * PATH_MAX];
	unsigned long long inode;
	FILE *f;

	if (!is_new_mount_namespace(s, process))
		return;
	snprintf(path, sizeof(path), "%s/mountinfo", process);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		/* Fields 4 and 5: what is mounted, and where. */
		if (sscanf(line, "%*s %*s %*s net:[%llu] %4095s", &inode, point) != 2)
			continue;
		unescape(point);
		snprintf(path, sizeof(path), "%s%s%s", own ? "" : process, own ? "" : "/root",
			 point);
		add(s, inode, path, path);
	}
	if (f)
		fclose(f);
}

static void look_held(struct search *s, const char *dir, const char *pid)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s/task", dir, pid);
	each_entry(s, path, true, look_thread);
	snprintf(path, sizeof(path), "%s/%s", dir, pid);
	look_mounts(s, path, false);
	snprintf(path, sizeof(path), "%s/%s/fd", dir, pid);
	each_entry(s, path, true, look_descriptor);
}

/* The better name comes first. */
static void collect(struct search *s)
{
	forget(s);
	each_entry(s, "/run/netns", false, look_named);
	each_entry(s, "/proc", true, look_process);
	look_mounts(s, "/proc/self", true);
	each_entry(s, "/proc", true, look_held);
}

static int open_if(const char *path, uint64_t inode)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0 && vnft_netns_inode(fd) == inode)
		return fd;
	if (fd >= 0)
		close(fd);
	return -ENOENT;
}

/* The namespace in which the tool was started: devices there need no name before them. */
static uint64_t home;

__attribute__((constructor)) static void note_home(void)
{
	struct stat st;

	if (!stat(NETNS_SELF, &st))
		home = st.st_ino;
}

uint64_t vnft_netns_home(void)
{
	return home;
}

/* Of the calling thread, because every thread has a namespace of its own. */
static __thread struct search last;
static __thread uint64_t last_ns;

/* The way to a namespace, or NULL; *@fd of it if @fd is not NULL. */
static const struct reached *reach(uint64_t inode, int *fd)
{
	int opened, tries;
	size_t i;

	for (tries = 0; tries < 2; tries++) {
		for (i = 0; i < last.n; i++) {
			if (last.at[i].inode != inode)
				continue;
			opened = open_if(last.at[i].path, inode);
			if (opened < 0)
				break;
			if (fd)
				*fd = opened;
			else
				close(opened);
			return &last.at[i];
		}
		if (last_ns && vnft_now_ns() - last_ns < AGAIN_NS)
			break;
		collect(&last);
		last_ns = vnft_now_ns();
	}
	return NULL;
}

int vnft_netns_find(uint64_t inode)
{
	int fd = open_if(NETNS_SELF, inode);

	return fd >= 0 || reach(inode, &fd) ? fd : -ENOENT;
}

void vnft_netns_name(uint64_t inode, char *name, size_t bytes)
{
	const struct reached *r = inode == home ? NULL : reach(inode, NULL);

	if (inode == home)
		name[0] = '\0';
	else if (r)
		snprintf(name, bytes, "%s", r->name);
	else
		snprintf(name, bytes, "net:[%llu]", (unsigned long long)inode);
}

static int visit(int fd, int (*fn)(void *arg), void *arg)
{
	int back, err = 0;

	if (!vnft_netns_enter(fd, &back)) {
		err = fn(arg);
		vnft_netns_leave(back);
	}
	return err;
}

int vnft_netns_each(int (*fn)(void *arg), void *arg)
{
	struct search s = { 0 };
	struct stat own = { 0 };
	int fd, err = fn(arg);
	size_t i;

	stat(NETNS_SELF, &own);
	collect(&s);
	for (i = 0; !err && i < s.n; i++) {
		if (s.at[i].inode == own.st_ino)
			continue;
		fd = open_if(s.at[i].path, s.at[i].inode);
		if (fd < 0)
			continue;
		err = visit(fd, fn, arg);
		close(fd);
	}
	forget(&s);
	return err;
}

uint64_t vnft_netns_cookie(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t bytes = sizeof(cookie);

	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &bytes))
		cookie = 0;
	close(fd);
	return cookie;
}
