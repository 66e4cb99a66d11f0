/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent attachments: a directory NETNS-IFINDEX of pins each. Its lock (flock) is held while it
 * is being made and while somebody records, so it cannot outlive whoever holds it.
 */
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
#include "bpf.h"
#include "pin.h"
#include "../spec.h"

static const char *const link_pin[VNFT_DIR_NR] = { "link_in", "link_out" };
static const char *const prog_pin[VNFT_DIR_NR] = { "prog_in", "prog_out" };

/* Everything a directory of ours may hold. */
static const char *const every_pin[] = {
	"link_in", "link_out", "prog_in", "prog_out", "counters", "hist", "conf", "rings", "state",
};

static int pin(const char *dir, const char *name, int fd)
{
	char path[VNFT_PIN_PATH];
	int err;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	err = bpf_obj_pin(fd, path);
	return err ? vnft_fail(err, "%s: cannot pin: %s", path, strerror(-err)) : 0;
}

static int get(const char *dir, const char *name)
{
	char path[VNFT_PIN_PATH];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return bpf_obj_get(path);
}

void vnft_pin_remove(const char *dir)
{
	char path[VNFT_PIN_PATH];
	size_t i;

	for (i = 0; i < sizeof(every_pin) / sizeof(every_pin[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, every_pin[i]);
		unlink(path);
	}
	rmdir(dir);
}

static int pin_all(const char *dir, const struct vnft_bpf_device *d)
{
	int err = 0, i;

	for (i = 0; i < VNFT_DIR_NR && !err; i++) {
		err = pin(dir, prog_pin[i], d->prog_fd[i]);
		if (!err && d->link_fd[i] >= 0)
			err = pin(dir, link_pin[i], d->link_fd[i]);
	}
	err = err ? err : pin(dir, "counters", d->counters_fd);
	err = err ? err : pin(dir, "hist", d->hist_fd);
	err = err ? err : pin(dir, "conf", d->conf_fd);
	err = err ? err : pin(dir, "rings", d->rings_fd);
	/* Last: an attachment without it was never finished. */
	return err ? err : pin(dir, "state", d->state_fd);
}

struct vnft_bpf_device *vnft_pin_open(const char *dir)
{
	struct vnft_bpf_device *d = vnft_bpf_device_new();
	struct vnft_bpf_conf conf;
	uint32_t zero = 0;
	int i;

	if (!d)
		return NULL;
	d->state_fd = get(dir, "state");
	d->conf_fd = get(dir, "conf");
	d->counters_fd = get(dir, "counters");
	d->hist_fd = get(dir, "hist");
	d->rings_fd = get(dir, "rings");
	for (i = 0; i < VNFT_DIR_NR; i++) {
		d->prog_fd[i] = get(dir, prog_pin[i]);
		d->link_fd[i] = get(dir, link_pin[i]);
	}
	d->pin_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d->adopted = true;
	if (d->state_fd < 0 || d->conf_fd < 0 || d->rings_fd < 0 ||
	    bpf_map_lookup_elem(d->conf_fd, &zero, &conf)) {
		vnft_fail(-ENOENT, "%s: unfinished", dir);
		goto fail;
	}
	d->id = conf.device;
	memcpy(d->hook, conf.hook, sizeof(d->hook));
	d->ncpus = conf.ncpus;
	d->ring_records = conf.ring_mask + 1;
	d->match_slots = conf.match_mask + 1;
	if (vnft_bpf_device_map(d))
		goto fail;
	d->ifindex = d->state->note.ifindex;
	d->netns_inode = d->state->note.netns_inode;
	snprintf(d->ifname, sizeof(d->ifname), "%.15s", d->state->note.ifname);
	memcpy(d->handle, d->state->note.handle, sizeof(d->handle));
	memcpy(d->priority, d->state->note.priority, sizeof(d->priority));
	return d;
fail:
	vnft_bpf_device_free(d);
	return NULL;
}

static void note(struct vnft_bpf_device *d)
{
	d->state->note.netns_inode = d->netns_inode;
	d->state->note.attached_ns = vnft_now_ns();
	d->state->note.ifindex = d->ifindex;
	memcpy(d->state->note.ifname, d->ifname, sizeof(d->ifname));
	memcpy(d->state->note.handle, d->handle, sizeof(d->handle));
	memcpy(d->state->note.priority, d->priority, sizeof(d->priority));
}

/* Ids of persistent attachments are the upper half, unique through a counter beside the pins. */
static int next_id(const char *root, uint16_t *id)
{
	uint32_t zero = 0, n = 0;
	int fd, lock_fd, err;

	lock_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock_fd < 0 || flock(lock_fd, LOCK_EX)) {
		err = vnft_fail(-errno, "%s: cannot lock it: %s", root, strerror(errno));
		goto out;
	}
	fd = get(root, "ids");
	if (fd < 0) {
		fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "vnft_ids", sizeof(zero), sizeof(n), 1,
				    NULL);
		err = fd < 0 ? vnft_fail(fd, "cannot make a map: %s", strerror(-fd)) :
			       pin(root, "ids", fd);
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

/* Our directory for a device; -EEXIST when it is attached, and what is dead makes room. */
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
		.ring_records = VNFT_BPF_RING_RECORDS,
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
		err = pin_all(dir, d);
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

int vnft_bpf_pin_hook(const char *spec, const struct vnft_source_config *config,
		      uint8_t hook[VNFT_DIR_NR])
{
	char ifname[VNFT_IFNAME_LEN];
	int err, back, rings_fd;

	vnft_bpf_quiet();
	err = vnft_bpf_need_caps();
	if (err)
		return err;
	rings_fd = vnft_ring_create_outer(vnft_bpf_ncpus(), VNFT_BPF_RING_RECORDS);
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

int vnft_bpf_pin(const char *spec, const struct vnft_source_config *config)
{
	uint8_t hook[VNFT_DIR_NR];

	return vnft_bpf_pin_hook(spec, config, hook);
}
