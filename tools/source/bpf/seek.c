/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds an attachment's directory. Its name says where it was attached, which is where it still is
 * as a rule, so that this is looked at first. All of them are looked at only if the device has a
 * program of ours, or is not there.
 */
#include "seek.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/net/netns.h"
#include "../../lib/net/netns_find.h"
#include "filters.h"
#include "hooked.h"

/**
 * struct seeking - what is sought
 * @ifindex: of a device of the calling thread's namespace, or 0
 */
struct seeking {
	unsigned int ifindex;
	uint64_t netns_inode, netns_cookie;
	const char *ifname;
};

static bool is_noted(const struct vnft_bpf_device *d, const struct seeking *s)
{
	return d->netns_inode == s->netns_inode &&
	       (!d->netns_cookie || d->netns_cookie == s->netns_cookie);
}

/* Nothing of it is left on the hooks of the device on which it was put. */
static bool is_bare(const struct vnft_bpf_device *d)
{
	uint8_t hooked[VNFT_DIR_NR];

	vnft_bpf_hooked(d, hooked);
	return !vnft_bpf_is_hooked(hooked);
}

static bool fits_device(const struct vnft_bpf_device *d, const struct seeking *s)
{
	return vnft_bpf_is_on(d, s->ifindex) ||
	       (d->ifindex == s->ifindex && is_noted(d, s) && is_bare(d));
}

static bool fits_name(const struct vnft_bpf_device *d, const struct seeking *s)
{
	if (strcmp(d->ifname, s->ifname))
		return false;
	return s->netns_inode ? is_noted(d, s) || (d->netns_inode == s->netns_inode && is_bare(d)) :
				is_bare(d);
}

static struct vnft_bpf_device *try(const char *root, const char *name, const struct seeking *s,
				   bool (*fits)(const struct vnft_bpf_device *d,
						const struct seeking *s),
				   char dir[VNFT_SEEK_BYTES])
{
	struct vnft_bpf_device *d;

	snprintf(dir, VNFT_SEEK_BYTES, "%s/%s", root, name);
	d = access(dir, F_OK) ? NULL : vnft_pin_open(dir);
	if (d && fits(d, s))
		return d;
	vnft_bpf_device_free(d);
	return NULL;
}

static struct vnft_bpf_device *try_all(const char *root, const struct seeking *s,
				       bool (*fits)(const struct vnft_bpf_device *d,
						    const struct seeking *s),
				       char dir[VNFT_SEEK_BYTES])
{
	struct vnft_bpf_device *d = NULL;
	char (*list)[48] = NULL;
	size_t n = 0, i;

	if (vnft_pin_names(root, &list, &n))
		n = 0;
	for (i = 0; !d && i < n; i++)
		d = try(root, list[i], s, fits, dir);
	free(list);
	return d;
}

static int is_ours(const struct vnft_filter *f, void *arg)
{
	(void)arg;
	return f->ours;
}

struct vnft_bpf_device *vnft_seek_device(const char *root, unsigned int ifindex,
					 char dir[VNFT_SEEK_BYTES])
{
	struct seeking s = { .ifindex = ifindex, .netns_cookie = vnft_netns_cookie() };
	struct vnft_bpf_device *d;
	int fd = vnft_netns_open(NULL);
	char name[48];

	if (fd < 0)
		return NULL;
	s.netns_inode = vnft_netns_inode(fd);
	close(fd);
	snprintf(name, sizeof(name), "%llu-%u", (unsigned long long)s.netns_inode, ifindex);
	d = try(root, name, &s, fits_device, dir);
	if (d)
		return d;
	/* A numbered directory stands beside one of this name. */
	if (access(dir, F_OK) && vnft_tcx_each(ifindex, is_ours, NULL) <= 0)
		return NULL;
	return try_all(root, &s, fits_device, dir);
}

struct vnft_bpf_device *vnft_seek_name(const char *root, uint64_t netns_inode, const char *ifname,
				       char dir[VNFT_SEEK_BYTES])
{
	struct seeking s = { .netns_inode = netns_inode, .ifname = ifname };
	int fd, back;

	fd = netns_inode ? vnft_netns_find(netns_inode) : -1;
	if (fd >= 0 && !vnft_netns_enter(fd, &back)) {
		s.netns_cookie = vnft_netns_cookie();
		vnft_netns_leave(back);
	}
	if (fd >= 0)
		close(fd);
	return try_all(root, &s, fits_name, dir);
}
