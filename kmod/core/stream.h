/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Payload of TCP streams, each byte once. What passed before is a retransmission; what fills a hole
 * (holes.h) is not. A segment may be partly one and partly the other.
 *
 * A keepalive that carries a byte repeats the last one of its stream. It is no retransmission,
 * unless that byte came alone: then nothing tells the two apart.
 *
 * A stream goes from its first to its last segment with new payload. The clock is read for the
 * first one of every tick of the coarse clock, which costs no read of the hardware: the last one
 * passed at most a tick after the last stamp. (The coarse clock itself is up to two ticks behind.)
 * A FIN or a RST is stamped again and says that the slot can be had.
 *
 * A RST ends both directions if its sender's place in them is right: its sequence number is the end
 * of what its sender sent, or the acknowledgment number of what it was sent; one more after a FIN.
 * Any other could be of a third party, and its receiver would not take it (RFC 5961, section 3).
 */
#ifndef VNFT_CORE_STREAM_H
#define VNFT_CORE_STREAM_H

#include "stream_table.h"

/**
 * struct vnft_stream_news - what vnft_stream_follow() says of a segment, beside VNFT_RF_RETRANS
 * @repeated_bytes: of its payload that passed before
 * @evicted: a stream lost its slot, or this segment: another CPU held its place for too long
 */
struct vnft_stream_news {
	__u32 repeated_bytes;
	__u32 evicted;
};

VNFT_INLINE void vnft_stream_stamp(struct vnft_stream_slot *slot, void *frame,
				   const struct vnft_stream_ask *ask)
{
	const __u32 tick = (__u32)ask->coarse_ns(frame);

	if (slot->tick == tick)
		return;
	slot->tick = tick;
	vnft_write_once(slot->last_ns, ask->clock_ns(frame));
}

VNFT_INLINE void vnft_stream_move_end(struct vnft_stream_slot *slot, const struct vnft_packet *p)
{
	vnft_write_once(slot->end, p->seq + p->payload_bytes);
	vnft_write_once(slot->ack, p->ack);
	slot->lone = p->payload_bytes == 1;
}

/* Is it a keepalive, if nothing of it is new? */
VNFT_INLINE int vnft_stream_is_keepalive(const struct vnft_stream_slot *slot,
					 const struct vnft_packet *p)
{
	return p->payload_bytes == 1 && p->seq + 1 == slot->end && !slot->lone;
}

VNFT_INLINE void vnft_stream_close_holes(struct vnft_stream_slot *slot, struct vnft_holes *holes)
{
	vnft_write_once(holes->key, 0);
	slot->holes = 0;
}

/**
 * vnft_stream_mend() - a segment that does not begin at the end of its stream
 *
 * Return: bytes of it that passed before.
 */
VNFT_INLINE __u32 vnft_stream_mend(const struct vnft_stream_table *t, struct vnft_stream_slot *slot,
				   struct vnft_packet *p, void *frame,
				   const struct vnft_stream_ask *ask)
{
	const struct vnft_hole s = { p->seq, p->seq + p->payload_bytes };
	const __u32 end = slot->end, ahead_bytes = s.from - end;
	struct vnft_holes *holes = vnft_holes_find(t->holes, slot->holes, slot->key);
	struct vnft_hole more = { 0 };
	__u32 new_bytes = 0, open = 0, kept = 0;

	/* None of them is within a window any more. */
	if (holes && slot->payload_bytes - holes->payload_bytes > VNFT_HOLES_WINDOW_BYTES) {
		vnft_stream_close_holes(slot, holes);
		holes = NULL;
	}
	if ((__s32)(s.to - end) > 0) {
		vnft_stream_move_end(slot, p);
		new_bytes = p->payload_bytes;
		if ((__s32)ahead_bytes < 0) {
			new_bytes = s.to - end;
		} else if (ahead_bytes <= VNFT_HOLES_WINDOW_BYTES) {
			more.from = end;
			more.to = s.from;
		}
	}
	if (holes) {
		new_bytes += VNFT_HOLES_FILL(holes, &s, end, &more, &open);
		vnft_write_once(holes->used_ns, ask->coarse_ns(frame));
		holes->payload_bytes = slot->payload_bytes;
	}
	if (vnft_hole_bytes(&more)) {
		if (holes)
			kept = VNFT_HOLES_PUT(holes, &more);
		else
			kept = vnft_holes_take(t->holes, slot->key, ask->coarse_ns(frame),
					       slot->payload_bytes, &more);
		if (!holes)
			slot->holes = (__u8)kept;
		/* Forgotten: it counts now, and is a retransmission when it comes. */
		if (!kept)
			vnft_write_once(slot->payload_bytes,
					slot->payload_bytes + vnft_hole_bytes(&more));
	}
	if (holes && !open && !kept)
		vnft_stream_close_holes(slot, holes);
	if (new_bytes != p->payload_bytes && !vnft_stream_is_keepalive(slot, p))
		p->flags |= VNFT_RF_RETRANS;
	return p->payload_bytes - new_bytes;
}

