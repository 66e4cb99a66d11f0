/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel module as a source. What a session attached goes with its descriptor, so a killed
 * session leaves nothing behind.
 */
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../../kmod/core/hooks.h"
#include "../../../kmod/core/stream.h"
#include "../../lib/net/link.h"
#include "../../lib/text/error.h"
#include "../side.h"
#include "../spec.h"
#include "../stream.h"
#include "ctl.h"
#include "session.h"
#include "state.h"

/*
 * A device of the session, and what is recorded of it: the module is told classes and stages in
 * one request.
 */
struct member {
	struct vnft_member member;
	uint32_t record_mask;
	uint64_t stages;
};

static struct member *find(struct vnft_source *s, uint16_t id)
{
	return (struct member *)vnft_session_find(s, id);
}

static int attach_here(struct vnft_module *m, const char *spec, const char *ifname,
		       struct vnft_module_device *d)
{
	struct vnft_module_attach how = {
		.session = m->setup.session,
		.record_mask = m->session.config.record_mask,
		.match_slots = m->session.config.match_slots,
	};
	struct vnft_link_info info;
	uint64_t inode;
	int err = vnft_spec_look(spec, ifname, &info, &inode);

	if (err)
		return err;
	how.ifindex = info.ifindex;
	how.side = vnft_side_choose(m->session.config.side, spec, &info, inode, NULL);
	err = vnft_module_attach(&how, d);
	return err ? vnft_fail(vnft_module_errno(err), "%s: %s", spec, vnft_why()) : 0;
}

static int attach(struct vnft_source *s, const char *spec, uint16_t *id)
{
	struct vnft_module *m = vnft_module_of(s);
	struct member *new = calloc(1, sizeof(*new));
	struct vnft_module_device d = { 0 };
	char ifname[VNFT_IFNAME_LEN];
	int err, back;

	if (!new)
		return vnft_fail(-ENOMEM, "%s: out of memory", spec);
	err = vnft_spec_enter(spec, ifname, &back);
	if (!err) {
		err = attach_here(m, spec, ifname, &d);
		vnft_spec_leave(back);
	}
	if (!err && (d.id < VNFT_MODULE_FIRST_ID ||
		     d.id >= VNFT_MODULE_FIRST_ID + VNFT_MODULE_DEVICES))
		err = vnft_fail(-EPROTO, "%s: the module gave it the number %u", spec, d.id);
	if (err) {
		free(new);
		return err;
	}
	new->member.id = (uint16_t)d.id;
	new->record_mask = m->session.config.record_mask;
	vnft_session_insert(&m->session, &new->member);
	*id = new->member.id;
	return 0;
}

static int detach(struct vnft_source *s, uint16_t id)
{
	struct vnft_member *m = vnft_session_remove(s, id);

	if (!m)
		return -ENOENT;
	free(m);
	return vnft_module_errno(vnft_module_detach(id, vnft_module_of(s)->setup.session));
}

static int tell(struct vnft_source *s, struct member *d, struct vnft_module_device *now)
{
	return vnft_module_errno(vnft_module_record(d->member.id, vnft_module_of(s)->setup.session,
						    d->record_mask, &d->stages, now));
}

static int record(struct vnft_source *s, uint16_t id, uint32_t record_mask)
{
	struct member *d = find(s, id);

	if (!d)
		return -ENOENT;
	d->record_mask = record_mask;
	return tell(s, d, NULL);
}

static int stages(struct vnft_source *s, uint16_t id, uint64_t hooks, uint64_t *armed)
{
	struct member *d = find(s, id);
	struct vnft_module_device now;
	int err;

	if (!d)
		return -ENOENT;
	/* The module refuses a request with hooks that it never has. */
	d->stages = hooks & ~(vnft_hooks_by(VNFT_BY_BPF) & ~vnft_hooks_by(VNFT_BY_MODULE));
	err = tell(s, d, &now);
	*armed = err ? 0 : now.stages;
	return err;
}

static int state(struct vnft_source *s, uint16_t id, struct vnft_device_state *out)
{
	struct vnft_module_device d;
	int err = vnft_module_get(id, &d);

	if (!err)
		vnft_module_state(&d, vnft_module_of(s)->setup.ncpus, out);
	return vnft_module_errno(err);
}

