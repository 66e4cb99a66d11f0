/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Payload of TCP streams without retransmissions. A retransmission is a segment that ends at or
 * below the highest end seen in its direction.
 *
 * The table of one direction is direct-mapped with two ways. One direction of a connection is
 * serialised by its socket or its queue, so only taking a slot is atomic. Streams without payload
 * take none.
 */
#ifndef VNFT_CORE_STREAM_H
#define VNFT_CORE_STREAM_H

#include "packet.h"

#define VNFT_STREAM_BUSY	1ULL
/* The largest window (RFC 7323): a jump beyond it is no hole in the stream. */
#define VNFT_STREAM_WINDOW_BYTES	(1U << 30)

/**
 * struct vnft_stream_slot - one direction of a TCP connection
 * @key: who it belongs to; 0 free, VNFT_STREAM_BUSY being taken
 * @flow: vnft_flow_id() of the connection
 * @payload_bytes: without retransmissions
 * @first_ns: first segment with payload
 * @last_ns: FIN, 0 before it
 * @end: highest sequence number seen + 1
 *
 * A cache line each: the two directions run on different CPUs.
 */
struct vnft_stream_slot {
	__u64 key;
	__u64 flow;
	__u64 payload_bytes;
	__u64 first_ns;
	__u64 last_ns;
	__u32 end;
	__u32 reserved;
	__u64 reserved2[2];
};

VNFT_ASSERT_SIZE(vnft_stream_slot, 64);

/* What became of a segment, for vnft_stream_count(). */
#define VNFT_STREAM_REPEATED	1U	/* a retransmission */
#define VNFT_STREAM_EVICTED	2U	/* a stream lost its slot, or found none */

/*
 * One direction of a connection, hashed once: a flow id, which is the same both ways, costs three
 * mixes in a row, and most TCP segments need none.
 */
VNFT_INLINE __u64 vnft_stream_key(const struct vnft_packet *p)
{
	__u64 key = p->src.d[0] * 0x9e3779b97f4a7c15ULL + p->src.d[1] * 0xd6e8feb86659fd93ULL +
		    p->dst.d[0] * 0xbf58476d1ce4e5b9ULL + p->dst.d[1] * 0x94d049bb133111ebULL +
		    ((__u64)p->sport << 16 | p->dport) * 0xff51afd7ed558ccdULL;

	key = (key ^ key >> 32) * 0xc4ceb9fe1a85ec53ULL;
	return key > VNFT_STREAM_BUSY ? key : key + 2;
}

/* Can its slot be had without a loss: free, or finished? */
VNFT_INLINE int vnft_stream_is_over(const struct vnft_stream_slot *slot)
{
	return !vnft_read_once(slot->key) || vnft_read_once(slot->last_ns);
}

/* A slot for a new stream: one of two, the free or finished one first; NULL: none now. */
VNFT_INLINE struct vnft_stream_slot *
vnft_stream_take(struct vnft_stream_slot *slot, struct vnft_stream_slot *other, __u64 key,
		 const struct vnft_packet *p, void *frame, vnft_ask_fn flow, vnft_ask_fn clock_ns,
		 __u32 *outcome)
{
	__u64 old;

	if (!vnft_stream_is_over(slot) && vnft_stream_is_over(other))
		slot = other;
	old = vnft_read_once(slot->key);
	if (old == VNFT_STREAM_BUSY || vnft_cmpxchg64(&slot->key, old, VNFT_STREAM_BUSY) != old) {
		*outcome = VNFT_STREAM_EVICTED;
		return NULL;
	}
	if (old && !slot->last_ns)
		*outcome = VNFT_STREAM_EVICTED;
	vnft_write_once(slot->flow, flow(frame));
	vnft_write_once(slot->payload_bytes, 0);
	vnft_write_once(slot->last_ns, 0);
	slot->end = p->seq;
	vnft_write_once(slot->first_ns, clock_ns(frame));
	/* Pairs with the acquire in vnft_stream_most(): who sees the key sees the rest. */
	vnft_barrier();
	vnft_write_once(slot->key, key);
	return slot;
}

