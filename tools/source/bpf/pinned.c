/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent attachments in use: found, read, recorded, taken away.
 */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "../../lib/net/link.h"
#include "../../lib/net/netns.h"
#include "../../lib/net/netns_id.h"
#include "../../lib/text/error.h"
#include "bpf.h"
#include "pin.h"
#include "tcx.h"
#include "../spec.h"

int vnft_pin_dir(const char *root, const char *ifname, char *dir, size_t bytes)
{
	unsigned int ifindex = if_nametoindex(ifname);
	uint64_t inode;
	int fd;

	if (!ifindex)
		return vnft_fail(-ENODEV,
				 "%s: no such device in this namespace: `ip link` lists them",
				 ifname);
	fd = vnft_netns_open(NULL);
	if (fd < 0)
		return fd;
	inode = vnft_netns_inode(fd);
	close(fd);
	snprintf(dir, bytes, "%s/%llu-%u", root, (unsigned long long)inode, ifindex);
	return 0;
}

bool vnft_pin_locked(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return locked;
}

void vnft_pin_settle(struct vnft_bpf_device *d)
{
	if (!d->state->record_mask || flock(d->pin_fd, LOCK_EX | LOCK_NB))
		return;
	vnft_bpf_device_record(d, 0);
	vnft_bpf_rings_remove(d->rings_fd, d->ncpus);
	flock(d->pin_fd, LOCK_UN);
}

static int match_handle(const struct vnft_filter *f, void *arg)
{
	const struct vnft_bpf_device *d = arg;

	return f->ours && f->handle == d->handle[f->dir];
}

static bool alive_clsact(const struct vnft_bpf_device *d)
{
	int fd = vnft_netns_find(d->netns_inode), back, found = 0;

	if (fd < 0)
		return false;
	if (!vnft_netns_enter(fd, &back)) {
		found = vnft_clsact_each(d->ifindex, match_handle, (void *)d);
		vnft_netns_leave(back);
	}
	close(fd);
	return found > 0;
}

bool vnft_bpf_device_alive(const struct vnft_bpf_device *d)
{
	struct vnft_tcx_link_info info = { 0 };
	uint32_t bytes = sizeof(info);

	if (d->hook[VNFT_DIR_IN] == VNFT_HOOK_CLSACT_IN)
		return alive_clsact(d);
	return d->link_fd[VNFT_DIR_IN] >= 0 &&
	       !bpf_obj_get_info_by_fd(d->link_fd[VNFT_DIR_IN], &info, &bytes) && info.ifindex;
}

void vnft_pin_forget(const char *root)
{
	bool empty = true;
	struct dirent *entry;
	DIR *d = opendir(root);
	char path[VNFT_PIN_PATH];

	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, "ids"))
			empty = false;
	if (d && empty) {
		snprintf(path, sizeof(path), "%s/ids", root);
		unlink(path);
		rmdir(root);
	}
	if (d)
		closedir(d);
}

static void take_away(const char *dir)
{
	struct vnft_bpf_device *d = vnft_pin_open(dir);

	if (d) {
		if (d->hook[VNFT_DIR_IN] == VNFT_HOOK_CLSACT_IN)
			d->netns_fd = vnft_netns_find(d->netns_inode);
		vnft_bpf_device_record(d, 0);
		vnft_bpf_detach_hooks(d);
		vnft_bpf_device_free(d);
	}
	vnft_pin_remove(dir);
}

/* Names first: the directory changes under the walk. */
static int names(const char *root, char (**list)[48], size_t *n)
{
	struct dirent *entry;
	size_t room = 0;
	DIR *d;

	*list = NULL;
	*n = 0;
	d = opendir(root);
	if (!d)
		return errno == ENOENT ? 0 : vnft_fail(-errno, "%s: %s", root, strerror(errno));
	while ((entry = readdir(d))) {
		if (!strchr(entry->d_name, '-') || strlen(entry->d_name) >= sizeof(**list))
			continue;
		if (*n == room) {
			void *more = realloc(*list, (room + 64) * sizeof(**list));

			if (!more)
				break;
			*list = more;
			room += 64;
		}
		snprintf((*list)[(*n)++], sizeof(**list), "%s", entry->d_name);
	}
	closedir(d);
	return 0;
}

static int sweep_clsact(void *arg)
{
	int n = vnft_clsact_sweep();

	if (n > 0)
		*(unsigned int *)arg += (unsigned int)n;
	return 0;
}

static int unpin_all(unsigned int *detached)
{
	char root[VNFT_PIN_PATH / 2], dir[VNFT_PIN_PATH];
	char (*list)[48] = NULL;
	size_t n = 0, i;
	int err = vnft_pinfs_path(root, sizeof(root), false);

	if (!err)
		err = names(root, &list, &n);
	else if (err == -ENOENT)
		err = 0;
	for (i = 0; !err && i < n; i++) {
		snprintf(dir, sizeof(dir), "%s/%s", root, list[i]);
		take_away(dir);
		(*detached)++;
	}
	free(list);
	if (err)
		return err;
	if (n)
		vnft_pin_forget(root);
	return vnft_netns_each(sweep_clsact, detached);
}

static int unpin_one(const char *ifname, unsigned int *detached)
{
	char root[VNFT_PIN_PATH / 2], dir[VNFT_PIN_PATH - 16];
	int have = vnft_pinfs_path(root, sizeof(root), false), err;

	err = vnft_pin_dir(root, ifname, dir, sizeof(dir));
	if (err)
		return err;
	if (have || access(dir, F_OK))
		return vnft_fail(-ENOENT, "%s: not attached: `vnftrace status` lists what is",
				 ifname);
	take_away(dir);
	vnft_pin_forget(root);
	(*detached)++;
	return 0;
}

