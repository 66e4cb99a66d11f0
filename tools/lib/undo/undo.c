/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One line of an object list → the function that undoes it.
 */
#include "undo.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../net/addr.h"
#include "../net/link_set.h"
#include "../net/netns.h"
#include "dir.h"
#include "ours.h"
#include "process.h"
#include "../text/error.h"

#define WORD 256
#define REGISTERED_MAX 8

static struct {
	const char *kind;
	int (*undo)(const char *rest);
} registered[REGISTERED_MAX];

static const char *const own_kinds[] = { "netns", "pid", "link", "neigh", "dir", "cgroup", NULL };

void vnft_undo_register(const char *kind, int (*undo)(const char *rest))
{
	for (size_t i = 0; i < REGISTERED_MAX; i++) {
		if (registered[i].kind && strcmp(registered[i].kind, kind))
			continue;
		registered[i].kind = kind;
		registered[i].undo = undo;
		return;
	}
	vnft_warn("%s: no room to register how to undo it", kind);
}

/* In the namespace of that name, "-" for the one we are in; -ENOENT when it is gone. */
static int enter_named(const char *name, int *back)
{
	int fd, err;

	*back = -1;
	if (!strcmp(name, "-"))
		return 0;
	fd = vnft_netns_open(name);
	if (fd < 0)
		return fd;
	err = vnft_netns_enter(fd, back);
	close(fd);
	return err;
}

static int undo_link(const char *netns, const char *ifname)
{
	int back, err;

	err = enter_named(netns, &back);
	if (err)
		return err == -ENOENT ? 0 : err;
	err = vnft_link_delete(ifname);
	if (back >= 0)
		vnft_netns_leave(back);
	return err;
}

/* Entries that we add are for instances: on a device of ours, or for an address out of
 * 198.18.0.0/15. */
static int undo_neigh(const char *netns, const char *ifname, const char *text)
{
	int back, err, family = strchr(text, ':') ? AF_INET6 : AF_INET;
	uint8_t addr[16];

	if (inet_pton(family, text, addr) != 1)
		return -EINVAL;
	if (!vnft_undo_is_ours(ifname) &&
	    (family != AF_INET || addr[0] != 198 || (addr[1] & 0xfe) != 18))
		return -EINVAL;
	err = enter_named(netns, &back);
	if (err)
		return err == -ENOENT ? 0 : err;
	err = vnft_neigh_delete(ifname, family, addr);
	if (back >= 0)
		vnft_netns_leave(back);
	return err;
}

/* Another room's, @line: one that it registered; else -EAGAIN or -EINVAL. */
static int undo_foreign(const char *kind, const char *rest, const char *line)
{
	for (size_t i = 0; i < REGISTERED_MAX && registered[i].kind; i++)
		if (!strcmp(registered[i].kind, kind) && *rest)
			return registered[i].undo(rest);
	/* Without any registration another room's kind cannot be told from rubbish. */
	if (!registered[0].kind && *rest)
		return vnft_fail(-EAGAIN, "%.80s: left for a command that knows it", line);
	return vnft_fail(-EINVAL, "%.80s: not an object of ours: ignored", line);
}

/* Up to three words after the kind; 0 when there are more, or one is too long. */
static int split(const char *rest, char word[3][WORD])
{
	int used = 0, n = sscanf(rest, "%255s %255s %255s%n", word[0], word[1], word[2], &used);

	return n == 3 && rest[used] ? 0 : n;
}

static bool is_netns(const char *name)
{
	return !strcmp(name, "-") || vnft_undo_is_ours(name);
}

int vnft_undo_line(const char *id, const char *line)
{
	char word[3][WORD] = { "", "", "" };
	size_t kind_len = strcspn(line, " ");
	const char *rest = line + kind_len + (line[kind_len] == ' ');
	char kind[16];
	int n, err = -EINVAL;

	if (!kind_len || kind_len >= sizeof(kind))
		return vnft_fail(-EINVAL, "%.80s: not an object of ours: ignored", line);
	memcpy(kind, line, kind_len);
	kind[kind_len] = '\0';
	for (size_t i = 0; strcmp(kind, own_kinds[i]); i++)
		if (!own_kinds[i + 1])
			return undo_foreign(kind, rest, line);
	n = split(rest, word);

	if (!strcmp(kind, "netns") && n == 1 && vnft_undo_is_ours(word[0]))
		return vnft_undo_netns(word[0]);
	if (!strcmp(kind, "pid") && n == 2)
		err = vnft_undo_pid(id, rest);
	else if (!strcmp(kind, "link") && n == 2 && is_netns(word[0]) && vnft_undo_is_ours(word[1]))
		return undo_link(word[0], word[1]);
	else if (!strcmp(kind, "neigh") && n == 3 && is_netns(word[0]))
		err = undo_neigh(word[0], word[1], word[2]);
	else if (!strcmp(kind, "dir"))
		err = vnft_undo_dir(rest);
	else if (!strcmp(kind, "cgroup"))
		err = vnft_undo_cgroup(rest);
	if (err == -EINVAL)
		vnft_fail(err, "%.80s: not an object of ours: ignored", line);
	return err;
}
