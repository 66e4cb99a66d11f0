/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attachments without a session. The module keeps the list of them and is asked for it.
 */
#include "attached.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/net/link.h"
#include "../../lib/text/error.h"
#include "../../lib/text/shell.h"
#include "../side.h"
#include "../spec.h"
#include "ctl.h"
#include "session.h"
#include "state.h"

/**
 * struct wanted - a device as the module knows it: ifindex in a namespace
 */
struct wanted {
	uint32_t ifindex;
	uint64_t netns_inode;
	uint32_t id;
};

static int find_wanted(const char *spec, struct wanted *wanted)
{
	char ifname[VNFT_IFNAME_LEN];
	struct vnft_link_info info;
	int err, back;

	err = vnft_spec_enter(spec, ifname, &back);
	if (err)
		return err;
	err = vnft_spec_look(spec, ifname, &info, &wanted->netns_inode);
	vnft_spec_leave(back);
	wanted->ifindex = info.ifindex;
	return err;
}

static int match_wanted(const struct vnft_module_device *d, void *arg)
{
	struct wanted *wanted = arg;

	if (d->session || d->gone || d->ifindex != wanted->ifindex ||
	    d->netns_inode != wanted->netns_inode)
		return 0;
	wanted->id = d->id;
	return 1;
}

int vnft_module_attached_find(const char *spec, uint16_t *id)
{
	struct wanted wanted = { 0 };
	int err = find_wanted(spec, &wanted);

	if (err)
		return err;
	err = vnft_module_each(match_wanted, &wanted);
	if (err < 0)
		return vnft_module_errno(err);
	*id = (uint16_t)wanted.id;
	return err ? 0 : vnft_fail(-ENOENT, "%s: not attached: `vnftrace attach %s` first", spec,
				   vnft_shell(spec));
}

int vnft_module_attached_add(const char *spec, const struct vnft_source_config *config,
			     struct vnft_attached *made)
{
	struct vnft_module_attach how = { .match_slots = config ? config->match_slots : 0 };
	struct vnft_module_device d;
	char ifname[VNFT_IFNAME_LEN];
	struct vnft_link_info info;
	uint64_t inode;
	int err, back;

	err = vnft_module_usable();
	if (!err)
		err = vnft_spec_enter(spec, ifname, &back);
	if (err)
		return err;
	err = vnft_spec_look(spec, ifname, &info, &inode);
	how.ifindex = info.ifindex;
	if (!err) {
		how.side = vnft_side_choose(config ? config->side : VNFT_SIDE_AUTO, spec, &info,
					    inode, &made->side_why);
		err = vnft_module_attach(&how, &d);
		if (err == -EEXIST)
			vnft_fail(err, "%s: already attached: `vnftrace detach %s` first", spec,
				  vnft_shell(spec));
		else if (err)
			err = vnft_fail(vnft_module_errno(err), "%s: %s", spec, vnft_why());
	}
	vnft_spec_leave(back);
	if (!err) {
		made->hook[VNFT_DIR_IN] = d.hook_in;
		made->hook[VNFT_DIR_OUT] = d.hook_out;
		made->side = d.side;
	}
	return err;
}

/* Whom vnft_module_attached_each() calls, and what it needs for that. */
struct each {
	vnft_attachment_fn fn;
	void *arg;
	uint32_t ncpus;
};

static int hand(const struct vnft_module_device *d, void *arg)
{
	struct vnft_attachment a = {
		.observer = VNFT_OBSERVER_MODULE,
		.id = (uint16_t)d->id,
		.netns_inode = d->netns_inode,
		.ifindex = d->ifindex,
		.side = d->side,
		.hook = { d->hook_in, d->hook_out },
	};
	const struct each *each = arg;

	if (d->session)
		return 0;
	if (d->gone)
		memset(a.hooked, VNFT_HOOKED_DEVICE_GONE, sizeof(a.hooked));
	snprintf(a.ifname, sizeof(a.ifname), "%s", d->ifname);
	vnft_module_state(d, each->ncpus, &a.state);
	return each->fn(&a, each->arg);
}

int vnft_module_attached_each(vnft_attachment_fn fn, void *arg)
{
	struct each each = { .fn = fn, .arg = arg };
	struct vnft_module_info info;
	int err = vnft_module_info(&info);

	if (err)
		return vnft_module_errno(err);
	each.ncpus = info.ncpus;
	return vnft_module_errno(vnft_module_each(hand, &each));
}

/* Whom vnft_module_follow_each() calls. */
struct follow_each {
	vnft_followed_fn fn;
	void *arg;
};

static int follow_hist(const struct vnft_followed *f, enum vnft_pairing pairing,
		       enum vnft_dir request, struct vnft_hist *sum)
{
	return vnft_module_errno(vnft_module_hist(f->attachment.id, pairing, request, sum));
}

static int hand_followed(const struct vnft_attachment *a, void *arg)
{
	const struct follow_each *each = arg;
	const struct vnft_followed f = { .attachment = *a, .life = a->id, .hist = follow_hist };

	return each->fn(&f, each->arg);
}

int vnft_module_follow_each(vnft_followed_fn fn, void *arg)
{
	return vnft_module_attached_each(hand_followed, &(struct follow_each) { fn, arg });
}

static int remove_one(const struct vnft_module_device *d, void *arg)
{
	unsigned int *detached = arg;
	int err;

	if (d->session)
		return 0;
	err = vnft_module_detach(d->id, 0);
	if (!err)
		(*detached)++;
	return err == -ENOENT ? 0 : err;	/* somebody else was faster */
}

int vnft_module_attached_remove(const char *spec, unsigned int *detached)
{
	uint16_t id;
	int err;

	if (!spec)
		return vnft_module_errno(vnft_module_each(remove_one, detached));
	err = vnft_module_attached_find(spec, &id);
	if (!err)
		err = vnft_module_detach(id, 0);
	if (!err)
		(*detached)++;
	return vnft_module_errno(err);
}
