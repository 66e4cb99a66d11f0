// SPDX-License-Identifier: GPL-2.0
/*
 * Payload of TCP streams without retransmissions; the same rules as bpf/stream.bpf.h. A
 * retransmission is a segment that ends at or below the highest end seen in its direction.
 *
 * One direction of a connection is serialised by its socket or its queue, so only taking a
 * slot is atomic. Streams without payload take none.
 */
#include "observe.h"

#define STREAM_BUSY		1ULL
/* The largest window (RFC 7323): a jump beyond it is no hole in the stream. */
#define STREAM_WINDOW_BYTES	BIT(30)

/*
 * One direction of a connection, hashed once: a flow id, which is the same both ways, costs three
 * mixes in a row, and most TCP segments need none.
 */
static u64 stream_key(const struct vnft_packet *p)
{
	u64 key = p->src.d[0] * 0x9e3779b97f4a7c15ULL + p->src.d[1] * 0xd6e8feb86659fd93ULL +
		  p->dst.d[0] * 0xbf58476d1ce4e5b9ULL + p->dst.d[1] * 0x94d049bb133111ebULL +
		  ((u64)p->sport << 16 | p->dport) * 0xff51afd7ed558ccdULL;

	key = (key ^ key >> 32) * 0xc4ceb9fe1a85ec53ULL;
	return key > STREAM_BUSY ? key : key + 2;
}

/* A slot for a new stream: one of two, the free or finished one first. */
static struct vnft_stream *stream_take(struct vnft_pass *pass, u64 key, struct vnft_stream *slot,
				       struct vnft_stream *other)
{
	u64 old;

	if (READ_ONCE(slot->key) && !READ_ONCE(slot->last_ns) &&
	    (!READ_ONCE(other->key) || READ_ONCE(other->last_ns)))
		slot = other;
	old = READ_ONCE(slot->key);
	if (old == STREAM_BUSY || cmpxchg64(&slot->key, old, STREAM_BUSY) != old) {
		pass->counters->lost[VNFT_LOST_FLOW_EVICTED]++;
		return NULL;
	}
	if (old && !slot->last_ns)
		pass->counters->lost[VNFT_LOST_FLOW_EVICTED]++;
	WRITE_ONCE(slot->flow, vnft_pass_flow(pass));
	WRITE_ONCE(slot->payload_bytes, 0);
	WRITE_ONCE(slot->last_ns, 0);
	slot->end = pass->packet.seq;
	WRITE_ONCE(slot->first_ns, vnft_pass_clock_ns(pass));
	/* Pairs with the acquire in vnft_state_stream(). */
	smp_store_release(&slot->key, key);
	return slot;
}

static void stream_payload(struct vnft_stream *slot, struct vnft_pass *pass, enum vnft_dir dir)
{
	u32 payload_bytes = pass->packet.payload_bytes;
	u32 fresh_bytes = pass->packet.seq + payload_bytes - slot->end;

	if ((s32)fresh_bytes <= 0) {
		pass->packet.flags |= VNFT_RF_RETRANS;
		pass->counters->dir[dir].retrans_segments++;
		pass->counters->dir[dir].retrans_bytes += payload_bytes;
		return;
	}
	slot->end += fresh_bytes;
	/*
	 * More than the payload: a segment before it was lost on its way to us. It comes again
	 * below @end and counts as a retransmission then, so its bytes count now.
	 */
	if (fresh_bytes > payload_bytes + STREAM_WINDOW_BYTES)
		fresh_bytes = payload_bytes;
	WRITE_ONCE(slot->payload_bytes, slot->payload_bytes + fresh_bytes);
}

void vnft_stream_frame(struct vnft_state *state, struct vnft_pass *pass, enum vnft_dir dir)
{
	const struct vnft_packet *p = &pass->packet;
	u64 key = stream_key(p);
	u32 index = (u32)(key >> 40) & state->stream_mask;
	struct vnft_stream *slot = &state->stream[dir][index];
	struct vnft_stream *other = &state->stream[dir][index ^ 1];

	if (READ_ONCE(slot->key) != key) {
		if (READ_ONCE(other->key) == key)
			slot = other;
		else if (p->class == VNFT_CLASS_TCP && p->payload_bytes)
			slot = stream_take(pass, key, slot, other);
		else
			slot = NULL;
		if (!slot)
			return;
	}
	if (p->class != VNFT_CLASS_TCP) {	/* SYN: the ports are used again */
		WRITE_ONCE(slot->key, 0);
		return;
	}
	if (p->payload_bytes)
		stream_payload(slot, pass, dir);
	if (p->tcp_flags & VNFT_TCP_FIN && !slot->last_ns)
		WRITE_ONCE(slot->last_ns, vnft_pass_clock_ns(pass));
}
