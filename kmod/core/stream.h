/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Payload of TCP streams without retransmissions. A retransmission is a segment that ends at or
 * below the highest end seen in its direction.
 *
 * A stream goes from its first to its last segment with new payload. The clock is read for the
 * first one of every tick of the coarse clock, which costs no read of the hardware: the last one
 * passed at most a tick after the last stamp. (The coarse clock itself is up to two ticks behind.)
 * A FIN or a RST is stamped again and says that the slot can be had.
 *
 * A RST ends both directions if its sender's place in them is right: its sequence number is the end
 * of what its sender sent, or the acknowledgment number of what it was sent; one more after a FIN.
 * Any other could be of a third party, and its receiver would not take it (RFC 5961, section 3).
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
/* A stream without new payload for so long gives up its slot silently. */
#define VNFT_STREAM_IDLE_NS	(10ULL * 1000 * 1000 * 1000)

/**
 * struct vnft_stream_slot - one direction of a TCP connection
 * @key: who it belongs to; 0 free, VNFT_STREAM_BUSY being taken
 * @flow: vnft_flow_id() of the connection
 * @payload_bytes: without retransmissions
 * @first_ns: first segment with payload
 * @last_ns: first segment with new payload of the last tick that had one
 * @over_ns: FIN or RST; 0 before it, and when new payload came behind it
 * @end: highest sequence number seen + 1
 * @ack: acknowledgment number of the last segment with payload
 * @over: there was a FIN or RST
 * @tick: lower half of the coarse clock at @last_ns
 *
 * A cache line each: the two directions run on different CPUs.
 */
struct vnft_stream_slot {
	__u64 key;
	__u64 flow;
	__u64 payload_bytes;
	__u64 first_ns;
	__u64 last_ns;
	__u64 over_ns;
	__u32 end;
	__u32 ack;
	__u32 over;
	__u32 tick;
};

VNFT_ASSERT_SIZE(vnft_stream_slot, 64);

/* What became of a segment, for vnft_stream_count(). */
#define VNFT_STREAM_REPEATED	1U	/* a retransmission */
#define VNFT_STREAM_EVICTED	2U	/* a stream lost its slot, or found none */

/**
 * struct vnft_stream_ask - what costs something, each as vnft_ask_fn
 * @flow: vnft_flow_id() of the frame
 * @clock_ns: its stamp
 * @coarse_ns: the same clock as it stood at its last tick
 */
struct vnft_stream_ask {
	vnft_ask_fn flow;
	vnft_ask_fn clock_ns;
	vnft_ask_fn coarse_ns;
};

/*
 * One direction of a connection, hashed once: a flow id, which is the same both ways, costs three
 * mixes in a row, and most TCP segments need none.
 */
VNFT_INLINE __u64 vnft_stream_key_of(const union vnft_addr *src, const union vnft_addr *dst,
				     __u16 sport, __u16 dport)
{
	__u64 key = src->d[0] * 0x9e3779b97f4a7c15ULL + src->d[1] * 0xd6e8feb86659fd93ULL +
		    dst->d[0] * 0xbf58476d1ce4e5b9ULL + dst->d[1] * 0x94d049bb133111ebULL +
		    ((__u64)sport << 16 | dport) * 0xff51afd7ed558ccdULL;

	key = (key ^ key >> 32) * 0xc4ceb9fe1a85ec53ULL;
	return key > VNFT_STREAM_BUSY ? key : key + 2;
}

VNFT_INLINE __u64 vnft_stream_key(const struct vnft_packet *p)
{
	return vnft_stream_key_of(&p->src, &p->dst, p->sport, p->dport);
}

VNFT_INLINE __u32 vnft_stream_index(__u64 key, __u32 mask)
{
	return (__u32)(key >> 40) & mask;
}

VNFT_INLINE struct vnft_stream_slot *vnft_stream_find(struct vnft_stream_slot *table, __u32 mask,
						      __u64 key)
{
	const __u32 index = vnft_stream_index(key, mask);

	if (vnft_read_once(table[index].key) == key)
		return &table[index];
	return vnft_read_once(table[index ^ 1].key) == key ? &table[index ^ 1] : NULL;
}

/* Can its slot be had without a loss: free, or finished? */
VNFT_INLINE int vnft_stream_is_over(const struct vnft_stream_slot *slot)
{
	return !vnft_read_once(slot->key) || vnft_read_once(slot->over);
}

/*
 * A slot for a new stream: one of two, the free or finished one first, then the one that is idle
 * for longer; NULL: none now.
 */
VNFT_INLINE struct vnft_stream_slot *
vnft_stream_take(struct vnft_stream_slot *slot, struct vnft_stream_slot *other, __u64 key,
		 const struct vnft_packet *p, void *frame, const struct vnft_stream_ask *ask,
		 __u32 *outcome)
{
	const __u64 now_ns = ask->coarse_ns(frame);
	__u64 old;

	if (!vnft_stream_is_over(slot) &&
	    (vnft_stream_is_over(other) ||
	     vnft_read_once(other->last_ns) < vnft_read_once(slot->last_ns)))
		slot = other;
	old = vnft_read_once(slot->key);
	if (old == VNFT_STREAM_BUSY || vnft_cmpxchg64(&slot->key, old, VNFT_STREAM_BUSY) != old) {
		*outcome = VNFT_STREAM_EVICTED;
		return NULL;
	}
	/* Signed: the coarse clock is behind. */
	if (old && !slot->over && (__s64)(now_ns - slot->last_ns) < (__s64)VNFT_STREAM_IDLE_NS)
		*outcome = VNFT_STREAM_EVICTED;
	vnft_write_once(slot->flow, ask->flow(frame));
	vnft_write_once(slot->payload_bytes, 0);
	vnft_write_once(slot->over_ns, 0);
	vnft_write_once(slot->over, 0);
	slot->end = p->seq;
	slot->tick = (__u32)now_ns;
	vnft_write_once(slot->last_ns, ask->clock_ns(frame));
	vnft_write_once(slot->first_ns, slot->last_ns);
	/* Pairs with the acquire in vnft_stream_most(): who sees the key sees the rest. */
	vnft_barrier();
	vnft_write_once(slot->key, key);
	return slot;
}

