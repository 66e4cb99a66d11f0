/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent attachments in use: found, listed, taken away.
 */
#include "pinned.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "../../lib/net/netns.h"
#include "../../lib/net/netns_find.h"
#include "../../lib/text/error.h"
#include "../../lib/text/shell.h"
#include "../spec.h"
#include "attach.h"
#include "caps.h"
#include "chain.h"
#include "clsact.h"
#include "hooked.h"
#include "pindir.h"
#include "pinfs.h"
#include "read.h"
#include "ring.h"
#include "seek.h"

/* Stop what a killed recorder left running. */
static void settle(struct vnft_bpf_device *d)
{
	if (!d->state->record_mask || flock(d->pin_fd, LOCK_EX | LOCK_NB))
		return;
	vnft_bpf_device_record(d, 0);
	vnft_bpf_rings_remove(d->rings_fd, d->ncpus);
	flock(d->pin_fd, LOCK_UN);
}

/*
 * Its filters go, or their namespace is out of reach: said once. One of another version is not
 * read. Its links end with their pins, its filters are left to the sweep. How many were detached.
 */
static unsigned int take_away(const char *dir)
{
	struct vnft_bpf_device *d = vnft_pin_open(dir);
	int link_fd;

	if (d) {
		if (d->hook[VNFT_DIR_IN] == VNFT_HOOK_CLSACT_IN) {
			d->netns_fd = vnft_netns_find(d->netns_inode);
			vnft_spec_of(d->netns_inode, d->ifname, d->spec);
			if (d->netns_fd < 0)
				vnft_warn("%s: its namespace is gone, or held where we cannot "
					  "look: then its filters stay", d->spec);
		}
		vnft_bpf_device_record(d, 0);
		vnft_bpf_detach_hooks(d);
		vnft_bpf_device_free(d);
	}
	link_fd = vnft_pin_get(dir, "link_in");
	if (link_fd >= 0)
		close(link_fd);
	vnft_pin_remove(dir);
	return d || link_fd >= 0;
}

static int sweep_clsact(void *arg)
{
	int n = vnft_clsact_sweep();

	if (n > 0)
		*(unsigned int *)arg += (unsigned int)n;
	return 0;
}

static bool ids_of_other(const char *root)
{
	int fd = vnft_pin_get_map(root, "ids", sizeof(uint32_t), 1);

	if (fd >= 0)
		close(fd);
	return fd == -EPROTO;
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
		*detached += take_away(dir);
	}
	free(list);
	if (err)
		return err;
	if (n || ids_of_other(root))
		vnft_pin_forget(root);
	return vnft_netns_each(sweep_clsact, detached);
}

/*
 * A device that is there by its hooks; one that is not there under that name, or whose namespace is
 * not, by what it was called when it was attached. @usual: the directory that its attachment has as
 * a rule, "" if there is no such device.
 */
static struct vnft_bpf_device *seek(const char *root, const char *spec, char dir[VNFT_SEEK_BYTES],
				    char usual[VNFT_SEEK_BYTES])
{
	struct vnft_bpf_device *d = NULL;
	char netns[VNFT_NETNS_NAME_BYTES], dev[VNFT_SPEC_DEV_BYTES], ifname[VNFT_IFNAME_LEN];
	unsigned long long inode = 0;
	unsigned int ifindex = 0;
	int back, fd;

	usual[0] = '\0';
	if (!vnft_spec_split(spec, netns, dev))
		return NULL;
	if (!vnft_spec_enter(spec, ifname, &back)) {
		ifindex = if_nametoindex(ifname);
		if (ifindex)
			d = vnft_seek_device(root, ifindex, dir);
		fd = vnft_netns_open(NULL);
		inode = fd >= 0 ? vnft_netns_inode(fd) : 0;
		if (fd >= 0)
			close(fd);
		vnft_spec_leave(back);
		if (ifindex)
			snprintf(usual, VNFT_SEEK_BYTES, "%s/%llu-%u", root, inode, ifindex);
	} else {
		sscanf(netns, "net:[%llu]", &inode);
	}
	return d || ifindex ? d : vnft_seek_name(root, inode, dev, dir);
}

static int unpin_one(const char *spec, unsigned int *detached)
{
	char root[VNFT_PIN_PATH / 2], dir[VNFT_SEEK_BYTES], usual[VNFT_SEEK_BYTES] = "";
	struct vnft_bpf_device *d = NULL;
	int err;

	err = vnft_pinfs_path(root, sizeof(root), false);
	if (err && err != -ENOENT)
		return err;
	if (!err)
		d = seek(root, spec, dir, usual);
	if (!d && usual[0] && vnft_pin_is_other(usual)) {
		*detached += take_away(usual);
		vnft_pin_forget(root);
		return vnft_netns_each(sweep_clsact, detached);
	}
	if (!d)
		return vnft_fail(-ENOENT, "%s: not attached: `vnftrace status` lists what is",
				 spec);
	vnft_bpf_device_free(d);
	take_away(dir);
	vnft_pin_forget(root);
	(*detached)++;
	return 0;
}

int vnft_bpf_unpin(const char *spec, unsigned int *detached)
{
	unsigned int n = 0;
	int err;

	vnft_bpf_quiet();
	err = vnft_bpf_need_caps();
	if (!err)
		err = spec ? unpin_one(spec, &n) : unpin_all(&n);
	if (detached)
		*detached = n;
	return err;
}

static int open_here(const char *spec, const char *ifname, struct vnft_bpf_device **d)
{
	char root[VNFT_PIN_PATH / 2], dir[VNFT_SEEK_BYTES];
	unsigned int ifindex = if_nametoindex(ifname);
	int err;

	*d = NULL;
	if (!ifindex)
		return vnft_spec_missing(spec);
	err = vnft_pinfs_path(root, sizeof(root), false);
	if (err && err != -ENOENT)
		return err;
	if (!err)
		*d = vnft_seek_device(root, ifindex, dir);
	if (!*d)
		return vnft_fail(-ENOENT, "%s: not attached: `vnftrace attach %s` first", spec,
				 vnft_shell(spec));
	snprintf((*d)->spec, sizeof((*d)->spec), "%s", spec);
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
	err = open_here(spec, ifname, d);
	vnft_spec_leave(back);
	return err;
}

static void describe(struct vnft_bpf_device *d, const char *dir, struct vnft_attachment *a)
{
	struct vnft_bpf_where where;
	int way;

	settle(d);
	vnft_bpf_locate(d, &where);
	memset(a, 0, sizeof(*a));
	a->observer = VNFT_OBSERVER_BPF;
	a->id = d->member.id;
	a->netns_inode = where.netns_inode;
	a->ifindex = where.ifindex;
	snprintf(a->ifname, sizeof(a->ifname), "%s", where.ifname);
	a->side = d->side;
	for (way = 0; way < VNFT_DIR_NR; way++)
		a->hook[vnft_bpf_way(d, way)] = d->hook[way];
	memcpy(a->hooked, where.hooked, sizeof(a->hooked));
	a->recording = d->state->record_mask && vnft_pin_locked(dir);
	vnft_bpf_device_read(d, &a->state);
	vnft_bpf_chain(d, a);
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
		if (!d && vnft_pin_is_other(dir))
			vnft_warn("%s: attached by another version of vnftrace, which alone can "
				  "read it: `vnftrace detach --all` takes it away", dir);
		if (!d)
			continue;
		describe(d, dir, &a);
		vnft_bpf_device_free(d);
		err = fn(&a, arg);
	}
	free(list);
	return err;
}
