/* SPDX-License-Identifier: GPL-2.0 */
/*
 * clsact filters, for kernels without tcx. A filter outlives the process that made it. So its
 * handle says who made it, and whether the clsact qdisc under it is ours to remove:
 *
 *   0x77000000 | made << 23 | persistent << 22 | token of the owner (owner.h)
 *
 * A qdisc has no mark of its maker: its handle is always ffff:. But a filter goes with its qdisc.
 * So a clsact is provably ours as long as a filter of ours that says "made" is in it. It is made
 * with that filter in it (clsact_make.c), and goes with it, if nobody else's filter is there.
 */
#include "clsact.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/net/link.h"
#include "../../lib/net/netns.h"
#include "../../lib/text/error.h"
#include "../../lib/text/shell.h"
#include "filters.h"
#include "hooked.h"
#include "owner.h"
#include "pinfs_others.h"

#define HANDLE_MASK		0xff000000U
#define HANDLE_MAGIC		0x77000000U
#define HANDLE_MAGIC_OLD	0x76000000U	/* versions whose token was a PID */
#define HANDLE_MADE		(1U << 23)
#define HANDLE_PERSISTENT	(1U << 22)
#define HANDLE_TOKEN		((1U << VNFT_OWNER_BITS) - 1)
/* Preferences that are tried from the best on. */
#define PRIORITIES		64

static const enum bpf_tc_attach_point point[VNFT_DIR_NR] = { BPF_TC_INGRESS, BPF_TC_EGRESS };

/**
 * struct survey - what is on a clsact
 * @made: a filter of ours says that we made it
 */
struct survey {
	unsigned int filters;
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
	s->made |= f->ours && is_handle_ours(f->handle) && f->handle & HANDLE_MADE;
	return 0;
}

/**
 * struct preference - a preference for one direction
 * @taken: bits of preferences that no filter of ours can have, or where it would not run first on
 *	ingress or last on egress: the newest of several bpf filters of one preference runs first
 * @in_the_way: of somebody else's filter that runs before ours on ingress, behind it on egress
 */
struct preference {
	enum vnft_dir dir;
	uint16_t preference;
	uint8_t taken[(UINT16_MAX + 1) / 8];
	struct vnft_filter in_the_way;
};

static int look_taken(const struct vnft_filter *f, void *arg)
{
	struct preference *p = arg;

	if (f->dir == p->dir && (!f->bpf || (p->dir == VNFT_DIR_OUT && !f->ours)))
		p->taken[f->priority / 8] |= (uint8_t)(1U << f->priority % 8);
	return 0;
}

static int look_in_the_way(const struct vnft_filter *f, void *arg)
{
	struct preference *p = arg;

	if (f->dir == p->dir && !f->ours && f->priority != p->preference &&
	    (f->priority < p->preference) == (p->dir == VNFT_DIR_IN))
		p->in_the_way = *f;
	return 0;
}

/* First on ingress and last on egress, as far as others leave that place. */
static void say_place(const struct vnft_bpf_device *d, enum vnft_dir dir)
{
	struct preference p = { .dir = dir, .preference = d->priority[dir] };

	if (vnft_clsact_each(d->ifindex, look_in_the_way, &p) || !p.in_the_way.priority)
		return;
	if (dir == VNFT_DIR_IN)
		vnft_warn("%s: not first on ingress: `%s` has preference %u and may hide frames "
			  "from us", d->spec, p.in_the_way.name, p.in_the_way.priority);
	else
		vnft_warn("%s: not last on egress: `%s` has preference %u, and what it drops or "
			  "changes we see as it was before", d->spec, p.in_the_way.name,
			  p.in_the_way.priority);
}

static int attach_one(struct vnft_bpf_device *d, enum vnft_dir dir, uint32_t handle)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)d->ifindex, .attach_point = point[dir]);
	struct preference p = { .dir = dir };
	int tries = 0, err;
	unsigned int i;

	err = vnft_clsact_each(d->ifindex, look_taken, &p);
	if (err)
		return vnft_fail(err == -EINVAL ? -EIO : err, "%s: cannot list its filters: %s",
				 d->spec, strerror(-err));
	err = -EEXIST;
	/* The kernel's word for a preference of another protocol or kind is EINVAL. */
	for (i = 0; i < UINT16_MAX && tries < PRIORITIES && (err == -EEXIST || err == -EINVAL);
	     i++) {
		LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = d->prog_fd[dir], .handle = handle);

		p.preference = (uint16_t)(dir == VNFT_DIR_IN ? 1 + i : UINT16_MAX - i);
		if (p.taken[p.preference / 8] & 1U << p.preference % 8)
			continue;
		opts.priority = p.preference;
		tries++;
		err = bpf_tc_attach(&hook, &opts);
	}
	if (err)
		return vnft_fail(err == -EINVAL ? -EIO : err, "%s: clsact refused the program: %s",
				 d->spec, strerror(-err));
	d->priority[dir] = p.preference;
	d->handle[dir] = handle;
	say_place(d, dir);
	return 0;
}

