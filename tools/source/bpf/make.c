/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes a device of our own: looks it up, loads its programs, puts them onto its hooks.
 */
#include "make.h"

#include <errno.h>
#include <net/if_arp.h>
#include <stdio.h>

#include "../../lib/net/link.h"
#include "../../lib/net/netns_find.h"
#include "../side.h"
#include "../spec.h"
#include "attach.h"

/* Who the device is, in the calling thread's namespace. */
static int identify(struct vnft_bpf_device *d, const char *spec, const char *ifname,
		    enum vnft_side_choice side, uint32_t *l2_bytes)
{
	struct vnft_link_info info;
	int err = vnft_spec_look(spec, ifname, &info, &d->netns_inode);

	if (err)
		return err;
	d->netns_cookie = vnft_netns_cookie();
	d->ifindex = info.ifindex;
	d->side = vnft_side_choose(side, spec, &info, d->netns_inode, &d->side_why);
	snprintf(d->spec, sizeof(d->spec), "%s", spec);
	snprintf(d->ifname, sizeof(d->ifname), "%s", info.name);
	*l2_bytes = info.arphrd == ARPHRD_ETHER || info.arphrd == ARPHRD_LOOPBACK ?
		    VNFT_ETH_BYTES : 0;
	return 0;
}

struct vnft_bpf_device *vnft_bpf_device_make(const char *spec, const char *ifname,
					     const struct vnft_source_config *config,
					     struct vnft_bpf_load *how, bool persistent)
{
	struct vnft_bpf_device *d = vnft_bpf_device_new();
	int err;

	if (!d)
		return NULL;
	err = identify(d, spec, ifname, config->side, &how->l2_bytes);
	if (!err)
		err = vnft_bpf_choose_hook(d, config->hook);
	if (!err)
		err = vnft_bpf_device_load(d, how);
	if (!err)
		err = vnft_bpf_attach_hooks(d, persistent);
	if (!err)
		return d;
	vnft_bpf_detach_hooks(d);
	vnft_bpf_device_free(d);
	errno = -err;
	return NULL;
}
