/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a parsed frame says in a record (uapi/vnftrace.h), once for both observers. Whose record it
 * is, and when, they know by themselves: stamp, flow, device, CPU, kind and hook are theirs.
 */
#ifndef VNFT_CORE_RECORD_H
#define VNFT_CORE_RECORD_H

#include "hooks.h"
#include "packet.h"

/* Flows that a CPU remembers to have named, by the low bits of what stands for them. */
#define VNFT_FLOWS_NAMED	512

/**
 * struct vnft_flows_named - flows whose FLOW record is in this CPU's ring
 * @flow: their ids, each mixed with what changes when a recording starts
 */
struct vnft_flows_named {
	__u64 flow[VNFT_FLOWS_NAMED];
};

/**
 * vnft_record_put_flow() - the two ends of a frame's flow, for a record of kind FLOW
 * @r: the record; its hook is set as well: a flow has none
 * @from_b: as vnft_flow_id() said: end A comes first, whoever sent the frame
 */
VNFT_INLINE void vnft_record_put_flow(struct vnft_record *r, const struct vnft_packet *p,
				      __u32 from_b)
{
	__u64 *words = (__u64 *)r->body;

	r->hook = VNFT_HOOK_NONE;
	r->class = p->proto;
	r->flags = p->flags & VNFT_RF_IPV6;
	if (from_b) {
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
}

/**
 * vnft_record_put_packet() - headers of a frame, for a record of kind PACKET
 * @from_b: the frame comes from the flow's end B
 * @len_bytes: of the frame, link header included
 * @gso_size_bytes: payload of each of its segments, 0 where it is none of several
 */
VNFT_INLINE void vnft_record_put_packet(struct vnft_record *r, const struct vnft_packet *p,
					__u32 from_b, __u32 len_bytes, __u16 gso_size_bytes)
{
	r->class = p->class;
	r->flags = p->flags | (from_b ? VNFT_RF_FROM_B : 0);
	r->len32 = len_bytes;
	r->packet.tcp_seq = p->seq;
	r->packet.tcp_ack = p->ack;
	r->packet.tsval = p->tsval;
	r->packet.tsecr = p->tsecr;
	r->packet.payload_bytes = p->payload_bytes;
	r->packet.gso_size_bytes = gso_size_bytes;
	r->packet.gso_segs = (__u16)p->segments;
	r->packet.vlan_tci = p->vlan_tci;
	r->packet.ip_id = p->ip_id;
	r->packet.tcp_flags = p->tcp_flags;
	r->packet.proto = p->proto;
	r->packet.ttl = p->ttl;
	r->packet.reserved = 0;
}

/**
 * vnft_record_put_stage() - a frame on its way, for a record of kind STAGE
 * @number: of the frame, the same at all its stages; 0 unknown
 * @queue: of the device, ~0 unknown
 * @peer: Xen domain behind the device, 0 none
 *
 * Class, flags and length are the caller's: at some stages there is no header to read.
 */
VNFT_INLINE void vnft_record_put_stage(struct vnft_record *r, __u64 number, __u32 queue, __u32 peer)
{
	r->stage.packet = number;
	r->stage.queue = queue;
	r->stage.peer = peer;
	r->stage.reserved[0] = 0;
	r->stage.reserved[1] = 0;
}

#endif