static void remove_clsact(unsigned int ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);

	bpf_tc_hook_destroy(&hook);
}

int vnft_clsact_fits(const struct vnft_bpf_device *d)
{
	char kind[16];
	int err = vnft_clsact_kind(d->ifindex, kind);

	if (err)
		return vnft_fail(err == -EINVAL ? -EIO : err, "%s: cannot look at its qdiscs: %s",
				 d->spec, strerror(-err));
	return !kind[0] || !strcmp(kind, "clsact") ? 0 : -EBUSY;
}

int vnft_clsact_refuse(const struct vnft_bpf_device *d)
{
	char inside[VNFT_SPEC_BYTES];

	return vnft_fail(-EBUSY,
			 "%s: it has an ingress qdisc, which has no egress, and clsact cannot be "
			 "beside it: take --observer module, or `%stc qdisc del dev %s ingress` "
			 "if nobody needs its filters", d->spec,
			 vnft_spec_inside(d->spec, inside), vnft_shell(d->ifname));
}

static void detach_one(unsigned int ifindex, int dir, uint32_t handle, uint16_t priority)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)ifindex, .attach_point = point[dir]);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = handle, .priority = priority);

	bpf_tc_detach(&hook, &opts);
}

/*
 * Make a clsact with our first filter in it, or join the one that is there. @s->made: our filters
 * have to say so.
 */
static int join(struct vnft_bpf_device *d, uint32_t handle, struct survey *s)
{
	int err, filter_err;

	handle |= HANDLE_MADE;
	err = vnft_clsact_make(d->ifindex, d->prog_fd[VNFT_DIR_IN], handle, &filter_err);
	if (!err && filter_err) {
		remove_clsact(d->ifindex);
		return vnft_fail(filter_err == -EINVAL ? -EIO : filter_err,
				 "%s: clsact refused the program: %s", d->spec,
				 strerror(-filter_err));
	}
	if (!err) {
		s->made = true;
		d->handle[VNFT_DIR_IN] = handle;
		d->priority[VNFT_DIR_IN] = 1;
		return 0;
	}
	if (err != -EEXIST)
		return vnft_fail(err == -EINVAL ? -EIO : err, "%s: cannot add clsact: %s",
				 d->spec, strerror(-err));
	/* It says that we made what we did not. */
	if (!filter_err)
		detach_one(d->ifindex, VNFT_DIR_IN, handle, 1);
	err = vnft_clsact_fits(d);
	if (err)
		return err == -EBUSY ? vnft_clsact_refuse(d) : err;
	return vnft_clsact_each(d->ifindex, count_filter, s);
}

int vnft_clsact_attach(struct vnft_bpf_device *d, bool persistent)
{
	uint32_t handle = HANDLE_MAGIC | (persistent ? HANDLE_PERSISTENT : 0), token;
	struct survey s = { 0 };
	char kind[16];
	int err;

	if (d->netns_fd < 0)
		d->netns_fd = vnft_netns_open(NULL);
	if (d->netns_fd < 0)
		return d->netns_fd;
	d->owner_fd = vnft_owner_take(&token);
	if (d->owner_fd < 0)
		return d->owner_fd;
	handle |= token;
	/* In a qdisc that is there, a filter that says we made it must not even begin to be. */
	if (!vnft_clsact_kind(d->ifindex, kind) && kind[0]) {
		err = strcmp(kind, "clsact") ? vnft_clsact_refuse(d) :
		      vnft_clsact_each(d->ifindex, count_filter, &s);
	} else {
		err = join(d, handle, &s);
	}
	if (err)
		return err;
	handle |= s.made ? HANDLE_MADE : 0;
	err = d->handle[VNFT_DIR_IN] ? 0 : attach_one(d, VNFT_DIR_IN, handle);
	return err ? err : attach_one(d, VNFT_DIR_OUT, handle);
}

/*
 * Is the clsact, which was proved to be ours, to go with the @ours filters of ours in it? If they
 * went first, somebody who is killed then would leave a qdisc that is nobody's.
 */
static bool take_whole(unsigned int ifindex, bool made, unsigned int ours)
{
	struct survey s = { 0 };

	if (!made || vnft_clsact_each(ifindex, count_filter, &s) || s.filters > ours)
		return false;
	remove_clsact(ifindex);
	return true;
}

