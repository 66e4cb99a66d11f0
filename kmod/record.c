// SPDX-License-Identifier: GPL-2.0
/*
 * PACKET and STAGE records into this CPU's ring of the device's session, behind the FLOW record
 * that defines their flow.
 *
 * The cache of flows whose FLOW record is in the ring may be interrupted by itself: it is read
 * and written by the word, and a flow is known only once its record has its place, so that
 * whoever comes in between at worst repeats the FLOW, and in front of what it defines.
 */
#include <linux/random.h>
#include <linux/siphash.h>

#include "core/record.h"
#include "observe.h"

static siphash_key_t secret __read_mostly;

void vnft_record_init(void)
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
	r->hook = d->hook[dir];
	vnft_record_put_packet(r, &pass->packet, pass->from_b, pass->len_bytes,
			       pass->gso_size_bytes);
	vnft_ring_submit(r, seq);
	return true;
}

/* One number for an skb, which says nothing of where it lies. */
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
	r->hook = stage->hook;
	r->class = pass->packet.class;
	r->flags = pass->packet.flags | (pass->from_b ? VNFT_RF_FROM_B : 0);
	r->len32 = pass->len_bytes;
	vnft_record_put_stage(r, stage_name(stage->skb), stage->queue, stage->peer);
	vnft_ring_submit(r, seq);
	return true;
}
