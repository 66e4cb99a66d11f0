/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Undoing from a session's place.
 */
#include "here.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../net/netns.h"
#include "../net/netns_find.h"
#include "../text/error.h"
#include "undo.h"

#define BOOT_ID		"/proc/sys/kernel/random/boot_id"
#define INITIAL_PID_NAMESPACE 0xeffffffcU	/* PROC_PID_INIT_INO */

/**
 * struct here - a place
 * @cookie: of the network namespace: unlike its inode it is never given again; 0: not told
 */
struct here {
	char boot[40];
	uint64_t netns, cookie, pidns;
};

static int look(struct here *h)
{
	FILE *f = fopen(BOOT_ID, "re");
	struct stat net, pid;
	bool ok = f && fscanf(f, "%39s", h->boot) == 1;

	if (f)
		fclose(f);
	if (!ok || stat("/proc/thread-self/ns/net", &net) || stat("/proc/self/ns/pid", &pid))
		return vnft_fail(-EIO, "/proc does not say where we are: mount it");
	h->netns = net.st_ino;
	h->cookie = vnft_netns_cookie();
	h->pidns = pid.st_ino;
	return 0;
}

int vnft_here_line(char *line, size_t bytes)
{
	struct here h;
	int err = look(&h);

	if (!err)
		snprintf(line, bytes, "here %s %" PRIu64 " %" PRIu64 " %" PRIu64, h.boot, h.netns,
			 h.cookie, h.pidns);
	return err;
}

static bool parse(const char *line, struct here *h)
{
	char after;

	return sscanf(line, "here %39s %" SCNu64 " %" SCNu64 " %" SCNu64 "%c", h->boot, &h->netns,
		      &h->cookie, &h->pidns, &after) == 4;
}

static bool is_kind(const char *line, const char *kind)
{
	size_t n = strlen(kind);

	return !strncmp(line, kind, n) && line[n] == ' ';
}

/* What the kernel held: a boot ends it. Files, and what daemons keep, outlive one. */
static bool ends_with_boot(const char *line)
{
	return is_kind(line, "netns") || is_kind(line, "pid") || is_kind(line, "link") ||
	       is_kind(line, "neigh") || is_kind(line, "cgroup");
}

/* An inode is given again when its namespace is gone; a cookie is not. */
static bool same_netns(const struct here *there, uint64_t inode, uint64_t cookie)
{
	return inode == there->netns && (!cookie || !there->cookie || cookie == there->cookie);
}

/*
 * In the session's network namespace: what it calls "-" is ours there. One that is gone took all
 * with it. That is certain where every process can be seen and none leads to it.
 */
static int undo_there(const struct here *there, const struct here *own, const char *id,
		      const char *line)
{
	int back, err, fd;

	if (same_netns(there, own->netns, own->cookie))
		return vnft_undo_line(id, line);
	fd = vnft_netns_find(there->netns);
	if (fd < 0 && own->pidns == INITIAL_PID_NAMESPACE)
		return 0;
	if (fd < 0)
		return vnft_fail(-EAGAIN, "%.80s: left for a command that reaches net:[%" PRIu64
				 "]", line, there->netns);
	err = vnft_netns_enter(fd, &back);
	close(fd);
	if (err)
		return err;
	if (same_netns(there, there->netns, vnft_netns_cookie()))
		err = vnft_undo_line(id, line);
	vnft_netns_leave(back);
	return err;
}

int vnft_here_undo(const char *here, const char *id, const char *line)
{
	struct here there, own;

	if (is_kind(line, "here"))
		return 0;
	if (!parse(here, &there))
		return vnft_undo_line(id, line);
	if (look(&own))
		return -EAGAIN;
	if (strcmp(own.boot, there.boot))
		return ends_with_boot(line) ? 0 : vnft_undo_line(id, line);
	if (is_kind(line, "pid") && own.pidns != there.pidns)
		return vnft_fail(-EAGAIN, "%.80s: left for a command in pid:[%" PRIu64 "]", line,
				 there.pidns);
	if (is_kind(line, "link -") || is_kind(line, "neigh -"))
		return undo_there(&there, &own, id, line);
	return vnft_undo_line(id, line);
}
