/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The holes of TCP streams: what lies below the highest sequence number seen and has not been seen.
 * A segment that fills one is new payload, whether it was overtaken on its way (reordered) or lost
 * before it came to us and sent again. Anything else below that number has passed before.
 *
 * Few streams have holes at one time, so they share a small table beside that of the streams. Only
 * taking a place in it is atomic: a stream's holes are under the hold of the stream itself
 * (stream_table.h). A stream gives its place back with its last hole. If it ends before that, its
 * place is idle soon.
 */
#ifndef VNFT_CORE_HOLES_H
#define VNFT_CORE_HOLES_H

#include "env.h"

/* Streams of one direction that can have holes at one time, and the holes of one. */
#define VNFT_HOLES_STREAMS	32U
#define VNFT_HOLES_PER_STREAM	31U
/* The largest window (RFC 7323): what is further away is no hole in the stream. */
#define VNFT_HOLES_WINDOW_BYTES	(1U << 30)
/* Holes that nobody looked at for so long give their place to those of another stream. */
#define VNFT_HOLES_IDLE_NS	(10ULL * 1000 * 1000 * 1000)

/* Sequence numbers from @from up to @to, which does not belong to it; both the same: no hole. */
struct vnft_hole {
	__u32 from;
	__u32 to;
};

/**
 * struct vnft_holes - those of one stream
 * @key: of the stream; 0 free
 * @used_ns: coarse clock when they were last looked at
 * @payload_bytes: of the stream at that time
 */
struct vnft_holes {
	__u64 key;
	__u64 used_ns;
	__u64 payload_bytes;
	struct vnft_hole hole[VNFT_HOLES_PER_STREAM];
};

/* Those of one direction. */
struct vnft_holes_table {
	struct vnft_holes place[VNFT_HOLES_STREAMS];
};

VNFT_INLINE __u32 vnft_hole_bytes(const struct vnft_hole *hole)
{
	return hole->to - hole->from;
}

/**
 * vnft_holes_find() - the holes of a stream
 * @place: as vnft_holes_take() returned it, or 0
 *
 * Return: NULL if it has none.
 */
VNFT_INLINE struct vnft_holes *vnft_holes_find(struct vnft_holes_table *table, __u32 place,
					       __u64 key)
{
	struct vnft_holes *holes = &table->place[(place - 1) & (VNFT_HOLES_STREAMS - 1)];

	return place && vnft_read_once(holes->key) == key ? holes : NULL;
}

/* Can a place with this @key be had? */
VNFT_INLINE int vnft_holes_can_be_had(const struct vnft_holes *holes, __u64 key, __u64 now_ns)
{
	/* Signed: another CPU may be ahead. */
	return !key || (__s64)(now_ns - vnft_read_once(holes->used_ns)) >=
			       (__s64)VNFT_HOLES_IDLE_NS;
}

/* A place that can be had, from 1; 0: there is none. */
VNFT_INLINE __u32 vnft_holes_look(const struct vnft_holes_table *table, __u64 now_ns)
{
	__u32 i;

	for (i = 0; i < VNFT_HOLES_STREAMS; i++) {
		if (vnft_holes_can_be_had(&table->place[i], vnft_read_once(table->place[i].key),
					  now_ns))
			return i + 1;
	}
	return 0;
}

/**
 * vnft_holes_put() - one hole more
 *
 * Return: 0 if there is no room.
 */
VNFT_INLINE __u32 vnft_holes_put(struct vnft_holes *holes, const struct vnft_hole *more)
{
	__u32 i;

	for (i = 0; i < VNFT_HOLES_PER_STREAM; i++) {
		if (vnft_hole_bytes(&holes->hole[i]))
			continue;
		holes->hole[i] = *more;
		return 1;
	}
	return 0;
}

/**
 * vnft_hole_fill() - a segment comes, and this is one hole
 * @s: its place
 * @end: highest sequence number seen before it + 1
 * @rest: the second half of the hole, if @s lies in its middle
 *
 * Return: bytes of @s that fill it.
 */
VNFT_INLINE __u32 vnft_hole_fill(struct vnft_hole *hole, const struct vnft_hole *s, __u32 end,
				 struct vnft_hole *rest)
{
	__u32 from, to;

	/* Nobody waits for it any more: its bytes passed elsewhere. */
	if (end - hole->from > VNFT_HOLES_WINDOW_BYTES)
		hole->to = hole->from;
	if (!vnft_hole_bytes(hole))
		return 0;
	from = (__s32)(hole->from - s->from) > 0 ? hole->from : s->from;
	to = (__s32)(hole->to - s->to) < 0 ? hole->to : s->to;
	if ((__s32)(to - from) <= 0)
		return 0;
	if (from == hole->from) {
		hole->from = to;
		return to - from;
	}
	if (to != hole->to) {
		rest->from = to;
		rest->to = hole->to;
	}
	hole->to = from;
	return to - from;
}

/*
 * Who compiles this may define functions of its own for these calls. BPF does: its verifier would
 * walk every way into a loop times every way out of it.
 */
#ifndef VNFT_HOLES_LOOK
#define VNFT_HOLES_LOOK vnft_holes_look
#endif
#ifndef VNFT_HOLES_PUT
#define VNFT_HOLES_PUT vnft_holes_put
#endif
#ifndef VNFT_HOLE_FILL
#define VNFT_HOLE_FILL vnft_hole_fill
#endif
#ifndef VNFT_HOLES_FILL
#define VNFT_HOLES_FILL vnft_holes_fill
#endif

/**
 * vnft_holes_fill() - a segment comes
 * @rest: of a hole that it cuts in two, for vnft_holes_put()
 * @open: bytes of the holes that are left, without @rest
 *
 * Return: bytes of it that fill holes.
 */
VNFT_INLINE __u32 vnft_holes_fill(struct vnft_holes *holes, const struct vnft_hole *s, __u32 end,
				  struct vnft_hole *rest, __u32 *open)
{
	__u32 i, filled = 0;

	for (i = 0; i < VNFT_HOLES_PER_STREAM; i++) {
		filled += VNFT_HOLE_FILL(&holes->hole[i], s, end, rest);
		*open |= vnft_hole_bytes(&holes->hole[i]);
	}
	return filled;
}

/**
 * vnft_holes_take() - a place for the first hole of a stream
 * @payload_bytes: of the stream
 *
 * Return: its place, 1 to VNFT_HOLES_STREAMS, or 0 if there is none, now.
 */
VNFT_INLINE __u32 vnft_holes_take(struct vnft_holes_table *table, __u64 key, __u64 now_ns,
				  __u64 payload_bytes, const struct vnft_hole *first)
{
	const __u32 place = VNFT_HOLES_LOOK(table, now_ns);
	struct vnft_holes *holes = &table->place[(place - 1) & (VNFT_HOLES_STREAMS - 1)];
	const __u64 old = vnft_load_acquire(&holes->key);

	/*
	 * Another CPU may have seen the same place, and have taken it since. So its time is written
	 * before its key, and is asked for again under the key that is exchanged.
	 */
	if (!place || !vnft_holes_can_be_had(holes, old, now_ns))
		return 0;
	vnft_write_once(holes->used_ns, now_ns);
	if (vnft_cmpxchg64(&holes->key, old, key) != old)
		return 0;
	holes->payload_bytes = payload_bytes;
	__builtin_memset(holes->hole, 0, sizeof(holes->hole));
	holes->hole[0] = *first;
	return place;
}

#endif
