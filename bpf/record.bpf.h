/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stage: a PACKET record into this CPU's ring, behind the FLOW record that defines its flow; and a
 * STAGE record of the same stamp where paths through the host are recorded.
 */
#ifndef VNFT_BPF_RECORD_H
#define VNFT_BPF_RECORD_H

#include "emit.bpf.h"
#include "frame.bpf.h"

#include "../kmod/core/record.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);		/* CPUs */
	__type(key, __u32);
	__type(value, struct vnft_seen);
} vnft_seen SEC(".maps");

VNFT_INLINE struct vnft_record *record_begin(struct frame *f, void *ring, __u8 kind,
					     __u32 *seq)
{
	struct vnft_record *r = vnft_emit_reserve(ring, conf.ring_mask, seq);

	if (!r)
		return 0;
	r->time_ns = frame_clock_ns(f);
	r->flow = f->flow;
	r->device = conf.device;
	r->cpu = (__u16)f->cpu;
	r->kind = kind;
	return r;
}

VNFT_INLINE int record_flow(struct frame *f, void *ring)
{
	__u32 seq, slot = f->flow & (VNFT_SEEN_SLOTS - 1);
	__u64 known = f->flow ^ state.epoch;
	struct vnft_seen *seen;
	struct vnft_record *r;
	__u32 cpu = f->cpu;

	seen = bpf_map_lookup_elem(&vnft_seen, &cpu);
	if (!seen)
		return -1;
	if (seen->flow[slot] == known)
		return 0;
	r = record_begin(f, ring, VNFT_KIND_FLOW, &seq);
	if (!r)
		return -1;
	vnft_record_put_flow(r, &f->packet, f->from_b);
	vnft_emit_submit(r, seq);
	seen->flow[slot] = known;
	return 0;
}

VNFT_INLINE int record_packet(struct frame *f, void *ring, __u32 dir)
{
	struct vnft_record *r;
	__u32 seq;

	r = record_begin(f, ring, VNFT_KIND_PACKET, &seq);
	if (!r)
		return -1;
	r->hook = conf.hook[dir];
	vnft_record_put_packet(r, &f->packet, f->from_b, f->len_bytes,
			       (__u16)f->gso_size_bytes);
	vnft_emit_submit(r, seq);
	return 0;
}

/*
 * The context is the skb. A pointer is no number to the verifier until it was in a map: not in one
 * that is mapped by anybody.
 */
VNFT_INLINE int record_stage(struct frame *f, void *ring, __u32 dir, struct __sk_buff *skb)
{
	struct vnft_seen *seen;
	struct vnft_record *r;
	__u32 seq, cpu = f->cpu;

	seen = bpf_map_lookup_elem(&vnft_seen, &cpu);
	if (!seen)
		return -1;
	r = record_begin(f, ring, VNFT_KIND_STAGE, &seq);
	if (!r)
		return -1;
	*(struct __sk_buff * volatile *)&seen->skb = skb;
	r->hook = conf.hook[dir];
	r->class = f->packet.class;
	r->flags = f->packet.flags | (f->from_b ? VNFT_RF_FROM_B : 0);
	r->len32 = f->len_bytes;
	vnft_record_put_stage(r, VNFT_FRAME_NUMBER(*(volatile __u64 *)&seen->skb, state.secret),
			      ~0U, 0);
	vnft_emit_submit(r, seq);
	return 0;
}

STAGE int record(struct __sk_buff *skb, struct frame *f, __u32 dir)
{
	struct vnft_counters *count;
	void *ring;
	__u32 cpu;
	int err;

	if (!f || dir >= VNFT_DIR_NR)
		return 0;
	f->from_b = vnft_packet_from_b(&f->packet);
	cpu = f->cpu;
	ring = bpf_map_lookup_elem(&vnft_rings, &cpu);
	if (!ring)
		return 0;
	err = record_flow(f, ring);
	if (!err)
		err = record_packet(f, ring, dir);
	if (!err && state.stages >> conf.hook[dir] & 1)
		err = record_stage(f, ring, dir, skb);
	if (err) {
		count = frame_counters(f);
		if (count)
			count->lost[VNFT_LOST_RING_FULL]++;
	}
	return 0;
}

#endif