/*
 * Who compiles this may define a function of its own for this call, which is rare: the way of the
 * other segments has its registers for itself then, and a BPF verifier looks at each alone.
 */
#ifndef VNFT_STREAM_MEND
#define VNFT_STREAM_MEND vnft_stream_mend
#endif

/* Return: as vnft_stream_mend(). */
VNFT_INLINE __u32 vnft_stream_add(const struct vnft_stream_table *t, struct vnft_stream_slot *slot,
				  struct vnft_packet *p, void *frame,
				  const struct vnft_stream_ask *ask)
{
	__u32 repeated_bytes = 0;

	if (p->seq == slot->end) {
		vnft_stream_move_end(slot, p);
	} else {
		repeated_bytes = VNFT_STREAM_MEND(t, slot, p, frame, ask);
		if (repeated_bytes == p->payload_bytes)
			return repeated_bytes;
	}
	vnft_write_once(slot->payload_bytes,
			slot->payload_bytes + (p->payload_bytes - repeated_bytes));
	vnft_stream_stamp(slot, frame, ask);
	if (slot->over_ns)
		vnft_write_once(slot->over_ns, 0);
	return repeated_bytes;
}

VNFT_INLINE void vnft_stream_end(struct vnft_stream_slot *slot, __u64 now_ns)
{
	if (slot->over)
		return;
	vnft_write_once(slot->over_ns, now_ns);
	slot->over = 1;
}

/*
 * Ports that are used again without a SYN that we saw: behind the end of a finished stream, or in
 * front of its first byte, which is found by its payload if that has no holes.
 */
VNFT_INLINE int vnft_stream_is_another(const struct vnft_stream_slot *slot,
				       const struct vnft_packet *p)
{
	const __s32 behind = (__s32)(p->seq - slot->end);

	return slot->over && p->payload_bytes &&
	       (behind > 1 || (behind < 0 && (__u32)-behind > slot->payload_bytes &&
			       !slot->holes));
}

/* One that found no place in time stays: it gives up its slot when it is idle. */
VNFT_INLINE void vnft_stream_end_of(const struct vnft_stream_table *t, __u64 key, __u64 now_ns)
{
	struct vnft_stream_slot *place = vnft_stream_place(t, key), *slot;

	if (!vnft_stream_find(t, key) || !vnft_stream_hold(place))
		return;
	slot = vnft_stream_find(t, key);
	if (slot)
		vnft_stream_end(slot, now_ns);
	vnft_stream_release(place);
}

/**
 * vnft_stream_reset() - a RST for which vnft_count_frame() said VNFT_TO_STREAM
 * @own: of the RST's direction
 * @reply: of the other direction
 */
