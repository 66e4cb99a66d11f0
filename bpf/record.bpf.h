/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Step: a PACKET record into this CPU's ring, behind the FLOW record that defines its flow. While
 * the path of frames through the host is recorded, a STAGE record of the same stamp follows it.
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
	__type(value, struct vnft_bpf_named);
} vnft_named SEC(".maps");

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
	__u32 seq, slot = f->flow & (VNFT_FLOWS_NAMED - 1);
	__u64 known = f->flow ^ state.epoch;
	struct vnft_bpf_named *named;
	struct vnft_record *r;
	__u32 cpu = f->cpu;

	named = bpf_map_lookup_elem(&vnft_named, &cpu);
	if (!named)
		return -1;
	if (named->flows.flow[slot] == known)
		return 0;
	r = record_begin(f, ring, VNFT_KIND_FLOW, &seq);
	if (!r)
		return -1;
	vnft_record_put_flow(r, &f->packet, f->from_b);
	vnft_emit_submit(r, seq);
	named->flows.flow[slot] = known;
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
 * The context is the skb, and its address names the frame. The verifier lets nobody compute with a
 * pointer. A pointer that was written into a map and read back is a number to it. The map must be
 * one that no process can map, or the address would be seen there.
 */
VNFT_INLINE int record_stage(struct frame *f, void *ring, __u32 dir, struct __sk_buff *skb)
{
	struct vnft_bpf_named *named;
	struct vnft_record *r;
	__u32 seq, cpu = f->cpu;

	named = bpf_map_lookup_elem(&vnft_named, &cpu);
	if (!named)
		return -1;
	r = record_begin(f, ring, VNFT_KIND_STAGE, &seq);
	if (!r)
		return -1;
	*(struct __sk_buff * volatile *)&named->skb = skb;
	r->hook = conf.hook[dir];
	r->class = f->packet.class;
	r->flags = f->packet.flags | (f->from_b ? VNFT_RF_FROM_B : 0);
	r->len32 = f->len_bytes;
	vnft_record_put_stage(r, VNFT_FRAME_NUMBER(*(volatile __u64 *)&named->skb, state.secret),
			      ~0U, 0);
	vnft_emit_submit(r, seq);
	return 0;
}

STEP int record(struct __sk_buff *skb, struct frame *f, __u32 dir)
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
	if (!err && state.stages >> (conf.hook[dir] & ~VNFT_HOOK_GUEST_SIDE) & 1)
		err = record_stage(f, ring, dir, skb);
	if (err) {
		count = frame_counters(f);
		if (count)
			count->lost[VNFT_LOST_RING_FULL]++;
	}
	return 0;
}

#endif
