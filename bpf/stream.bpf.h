/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stage: payload of TCP streams without retransmissions. A retransmission is a segment that ends
 * at or below the highest end seen in its direction.
 *
 * One direction of a connection is serialised by its socket or its queue, so only taking a
 * slot is atomic. Streams without payload take none.
 */
#ifndef VNFT_BPF_STREAM_H
#define VNFT_BPF_STREAM_H

#include "frame.bpf.h"

/* The largest window (RFC 7323): a jump beyond it is no hole in the stream. */
#define STREAM_WINDOW_BYTES	(1U << 30)

/*
 * One direction of a connection, hashed once: a flow id, which is the same both ways, costs three
 * mixes in a row, and most TCP segments need none.
 */
VNFT_INLINE __u64 stream_key(const struct vnft_packet *p)
{
	__u64 key = p->src.d[0] * 0x9e3779b97f4a7c15ULL + p->src.d[1] * 0xd6e8feb86659fd93ULL +
		    p->dst.d[0] * 0xbf58476d1ce4e5b9ULL + p->dst.d[1] * 0x94d049bb133111ebULL +
		    ((__u64)p->sport << 16 | p->dport) * 0xff51afd7ed558ccdULL;

	key = (key ^ key >> 32) * 0xc4ceb9fe1a85ec53ULL;
	return key > VNFT_STREAM_BUSY ? key : key + 2;
}

/* A slot for a new stream: one of two, the free or finished one first. */
VNFT_INLINE struct vnft_stream_slot *stream_take(struct frame *f, __u64 key,
						 struct vnft_stream_slot *slot,
						 struct vnft_stream_slot *other)
{
	struct vnft_counters *count = frame_counters(f);
	__u64 old;

	if (!count)
		return 0;
	if (slot->key && !slot->last_ns && (!other->key || other->last_ns))
		slot = other;
	old = *(volatile __u64 *)&slot->key;
	if (old == VNFT_STREAM_BUSY || vnft_cmpxchg64(&slot->key, old, VNFT_STREAM_BUSY) != old) {
		count->lost[VNFT_LOST_FLOW_EVICTED]++;
		return 0;
	}
	if (old && !slot->last_ns)
		count->lost[VNFT_LOST_FLOW_EVICTED]++;
	slot->flow = frame_flow(f);
	slot->payload_bytes = 0;
	slot->last_ns = 0;
	slot->end = f->packet.seq;
	slot->first_ns = frame_clock_ns(f);
	vnft_barrier();
	*(volatile __u64 *)&slot->key = key;
	return slot;
}

VNFT_INLINE void stream_repeated(struct frame *f, __u32 dir)
{
	struct vnft_counters *count = frame_counters(f);

	f->packet.flags |= VNFT_RF_RETRANS;
	if (!count)
		return;
	count->dir[dir].retrans_segments++;
	count->dir[dir].retrans_bytes += f->packet.payload_bytes;
}

STAGE int stream(struct frame *f, __u32 dir)
{
	__u32 payload_bytes, fresh_bytes, index;
	struct vnft_stream_slot *slot, *other;
	__u64 key;

	if (!f || dir >= VNFT_DIR_NR)
		return 0;
	payload_bytes = f->packet.payload_bytes;
	key = stream_key(&f->packet);
	index = (__u32)(key >> 40) & (VNFT_STREAM_SLOTS - 1);
	slot = &state.stream[dir][index];
	if (slot->key != key) {
		other = &state.stream[dir][index ^ 1];
		if (other->key == key)
			slot = other;
		else if (f->packet.class != VNFT_CLASS_TCP || !payload_bytes)
			return 0;
		else
			slot = stream_take(f, key, slot, other);
		if (!slot)
			return 0;
	}
	if (f->packet.class != VNFT_CLASS_TCP) {	/* SYN: the ports are used again */
		slot->key = 0;
		return 0;
	}
	if (payload_bytes) {
		fresh_bytes = f->packet.seq + payload_bytes - slot->end;
		if ((__s32)fresh_bytes <= 0) {
			stream_repeated(f, dir);
		} else {
			slot->end += fresh_bytes;
			/*
			 * More than the payload: a segment before it was lost on its way to us. It
			 * comes again below @end and counts as a retransmission then, so its bytes
			 * count now.
			 */
			slot->payload_bytes += fresh_bytes > payload_bytes + STREAM_WINDOW_BYTES ?
					       payload_bytes : fresh_bytes;
		}
	}
	if (f->packet.tcp_flags & VNFT_TCP_FIN && !slot->last_ns)
		slot->last_ns = frame_clock_ns(f);
	return 0;
}

#endif
