/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The BPF observer as a source. With tcx everything goes with the session's descriptors. clsact
 * filters are taken away on close; those of a killed session go by `detach --all` or with their
 * device.
 */
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../spec.h"
#include "adopt.h"
#include "alive.h"
#include "attach.h"
#include "hooked.h"
#include "make.h"
#include "pindir.h"
#include "read.h"
#include "session.h"
#include "stages.h"

static int attach_own(struct vnft_source *s, const char *spec, uint16_t *id)
{
	struct vnft_bpf *b = vnft_bpf_of(s);
	struct vnft_bpf_load how = {
		.ring_records = b->session.rings.records,
		.match_slots = b->session.config.match_slots,
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
	d = vnft_bpf_device_make(spec, ifname, &b->session.config, &how, false);
	err = d ? 0 : -errno;
	vnft_spec_leave(back);
	if (err)
		return err;
	b->next_id++;
	vnft_bpf_device_record(d, b->session.config.record_mask);
	vnft_session_insert(&b->session, &d->member);
	*id = d->member.id;
	return 0;
}

static int attach(struct vnft_source *s, const char *spec, uint16_t *id)
{
	const bool adopt = vnft_bpf_of(s)->session.config.adopt;
	int err = adopt ? vnft_bpf_adopt(s, spec, true, id) : -ENOENT;

	/* None, or one in use, with other rings, or of another user: load programs of our own. */
	if (err == -ENOENT || err == -EBUSY || err == -EOPNOTSUPP || err == -EPERM)
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
	struct vnft_member *m = vnft_session_remove(s, id);

	if (!m)
		return -ENOENT;
	vnft_bpf_stages_drop(vnft_bpf_of(s), (struct vnft_bpf_device *)m);
	drop((struct vnft_bpf_device *)m);
	return 0;
}

static int record(struct vnft_source *s, uint16_t id, uint32_t record_mask)
{
	struct vnft_bpf_device *d = vnft_bpf_find(s, id);

	if (!d)
		return -ENOENT;
	if (d->adopted)
		return vnft_bpf_record_adopted(vnft_bpf_of(s), d, record_mask);
	vnft_bpf_device_record(d, record_mask);
	return 0;
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
	int dir;

	if (!d)
		return -ENOENT;
	memset(out, 0, sizeof(*out));
	snprintf(out->ifname, sizeof(out->ifname), "%s", d->ifname);
	out->ifindex = d->ifindex;
	out->netns_inode = d->netns_inode;
	out->side = d->side;
	for (dir = 0; dir < VNFT_DIR_NR; dir++)
		out->hook[dir] = d->hook[vnft_bpf_way(d, dir)];
	vnft_bpf_hooked(d, out->hooked);
	return 0;
}

static void close_session(struct vnft_source *s)
{
	struct vnft_bpf *b = vnft_bpf_of(s);
	struct vnft_member *m;

	vnft_bpf_life_close(b);
	vnft_bpf_stages_close(b);
	while ((m = vnft_session_pop(&b->session)))
		drop((struct vnft_bpf_device *)m);
	vnft_bpf_session_free(b);
}

static const struct vnft_source_ops ops = {
	.name = "bpf",
	.attach = attach,
	.detach = detach,
	.record = record,
	.drain = vnft_session_drain,
	.state = state,
	.hist = hist,
	.stream = stream,
	.device = device,
	.stages = vnft_bpf_stages,
	.close = close_session,
};

int vnft_bpf_open(struct vnft_source **source, const struct vnft_source_config *config)
{
	struct vnft_bpf *b;
	int err;

	*source = NULL;
	err = vnft_bpf_session_new(&b, &ops, config);
	if (err)
		return err;
	err = vnft_bpf_need_outer(b);
	if (err) {
		close_session(&b->session.source);
		return err;
	}
	*source = &b->session.source;
	return 0;
}

int vnft_bpf_open_pinned(struct vnft_source **source, const char *spec, uint16_t *id,
			 const struct vnft_source_config *config)
{
	struct vnft_bpf *b;
	int err;

	*source = NULL;
	err = vnft_bpf_session_new(&b, &ops, config);
	if (err)
		return err;
	err = vnft_bpf_adopt(&b->session.source, spec, false, id);
	if (err) {
		close_session(&b->session.source);
		return err;
	}
	*source = &b->session.source;
	return 0;
}
