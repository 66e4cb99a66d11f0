/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent attachments in use: found, listed, taken away.
 */
#include "pinned.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "../../lib/net/link.h"
#include "../../lib/net/netns.h"
#include "../../lib/net/netns_find.h"
#include "../../lib/text/error.h"
#include "../spec.h"
#include "attach.h"
#include "caps.h"
#include "clsact.h"
#include "filters.h"
#include "pindir.h"
#include "pinfs.h"
#include "read.h"
#include "ring.h"

/* Stop what a killed recorder left running. */
static void settle(struct vnft_bpf_device *d)
{
	if (!d->state->record_mask || flock(d->pin_fd, LOCK_EX | LOCK_NB))
		return;
	vnft_bpf_device_record(d, 0);
	vnft_bpf_rings_remove(d->rings_fd, d->ncpus);
	flock(d->pin_fd, LOCK_UN);
}

static void take_away(const char *dir)
{
	struct vnft_bpf_device *d = vnft_pin_open(dir);

	if (d) {
		if (d->hook[VNFT_DIR_IN] == VNFT_HOOK_CLSACT_IN)
			d->netns_fd = vnft_netns_find(d->netns_inode);
		vnft_bpf_device_record(d, 0);
		vnft_bpf_detach_hooks(d);
		vnft_bpf_device_free(d);
	}
	vnft_pin_remove(dir);
}

static int sweep_clsact(void *arg)
{
	int n = vnft_clsact_sweep();

	if (n > 0)
		*(unsigned int *)arg += (unsigned int)n;
	return 0;
}

static int unpin_all(unsigned int *detached)
{
	char root[VNFT_PIN_PATH / 2], dir[VNFT_PIN_PATH];
	char (*list)[48] = NULL;
	size_t n = 0, i;
	int err = vnft_pinfs_path(root, sizeof(root), false);

	if (!err)
		err = vnft_pin_names(root, &list, &n);
	else if (err == -ENOENT)
		err = 0;
	for (i = 0; !err && i < n; i++) {
		snprintf(dir, sizeof(dir), "%s/%s", root, list[i]);
		take_away(dir);
		(*detached)++;
	}
	free(list);
	if (err)
		return err;
	if (n)
		vnft_pin_forget(root);
	return vnft_netns_each(sweep_clsact, detached);
}

static int unpin_one(const char *ifname, unsigned int *detached)
{
	char root[VNFT_PIN_PATH / 2], dir[VNFT_PIN_PATH - 16];
	int err, have;

	have = vnft_pinfs_path(root, sizeof(root), false);
	if (have && have != -ENOENT)
		return have;
	err = vnft_pin_dir(root, ifname, dir, sizeof(dir));
	if (err)
		return err;
	if (have || access(dir, F_OK))
		return vnft_fail(-ENOENT, "%s: not attached: `vnftrace status` lists what is",
				 ifname);
	take_away(dir);
	vnft_pin_forget(root);
	(*detached)++;
	return 0;
}

int vnft_bpf_unpin(const char *spec, unsigned int *detached)
{
	unsigned int n = 0;
	char ifname[VNFT_IFNAME_LEN];
	int err, back;

	vnft_bpf_quiet();
	err = vnft_bpf_need_caps();
	if (!err && !spec)
		err = unpin_all(&n);
	if (!err && spec) {
		err = vnft_spec_enter(spec, ifname, &back);
		if (!err) {
			err = unpin_one(ifname, &n);
			vnft_spec_leave(back);
		}
	}
	if (detached)
		*detached = n;
	return err;
}

static int open_here(const char *ifname, struct vnft_bpf_device **d)
{
	char root[VNFT_PIN_PATH / 2], dir[VNFT_PIN_PATH - 16];
	int err, have;

	have = vnft_pinfs_path(root, sizeof(root), false);
	if (have && have != -ENOENT)
		return have;
	err = vnft_pin_dir(root, ifname, dir, sizeof(dir));
	if (err)
		return err;
	*d = have || access(dir, F_OK) ? NULL : vnft_pin_open(dir);
	/* Dead: another device may have its namespace's inode and its ifindex now. */
	if (*d && !vnft_bpf_device_alive(*d)) {
		vnft_bpf_device_free(*d);
		*d = NULL;
	}
	if (!*d)
		return vnft_fail(-ENOENT, "%s: not attached: `vnftrace attach %s` first", ifname,
				 ifname);
	settle(*d);
	return 0;
}

