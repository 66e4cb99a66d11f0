/* SPDX-License-Identifier: GPL-2.0 */
/*
 * clsact filters, for kernels without tcx. A filter outlives the process that made it. So its
 * handle says who made it, and whether the clsact qdisc under it is ours to remove:
 *
 *   0x76000000 | made << 23 | persistent << 22 | pid of a session, 0 of a persistent one
 *
 * A clsact that somebody else made is never removed. One of ours is removed with its last filter.
 */
#include "clsact.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/pkt_sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/net/link.h"
#include "../../lib/net/netns.h"
#include "../../lib/net/netns_find.h"
#include "../../lib/text/error.h"
#include "filters.h"

#define HANDLE_MASK		0xff000000U
#define HANDLE_MAGIC		0x76000000U
#define HANDLE_MADE		(1U << 23)
#define HANDLE_PERSISTENT	(1U << 22)
#define HANDLE_PID(handle)	((handle) & 0x3fffffU)
/* First on ingress and last on egress. Several of our filters on a device lie side by side. */
#define PRIORITIES		64

static const enum bpf_tc_attach_point point[VNFT_DIR_NR] = { BPF_TC_INGRESS, BPF_TC_EGRESS };

struct survey {
	unsigned int filters, ours;
	bool made;
};

static bool is_handle_ours(uint32_t handle)
{
	return (handle & HANDLE_MASK) == HANDLE_MAGIC;
}

static int count_filter(const struct vnft_filter *f, void *arg)
{
	struct survey *s = arg;

	s->filters++;
	if (f->ours && is_handle_ours(f->handle)) {
		s->ours++;
		s->made |= f->handle & HANDLE_MADE;
	}
	return 0;
}

static int attach_one(struct vnft_bpf_device *d, int dir, uint32_t handle)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)d->ifindex, .attach_point = point[dir]);
	int i, err = -EEXIST;

	for (i = 0; i < PRIORITIES && err == -EEXIST; i++) {
		LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = d->prog_fd[dir], .handle = handle);

		opts.priority = dir == VNFT_DIR_IN ? 1U + (uint32_t)i : 0xffffU - (uint32_t)i;
		err = bpf_tc_attach(&hook, &opts);
		d->priority[dir] = (uint16_t)opts.priority;
	}
	if (err)
		return vnft_fail(err, "%s: clsact refused the program: %s", d->ifname,
				 strerror(-err));
	d->handle[dir] = handle;
	return 0;
}

static void remove_clsact(unsigned int ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);

	bpf_tc_hook_destroy(&hook);
}

int vnft_clsact_attach(struct vnft_bpf_device *d, bool persistent)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)d->ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	struct survey s = { 0 };
	uint32_t handle = HANDLE_MAGIC;
	int err;

	if (d->netns_fd < 0)
		d->netns_fd = vnft_netns_open(NULL);
	if (d->netns_fd < 0)
		return d->netns_fd;
	err = bpf_tc_hook_create(&hook);
	if (err && err != -EEXIST)
		return vnft_fail(err, "%s: cannot add clsact: %s", d->ifname, strerror(-err));
	if (!err)
		s.made = true;
	else
		vnft_clsact_each(d->ifindex, count_filter, &s);
	handle |= s.made ? HANDLE_MADE : 0;
	handle |= persistent ? HANDLE_PERSISTENT : (uint32_t)getpid() & 0x3fffffU;
	err = attach_one(d, VNFT_DIR_IN, handle);
	if (!err)
		err = attach_one(d, VNFT_DIR_OUT, handle);
	/* We made the clsact, and no filter stands that says so. */
	if (err && s.made && !d->handle[VNFT_DIR_IN])
		remove_clsact(d->ifindex);
	return err;
}

static void detach_one(unsigned int ifindex, int dir, uint32_t handle, uint16_t priority)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex, .attach_point = point[dir]);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = handle, .priority = priority);

	bpf_tc_detach(&hook, &opts);
}

/* Remove a clsact that we made when its last filter is gone. */
static void leave(unsigned int ifindex, bool made)
{
	struct survey s = { 0 };

	if (made && !vnft_clsact_each(ifindex, count_filter, &s) && !s.filters)
		remove_clsact(ifindex);
}

void vnft_clsact_detach(struct vnft_bpf_device *d)
{
	bool made = false;
	int dir, back;

	if (d->netns_fd < 0 || vnft_netns_enter(d->netns_fd, &back))
		return;
	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		if (!d->handle[dir])
			continue;
		made |= d->handle[dir] & HANDLE_MADE;
		detach_one(d->ifindex, dir, d->handle[dir], d->priority[dir]);
		d->handle[dir] = 0;
	}
	leave(d->ifindex, made);
	vnft_netns_leave(back);
}

static int match_handle(const struct vnft_filter *f, void *arg)
{
	const struct vnft_bpf_device *d = arg;

	return f->ours && f->handle == d->handle[f->dir];
}

bool vnft_clsact_alive(const struct vnft_bpf_device *d)
{
	int fd = vnft_netns_find(d->netns_inode), back, found = 0;

	if (fd < 0)
		return false;
	if (!vnft_netns_enter(fd, &back)) {
		found = vnft_clsact_each(d->ifindex, match_handle, (void *)d);
		vnft_netns_leave(back);
	}
	close(fd);
	return found > 0;
}

/* A session's filter whose process is gone, or a persistent one whose pins are gone. */
static bool is_orphan(const struct vnft_filter *f)
{
	char path[32];

	if (!f->ours || !is_handle_ours(f->handle))
		return false;
	if (f->handle & HANDLE_PERSISTENT)
		return true;	/* no pins are left when this is called */
	snprintf(path, sizeof(path), "/proc/%u", HANDLE_PID(f->handle));
	return access(path, F_OK) != 0;
}

struct sweep {
	bool any, made;
};

static int sweep_filter(const struct vnft_filter *f, void *arg)
{
	struct sweep *s = arg;

	if (!is_orphan(f))
		return 0;
	s->any = true;
	s->made |= f->handle & HANDLE_MADE;
	detach_one(f->ifindex, (int)f->dir, f->handle, f->priority);
	return 0;
}

static int sweep_link(const struct vnft_link_info *info, void *arg)
{
	struct sweep s = { 0 };

	/* An error here means that the device went away, and its filters with it. */
	vnft_clsact_each(info->ifindex, sweep_filter, &s);
	if (s.any) {
		leave(info->ifindex, s.made);
		(*(unsigned int *)arg)++;
	}
	return 0;
}

int vnft_clsact_sweep(void)
{
	unsigned int n = 0;
	int err = vnft_link_each(sweep_link, &n);

	return err ? err : (int)n;
}
