// SPDX-License-Identifier: GPL-2.0
/*
 * PACKET and STAGE records into this CPU's ring of the device's session, behind the FLOW record
 * that defines their flow; DEVICE records, and what kind of a device it is.
 *
 * A hook may interrupt another at the cache of flows whose FLOW record is in the ring. The cache
 * is read and written by the word, and a flow enters it only after its record has its place. So
 * at worst a FLOW record is repeated; it never comes after a record that it defines.
 */
#include <linux/device.h>
#include <linux/device/bus.h>
#include <linux/device/driver.h>
#include <linux/if_arp.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>

#include "core/link.h"
#include "core/record.h"
#include "record.h"
#include "ring.h"

static siphash_key_t secret __read_mostly;

void __init vnft_record_init(void)
{
	get_random_bytes(&secret, sizeof(secret));
}

static struct vnft_record *record_begin(struct vnft_device *d, struct vnft_pass *pass,
					enum vnft_kind kind, u32 *seq)
{
	struct vnft_record *r = vnft_ring_reserve(&d->session->ring[pass->cpu], seq);

	if (!r)
		return NULL;
	r->time_ns = vnft_pass_clock_ns(pass);
	r->flow = pass->flow;
	r->device = d->id;
	r->cpu = pass->cpu;
	r->kind = kind;
	return r;
}

static bool record_flow(struct vnft_device *d, struct vnft_pass *pass)
{
	/* Each device defines its flows for itself, and again when a recording starts. */
	const u64 known = vnft_pass_flow(pass) ^ READ_ONCE(d->epoch) ^ d->id * VNFT_MIX_PORT;
	u64 *named = &d->session->named[pass->cpu]->flow[known & (VNFT_FLOWS_NAMED - 1)];
	struct vnft_record *r;
	u32 seq;

	if (READ_ONCE(*named) == known)
		return true;
	r = record_begin(d, pass, VNFT_KIND_FLOW, &seq);
	if (!r)
		return false;
	vnft_record_put_flow(r, &pass->packet, pass->from_b);
	vnft_ring_submit(r, seq);
	WRITE_ONCE(*named, known);
	return true;
}

bool vnft_record_packet(struct vnft_device *d, struct vnft_pass *pass, enum vnft_dir dir)
{
	struct vnft_record *r;
	u32 seq;

	if (!d->session)
		return true;
	if (!record_flow(d, pass))
		return false;
	r = record_begin(d, pass, VNFT_KIND_PACKET, &seq);
	if (!r)
		return false;
	r->hook = vnft_hook_at(d->hook[dir], d->side);
	vnft_record_put_packet(r, &pass->packet, pass->from_b, pass->len_bytes,
			       pass->gso_size_bytes);
	vnft_ring_submit(r, seq);
	return true;
}

/* A number for an skb that does not tell its address. */
static u64 stage_name(const struct sk_buff *skb)
{
	return skb ? siphash_1u64((unsigned long)skb, &secret) : 0;
}

bool vnft_record_stage(struct vnft_device *d, struct vnft_pass *pass,
		       const struct vnft_stage_of *stage)
{
	struct vnft_record *r;
	u32 seq;

	if (!d->session)
		return true;
	if (stage->parsed && !record_flow(d, pass))
		return false;
	r = record_begin(d, pass, VNFT_KIND_STAGE, &seq);
	if (!r)
		return false;
	r->hook = vnft_hook_at(stage->hook, d->side);
	r->class = pass->packet.class;
	r->flags = pass->packet.flags | (pass->from_b ? VNFT_RF_FROM_B : 0);
	r->len32 = pass->len_bytes;
	vnft_record_put_stage(r, stage_name(stage->skb), stage->queue, stage->peer);
	vnft_ring_submit(r, seq);
	return true;
}

enum vnft_link vnft_record_link(const struct net_device *dev)
{
	const struct device *parent = dev->dev.parent;

	if (dev->rtnl_link_ops)
		return vnft_link_of_kind(dev->rtnl_link_ops->kind, dev->type == ARPHRD_ETHER);
	/* netback's devices have no kind, but hang from "vif" on Xen's backend bus. */
	if (parent && parent->bus && parent->driver && !strcmp(parent->bus->name, "xen-backend") &&
	    !strcmp(parent->driver->name, "vif"))
		return VNFT_LINK_VIF;
	return VNFT_LINK_OTHER;
}

void vnft_record_device(struct vnft_session *session, const struct net_device *dev,
			const struct vnft_device *d, enum vnft_device_event event)
{
	struct vnft_record r = {
		.time_ns = vnft_now_ns(),
		.flow = dev_net(dev)->ns.inum,
		.device = d ? d->id : 0,
		.kind = VNFT_KIND_DEVICE,
		.len32 = dev->ifindex,
		.dev.link = vnft_record_link(dev),
		.dev.event = event,
		.dev.mtu_bytes = dev->mtu,
	};

	if (d) {
		r.dev.side = d->side;
		r.dev.hook_in = d->hook[VNFT_DIR_IN];
		r.dev.hook_out = d->hook[VNFT_DIR_OUT];
	}
	strscpy_pad(r.dev.name, dev->name, sizeof(r.dev.name));
	if (dev->addr_len == sizeof(r.dev.mac))
		memcpy(r.dev.mac, dev->dev_addr, sizeof(r.dev.mac));
	vnft_session_emit(session, &r);
}
