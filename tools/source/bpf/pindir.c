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

#include "../../lib/run/owned.h"
#include "../../lib/text/error.h"

static const char *const link_pin[VNFT_DIR_NR] = { "link_in", "link_out" };
static const char *const prog_pin[VNFT_DIR_NR] = { "prog_in", "prog_out" };

/* The last pin of an attachment: "state" alone before there was a number. */
#define STATE		"state"
#define STATE_OF(abi)	STATE "_" #abi
#define STATE_PIN(abi)	STATE_OF(abi)
#define OUR_STATE	STATE_PIN(VNFT_BPF_ABI)

_Static_assert(sizeof(struct vnft_bpf_conf) == 24 && sizeof(struct vnft_bpf_state) == 148672 &&
	       sizeof(struct vnft_counters) == 384 &&
	       sizeof(struct vnft_hist) == 16424,
	       "another shape is another VNFT_BPF_ABI: change both");

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

int vnft_pin_get_map(const char *dir, const char *name, uint32_t value_bytes, uint32_t entries)
{
	struct bpf_map_info info = { 0 };
	uint32_t bytes = sizeof(info);
	int fd = vnft_pin_get(dir, name);

	if (fd < 0)
		return fd;
	if (!bpf_obj_get_info_by_fd(fd, &info, &bytes) && info.key_size == sizeof(uint32_t) &&
	    info.value_size == value_bytes && info.max_entries == entries)
		return fd;
	close(fd);
	return -EPROTO;
}

void vnft_pin_remove(const char *dir)
{
	vnft_owned_remove(dir);
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
	return err ? err : vnft_pin_put(dir, OUR_STATE, d->state_fd);
}

static bool is_there(const char *dir, const char *name)
{
	char path[VNFT_PIN_PATH];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return !access(path, F_OK);
}

bool vnft_pin_finished(const char *dir)
{
	struct dirent *entry;
	bool found = false;
	DIR *d = opendir(dir);

	while (!found && d && (entry = readdir(d)))
		found = !strncmp(entry->d_name, STATE, strlen(STATE));
	if (d)
		closedir(d);
	return found;
}

/* The maps, none of which is read before its shape is known. */
static int open_maps(struct vnft_bpf_device *d, const char *dir, struct vnft_bpf_conf *conf)
{
	uint32_t zero = 0;
	int err;

	d->state_fd = vnft_pin_get_map(dir, OUR_STATE, sizeof(*d->state), 1);
	d->conf_fd = vnft_pin_get_map(dir, "conf", sizeof(*conf), 1);
	if (d->state_fd < 0 || d->conf_fd < 0)
		return d->state_fd < 0 ? d->state_fd : d->conf_fd;
	err = bpf_map_lookup_elem(d->conf_fd, &zero, conf);
	if (err)
		return err;
	/* A map has that many entries, so that the number of CPUs is bounded, too. */
	d->ncpus = conf->ncpus;
	d->counters_fd = vnft_pin_get_map(dir, "counters", sizeof(*d->counters), d->ncpus);
	if (d->counters_fd < 0)
		return d->counters_fd;
	d->hist_fd = vnft_pin_get_map(dir, "hist", sizeof(*d->hist),
				      VNFT_HIST_INDEX(d->ncpus, 0, 0));
	if (d->hist_fd < 0)
		return d->hist_fd;
	d->rings_fd = vnft_pin_get_map(dir, "rings", sizeof(uint32_t), d->ncpus);
	return d->rings_fd < 0 ? d->rings_fd : 0;
}

bool vnft_pin_is_other(const char *dir)
{
	struct vnft_bpf_device *d;
	struct vnft_bpf_conf conf;
	bool other;

	if (!vnft_pin_finished(dir))
		return false;
	if (!is_there(dir, OUR_STATE))
		return true;
	d = vnft_bpf_device_new();
	other = d && open_maps(d, dir, &conf) == -EPROTO;
	vnft_bpf_device_free(d);
	return other;
}

struct vnft_bpf_device *vnft_pin_open(const char *dir)
{
	struct vnft_bpf_device *d = vnft_bpf_device_new();
	struct vnft_bpf_conf conf;
	int i;

	if (!d)
		return NULL;
	if (open_maps(d, dir, &conf)) {
		vnft_fail(-ENOENT, "%s: unfinished, or of another version of vnftrace", dir);
		goto fail;
	}
	for (i = 0; i < VNFT_DIR_NR; i++) {
		d->prog_fd[i] = vnft_pin_get(dir, prog_pin[i]);
		d->link_fd[i] = vnft_pin_get(dir, link_pin[i]);
	}
	d->pin_fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	d->adopted = true;
	d->member.id = conf.device;
	d->side = conf.side == VNFT_SIDE_GUEST ? VNFT_SIDE_GUEST : VNFT_SIDE_HOST;
	for (i = 0; i < VNFT_DIR_NR; i++)
		d->hook[vnft_bpf_way(d, i)] = conf.hook[i] & (uint8_t)~VNFT_HOOK_GUEST_SIDE;
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
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
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
