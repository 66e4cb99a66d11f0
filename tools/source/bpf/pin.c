/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes a persistent attachment: claims its directory, numbers it, loads it, pins it.
 */
#include "pin.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/net/link.h"
#include "../../lib/net/netns.h"
#include "../../lib/run/clock.h"
#include "../../lib/text/error.h"
#include "../../lib/text/shell.h"
#include "../attachment.h"
#include "../spec.h"
#include "attach.h"
#include "caps.h"
#include "hooked.h"
#include "make.h"
#include "pindir.h"
#include "pinfs.h"
#include "ring.h"
#include "seek.h"

/* Devices that were attached under one number of one namespace, and moved away. */
#define CLAIM_TRIES 64

static void note(struct vnft_bpf_device *d)
{
	d->state->note.netns_inode = d->netns_inode;
	d->state->note.netns_cookie_low = (uint32_t)d->netns_cookie;
	d->state->note.netns_cookie_high = (uint32_t)(d->netns_cookie >> 32);
	d->state->note.attached_ns = vnft_now_ns();
	d->state->note.ifindex = d->ifindex;
	memcpy(d->state->note.ifname, d->ifname, sizeof(d->ifname));
	memcpy(d->state->note.handle, d->handle, sizeof(d->handle));
	memcpy(d->state->note.priority, d->priority, sizeof(d->priority));
}

/* Persistent attachments have the upper half of all ids, from a counter beside the pins. */
static int next_id(const char *root, uint16_t *id)
{
	uint32_t zero = 0, n = 0;
	int fd, lock_fd, err;

	lock_fd = open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (lock_fd < 0 || flock(lock_fd, LOCK_EX)) {
		err = vnft_fail(-errno, "%s: cannot lock it: %s", root, strerror(errno));
		goto out;
	}
	fd = vnft_pin_get_map(root, "ids", sizeof(n), 1);
	if (fd == -EPROTO) {
		err = vnft_fail(fd, "%s/ids: made by another version of vnftrace: `vnftrace detach "
				"--all` first", root);
		goto out;
	}
	if (fd < 0) {
		fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "vnft_ids", sizeof(zero), sizeof(n), 1,
				    NULL);
		err = fd < 0 ? vnft_fail(fd, "cannot make a map: %s", strerror(-fd)) :
			       vnft_pin_put(root, "ids", fd);
		if (err)
			goto close_fd;
	}
	err = bpf_map_lookup_elem(fd, &zero, &n);
	*id = (uint16_t)(VNFT_PIN_FIRST_ID + n % (UINT16_MAX - VNFT_PIN_FIRST_ID));
	n++;
	if (!err)
		err = bpf_map_update_elem(fd, &zero, &n, BPF_ANY);
	if (err)
		vnft_fail(err, "%s/ids: %s", root, strerror(-err));
close_fd:
	if (fd >= 0)
		close(fd);
out:
	if (lock_fd >= 0)
		close(lock_fd);
	return err;
}

/* Two commands attach one device at the same time: the other was faster. */
static int busy(const char *spec)
{
	return vnft_fail(-EEXIST, "%s: somebody else is attaching it right now", spec);
}

/* What is in @dir has to stay; else it was dead or never finished, and is removed. */
static bool is_used(const char *dir)
{
	struct vnft_bpf_device *old = vnft_pin_open(dir);
	uint8_t hooked[VNFT_DIR_NR] = { VNFT_HOOKED_REMOVED, VNFT_HOOKED_REMOVED };

	if (old)
		vnft_bpf_hooked(old, hooked);
	vnft_bpf_device_free(old);
	if (vnft_bpf_is_hooked(hooked) || vnft_pin_is_other(dir))
		return true;
	vnft_pin_remove(dir);
	return false;
}

/*
 * The device is attached already: fails, unless nothing of that is left on it. @usual is where its
 * attachment is as a rule.
 */
static int refuse_second(const char *spec, const char *root, unsigned int ifindex,
			 const char *usual)
{
	char dir[VNFT_SEEK_BYTES], text[VNFT_HOOKED_TEXT_BYTES];
	struct vnft_bpf_device *old = vnft_seek_device(root, ifindex, dir);
	uint8_t hooked[VNFT_DIR_NR];

	if (!old && vnft_pin_is_other(usual))
		return vnft_fail(-EEXIST, "%s: already attached, by another version of vnftrace: "
				 "`vnftrace detach %s` first", spec, vnft_shell(spec));
	if (!old)
		return 0;
	vnft_bpf_hooked(old, hooked);
	vnft_bpf_device_free(old);
	if (!vnft_bpf_is_hooked(hooked)) {
		vnft_pin_remove(dir);
		return 0;
	}
	vnft_hooked_say(hooked, text, sizeof(text));
	return vnft_fail(-EEXIST, "%s: already attached%s%s: `vnftrace detach %s` first", spec,
			 vnft_hooked_both(hooked) ? "" : ", ",
			 vnft_hooked_both(hooked) ? "" : text, vnft_shell(spec));
}