int vnft_bpf_unpin(const char *spec, unsigned int *detached)
{
	unsigned int n = 0;
	char ifname[VNFT_IFNAME_LEN];
	int err, back;

	vnft_bpf_quiet();
	err = vnft_bpf_need_caps();
	if (!err && !spec)
		err = unpin_all(&n);
	if (!err && spec) {
		err = vnft_spec_enter(spec, ifname, &back);
		if (!err) {
			err = unpin_one(ifname, &n);
			vnft_spec_leave(back);
		}
	}
	if (detached)
		*detached = n;
	return err;
}

static int open_here(const char *ifname, struct vnft_bpf_device **d)
{
	char root[VNFT_PIN_PATH / 2], dir[VNFT_PIN_PATH - 16];
	int have = vnft_pinfs_path(root, sizeof(root), false), err;

	err = vnft_pin_dir(root, ifname, dir, sizeof(dir));
	if (err)
		return err;
	*d = have || access(dir, F_OK) ? NULL : vnft_pin_open(dir);
	if (*d &&
	    !vnft_bpf_device_alive(*d)) { /* its namespace's inode and its ifindex came back */
		vnft_bpf_device_free(*d);
		*d = NULL;
	}
	if (!*d)
		return vnft_fail(-ENOENT, "%s: not attached: `vnftrace attach %s` first", ifname,
				 ifname);
	vnft_pin_settle(*d);
	return 0;
}

int vnft_bpf_open_device(const char *spec, struct vnft_bpf_device **d)
{
	char ifname[VNFT_IFNAME_LEN];
	int err, back;

	err = vnft_spec_enter(spec, ifname, &back);
	if (err)
		return err;
	err = open_here(ifname, d);
	vnft_spec_leave(back);
	return err;
}

static void add_other(struct vnft_pin *pin, const char *hook, const struct vnft_filter *f)
{
	size_t n = strlen(pin->others);

	snprintf(pin->others + n, sizeof(pin->others) - n, "%s%s/%s:%s(%u)", n ? " " : "", hook,
		 f->dir == VNFT_DIR_IN ? "in" : "out", f->name[0] ? f->name : "?", f->prog_id);
}

struct beside {
	struct vnft_pin *pin;
	const char *hook;
	uint32_t ours[VNFT_DIR_NR];
};

static int look_beside(const struct vnft_filter *f, void *arg)
{
	struct beside *b = arg;

	if (f->prog_id != b->ours[f->dir])
		add_other(b->pin, b->hook, f);
	return 0;
}

static void look_around(const struct vnft_bpf_device *d, struct vnft_pin *pin)
{
	struct beside b = { .pin = pin };
	struct vnft_link_info info;
	struct bpf_prog_info prog;
	uint32_t bytes;
	int fd, back, dir;

	fd = vnft_netns_find(d->netns_inode);
	if (fd < 0)
		return;
	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		bytes = sizeof(prog);
		memset(&prog, 0, sizeof(prog));
		if (!bpf_obj_get_info_by_fd(d->prog_fd[dir], &prog, &bytes))
			b.ours[dir] = prog.id;
	}
	if (!vnft_netns_enter(fd, &back)) {
		/* It may have been renamed since. */
		if (!vnft_link_get_index(d->ifindex, &info))
			snprintf(pin->ifname, sizeof(pin->ifname), "%s", info.name);
		b.hook = "tcx";
		vnft_tcx_each(d->ifindex, look_beside, &b);
		b.hook = "clsact";
		vnft_clsact_each(d->ifindex, look_beside, &b);
		vnft_netns_leave(back);
	}
	close(fd);
}

static void describe(struct vnft_bpf_device *d, const char *dir, struct vnft_pin *pin)
{
	vnft_pin_settle(d);
	memset(pin, 0, sizeof(*pin));
	pin->id = d->id;
	pin->netns_inode = d->netns_inode;
	pin->ifindex = d->ifindex;
	snprintf(pin->ifname, sizeof(pin->ifname), "%s", d->ifname);
	memcpy(pin->hook, d->hook, sizeof(pin->hook));
	pin->dead = !vnft_bpf_device_alive(d);
	pin->recording = d->state->record_mask && vnft_pin_locked(dir);
	vnft_bpf_device_read(d, &pin->state);
	if (!pin->dead)
		look_around(d, pin);
}

int vnft_bpf_pin_each(int (*fn)(const struct vnft_pin *pin, void *arg), void *arg)
{
	char root[VNFT_PIN_PATH / 2], dir[VNFT_PIN_PATH];
	char (*list)[48] = NULL;
	struct vnft_bpf_device *d;
	struct vnft_pin pin;
	size_t n = 0, i;
	int err;

	vnft_bpf_quiet();
	err = vnft_bpf_need_caps();
	if (err)
		return err;
	err = vnft_pinfs_path(root, sizeof(root), false);
	if (err)
		return err == -ENOENT ? 0 : err;
	err = names(root, &list, &n);
	for (i = 0; !err && i < n; i++) {
		snprintf(dir, sizeof(dir), "%s/%s", root, list[i]);
		d = vnft_pin_open(dir);
		if (!d)
			continue;
		describe(d, dir, &pin);
		vnft_bpf_device_free(d);
		err = fn(&pin, arg);
	}
	free(list);
	return err;
}