/* Of a device: is its program still in its filter? Others may have put theirs there. */
struct own {
	const struct vnft_bpf_device *d;
	bool there[VNFT_DIR_NR];
};

static int see_own(const struct vnft_filter *f, void *arg)
{
	struct own *own = arg;
	const struct vnft_bpf_device *d = own->d;

	if (f->handle == d->handle[f->dir] && f->priority == d->priority[f->dir])
		own->there[f->dir] = f->prog_id == vnft_bpf_prog_id(d->prog_fd[f->dir]);
	return 0;
}

void vnft_clsact_detach(struct vnft_bpf_device *d)
{
	struct own own = { .d = d };
	bool made = false, claimed = false;
	char kind[16], inside[VNFT_SPEC_BYTES];
	unsigned int ours = 0;
	int dir, back;

	if (d->netns_fd < 0 || vnft_netns_enter(d->netns_fd, &back))
		return;
	vnft_clsact_each(d->ifindex, see_own, &own);
	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		claimed |= d->handle[dir] & HANDLE_MADE;
		made |= own.there[dir] && d->handle[dir] & HANDLE_MADE;
		ours += own.there[dir];
	}
	if (!take_whole(d->ifindex, made, ours))
		for (dir = 0; dir < VNFT_DIR_NR; dir++)
			if (own.there[dir])
				detach_one(d->ifindex, dir, d->handle[dir], d->priority[dir]);
	memset(d->handle, 0, sizeof(d->handle));
	if (claimed && !made && !vnft_clsact_kind(d->ifindex, kind) && !strcmp(kind, "clsact"))
		vnft_warn("%s: a clsact stays: our filters were taken out of it, so that it may be "
			  "somebody else's: `%stc qdisc del dev %s clsact` if nobody needs it",
			  d->spec, vnft_spec_inside(d->spec, inside), vnft_shell(d->ifname));
	vnft_netns_leave(back);
}

/**
 * struct sweep - a device whose filters are looked at
 * @dead: filters that nobody needs any more; @made: one of them said that we made the clsact
 * @devices: that had some
 */
struct sweep {
	const char *ifname;
	bool made;
	unsigned int dead, devices;
};

static void say_left(const struct sweep *s, const struct vnft_filter *f, const char *why)
{
	char spec[VNFT_SPEC_BYTES], inside[VNFT_SPEC_BYTES];
	int fd = vnft_netns_open(NULL);

	vnft_spec_of(fd >= 0 ? vnft_netns_inode(fd) : 0, s->ifname, spec);
	if (fd >= 0)
		close(fd);
	vnft_warn("%s: a filter of %s stays: `%stc filter del dev %s %s pref %u`", spec, why,
		  vnft_spec_inside(spec, inside), vnft_shell(s->ifname),
		  f->dir == VNFT_DIR_IN ? "ingress" : "egress", f->priority);
}

/* An attachment whose pins we do not see may be somebody's; this is called when we see none. */
static bool may_be_held(const struct vnft_filter *f)
{
	return f->handle & HANDLE_PERSISTENT && vnft_pinfs_may_hold(f->prog_id);
}

static bool is_dead(const struct vnft_filter *f)
{
	return f->ours && is_handle_ours(f->handle) && !vnft_owner_lives(f->handle & HANDLE_TOKEN);
}

static int look_for_dead(const struct vnft_filter *f, void *arg)
{
	struct sweep *s = arg;

	if (f->ours && (f->handle & HANDLE_MASK) == HANDLE_MAGIC_OLD) {
		say_left(s, f, "another version of vnftrace");
	} else if (is_dead(f) && may_be_held(f)) {
		say_left(s, f, "an attachment whose pins are not here");
	} else if (is_dead(f)) {
		s->dead++;
		s->made |= f->handle & HANDLE_MADE;
	}
	return 0;
}

static int remove_dead(const struct vnft_filter *f, void *arg)
{
	if (is_dead(f) && !may_be_held(f))
		detach_one(f->ifindex, (int)f->dir, f->handle, f->priority);
	return 0;
}

static int sweep_link(const struct vnft_link_info *info, void *arg)
{
	struct sweep *s = arg;

	s->ifname = info->name;
	s->made = false;
	s->dead = 0;
	/* An error here means that the device went away, and its filters with it. */
	vnft_clsact_each(info->ifindex, look_for_dead, s);
	if (s->dead) {
		if (!take_whole(info->ifindex, s->made, s->dead))
			vnft_clsact_each(info->ifindex, remove_dead, s);
		s->devices++;
	}
	return 0;
}

int vnft_clsact_sweep(void)
{
	struct sweep s = { 0 };
	int err = vnft_link_each(sweep_link, &s);

	return err ? err : (int)s.devices;
}
