/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attachments of both observers behind one face.
 */
#include "attached.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../lib/text/error.h"
#include "bpf/follow.h"
#include "bpf/pin.h"
#include "bpf/pinned.h"
#include "bpf/source.h"
#include "module/attached.h"
#include "module/source.h"

static bool wants(enum vnft_observer asked, enum vnft_observer one)
{
	return asked == one || asked == VNFT_OBSERVER_BOTH || asked == VNFT_OBSERVER_AUTO;
}

int vnft_attached_add(const char *spec, enum vnft_observer observer,
		      const struct vnft_source_config *config, struct vnft_attached *made)
{
	return observer == VNFT_OBSERVER_MODULE ? vnft_module_attached_add(spec, config, made) :
						  vnft_bpf_pin(spec, config, made);
}

int vnft_attached_each(enum vnft_observer observer, vnft_attachment_fn fn, void *arg)
{
	int err = 0;

	if (wants(observer, VNFT_OBSERVER_BPF))
		err = vnft_bpf_pin_each(fn, arg);
	if (err || !wants(observer, VNFT_OBSERVER_MODULE))
		return err;
	err = vnft_module_attached_each(fn, arg);
	return err == -EOPNOTSUPP && observer != VNFT_OBSERVER_MODULE ? 0 : err;
}

/**
 * struct vnft_follow - attachments that are looked at again and again
 * @bpf: NULL where they are not asked for
 * @module: the module's are asked for, which keeps its list itself
 */
struct vnft_follow {
	struct vnft_bpf_follow *bpf;
	bool module, only_module;
};

int vnft_attached_follow(struct vnft_follow **follow, enum vnft_observer observer)
{
	struct vnft_follow *f = calloc(1, sizeof(*f));
	int err = f ? 0 : vnft_fail(-ENOMEM, "out of memory");

	*follow = NULL;
	if (!err && wants(observer, VNFT_OBSERVER_BPF))
		err = vnft_bpf_follow_open(&f->bpf);
	if (err) {
		free(f);
		return err;
	}
	f->module = wants(observer, VNFT_OBSERVER_MODULE);
	f->only_module = observer == VNFT_OBSERVER_MODULE;
	*follow = f;
	return 0;
}

int vnft_attached_look(struct vnft_follow *f, vnft_followed_fn fn, void *arg)
{
	int err = f->bpf ? vnft_bpf_follow_each(f->bpf, fn, arg) : 0;

	if (err || !f->module)
		return err;
	err = vnft_module_follow_each(fn, arg);
	return err == -EOPNOTSUPP && !f->only_module ? 0 : err;
}

void vnft_attached_unfollow(struct vnft_follow *f)
{
	if (f)
		vnft_bpf_follow_close(f->bpf);
	free(f);
}

int vnft_attached_open(struct vnft_source **source, const char *spec, enum vnft_observer observer,
		       uint16_t *id)
{
	int err;

	if (observer != VNFT_OBSERVER_MODULE)
		return vnft_bpf_open_pinned(source, spec, id, NULL);
	*source = NULL;
	err = vnft_module_attached_find(spec, id);
	return err ? err : vnft_module_open_attached(source);
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
		module = vnft_module_attached_remove(spec, &of_module);
		if (module == -EOPNOTSUPP && observer != VNFT_OBSERVER_MODULE)
			module = -ENOENT;	/* without a module it has none */
	}
	if (detached)
		*detached = n + of_module;
	/* BPF knows a device that is not there any more, the module has nothing of such a one. */
	if (module && module != -ENOENT && !(module == -ENODEV && !bpf))
		return module;
	if (bpf && bpf != -ENOENT)
		return vnft_fail(bpf, "%s", why);
	/* Asked for all, there may be none. A device that was named must have had one. */
	if (!spec || !bpf || !module)
		return 0;
	return vnft_fail(-ENOENT, "%s: not attached: `vnftrace status` lists what is", spec);
}
