/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attachments in bpf file systems that other mount namespaces have. Whoever made such a namespace
 * chose what is mounted in it. On a FUSE file system a mere look waits for a daemon, which need not
 * answer. So /proc/PID/mountinfo, which asks no file system, says whether there is a bpf file
 * system at all. On the way to it only the kernel's cache of names is asked (RESOLVE_CACHED), until
 * we are in sysfs; and from there on no step leaves the mount that it is in.
 */
#include "pinfs_others.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <linux/openat2.h>

#define INITIAL_PID_NAMESPACE 0xeffffffcU	/* PROC_PID_INIT_INO */
#define STACK_MAX 16
#define STAY (RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)

/**
 * struct view - what a process has mounted
 * @sys_id, @bpf_id: the mounts at /sys and /sys/fs/bpf, 0 if these are no sysfs, no bpf
 * @bpf_dev: of the latter
 * @waits: its root is of a kind that may ask a server as soon as it is opened
 */
struct view {
	unsigned int sys_id, bpf_id;
	dev_t bpf_dev;
	bool waits;
};

/**
 * struct stack - the mounts at one place, in any order
 * @id, @on: of each, and of the mount that it is on
 * @fits: it is of the kind that is looked for
 */
struct stack {
	struct {
		unsigned int id, on;
		bool fits;
		dev_t dev;
	} at[STACK_MAX];
	size_t n;
};

/* Its place in the stack: what is on mount @id; -1 for none. */
static int on_top_of(const struct stack *s, unsigned int id)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->at[i].on == id)
			return (int)i;
	return -1;
}

static void push(struct stack *s, const char *line, bool fits)
{
	unsigned int id, on, major, minor;

	if (s->n == STACK_MAX || sscanf(line, "%u %u %u:%u", &id, &on, &major, &minor) != 4)
		return;
	s->at[s->n].id = id;
	s->at[s->n].on = on;
	s->at[s->n].fits = fits;
	s->at[s->n++].dev = makedev(major, minor);
}

/* What is on top at /sys, and on top at /sys/fs/bpf in it; a bpf file system below is hidden. */
static void resolve(struct view *v, const struct stack *sys, const struct stack *bpf)
{
	unsigned int id = 0;
	int top = -1;
	size_t i;

	for (i = 0; i < sys->n; i++) {
		if (on_top_of(sys, sys->at[i].id) >= 0)
			continue;
		id = sys->at[i].id;
		v->sys_id = sys->at[i].fits ? id : 0;
	}
	if (!sys->n && bpf->n)
		id = bpf->at[0].on;
	for (i = 0; i < bpf->n && on_top_of(bpf, id) >= 0; i++) {
		top = on_top_of(bpf, id);
		id = bpf->at[top].id;
	}
	if (top < 0 || !bpf->at[top].fits)
		return;
	v->bpf_id = id;
	v->bpf_dev = bpf->at[top].dev;
}

/* Is there a bpf file system to look at? */
static bool read_view(pid_t pid, struct view *v)
{
	char path[40], point[32], kind[16], *line = NULL;
	struct stack sys = { .n = 0 }, bpf = { .n = 0 };
	size_t room = 0;
	FILE *f;

	*v = (struct view){ 0 };
	snprintf(path, sizeof(path), "/proc/%d/mountinfo", pid);
	f = fopen(path, "re");
	while (f && getline(&line, &room, f) > 0) {
		const char *tail = strstr(line, " - ");

		if (!tail || sscanf(tail, " - %15s", kind) != 1 ||
		    sscanf(line, "%*u %*u %*s %*s %31s", point) != 1)
			continue;
		if (!strcmp(point, "/"))
			v->waits |= !strncmp(kind, "nfs", 3) || !strcmp(kind, "9p");
		else if (!strcmp(point, "/sys"))
			push(&sys, line, !strcmp(kind, "sysfs"));
		else if (!strcmp(point, "/sys/fs/bpf"))
			push(&bpf, line, !strcmp(kind, "bpf"));
	}
	free(line);
	if (f)
		fclose(f);
	resolve(v, &sys, &bpf);
	return v->bpf_id;
}

static int open_at(int dir, const char *name, uint64_t flags, uint64_t resolve)
{
	struct open_how how = { .flags = flags | O_CLOEXEC | O_NOFOLLOW, .resolve = resolve };

	return (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
}

/* Without asking the file system, which would fill in all the rest. */
static bool is_mount(int fd, unsigned int id)
{
	struct statx st;

	return !statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID, &st) &&
	       st.stx_mask & STATX_MNT_ID && st.stx_mnt_id == id;
}

