/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One walk over /proc notes who lives in which network namespace and who has opened which tap, so
 * that hundreds of devices are looked up in what was noted. Processes come and go meanwhile: a
 * number is only shown, and nothing is done to a process.
 */
#include "behind.h"

#include <ctype.h>
#include <dirent.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process.h"

#define HOSTS_MAX	(1U << 22)

/**
 * struct behind_host - a process, in one namespace, with one tap or none
 * @tap: the name of the tap that it has opened
 * @macvtap_ifindex: of a macvtap
 */
struct behind_host {
	pid_t pid;
	uint64_t netns_inode;
	char tap[IFNAMSIZ];
	unsigned int macvtap_ifindex;
};

struct vnft_behind_hosts {
	struct behind_host *at;
	size_t n, room;
};

static bool add(struct vnft_behind_hosts *h, const struct behind_host *one)
{
	if (h->n == h->room) {
		size_t room = h->room ? 2 * h->room : 256;
		void *more = room > HOSTS_MAX ? NULL :
			     reallocarray(h->at, room, sizeof(*h->at));

		if (!more)
			return false;
		h->at = more;
		h->room = room;
	}
	h->at[h->n++] = *one;
	return true;
}

/* A line "iff:" of /proc/PID/fdinfo/FD: which device an open /dev/net/tun is. */
static bool read_tun(pid_t pid, const char *fd, char tap[IFNAMSIZ])
{
	char path[64], line[256];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.16s", (int)pid, fd);
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "iff: %15s", tap) == 1;
	if (f)
		fclose(f);
	return found;
}

static bool look_descriptor(struct vnft_behind_hosts *h, struct behind_host *one, const char *fd)
{
	char path[64], to[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/fd/%.16s", (int)one->pid, fd);
	n = readlink(path, to, sizeof(to) - 1);
	if (n <= 0)
		return true;
	to[n] = '\0';
	one->tap[0] = '\0';
	one->macvtap_ifindex = 0;
	if (!strcmp(to, "/dev/net/tun"))
		return !read_tun(one->pid, fd, one->tap) || add(h, one);
	if (sscanf(to, "/dev/tap%u", &one->macvtap_ifindex) == 1)
		return add(h, one);
	return true;
}

static bool look_process(struct vnft_behind_hosts *h, pid_t pid)
{
	struct behind_host one = { .pid = pid };
	struct dirent *entry;
	bool room = true;
	char path[64];
	struct stat st;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	if (!stat(path, &st))
		one.netns_inode = st.st_ino;
	if (!add(h, &one))
		return false;
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	d = opendir(path);
	while (room && d && (entry = readdir(d)))
		if (isdigit((unsigned char)entry->d_name[0]))
			room = look_descriptor(h, &one, entry->d_name);
	if (d)
		closedir(d);
	return room;
}

struct vnft_behind_hosts *vnft_behind_read(void)
{
	struct vnft_behind_hosts *h = calloc(1, sizeof(*h));
	struct dirent *entry;
	bool room = true;
	DIR *d = h ? opendir("/proc") : NULL;

	while (room && d && (entry = readdir(d)))
		if (isdigit((unsigned char)entry->d_name[0]))
			room = look_process(h, atoi(entry->d_name));
	if (d)
		closedir(d);
	return h;
}

void vnft_behind_free(struct vnft_behind_hosts *h)
{
	if (h)
		free(h->at);
	free(h);
}

static size_t read_file(pid_t pid, const char *name, char *to, size_t bytes)
{
	char path[64];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	f = fopen(path, "re");
	if (f) {
		n = fread(to, 1, bytes - 1, f);
		fclose(f);
	}
	to[n] = '\0';
	return n;
}

static bool name_it(pid_t pid, struct vnft_behind *behind)
{
	struct vnft_process process;
	char text[4096];
	size_t n;

	*behind = (struct vnft_behind) { .pid = pid };
	read_file(pid, "cgroup", text, sizeof(text));
	if (vnft_behind_of_cgroup(text, behind))
		return true;
	n = read_file(pid, "cmdline", text, sizeof(text));
	if (n && vnft_behind_of_words(text, n + (text[n - 1] != '\0'), behind))
		return true;
	if (!vnft_process_read(pid, &process))
		return false;
	snprintf(behind->kind, sizeof(behind->kind), "process");
	snprintf(behind->name, sizeof(behind->name), "%s", process.name);
	return true;
}

bool vnft_behind_tap(const struct vnft_behind_hosts *h, uint64_t netns_inode, const char *ifname,
		     struct vnft_behind *behind)
{
	const struct behind_host *found = NULL;
	bool sure = false, several = false;
	size_t i;

	for (i = 0; i < h->n && !sure; i++) {
		const struct behind_host *one = &h->at[i];

		if (!one->tap[0] || strcmp(one->tap, ifname))
			continue;
		sure = one->netns_inode == netns_inode;
		several = found && found->netns_inode != one->netns_inode;
		if (!found || sure)
			found = one;
	}
	return found && (sure || !several) && name_it(found->pid, behind);
}

bool vnft_behind_macvtap(const struct vnft_behind_hosts *h, unsigned int ifindex,
			 struct vnft_behind *behind)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		if (h->at[i].macvtap_ifindex == ifindex)
			return name_it(h->at[i].pid, behind);
	return false;
}

bool vnft_behind_netns(const struct vnft_behind_hosts *h, uint64_t netns_inode,
		       struct vnft_behind *behind)
{
	pid_t pid = 0;
	size_t i;

	for (i = 0; i < h->n; i++)
		if (h->at[i].netns_inode == netns_inode && (!pid || h->at[i].pid < pid))
			pid = h->at[i].pid;
	return pid && name_it(pid, behind);
}

int vnft_behind_each_netns(const struct vnft_behind_hosts *h,
			   int (*fn)(uint64_t netns_inode, pid_t pid, void *arg), void *arg)
{
	uint64_t *seen = calloc(h->n ? h->n : 1, sizeof(*seen));
	size_t n = 0, i, k;
	int err = 0;

	for (i = 0; seen && !err && i < h->n; i++) {
		for (k = 0; k < n && seen[k] != h->at[i].netns_inode; k++)
			;
		if (k < n || !h->at[i].netns_inode)
			continue;
		seen[n++] = h->at[i].netns_inode;
		err = fn(h->at[i].netns_inode, h->at[i].pid, arg);
	}
	free(seen);
	return err;
}