int vnft_bpf_open_device(const char *spec, struct vnft_bpf_device **d)
{
	char ifname[VNFT_IFNAME_LEN];
	int err, back;

	err = vnft_spec_enter(spec, ifname, &back);
	if (err)
		return err;
	err = open_here(ifname, d);
	vnft_spec_leave(back);
	return err;
}

static void add_other(struct vnft_attachment *a, const char *hook, const struct vnft_filter *f)
{
	size_t n = strlen(a->others);

	snprintf(a->others + n, sizeof(a->others) - n, "%s%s/%s:%s(%u)", n ? " " : "", hook,
		 f->dir == VNFT_DIR_IN ? "in" : "out", f->name[0] ? f->name : "?", f->prog_id);
}

struct neighbours {
	struct vnft_attachment *to;
	const char *hook;
	uint32_t ours[VNFT_DIR_NR];
};

static int look_beside(const struct vnft_filter *f, void *arg)
{
	struct neighbours *b = arg;

	if (f->prog_id != b->ours[f->dir])
		add_other(b->to, b->hook, f);
	return 0;
}

static void look_around(const struct vnft_bpf_device *d, struct vnft_attachment *a)
{
	struct neighbours b = { .to = a };
	struct vnft_link_info info;
	struct bpf_prog_info prog;
	uint32_t bytes;
	int fd, back, dir;

	fd = vnft_netns_find(d->netns_inode);
	if (fd < 0)
		return;
	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		bytes = sizeof(prog);
		memset(&prog, 0, sizeof(prog));
		if (!bpf_obj_get_info_by_fd(d->prog_fd[dir], &prog, &bytes))
			b.ours[dir] = prog.id;
	}
	if (!vnft_netns_enter(fd, &back)) {
		/* It may have been renamed since. */
		if (!vnft_link_get_index(d->ifindex, &info))
			snprintf(a->ifname, sizeof(a->ifname), "%s", info.name);
		b.hook = "tcx";
		vnft_tcx_each(d->ifindex, look_beside, &b);
		b.hook = "clsact";
		vnft_clsact_each(d->ifindex, look_beside, &b);
		vnft_netns_leave(back);
	}
	close(fd);
}

static void describe(struct vnft_bpf_device *d, const char *dir, struct vnft_attachment *a)
{
	settle(d);
	memset(a, 0, sizeof(*a));
	a->observer = VNFT_OBSERVER_BPF;
	a->id = d->member.id;
	a->netns_inode = d->netns_inode;
	a->ifindex = d->ifindex;
	snprintf(a->ifname, sizeof(a->ifname), "%s", d->ifname);
	memcpy(a->hook, d->hook, sizeof(a->hook));
	a->dead = !vnft_bpf_device_alive(d);
	a->recording = d->state->record_mask && vnft_pin_locked(dir);
	vnft_bpf_device_read(d, &a->state);
	if (!a->dead)
		look_around(d, a);
}

int vnft_bpf_pin_each(vnft_attachment_fn fn, void *arg)
{
	char root[VNFT_PIN_PATH / 2], dir[VNFT_PIN_PATH];
	char (*list)[48] = NULL;
	struct vnft_bpf_device *d;
	struct vnft_attachment a;
	size_t n = 0, i;
	int err;

	vnft_bpf_quiet();
	err = vnft_bpf_need_caps();
	if (err)
		return err;
	err = vnft_pinfs_path(root, sizeof(root), false);
	if (err)
		return err == -ENOENT ? 0 : err;
	err = vnft_pin_names(root, &list, &n);
	for (i = 0; !err && i < n; i++) {
		snprintf(dir, sizeof(dir), "%s/%s", root, list[i]);
		d = vnft_pin_open(dir);
		if (!d)
			continue;
		describe(d, dir, &a);
		vnft_bpf_device_free(d);
		err = fn(&a, arg);
	}
	free(list);
	return err;
}
