/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Opening an attachment is a dozen system calls and finding its device some dozens more. So each is
 * opened once, and its maps stay mapped: a look reads memory, lists the pins, and asks the kernel
 * whether the programs are on their hooks. Where a device is, which it seldom leaves, is asked for
 * a few of them at each look.
 */
#include "follow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../../kmod/core/hooks.h"
#include "../../lib/run/clock.h"
#include "../../lib/text/error.h"
#include "caps.h"
#include "hooked.h"
#include "pindir.h"
#include "pinfs.h"
#include "read.h"
#include "session.h"

#define LOCATE_NS	10000000000ULL	/* a name is not older than that */
#define LOCATE_PART	8		/* of all of them at one look, and one more */

/**
 * struct vnft_bpf_followed - one that is open
 * @dir: the name of its directory, @inode that directory: an attachment that was made anew has
 *	another
 * @located_ns: when @where was asked for as a whole, 0: never
 */
struct vnft_bpf_followed {
	char dir[48];
	ino_t inode;
	struct vnft_bpf_device *device;
	struct vnft_bpf_where where;
	uint64_t located_ns;
	bool there;
};

struct vnft_bpf_follow {
	struct vnft_bpf_followed *list;
	size_t n, room;
	bool warned;
};

int vnft_bpf_follow_open(struct vnft_bpf_follow **follow)
{
	int err;

	*follow = NULL;
	vnft_bpf_quiet();
	err = vnft_bpf_need_caps();
	if (err)
		return err;
	vnft_bpf_raise_descriptors();
	*follow = calloc(1, sizeof(**follow));
	return *follow ? 0 : vnft_fail(-ENOMEM, "out of memory");
}

void vnft_bpf_follow_close(struct vnft_bpf_follow *f)
{
	size_t i;

	for (i = 0; f && i < f->n; i++)
		vnft_bpf_device_free(f->list[i].device);
	if (f)
		free(f->list);
	free(f);
}

