/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attachments of both observers behind one face. BPF's are directories of pins (bpf/pin.c), the
 * module keeps its own and is asked.
 */
#include "attached.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../lib/net/link.h"
#include "../lib/text/error.h"
#include "bpf/pin.h"
#include "module/module.h"
#include "spec.h"

static bool wants(enum vnft_observer asked, enum vnft_observer one)
{
	return asked == one || asked == VNFT_OBSERVER_BOTH || asked == VNFT_OBSERVER_AUTO;
}

/* ---- the module's ---- */

/**
 * struct place - a device as the module knows it: ifindex in a namespace
 */
struct place {
	uint32_t ifindex;
	uint64_t netns_inode;
	uint32_t id;
};

static int find_place(const char *spec, struct place *place)
{
	char ifname[VNFT_IFNAME_LEN];
	struct vnft_link_info info;
	int err, back;

	err = vnft_spec_enter(spec, ifname, &back);
	if (err)
		return err;
	err = vnft_spec_look(ifname, &info, &place->netns_inode);
	vnft_spec_leave(back);
	place->ifindex = info.ifindex;
	return err;
}

static int match_place(const struct vnft_module_device *d, void *arg)
{
	struct place *place = arg;

	if (d->session || d->gone || d->ifindex != place->ifindex ||
	    d->netns_inode != place->netns_inode)
		return 0;
	place->id = d->id;
	return 1;
}

static int find_in_module(const char *spec, uint32_t *id)
{
	struct place place = { 0 };
	int err = find_place(spec, &place);

	if (err)
		return err;
	err = vnft_module_each(match_place, &place);
	if (err < 0)
		return vnft_module_errno(err);
	*id = place.id;
	return err ? 0 : vnft_fail(-ENOENT, "%s: not attached: `vnftrace attach %s` first", spec,
				   spec);
}

static int add_to_module(const char *spec, const struct vnft_source_config *config,
			 uint8_t hook[VNFT_DIR_NR])
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
	err = vnft_spec_look(ifname, &info, &inode);
	how.ifindex = info.ifindex;
	if (!err) {
		err = vnft_module_attach(&how, &d);
		if (err == -EEXIST)
			vnft_fail(err, "%s: already attached: `vnftrace detach %s` first", spec,
				  spec);
		else if (err)
			err = vnft_fail(vnft_module_errno(err), "%s: %s", spec, vnft_why());
	}
	vnft_spec_leave(back);
	if (!err) {
		hook[VNFT_DIR_IN] = d.hook_in;
		hook[VNFT_DIR_OUT] = d.hook_out;
	}
	return err;
}

/* What vnft_module_each() gives, as the caller's struct. */
struct each {
	int (*fn)(const struct vnft_attached *attached, void *arg);
	void *arg;
	uint32_t ncpus;
};

static int hand_module(const struct vnft_module_device *d, void *arg)
{
	struct vnft_attached a = { .observer = VNFT_OBSERVER_MODULE };
	const struct each *each = arg;

	if (d->session)
		return 0;
	a.pin.id = (uint16_t)d->id;
	a.pin.netns_inode = d->netns_inode;
	a.pin.ifindex = d->ifindex;
	snprintf(a.pin.ifname, sizeof(a.pin.ifname), "%s", d->ifname);
	a.pin.hook[VNFT_DIR_IN] = d->hook_in;
	a.pin.hook[VNFT_DIR_OUT] = d->hook_out;
	a.pin.dead = d->gone;
	vnft_module_state(d, each->ncpus, &a.pin.state);
	return each->fn(&a, each->arg);
}

static int each_in_module(struct each *each)
{
	struct vnft_module_info info;
	int err = vnft_module_info(&info);

	if (err)
		return vnft_module_errno(err);
	each->ncpus = info.ncpus;
	return vnft_module_errno(vnft_module_each(hand_module, each));
}

static int remove_in_module(const struct vnft_module_device *d, void *arg)
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

static int remove_from_module(const char *spec, unsigned int *detached)
{
	uint32_t id;
	int err;

	if (!spec)
		return vnft_module_errno(vnft_module_each(remove_in_module, detached));
	err = find_in_module(spec, &id);
	if (!err)
		err = vnft_module_detach(id, 0);
	if (!err)
		(*detached)++;
	return vnft_module_errno(err);
}

/* ---- both ---- */

int vnft_attached_add(const char *spec, enum vnft_observer observer,
		      const struct vnft_source_config *config, uint8_t hook[VNFT_DIR_NR])
{
	return observer == VNFT_OBSERVER_MODULE ? add_to_module(spec, config, hook) :
						  vnft_bpf_pin_hook(spec, config, hook);
}

static int hand_bpf(const struct vnft_pin *pin, void *arg)
{
	const struct vnft_attached a = { .observer = VNFT_OBSERVER_BPF, .pin = *pin };
	const struct each *each = arg;

	return each->fn(&a, each->arg);
}

int vnft_attached_each(enum vnft_observer observer,
		       int (*fn)(const struct vnft_attached *attached, void *arg), void *arg)
{
	struct each each = { .fn = fn, .arg = arg };
	int err = 0;

	if (wants(observer, VNFT_OBSERVER_BPF))
		err = vnft_bpf_pin_each(hand_bpf, &each);
	if (err || !wants(observer, VNFT_OBSERVER_MODULE))
		return err;
	err = each_in_module(&each);
	return err == -EOPNOTSUPP && observer != VNFT_OBSERVER_MODULE ? 0 : err;
}

int vnft_attached_open(struct vnft_source **source, const char *spec, enum vnft_observer observer,
		       uint16_t *id)
{
	uint32_t found;
	int err;

	if (observer != VNFT_OBSERVER_MODULE)
		return vnft_bpf_open_pinned(source, spec, id, NULL);
	*source = NULL;
	err = find_in_module(spec, &found);
	if (err)
		return err;
	*id = (uint16_t)found;
	return vnft_module_open_attached(source);
}

int vnft_attached_remove(const char *spec, enum vnft_observer observer, unsigned int *detached)
{
	int bpf = -ENOENT, module = -ENOENT;
	unsigned int n = 0, of_module = 0;
	char why[512] = "";

	if (wants(observer, VNFT_OBSERVER_BPF)) {
		bpf = vnft_bpf_unpin(spec, &n);
		snprintf(why, sizeof(why), "%s", vnft_why());
	}
	if (wants(observer, VNFT_OBSERVER_MODULE)) {
		module = remove_from_module(spec, &of_module);
		if (module == -EOPNOTSUPP && observer != VNFT_OBSERVER_MODULE)
			module = -ENOENT;	/* no module, nothing of it */
	}
	if (detached)
		*detached = n + of_module;
	if (module && module != -ENOENT)
		return module;
	if (bpf && bpf != -ENOENT)
		return vnft_fail(bpf, "%s", why);
	/* With all of them there may be none; a device that is named has one. */
	if (!spec || !bpf || !module)
		return 0;
	return vnft_fail(-ENOENT, "%s: not attached: `vnftrace status` lists what is", spec);
}
