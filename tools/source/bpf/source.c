/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The BPF observer as a source: one session, its rings and its devices. With tcx everything dies
 * with the session's descriptors; clsact filters are taken away on close, and those of a killed
 * session by `detach --all` or with their device.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../../lib/host/cap.h"
#include "../../lib/net/link.h"
#include "../../lib/text/error.h"
#include "bpf.h"
#include "pin.h"
#include "../spec.h"

static struct vnft_bpf *session(struct vnft_source *s)
{
	return (struct vnft_bpf *)s;
}

static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list args)
{
	if (level == LIBBPF_DEBUG || !vnft_verbose)
		return 0;
	return vfprintf(stderr, fmt, args);
}

void vnft_bpf_quiet(void)
{
	libbpf_set_print(print_libbpf);
}

int vnft_bpf_need_caps(void)
{
	static const struct {
		int cap;
		const char *what_for;
	} need[] = {
		{ CAP_BPF, "load programs" },
		{ CAP_PERFMON, "load programs that read the clock and packets" },
		{ CAP_NET_ADMIN, "attach to a device" },
	};
	size_t i;
	int err = 0;

	for (i = 0; !err && i < sizeof(need) / sizeof(need[0]); i++)
		err = vnft_need_cap(need[i].cap, need[i].what_for);
	return err;
}

/* Who the device is, in the calling thread's namespace. */
static int identify(struct vnft_bpf_device *d, const char *ifname, uint32_t *l2_bytes)
{
	struct vnft_link_info info;
	int err = vnft_spec_look(ifname, &info, &d->netns_inode);

	if (err)
		return err;
	d->ifindex = info.ifindex;
	snprintf(d->ifname, sizeof(d->ifname), "%s", info.name);
	*l2_bytes = info.arphrd == ARPHRD_ETHER || info.arphrd == ARPHRD_LOOPBACK ?
		    VNFT_ETH_BYTES : 0;
	return 0;
}

struct vnft_bpf_device *vnft_bpf_device_make(const char *ifname, enum vnft_hook_choice hook,
					     struct vnft_bpf_load *how, bool persistent)
{
	struct vnft_bpf_device *d = vnft_bpf_device_new();
	int err;

	if (!d)
		return NULL;
	err = identify(d, ifname, &how->l2_bytes);
	if (!err)
		err = vnft_bpf_choose_hook(d, hook);
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

void vnft_bpf_insert(struct vnft_bpf *b, struct vnft_bpf_device *d)
{
	pthread_mutex_lock(&b->lock);
	d->next = b->devices;
	b->devices = d;
	pthread_mutex_unlock(&b->lock);
}

struct vnft_bpf_device *vnft_bpf_find(struct vnft_source *s, uint16_t id)
{
	struct vnft_bpf *b = session(s);
	struct vnft_bpf_device *d;

	pthread_mutex_lock(&b->lock);
	for (d = b->devices; d && d->id != id; d = d->next)
		;
	pthread_mutex_unlock(&b->lock);
	if (!d)
		vnft_fail(-ENOENT, "device %u is not attached", id);
	return d;
}

static int attach_own(struct vnft_source *s, const char *spec, uint16_t *id)
{
	struct vnft_bpf *b = session(s);
	struct vnft_bpf_load how = {
		.ring_records = b->rings.read.records,
		.match_slots = b->config.match_slots,
		.rings_fd = b->rings.outer_fd,
	};
	struct vnft_bpf_device *d;
	char ifname[VNFT_IFNAME_LEN];
	int err, back;

	if (b->next_id >= VNFT_PIN_FIRST_ID)
		return vnft_fail(-ENOSPC, "%s: a session has at most %u devices", spec,
				 VNFT_PIN_FIRST_ID - 1);
	err = vnft_spec_enter(spec, ifname, &back);
	if (err)
		return err;
	how.id = b->next_id;
	d = vnft_bpf_device_make(ifname, b->config.hook, &how, false);
	err = d ? 0 : -errno;
	vnft_spec_leave(back);
	if (err)
		return err;
	b->next_id++;
	vnft_bpf_device_record(d, b->config.record_mask);
	vnft_bpf_insert(b, d);
	*id = d->id;
	return 0;
}

static int attach(struct vnft_source *s, const char *spec, uint16_t *id)
{
	int err = session(s)->config.adopt ? vnft_bpf_adopt(s, spec, true, id) : -ENOENT;

	/* None, in use, or with rings of another shape: programs of our own beside it. */
	if (err == -ENOENT || err == -EBUSY || err == -EOPNOTSUPP)
		err = attach_own(s, spec, id);
	return err;
}

static void drop(struct vnft_bpf_device *d)
{
	if (d->adopted) {
		vnft_bpf_leave(d);
	} else {
		vnft_bpf_device_record(d, 0);
		vnft_bpf_detach_hooks(d);
	}
	vnft_bpf_device_free(d);
}

static int detach(struct vnft_source *s, uint16_t id)
{
	struct vnft_bpf *b = session(s);
	struct vnft_bpf_device *d = vnft_bpf_find(s, id), **at;

	if (!d)
		return -ENOENT;
	pthread_mutex_lock(&b->lock);
	for (at = &b->devices; *at && *at != d; at = &(*at)->next)
		;
	if (*at)
		*at = d->next;
	pthread_mutex_unlock(&b->lock);
	vnft_bpf_stages_drop(b, d);
	drop(d);
	return 0;
}

static int record(struct vnft_source *s, uint16_t id, uint32_t record_mask)
{
	struct vnft_bpf_device *d = vnft_bpf_find(s, id);

	if (!d)
		return -ENOENT;
	if (d->adopted)
		return vnft_bpf_record_adopted(session(s), d, record_mask);
	vnft_bpf_device_record(d, record_mask);
	return 0;
}

static int drain(struct vnft_source *s, vnft_record_fn fn, void *arg)
{
	return vnft_rings_drain(&session(s)->rings.read, fn, arg);
}

static int state(struct vnft_source *s, uint16_t id, struct vnft_device_state *out)
{
	struct vnft_bpf_device *d = vnft_bpf_find(s, id);

	if (!d)
		return -ENOENT;
	vnft_bpf_device_read(d, out);
	return 0;
}

static int hist(struct vnft_source *s, uint16_t id, enum vnft_pairing pairing,
		enum vnft_dir request, struct vnft_hist *sum)
{
	struct vnft_bpf_device *d = vnft_bpf_find(s, id);

