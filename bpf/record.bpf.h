/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stage: a PACKET record into this CPU's ring, behind the FLOW record that defines its flow; and a
 * STAGE record of the same stamp where paths through the host are recorded.
 */
#ifndef VNFT_BPF_RECORD_H
#define VNFT_BPF_RECORD_H

#include "../kmod/core/hooks.h"
#include "emit.bpf.h"
#include "frame.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);		/* CPUs */
	__type(key, __u32);
	__type(value, struct vnft_seen);
} vnft_seen SEC(".maps");

VNFT_INLINE int record_flow(struct frame *f, void *ring)
{
	const struct vnft_packet *p = &f->packet;
	__u32 seq, slot = f->flow & (VNFT_SEEN_SLOTS - 1);
	__u64 known = f->flow ^ state.epoch, *words;
	struct vnft_seen *seen;
	struct vnft_record *r;
	__u32 cpu = f->cpu;

	seen = bpf_map_lookup_elem(&vnft_seen, &cpu);
	if (!seen)
		return -1;
	if (seen->flow[slot] == known)
		return 0;
	r = vnft_emit_reserve(ring, conf.ring_mask, &seq);
	if (!r)
		return -1;
	r->time_ns = frame_clock_ns(f);
	r->flow = f->flow;
	r->device = conf.device;
	r->cpu = (__u16)f->cpu;
	r->kind = VNFT_KIND_FLOW;
	r->hook = VNFT_HOOK_NONE;
	r->class = p->proto;
	r->flags = p->flags & VNFT_RF_IPV6;
	words = (__u64 *)r->body;
	if (f->from_b) {
		r->len32 = (__u32)p->dport << 16 | p->sport;
		words[0] = p->dst.d[0];
		words[1] = p->dst.d[1];
		words[2] = p->src.d[0];
		words[3] = p->src.d[1];
	} else {
		r->len32 = (__u32)p->sport << 16 | p->dport;
		words[0] = p->src.d[0];
		words[1] = p->src.d[1];
		words[2] = p->dst.d[0];
		words[3] = p->dst.d[1];
	}
	vnft_emit_submit(r, seq);
	seen->flow[slot] = known;
	return 0;
}

VNFT_INLINE int record_packet(struct frame *f, void *ring, __u32 dir)
{
	const struct vnft_packet *p = &f->packet;
	struct vnft_record *r;
	__u32 seq;

	r = vnft_emit_reserve(ring, conf.ring_mask, &seq);
	if (!r)
		return -1;
	r->time_ns = frame_clock_ns(f);
	r->flow = f->flow;
	r->device = conf.device;
	r->cpu = (__u16)f->cpu;
	r->kind = VNFT_KIND_PACKET;
	r->hook = conf.hook[dir];
	r->class = p->class;
	r->flags = p->flags | (f->from_b ? VNFT_RF_FROM_B : 0);
	r->len32 = f->len_bytes;
	r->packet.tcp_seq = p->seq;
	r->packet.tcp_ack = p->ack;
	r->packet.tsval = p->tsval;
	r->packet.tsecr = p->tsecr;
	r->packet.payload_bytes = p->payload_bytes;
	r->packet.gso_size_bytes = (__u16)f->gso_size_bytes;
	r->packet.gso_segs = (__u16)p->segments;
	r->packet.vlan_tci = p->vlan_tci;
	r->packet.ip_id = p->ip_id;
	r->packet.tcp_flags = p->tcp_flags;
	r->packet.proto = p->proto;
	r->packet.ttl = p->ttl;
	r->packet.reserved = 0;
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
	r = vnft_emit_reserve(ring, conf.ring_mask, &seq);
	if (!r)
		return -1;
	*(struct __sk_buff * volatile *)&seen->skb = skb;
	r->time_ns = frame_clock_ns(f);
	r->flow = f->flow;
	r->device = conf.device;
	r->cpu = (__u16)f->cpu;
	r->kind = VNFT_KIND_STAGE;
	r->hook = conf.hook[dir];
	r->class = f->packet.class;
	r->flags = f->packet.flags | (f->from_b ? VNFT_RF_FROM_B : 0);
	r->len32 = f->len_bytes;
	r->stage.packet = VNFT_FRAME_NUMBER(*(volatile __u64 *)&seen->skb, state.secret);
	r->stage.queue = ~0U;
	r->stage.peer = 0;
	r->stage.reserved[0] = 0;
	r->stage.reserved[1] = 0;
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
