/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of the TCP streams of one direction. It is direct-mapped with two ways. One direction
 * of a connection is serialised by its socket or its queue, so only taking a slot is atomic.
 * Streams without payload take none.
 */
#ifndef VNFT_CORE_STREAM_TABLE_H
#define VNFT_CORE_STREAM_TABLE_H

#include "holes.h"
#include "packet.h"

#define VNFT_STREAM_BUSY	1ULL
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
 * @lone: the segment that made @end had one byte
 * @holes: place in the table of holes; 0: it has none
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
	__u8 over;
	__u8 lone;
	__u8 holes;
	__u8 reserved;
	__u32 tick;
};

VNFT_ASSERT_SIZE(vnft_stream_slot, 64);

/**
 * struct vnft_stream_table - the streams of one direction
 * @slot: @mask + 1 of them
 * @mask: an odd number
 * @dir: the direction
 */
struct vnft_stream_table {
	struct vnft_stream_slot *slot;
	struct vnft_holes_table *holes;
	__u32 mask;
	__u32 dir;
};

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

VNFT_INLINE struct vnft_stream_slot *vnft_stream_find(const struct vnft_stream_table *t, __u64 key)
{
	struct vnft_stream_slot *slot = &t->slot[vnft_stream_index(key, t->mask)];

	if (vnft_read_once(slot->key) == key)
		return slot;
	slot = &t->slot[vnft_stream_index(key, t->mask) ^ 1];
	return vnft_read_once(slot->key) == key ? slot : NULL;
}

/* Can its slot be had without a loss: free, or finished? */
VNFT_INLINE int vnft_stream_is_over(const struct vnft_stream_slot *slot)
{
	return !vnft_read_once(slot->key) || vnft_read_once(slot->over);
}

/*
 * A slot for a new stream: one of two, the free or finished one first, then the one that is idle
 * for longer; NULL: none now. @evicted: a stream lost its slot, or found none.
 */
VNFT_INLINE struct vnft_stream_slot *
vnft_stream_take(const struct vnft_stream_table *t, __u64 key, const struct vnft_packet *p,
		 void *frame, const struct vnft_stream_ask *ask, __u32 *evicted)
{
	struct vnft_stream_slot *slot = &t->slot[vnft_stream_index(key, t->mask)];
	struct vnft_stream_slot *other = &t->slot[vnft_stream_index(key, t->mask) ^ 1];
	const __u64 now_ns = ask->coarse_ns(frame);
	__u64 old;

	if (!vnft_stream_is_over(slot) &&
	    (vnft_stream_is_over(other) ||
	     vnft_read_once(other->last_ns) < vnft_read_once(slot->last_ns)))
		slot = other;
	old = vnft_read_once(slot->key);
	if (old == VNFT_STREAM_BUSY || vnft_cmpxchg64(&slot->key, old, VNFT_STREAM_BUSY) != old) {
		*evicted = 1;
		return NULL;
	}
	/* Signed: the coarse clock is behind. */
	if (old && !slot->over && (__s64)(now_ns - slot->last_ns) < (__s64)VNFT_STREAM_IDLE_NS)
		*evicted = 1;
	vnft_write_once(slot->flow, ask->flow(frame));
	vnft_write_once(slot->payload_bytes, 0);
	vnft_write_once(slot->over_ns, 0);
	vnft_write_once(slot->over, 0);
	slot->holes = 0;
	slot->end = p->seq;
	slot->tick = (__u32)now_ns;
	vnft_write_once(slot->last_ns, ask->clock_ns(frame));
	vnft_write_once(slot->first_ns, slot->last_ns);
	/* Pairs with the acquire in vnft_stream_most(): who sees the key sees the rest. */
	vnft_barrier();
	vnft_write_once(slot->key, key);
	return slot;
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