VNFT_INLINE void vnft_stream_stamp(struct vnft_stream_slot *slot, void *frame,
				   const struct vnft_stream_ask *ask)
{
	const __u32 tick = (__u32)ask->coarse_ns(frame);

	if (slot->tick == tick)
		return;
	slot->tick = tick;
	vnft_write_once(slot->last_ns, ask->clock_ns(frame));
}

/* Return: 1 if it was a retransmission. */
VNFT_INLINE __u32 vnft_stream_add(struct vnft_stream_slot *slot, struct vnft_packet *p,
				  void *frame, const struct vnft_stream_ask *ask)
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
	vnft_stream_stamp(slot, frame, ask);
	slot->ack = p->ack;
	if (slot->over_ns)
		vnft_write_once(slot->over_ns, 0);
	return 0;
}

VNFT_INLINE void vnft_stream_end(struct vnft_stream_slot *slot, __u64 now_ns)
{
	if (slot->over)
		return;
	vnft_write_once(slot->over_ns, now_ns);
	vnft_write_once(slot->over, 1);
}

/*
 * Ports that are used again without a SYN that we saw: behind the end of a finished stream, or in
 * front of its first byte.
 */
VNFT_INLINE int vnft_stream_is_another(const struct vnft_stream_slot *slot,
				       const struct vnft_packet *p)
{
	const __s32 behind = (__s32)(p->seq - slot->end);

	return slot->over && p->payload_bytes &&
	       (behind > 1 || (behind < 0 && (__u32)-behind > slot->payload_bytes));
}

/**
 * vnft_stream_reset() - a RST for which vnft_count_frame() said VNFT_TO_STREAM
 * @own: table of the RST's direction
 * @reply: table of the other direction
 * @mask: as for vnft_stream_follow()
 */
VNFT_INLINE void vnft_stream_reset(struct vnft_stream_slot *own, struct vnft_stream_slot *reply,
				   __u32 mask, const struct vnft_packet *p, void *frame,
				   vnft_ask_fn clock_ns)
{
	own = vnft_stream_find(own, mask, vnft_stream_key(p));
	reply = vnft_stream_find(reply, mask,
				 vnft_stream_key_of(&p->dst, &p->src, p->dport, p->sport));
	if (!(own && p->seq - own->end <= 1) && !(reply && p->seq - reply->ack <= 1))
		return;
	if (own)
		vnft_stream_end(own, clock_ns(frame));
	if (reply)
		vnft_stream_end(reply, clock_ns(frame));
}

/**
 * vnft_stream_follow() - a segment for which vnft_count_frame() said VNFT_TO_STREAM
 * @table: of its direction
 * @mask: slots of @table - 1; an odd number
 * @p: gets VNFT_RF_RETRANS if it is a retransmission; no RST
 * @frame: handed to @ask
 *
 * Return: bits VNFT_STREAM_*, for vnft_stream_count() unless 0.
 */
VNFT_INLINE __u32 vnft_stream_follow(struct vnft_stream_slot *table, __u32 mask,
				     struct vnft_packet *p, void *frame,
				     const struct vnft_stream_ask *ask)
{
	const __u64 key = vnft_stream_key(p);
	const __u32 index = vnft_stream_index(key, mask);
	struct vnft_stream_slot *slot = vnft_stream_find(table, mask, key);
	__u32 outcome = 0;

	/* The ports are used again. */
	if (slot && (p->class != VNFT_CLASS_TCP || vnft_stream_is_another(slot, p))) {
		vnft_write_once(slot->key, 0);
		slot = NULL;
	}
	if (!slot) {
		if (p->class != VNFT_CLASS_TCP || !p->payload_bytes)
			return 0;
		slot = vnft_stream_take(&table[index], &table[index ^ 1], key, p, frame, ask,
					&outcome);
		if (!slot)
			return outcome;
	}
	if (p->payload_bytes && vnft_stream_add(slot, p, frame, ask))
		outcome = VNFT_STREAM_REPEATED;
	if (p->tcp_flags & VNFT_TCP_FIN)
		vnft_stream_end(slot, ask->clock_ns(frame));
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
 * vnft_stream_until() - the end of a stream: the end of its last tick, or what ended it before
 * @last_ns: of its slot, and @over_ns
 * @tick_ns: of the coarse clock
 *
 * Return: the last segment with payload passed at this moment, or at most this minus @last_ns
 * before it.
 */
VNFT_INLINE __u64 vnft_stream_until(__u64 last_ns, __u64 over_ns, __u64 tick_ns)
{
	const __u64 until_ns = last_ns + tick_ns;

	return over_ns > last_ns && over_ns < until_ns ? over_ns : until_ns;
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
