/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A directory NETNS-IFINDEX of pins. Its lock is a flock(), which ends with the process that holds
 * it.
 */
#include "pindir.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "../../lib/text/error.h"

static const char *const link_pin[VNFT_DIR_NR] = { "link_in", "link_out" };
static const char *const prog_pin[VNFT_DIR_NR] = { "prog_in", "prog_out" };

/* Everything a directory of ours may hold. */
static const char *const every_pin[] = {
	"link_in", "link_out", "prog_in", "prog_out", "counters", "hist", "conf", "rings", "state",
};

int vnft_pin_put(const char *dir, const char *name, int fd)
{
	char path[VNFT_PIN_PATH];
	int err;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	err = bpf_obj_pin(fd, path);
	return err ? vnft_fail(err, "%s: cannot pin: %s", path, strerror(-err)) : 0;
}

int vnft_pin_get(const char *dir, const char *name)
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

int vnft_pin_put_all(const char *dir, const struct vnft_bpf_device *d)
{
	int err = 0, i;

	for (i = 0; i < VNFT_DIR_NR && !err; i++) {
		err = vnft_pin_put(dir, prog_pin[i], d->prog_fd[i]);
		if (!err && d->link_fd[i] >= 0)
			err = vnft_pin_put(dir, link_pin[i], d->link_fd[i]);
	}
	err = err ? err : vnft_pin_put(dir, "counters", d->counters_fd);
	err = err ? err : vnft_pin_put(dir, "hist", d->hist_fd);
	err = err ? err : vnft_pin_put(dir, "conf", d->conf_fd);
	err = err ? err : vnft_pin_put(dir, "rings", d->rings_fd);
	/* This one is the last: an attachment without it was never finished. */
	return err ? err : vnft_pin_put(dir, "state", d->state_fd);
}

struct vnft_bpf_device *vnft_pin_open(const char *dir)
{
	struct vnft_bpf_device *d = vnft_bpf_device_new();
	struct vnft_bpf_conf conf;
	uint32_t zero = 0;
	int i;

	if (!d)
		return NULL;
	d->state_fd = vnft_pin_get(dir, "state");
	d->conf_fd = vnft_pin_get(dir, "conf");
	d->counters_fd = vnft_pin_get(dir, "counters");
	d->hist_fd = vnft_pin_get(dir, "hist");
	d->rings_fd = vnft_pin_get(dir, "rings");
	for (i = 0; i < VNFT_DIR_NR; i++) {
		d->prog_fd[i] = vnft_pin_get(dir, prog_pin[i]);
		d->link_fd[i] = vnft_pin_get(dir, link_pin[i]);
	}
	d->pin_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d->adopted = true;
	if (d->state_fd < 0 || d->conf_fd < 0 || d->rings_fd < 0 ||
	    bpf_map_lookup_elem(d->conf_fd, &zero, &conf)) {
		vnft_fail(-ENOENT, "%s: unfinished", dir);
		goto fail;
	}
	d->member.id = conf.device;
	d->side = conf.side == VNFT_SIDE_GUEST ? VNFT_SIDE_GUEST : VNFT_SIDE_HOST;
	for (i = 0; i < VNFT_DIR_NR; i++)
		d->hook[vnft_bpf_way(d, i)] = conf.hook[i] & (uint8_t)~VNFT_HOOK_GUEST_SIDE;
	d->ncpus = conf.ncpus;
	d->ring_records = conf.ring_mask + 1;
	d->match_slots = conf.match_mask + 1;
	if (vnft_bpf_device_map(d))
		goto fail;
	d->ifindex = d->state->note.ifindex;
	d->netns_inode = d->state->note.netns_inode;
	d->netns_cookie = (uint64_t)d->state->note.netns_cookie_high << 32 |
			  d->state->note.netns_cookie_low;
	snprintf(d->ifname, sizeof(d->ifname), "%.15s", d->state->note.ifname);
	snprintf(d->spec, sizeof(d->spec), "%s", d->ifname);
	memcpy(d->handle, d->state->note.handle, sizeof(d->handle));
	memcpy(d->priority, d->state->note.priority, sizeof(d->priority));
	return d;
fail:
	vnft_bpf_device_free(d);
	return NULL;
}

bool vnft_pin_locked(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return locked;
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

/* All names are read first, because the caller may remove directories. */
int vnft_pin_names(const char *root, char (**list)[48], size_t *n)
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