VNFT_INLINE void vnft_stream_reset(const struct vnft_stream_table *own,
				   const struct vnft_stream_table *reply,
				   const struct vnft_packet *p, void *frame, vnft_ask_fn clock_ns)
{
	const __u64 key = vnft_stream_key(p);
	const __u64 reply_key = vnft_stream_key_of(&p->dst, &p->src, p->dport, p->sport);
	const struct vnft_stream_slot *sent = vnft_stream_find(own, key);
	const struct vnft_stream_slot *answered = vnft_stream_find(reply, reply_key);

	if (!(sent && p->seq - vnft_read_once(sent->end) <= 1) &&
	    !(answered && p->seq - vnft_read_once(answered->ack) <= 1))
		return;
	vnft_stream_end_of(own, key, clock_ns(frame));
	vnft_stream_end_of(reply, reply_key, clock_ns(frame));
}

/* vnft_stream_follow() in a place that is held. */
VNFT_INLINE void vnft_stream_follow_in(const struct vnft_stream_table *t,
				       struct vnft_stream_slot *place, __u64 key,
				       struct vnft_packet *p, void *frame,
				       const struct vnft_stream_ask *ask,
				       struct vnft_stream_news *news)
{
	struct vnft_stream_slot *slot = vnft_stream_find(t, key);

	/* The ports are used again. */
	if (slot && (p->class != VNFT_CLASS_TCP || vnft_stream_is_another(slot, p))) {
		vnft_stream_give(slot, 0);
		slot = NULL;
	}
	if (!slot) {
		if (p->class != VNFT_CLASS_TCP || !p->payload_bytes)
			return;
		slot = vnft_stream_take(place, key, p, frame, ask, &news->evicted);
	}
	if (p->payload_bytes)
		news->repeated_bytes = vnft_stream_add(t, slot, p, frame, ask);
	if (p->tcp_flags & VNFT_TCP_FIN)
		vnft_stream_end(slot, ask->clock_ns(frame));
}

/**
 * vnft_stream_follow() - a segment for which vnft_count_frame() said VNFT_TO_STREAM
 * @t: of its direction
 * @p: gets VNFT_RF_RETRANS if it, or a part of it, is a retransmission; no RST
 * @frame: handed to @ask
 *
 * Return: what became of it, for vnft_stream_count() unless both are 0.
 */
VNFT_INLINE struct vnft_stream_news vnft_stream_follow(const struct vnft_stream_table *t,
						       struct vnft_packet *p, void *frame,
						       const struct vnft_stream_ask *ask)
{
	const __u64 key = vnft_stream_key(p);
	struct vnft_stream_slot *place = vnft_stream_place(t, key);
	struct vnft_stream_news news = { 0 };

	/* A SYN or a FIN of no stream, as each of a SYN flood. */
	if (!p->payload_bytes && !vnft_stream_find(t, key))
		return news;
	if (!vnft_stream_hold(place)) {
		news.evicted = 1;
		return news;
	}
	vnft_stream_follow_in(t, place, key, p, frame, ask, &news);
	vnft_stream_release(place);
	return news;
}

/**
 * vnft_stream_count() - what vnft_stream_follow() says, counted
 * @counters: of the device on this CPU
 * @dir: below VNFT_DIR_NR
 * @gso_size_bytes: of the frame, which becomes segments of that size; 0: it is one
 */
VNFT_INLINE void vnft_stream_count(struct vnft_counters *counters, const struct vnft_packet *p,
				   __u32 dir, const struct vnft_stream_news *news,
				   __u32 gso_size_bytes)
{
	struct vnft_counters_dir *c = &counters->dir[dir];

	counters->lost[VNFT_LOST_FLOW_EVICTED] += news->evicted;
	c->retrans_bytes += news->repeated_bytes;
	if (p->flags & VNFT_RF_RETRANS)
		c->retrans_segments += gso_size_bytes ?
			(news->repeated_bytes - 1) / gso_size_bytes + 1 : 1;
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

#endif