/* Make the device's directory. Its name may be that of a device which moved away since. */
static int claim(const char *spec, const char *root, unsigned int ifindex,
		 char dir[VNFT_SEEK_BYTES], int *lock_fd)
{
	const int netns_fd = vnft_netns_open(NULL);
	unsigned long long inode;
	int tries, err;

	if (netns_fd < 0)
		return netns_fd;
	inode = vnft_netns_inode(netns_fd);
	close(netns_fd);
	snprintf(dir, VNFT_SEEK_BYTES, "%s/%llu-%u", root, inode, ifindex);
	err = refuse_second(spec, root, ifindex, dir);
	if (err)
		return err;
	for (tries = 0; tries < CLAIM_TRIES; tries++) {
		if (tries)
			snprintf(dir, VNFT_SEEK_BYTES, "%s/%llu-%u-%d", root, inode, ifindex,
				 tries);
		if (!mkdir(dir, 0700) || (errno == EEXIST && !vnft_pin_locked(dir) &&
					  !is_used(dir) && !mkdir(dir, 0700))) {
			*lock_fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			return *lock_fd >= 0 && !flock(*lock_fd, LOCK_EX | LOCK_NB) ? 0 :
										       busy(spec);
		}
		if (errno != EEXIST)
			return vnft_fail(-errno, "%s: cannot make it: %s", dir, strerror(errno));
		/* Locked without being finished: it is being made. */
		if (vnft_pin_locked(dir) && !vnft_pin_finished(dir))
			return busy(spec);
	}
	return busy(spec);
}

static int pin_here(const char *spec, const char *ifname, const struct vnft_source_config *config,
		    int rings_fd, struct vnft_attached *made)
{
	static const struct vnft_source_config any;
	struct vnft_bpf_load how = {
		.ring_records = VNFT_SESSION_RING_RECORDS,
		.match_slots = config && config->match_slots ? config->match_slots :
							       VNFT_BPF_MATCH_SLOTS,
		.rings_fd = rings_fd,
	};
	char root[VNFT_PIN_PATH / 2], dir[VNFT_SEEK_BYTES];
	struct vnft_bpf_device *d;
	struct vnft_link_info info;
	int err, way, lock_fd = -1;
	uint64_t inode;

	err = vnft_spec_look(spec, ifname, &info, &inode);
	if (!err)
		err = vnft_pinfs_path(root, sizeof(root), true);
	if (!err)
		err = claim(spec, root, info.ifindex, dir, &lock_fd);
	if (err)
		return err;
	err = next_id(root, &how.id);
	if (!err) {
		d = vnft_bpf_device_make(spec, info.name, config ? config : &any, &how, true);
		err = d ? 0 : -errno;
	}
	if (!err) {
		note(d);
		for (way = 0; way < VNFT_DIR_NR; way++)
			made->hook[vnft_bpf_way(d, way)] = d->hook[way];
		made->side = d->side;
		made->side_why = d->side_why;
		err = vnft_pin_put_all(dir, d);
		if (err)
			vnft_bpf_detach_hooks(d);
		vnft_bpf_device_free(d);
	}
	if (err) {
		vnft_pin_remove(dir);
		vnft_pin_forget(root);
	}
	close(lock_fd);
	return err;
}

int vnft_bpf_pin(const char *spec, const struct vnft_source_config *config,
		 struct vnft_attached *made)
{
	char ifname[VNFT_IFNAME_LEN];
	int err, back, rings_fd;

	vnft_bpf_quiet();
	err = vnft_bpf_need_caps();
	if (err)
		return err;
	rings_fd = vnft_ring_create_outer(vnft_bpf_ncpus(), VNFT_SESSION_RING_RECORDS);
	if (rings_fd < 0)
		return rings_fd;
	err = vnft_spec_enter(spec, ifname, &back);
	if (!err) {
		err = pin_here(spec, ifname, config, rings_fd, made);
		vnft_spec_leave(back);
	}
	close(rings_fd);
	return err;
}