static int hist(struct vnft_source *s, uint16_t id, enum vnft_pairing pairing,
		enum vnft_dir request, struct vnft_hist *sum)
{
	return vnft_module_errno(vnft_module_hist(id, pairing, request, sum));
}

static int stream(struct vnft_source *s, uint16_t id, enum vnft_dir dir, struct vnft_stream *out)
{
	struct vnft_module_stream got;
	int err = vnft_module_stream(id, dir, &got);

	if (!err)
		vnft_stream_of_slot(out, &(struct vnft_stream_slot) {
			.flow = got.flow, .payload_bytes = got.payload_bytes,
			.first_ns = got.first_ns, .last_ns = got.last_ns, .over_ns = got.over_ns,
		});
	return vnft_module_errno(err);
}

static int device(struct vnft_source *s, uint16_t id, struct vnft_source_device *out)
{
	struct vnft_module_device d;
	int err = vnft_module_get(id, &d);

	if (err)
		return vnft_module_errno(err);
	*out = (struct vnft_source_device) {
		.ifindex = d.ifindex,
		.netns_inode = d.netns_inode,
		.side = d.side,
		.hook = { d.hook_in, d.hook_out },
	};
	/* netfilter's hooks are the module's own: nobody takes one away alone. */
	if (d.gone)
		memset(out->hooked, VNFT_HOOKED_DEVICE_GONE, sizeof(out->hooked));
	snprintf(out->ifname, sizeof(out->ifname), "%s", d.ifname);
	return 0;
}

static void close_session(struct vnft_source *s)
{
	struct vnft_module *m = vnft_module_of(s);
	struct vnft_member *d;

	vnft_module_session_close(m);
	while ((d = vnft_session_pop(&m->session)))
		free(d);
	vnft_session_exit(&m->session);
	free(m);
}

static const struct vnft_source_ops ops = {
	.name = "module",
	.attach = attach,
	.detach = detach,
	.record = record,
	.drain = vnft_session_drain,
	.state = state,
	.hist = hist,
	.stream = stream,
	.device = device,
	.stages = stages,
	.close = close_session,
};

/* For looking at attachments: without a session there is no ring, and nothing to change. */
static const struct vnft_source_ops attached_ops = {
	.name = "module",
	.state = state,
	.hist = hist,
	.stream = stream,
	.device = device,
	.close = close_session,
};

uint32_t vnft_module_session(const struct vnft_source *source)
{
	return source->ops == &ops ? ((const struct vnft_module *)source)->setup.session : 0;
}

static int check_config(const struct vnft_source_config *c)
{
	if (c->hook != VNFT_HOOK_AUTO)
		return vnft_fail(-EINVAL,
				 "the module has one hook at a device's boundary: netfilter");
	return vnft_session_check_ring(c->ring_records, VNFT_RING_MIN_RECORDS,
				       VNFT_RING_MAX_RECORDS);
}

static struct vnft_module *session_new(const struct vnft_source_ops *which,
				       const struct vnft_source_config *config)
{
	struct vnft_module *m = calloc(1, sizeof(*m));

	if (!m) {
		vnft_fail(-ENOMEM, "module: out of memory");
		return NULL;
	}
	vnft_session_init(&m->session, which, config);
	m->fd = -1;
	return m;
}

int vnft_module_open(struct vnft_source **source, const struct vnft_source_config *config)
{
	struct vnft_module *m;
	int err = vnft_module_usable();

	*source = NULL;
	if (err)
		return err;
	m = session_new(&ops, config);
	if (!m)
		return -ENOMEM;
	err = check_config(&m->session.config);
	if (!err)
		err = vnft_module_session_open(m, m->session.config.ring_records);
	if (err) {
		close_session(&m->session.source);
		return err;
	}
	*source = &m->session.source;
	return 0;
}

int vnft_module_open_attached(struct vnft_source **source)
{
	struct vnft_module_info info;
	struct vnft_module *m;
	int err = vnft_module_info(&info);

	*source = NULL;
	if (err)
		return vnft_module_errno(err);
	m = session_new(&attached_ops, NULL);
	if (!m)
		return -ENOMEM;
	m->setup.ncpus = info.ncpus;
	*source = &m->session.source;
	return 0;
}