/* Its maps are mapped: without their descriptors 200 devices need 800, and not 2,000. */
static void close_maps(struct vnft_bpf_device *d)
{
	int *const fds[] = { &d->counters_fd, &d->hist_fd, &d->state_fd, &d->conf_fd,
			     &d->rings_fd, &d->pin_fd };
	size_t i;

	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

/* The directories are listed in one order as a rule: the one at @at is looked at first. */
static struct vnft_bpf_followed *find(struct vnft_bpf_follow *f, size_t at, const char *dir,
				      ino_t inode)
{
	size_t i, k;

	for (i = 0; i < f->n; i++) {
		k = (at + i) % f->n;
		if (f->list[k].inode == inode && !strcmp(f->list[k].dir, dir))
			return &f->list[k];
	}
	return NULL;
}

static int open_one(struct vnft_bpf_follow *f, const char *path, const char *dir, ino_t inode)
{
	struct vnft_bpf_device *d;

	if (f->n == f->room) {
		size_t room = f->room ? 2 * f->room : 64;
		void *more = reallocarray(f->list, room, sizeof(*f->list));

		if (!more)
			return vnft_fail(-ENOMEM, "out of memory");
		f->list = more;
		f->room = room;
	}
	d = vnft_pin_open(path);
	if (!d && !f->warned && vnft_pin_is_other(path))
		vnft_warn("%s: attached by another version of vnftrace, which alone can read it: "
			  "`vnftrace detach --all` takes it away", path);
	if (!d)		/* not finished yet, or gone already: the next look tells */
		return 0;
	close_maps(d);
	f->list[f->n] = (struct vnft_bpf_followed) { .inode = inode, .device = d, .there = true };
	snprintf(f->list[f->n].dir, sizeof(f->list[f->n].dir), "%s", dir);
	f->n++;
	return 0;
}

static void drop_gone(struct vnft_bpf_follow *f)
{
	size_t i, kept = 0;

	for (i = 0; i < f->n; i++) {
		if (f->list[i].there)
			f->list[kept++] = f->list[i];
		else
			vnft_bpf_device_free(f->list[i].device);
	}
	f->n = kept;
}

/* Open what is new, close what was detached. */
static int follow_pins(struct vnft_bpf_follow *f, char *root, size_t bytes)
{
	char path[VNFT_PIN_PATH], (*names)[48] = NULL;
	struct vnft_bpf_followed *known;
	size_t n = 0, i, first = f->n;
	struct stat st;
	int err;

	for (i = 0; i < f->n; i++)
		f->list[i].there = false;
	err = vnft_pinfs_path(root, bytes, false);
	if (!err)
		err = vnft_pin_names(root, &names, &n);
	else if (err == -ENOENT)
		err = 0;
	for (i = 0; !err && i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", root, names[i]);
		if (stat(path, &st))
			continue;
		known = first ? find(f, i, names[i], st.st_ino) : NULL;
		if (known)
			known->there = true;
		else
			err = open_one(f, path, names[i], st.st_ino);
	}
	free(names);
	f->warned = true;
	if (!err)
		drop_gone(f);
	return err;
}

/* The hooks alone, where that is cheap and says enough: false if all has to be asked for. */
static bool still_hooked(struct vnft_bpf_followed *one)
{
	if (one->device->hook[VNFT_DIR_IN] != VNFT_HOOK_TCX_IN ||
	    !vnft_bpf_is_hooked(one->where.hooked))
		return true;
	vnft_bpf_hooked(one->device, one->where.hooked);
	return vnft_bpf_is_hooked(one->where.hooked);
}

static void locate_some(struct vnft_bpf_follow *f)
{
	const uint64_t now_ns = vnft_now_ns();
	size_t i, left = 1 + f->n / LOCATE_PART;

	for (i = 0; i < f->n; i++) {
		struct vnft_bpf_followed *one = &f->list[i];
		bool due = !one->located_ns || !still_hooked(one);

		if (!due && left && now_ns - one->located_ns > LOCATE_NS) {
			due = true;
			left--;
		}
		if (!due)
			continue;
		vnft_bpf_locate(one->device, &one->where);
		one->located_ns = now_ns;
	}
}

static int hist(const struct vnft_followed *followed, enum vnft_pairing pairing,
		enum vnft_dir request, struct vnft_hist *sum)
{
	return vnft_bpf_device_hist(followed->device, pairing, request, sum);
}

static void describe(const struct vnft_bpf_followed *one, const char *root,
		     struct vnft_followed *to)
{
	const struct vnft_bpf_device *d = one->device;
	struct vnft_attachment *a = &to->attachment;
	char path[VNFT_PIN_PATH];
	int way;

	a->observer = VNFT_OBSERVER_BPF;
	a->id = d->member.id;
	a->netns_inode = one->where.netns_inode;
	a->ifindex = one->where.ifindex;
	memcpy(a->ifname, one->where.ifname, sizeof(a->ifname));
	a->side = d->side;
	for (way = 0; way < VNFT_DIR_NR; way++)
		a->hook[vnft_bpf_way(d, way)] = d->hook[way];
	memcpy(a->hooked, one->where.hooked, sizeof(a->hooked));
	snprintf(path, sizeof(path), "%s/%s", root, one->dir);
	a->recording = d->state->record_mask && vnft_pin_locked(path);
	vnft_bpf_device_read(d, &a->state);
	to->life = vnft_mix64(d->state->note.attached_ns) ^ (uint64_t)one->inode;
	to->hist = hist;
	to->device = d;
}

int vnft_bpf_follow_each(struct vnft_bpf_follow *f, vnft_followed_fn fn, void *arg)
{
	struct vnft_followed one = { .life = 0 };
	char root[VNFT_PIN_PATH / 2];
	int err = follow_pins(f, root, sizeof(root));
	size_t i;

	if (err)
		return err;
	locate_some(f);
	for (i = 0; !err && i < f->n; i++) {
		describe(&f->list[i], root, &one);
		err = fn(&one, arg);
	}
	return err;
}