	return d ? vnft_bpf_device_hist(d, pairing, request, sum) : -ENOENT;
}

static int stream(struct vnft_source *s, uint16_t id, enum vnft_dir dir, struct vnft_stream *out)
{
	struct vnft_bpf_device *d = vnft_bpf_find(s, id);

	return d ? vnft_bpf_device_stream(d, dir, out) : -ENOENT;
}

static int device(struct vnft_source *s, uint16_t id, struct vnft_source_device *out)
{
	struct vnft_bpf_device *d = vnft_bpf_find(s, id);

	if (!d)
		return -ENOENT;
	memset(out, 0, sizeof(*out));
	snprintf(out->ifname, sizeof(out->ifname), "%s", d->ifname);
	out->ifindex = d->ifindex;
	out->netns_inode = d->netns_inode;
	memcpy(out->hook, d->hook, sizeof(out->hook));
	out->alive = vnft_bpf_device_alive(d);
	return 0;
}

static void close_session(struct vnft_source *s)
{
	struct vnft_bpf *b = session(s);
	struct vnft_bpf_device *d;

	vnft_bpf_life_close(b);
	vnft_bpf_stages_close(b);
	while ((d = b->devices)) {
		b->devices = d->next;
		drop(d);
	}
	vnft_bpf_rings_close(&b->rings);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

static const struct vnft_source_ops ops = {
	.name = "bpf",
	.attach = attach,
	.detach = detach,
	.record = record,
	.drain = drain,
	.state = state,
	.hist = hist,
	.stream = stream,
	.device = device,
	.stages = vnft_bpf_stages,
	.close = close_session,
};

static int check_config(struct vnft_source_config *c)
{
	c->ring_records = c->ring_records ? c->ring_records : VNFT_BPF_RING_RECORDS;
	c->match_slots = c->match_slots ? c->match_slots : VNFT_BPF_MATCH_SLOTS;
	if (c->ring_records & (c->ring_records - 1) || c->ring_records < VNFT_RECORDS_PER_PAGE ||
	    c->ring_records > 1U << 24)
		return vnft_fail(-EINVAL, "%u records per ring: a power of two from %u to %u",
				 c->ring_records, VNFT_RECORDS_PER_PAGE, 1U << 24);
	if (c->match_slots & (c->match_slots - 1) || c->match_slots < 2 ||
	    c->match_slots > 1U << 24)
		return vnft_fail(-EINVAL, "%u match slots: a power of two from 2 to %u",
				 c->match_slots, 1U << 24);
	return 0;
}

/* A device holds a dozen descriptors: hundreds of devices pass the usual soft limit. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int vnft_bpf_need_rings(struct vnft_bpf *b)
{
	if (b->rings.fd)
		return 0;
	return vnft_bpf_rings_open(&b->rings, vnft_bpf_ncpus(), b->config.ring_records);
}

int vnft_bpf_need_outer(struct vnft_bpf *b)
{
	int err = vnft_bpf_need_rings(b);

	if (err || b->rings.outer_fd >= 0)
		return err;
	b->rings.outer_fd = vnft_ring_create_outer(b->rings.read.ncpus, b->rings.read.records);
	return b->rings.outer_fd < 0 ? b->rings.outer_fd :
				       vnft_bpf_rings_insert(&b->rings, b->rings.outer_fd);
}

int vnft_bpf_session_new(struct vnft_bpf **session_out, const struct vnft_source_config *config)
{
	struct vnft_bpf *b;
	int err;

	vnft_bpf_quiet();
	err = vnft_bpf_need_caps();
	if (err)
		return err;
	raise_descriptors();
	b = calloc(1, sizeof(*b));
	if (!b)
		return vnft_fail(-ENOMEM, "observer: out of memory");
	b->source.ops = &ops;
	b->next_id = 1;
	b->rings.outer_fd = -1;
	pthread_mutex_init(&b->lock, NULL);
	if (config)
		b->config = *config;
	err = check_config(&b->config);
	if (err) {
		close_session(&b->source);
		return err;
	}
	*session_out = b;
	return 0;
}

int vnft_bpf_open(struct vnft_source **source, const struct vnft_source_config *config)
{
	struct vnft_bpf *b;
	int err;

	*source = NULL;
	err = vnft_bpf_session_new(&b, config);
	if (err)
		return err;
	err = vnft_bpf_need_outer(b);
	if (err) {
		close_session(&b->source);
		return err;
	}
	*source = &b->source;
	return 0;
}
