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

#include "../../lib/run/clock.h"
#include "../../lib/text/error.h"
#include "../spec.h"
#include "attach.h"
#include "caps.h"
#include "make.h"
#include "pindir.h"
#include "pinfs.h"
#include "ring.h"

static void note(struct vnft_bpf_device *d)
{
	d->state->note.netns_inode = d->netns_inode;
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

	lock_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock_fd < 0 || flock(lock_fd, LOCK_EX)) {
		err = vnft_fail(-errno, "%s: cannot lock it: %s", root, strerror(errno));
		goto out;
	}
	fd = vnft_pin_get(root, "ids");
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

/* Make the device's directory; -EEXIST if it is attached. A dead attachment is removed for it. */
static int claim(const char *ifname, char *dir, int *lock_fd)
{
	struct vnft_bpf_device *old;
	bool alive;
	int tries;

	for (tries = 0; tries < 2; tries++) {
		if (!mkdir(dir, 0700)) {
			*lock_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			if (*lock_fd >= 0 && !flock(*lock_fd, LOCK_EX | LOCK_NB))
				return 0;
			break;
		}
		if (errno != EEXIST)
			return vnft_fail(-errno, "%s: cannot make it: %s", dir, strerror(errno));
		if (vnft_pin_locked(dir))
			break;
		old = vnft_pin_open(dir);
		alive = old && vnft_bpf_device_alive(old);
		vnft_bpf_device_free(old);
		if (alive)
			break;
		vnft_pin_remove(dir);
	}
	return vnft_fail(-EEXIST, "%s: already attached: `vnftrace detach %s` first", ifname,
			 ifname);
}

static int pin_here(const char *ifname, const struct vnft_source_config *config, int rings_fd,
		    uint8_t hook[VNFT_DIR_NR])
{
	struct vnft_bpf_load how = {
		.ring_records = VNFT_SESSION_RING_RECORDS,
		.match_slots = config && config->match_slots ? config->match_slots :
							       VNFT_BPF_MATCH_SLOTS,
		.rings_fd = rings_fd,
	};
	char root[VNFT_PIN_PATH / 2], dir[VNFT_PIN_PATH - 16];
	struct vnft_bpf_device *d;
	int err, lock_fd = -1;

	err = vnft_pinfs_path(root, sizeof(root), true);
	if (!err)
		err = vnft_pin_dir(root, ifname, dir, sizeof(dir));
	if (!err)
		err = claim(ifname, dir, &lock_fd);
	if (err)
		return err;
	err = next_id(root, &how.id);
	if (!err) {
		d = vnft_bpf_device_make(ifname, config ? config->hook : VNFT_HOOK_AUTO, &how,
					 true);
		err = d ? 0 : -errno;
	}
	if (!err) {
		note(d);
		memcpy(hook, d->hook, sizeof(d->hook));
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
		 uint8_t hook[VNFT_DIR_NR])
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
		err = pin_here(ifname, config, rings_fd, hook);
		vnft_spec_leave(back);
	}
	close(rings_fd);
	return err;
}