/* From @dir, which is closed, into a directory that must be of mount @id; 0: the one it is in. */
static int descend(int dir, const char *name, uint64_t resolve, unsigned int id)
{
	int fd = dir < 0 ? -1 : open_at(dir, name, O_PATH | O_DIRECTORY, resolve);

	if (dir >= 0)
		close(dir);
	if (fd < 0 || !id || is_mount(fd, id))
		return fd;
	close(fd);
	return -1;
}

/* The bpf file system of a process, or -1. */
static int open_bpffs(pid_t pid, const struct view *v)
{
	char path[32];
	int fd;

	if (v->waits || !v->sys_id)
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/root", pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	fd = descend(fd, "sys", RESOLVE_CACHED | RESOLVE_NO_SYMLINKS, v->sys_id);
	fd = descend(fd, "fs", STAY, 0);
	return descend(fd, "bpf", RESOLVE_NO_SYMLINKS, v->bpf_id);
}

static bool is_prog(int pin, uint32_t prog_id)
{
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);
	char path[32];
	bool is;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", pin);
	fd = bpf_obj_get(path);
	is = fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &bytes) && info.id == prog_id;
	if (fd >= 0)
		close(fd);
	return is;
}

/* Is the program in one of the directories of pins below vnftrace/? @bpffs is closed. */
static bool holds(int bpffs, uint32_t prog_id)
{
	static const char *const pin[] = { "prog_in", "prog_out" };
	int fd = open_at(bpffs, "vnftrace", O_RDONLY | O_DIRECTORY, STAY), at;
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	bool found = false;
	char path[300];
	size_t i;

	close(bpffs);
	while (!found && d && (entry = readdir(d))) {
		for (i = 0; i < sizeof(pin) / sizeof(pin[0]) && strchr(entry->d_name, '-'); i++) {
			snprintf(path, sizeof(path), "%s/%s", entry->d_name, pin[i]);
			at = open_at(fd, path, O_PATH, STAY);
			if (at < 0)
				continue;
			found |= is_prog(at, prog_id);
			close(at);
		}
	}
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	return found;
}

/* Has a process with the same mounts been asked? On a host most processes have. */
static bool is_seen(pid_t pid, struct vnft_pinfs_seen *seen)
{
	char path[40], root[8];
	struct stat ns;
	ssize_t n;
	size_t i;

	snprintf(path, sizeof(path), "/proc/%d/root", pid);
	n = readlink(path, root, sizeof(root));
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	if (n != 1 || root[0] != '/' || stat(path, &ns))
		return false;
	for (i = 0; i < seen->namespaces; i++)
		if (seen->ns[i] == ns.st_ino)
			return true;
	if (i < VNFT_PINFS_SEEN_MAX)
		seen->ns[seen->namespaces++] = ns.st_ino;
	return false;
}

enum vnft_pinfs_answer vnft_pinfs_ask(pid_t pid, uint32_t prog_id, struct vnft_pinfs_seen *seen)
{
	struct view v;
	size_t i;
	int fd;

	if (is_seen(pid, seen) || !read_view(pid, &v))
		return VNFT_PINFS_NONE;
	for (i = 0; i < seen->devs; i++)
		if (seen->dev[i] == v.bpf_dev)
			return VNFT_PINFS_NONE;
	fd = open_bpffs(pid, &v);
	/* It may have ended meanwhile. */
	if (fd < 0)
		return read_view(pid, &v) ? VNFT_PINFS_UNSEEN : VNFT_PINFS_NONE;
	if (seen->devs < VNFT_PINFS_SEEN_MAX)
		seen->dev[seen->devs++] = v.bpf_dev;
	return holds(fd, prog_id) ? VNFT_PINFS_HOLDS : VNFT_PINFS_NONE;
}

bool vnft_pinfs_may_hold(uint32_t prog_id)
{
	enum vnft_pinfs_answer answer;
	struct vnft_pinfs_seen seen = { .devs = 0 };
	struct dirent *entry;
	struct stat st;
	DIR *proc;

	if (stat("/proc/self/ns/pid", &st) || st.st_ino != INITIAL_PID_NAMESPACE)
		return true;
	proc = opendir("/proc");
	if (!proc)
		return true;
	/* First: most have the same one as we, also those whose root we may not enter. */
	answer = vnft_pinfs_ask(getpid(), prog_id, &seen);
	while (answer == VNFT_PINFS_NONE && (entry = readdir(proc)))
		if (atoi(entry->d_name) > 0)
			answer = vnft_pinfs_ask(atoi(entry->d_name), prog_id, &seen);
	closedir(proc);
	return answer != VNFT_PINFS_NONE;
}
