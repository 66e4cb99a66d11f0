/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of the TCP streams of one direction. It is direct-mapped with two ways. Streams without
 * payload take no slot.
 *
 * One direction of a connection may pass on two CPUs at the same moment: what a task sends after it
 * moved, while its last frames are still in the backlog of the CPU that it left; a guest's second
 * queue. So the two ways of a place are one CPU's at a time: it holds the place by a bit in the key
 * of the first way: one exchange, and a store. Who cannot have the place for long (the hypervisor
 * took the CPU that holds it) leaves it, and says so.
 */
#ifndef VNFT_CORE_STREAM_TABLE_H
#define VNFT_CORE_STREAM_TABLE_H

#include "holes.h"
#include "packet.h"

/* In the key of a place's first way, which is never part of a stream's key. */
#define VNFT_STREAM_HELD	1ULL
/* Looks at a place that another CPU holds: 100 us and more, as long as its interrupts may take. */
#ifndef VNFT_STREAM_LOOKS
#define VNFT_STREAM_LOOKS	8192U
#endif
/* A stream without new payload for so long gives up its slot silently. */
#define VNFT_STREAM_IDLE_NS	(10ULL * 1000 * 1000 * 1000)

/**
 * struct vnft_stream_slot - one direction of a TCP connection
 * @key: who it belongs to, by vnft_stream_owner(); 0 free
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

	key = (key ^ key >> 32) * 0xc4ceb9fe1a85ec53ULL & ~VNFT_STREAM_HELD;
	return key ? key : 2;
}

VNFT_INLINE __u64 vnft_stream_key(const struct vnft_packet *p)
{
	return vnft_stream_key_of(&p->src, &p->dst, p->sport, p->dport);
}

VNFT_INLINE __u64 vnft_stream_owner(const struct vnft_stream_slot *slot)
{
	return vnft_read_once(slot->key) & ~VNFT_STREAM_HELD;
}

/* The first of its two ways. */
VNFT_INLINE struct vnft_stream_slot *vnft_stream_place(const struct vnft_stream_table *t, __u64 key)
{
	return &t->slot[(__u32)(key >> 40) & t->mask & ~1U];
}

VNFT_INLINE struct vnft_stream_slot *vnft_stream_find(const struct vnft_stream_table *t, __u64 key)
{
	struct vnft_stream_slot *place = vnft_stream_place(t, key);

	if (vnft_stream_owner(&place[0]) == key)
		return &place[0];
	return vnft_stream_owner(&place[1]) == key ? &place[1] : NULL;
}

/* ---- holding a place ---- */

VNFT_INLINE int vnft_stream_try(struct vnft_stream_slot *place)
{
	const __u64 key = vnft_read_once(place->key);

	return !(key & VNFT_STREAM_HELD) &&
	       vnft_cmpxchg64(&place->key, key, key | VNFT_STREAM_HELD) == key;
}

VNFT_INLINE int vnft_stream_wait(struct vnft_stream_slot *place)
{
	__u32 i;

	for (i = 0; i < VNFT_STREAM_LOOKS; i++) {
		if (vnft_stream_try(place))
			return 1;
		vnft_relax();
	}
	return 0;
}

/* Who compiles this may define a function of its own, as for VNFT_STREAM_MEND (stream.h). */
#ifndef VNFT_STREAM_WAIT
#define VNFT_STREAM_WAIT vnft_stream_wait
#endif

/* Return: 0 if another CPU holds it for too long. */
VNFT_INLINE int vnft_stream_hold(struct vnft_stream_slot *place)
{
	return vnft_stream_try(place) || VNFT_STREAM_WAIT(place);
}

/* Pairs with the exchange in vnft_stream_try(). */
VNFT_INLINE void vnft_stream_release(struct vnft_stream_slot *place)
{
	vnft_store_release(&place->key, vnft_stream_owner(place));
}

/* @slot: of a place that is held; @key: 0 frees it */
VNFT_INLINE void vnft_stream_give(struct vnft_stream_slot *slot, __u64 key)
{
	vnft_write_once(slot->key, key | (vnft_read_once(slot->key) & VNFT_STREAM_HELD));
}

/* Can its slot be had without a loss: free, or finished? */
VNFT_INLINE int vnft_stream_is_over(const struct vnft_stream_slot *slot)
{
	return !vnft_stream_owner(slot) || slot->over;
}

/*
 * A slot for a new stream in a place that is held: one of two, the free or finished one first, then
 * the one that is idle for longer. @evicted: a stream lost its slot.
 */
VNFT_INLINE struct vnft_stream_slot *
vnft_stream_take(struct vnft_stream_slot *place, __u64 key, const struct vnft_packet *p,
		 void *frame, const struct vnft_stream_ask *ask, __u32 *evicted)
{
	const __u64 now_ns = ask->coarse_ns(frame);
	struct vnft_stream_slot *slot = &place[0];

	if (!vnft_stream_is_over(&place[0]) &&
	    (vnft_stream_is_over(&place[1]) || place[1].last_ns < place[0].last_ns))
		slot = &place[1];
	/* Signed: the coarse clock is behind. */
	if (!vnft_stream_is_over(slot) &&
	    (__s64)(now_ns - slot->last_ns) < (__s64)VNFT_STREAM_IDLE_NS)
		*evicted = 1;
	/* Nobody reads it meanwhile. */
	vnft_stream_give(slot, 0);
	vnft_barrier();
	vnft_write_once(slot->flow, ask->flow(frame));
	vnft_write_once(slot->payload_bytes, 0);
	vnft_write_once(slot->over_ns, 0);
	slot->over = 0;
	slot->holes = 0;
	slot->end = p->seq;
	slot->tick = (__u32)now_ns;
	vnft_write_once(slot->last_ns, ask->clock_ns(frame));
	vnft_write_once(slot->first_ns, slot->last_ns);
	/* Pairs with the acquire in vnft_stream_most(): who sees the key sees the rest. */
	vnft_barrier();
	vnft_stream_give(slot, key);
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
		if ((vnft_load_acquire(&table[i].key) & ~VNFT_STREAM_HELD) &&
		    (!most || vnft_read_once(table[i].payload_bytes) >
			      vnft_read_once(most->payload_bytes)))
			most = &table[i];
	}
	return most;
}

#endif