/* Return: 1 if it was a retransmission. */
VNFT_INLINE __u32 vnft_stream_add(struct vnft_stream_slot *slot, struct vnft_packet *p)
{
	__u32 fresh_bytes = p->seq + p->payload_bytes - slot->end;

	if ((__s32)fresh_bytes <= 0) {
		p->flags |= VNFT_RF_RETRANS;
		return 1;
	}
	slot->end += fresh_bytes;
	/*
	 * More than the payload: a segment before it was lost on its way to us. It comes again
	 * below @end and counts as a retransmission then, so its bytes count now.
	 */
	if (fresh_bytes > p->payload_bytes + VNFT_STREAM_WINDOW_BYTES)
		fresh_bytes = p->payload_bytes;
	vnft_write_once(slot->payload_bytes, slot->payload_bytes + fresh_bytes);
	return 0;
}

/**
 * vnft_stream_follow() - a segment for which vnft_count_frame() said VNFT_TO_STREAM
 * @table: of its direction
 * @mask: slots of @table - 1; an odd number
 * @p: gets VNFT_RF_RETRANS if it is a retransmission
 * @frame: handed to @flow and @clock_ns
 * @flow: vnft_flow_id() of the frame
 * @clock_ns: its stamp
 *
 * Return: bits VNFT_STREAM_*, for vnft_stream_count() unless 0.
 */
VNFT_INLINE __u32 vnft_stream_follow(struct vnft_stream_slot *table, __u32 mask,
				     struct vnft_packet *p, void *frame, vnft_ask_fn flow,
				     vnft_ask_fn clock_ns)
{
	const __u64 key = vnft_stream_key(p);
	const __u32 index = (__u32)(key >> 40) & mask;
	struct vnft_stream_slot *slot = &table[index], *other;
	__u32 outcome = 0;

	if (vnft_read_once(slot->key) != key) {
		other = &table[index ^ 1];
		if (vnft_read_once(other->key) == key)
			slot = other;
		else if (p->class == VNFT_CLASS_TCP && p->payload_bytes)
			slot = vnft_stream_take(slot, other, key, p, frame, flow, clock_ns,
						&outcome);
		else
			slot = NULL;
		if (!slot)
			return outcome;
	}
	if (p->class != VNFT_CLASS_TCP) {	/* SYN: the ports are used again */
		vnft_write_once(slot->key, 0);
		return 0;
	}
	if (p->payload_bytes && vnft_stream_add(slot, p))
		outcome = VNFT_STREAM_REPEATED;
	if (p->tcp_flags & VNFT_TCP_FIN && !slot->last_ns)
		vnft_write_once(slot->last_ns, clock_ns(frame));
	return outcome;
}

/**
 * vnft_stream_count() - what vnft_stream_follow() says, counted
 * @counters: of the device on this CPU
 * @dir: below VNFT_DIR_NR
 */
VNFT_INLINE void vnft_stream_count(struct vnft_counters *counters, const struct vnft_packet *p,
				   __u32 dir, __u32 outcome)
{
	if (outcome & VNFT_STREAM_EVICTED)
		counters->lost[VNFT_LOST_FLOW_EVICTED]++;
	if (outcome & VNFT_STREAM_REPEATED) {
		counters->dir[dir].retrans_segments++;
		counters->dir[dir].retrans_bytes += p->payload_bytes;
	}
}

/**
 * vnft_stream_most() - the stream with the most payload, while hooks go on
 *
 * Return: its slot, or NULL if there is none.
 */
VNFT_INLINE const struct vnft_stream_slot *vnft_stream_most(const struct vnft_stream_slot *table,
							    __u32 slots)
{
	const struct vnft_stream_slot *most = NULL;
	__u32 i;

	for (i = 0; i < slots; i++) {
		/* Pairs with the barrier in vnft_stream_take(). */
		if (vnft_load_acquire(&table[i].key) > VNFT_STREAM_BUSY &&
		    (!most || vnft_read_once(table[i].payload_bytes) >
			      vnft_read_once(most->payload_bytes)))
			most = &table[i];
	}
	return most;
}

#endif
