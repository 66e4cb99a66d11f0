/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests meet their replies in one direct-mapped table that all CPUs share, without a
 * lock and without a hash map (docs/method.md, "Pairing").
 *
 * Identity rules:
 *   echo      reply to request: same addresses (swapped), same id, same sequence number
 *   SYN       the RST or SYN-ACK whose acknowledgment number is the SYN's sequence number
 *             + 1, ports and addresses swapped; each SYN of a flood has its own answer. Payload
 *             and a FIN in the SYN are acknowledged with it, or not: both are answers
 *   both      the key holds which end asked, so that A pinging B and B pinging A with the
 *             same id and number stay apart; VLAN tags are no part of it
 *   a request that passes twice with one key is timed from its last sighting
 *   direction what leaves a device is answered by what comes in through it: lo and a bridge see
 *             one frame both ways
 *
 * The slot of a key is a place plus the sequence number, so that the requests of one place never
 * collide before a whole lap of the table; those of two may. The place of an echo is its flow's.
 * That of a SYN is its two hosts' plus twice the port that asks: of a flood whose SYNs have the
 * next number and the next port each, every one is three slots behind the one before, and three
 * divides no power of two. A slot is two words. A request claims it by exchanging the key word for
 * VNFT_MATCH_BUSY, writes the time, then the key; a reply reads key, time, and takes the slot only
 * if the key can be exchanged for 0, i.e. is still the one it read the time under.
 *
 * A SYN that carries more than itself stands at the number that acknowledges all of it. At the
 * number that acknowledges the SYN alone stands a pointer: the distance to the other, marked in the
 * word of the time. A pointer takes no slot from a request that can still be answered.
 */
#ifndef VNFT_CORE_MATCH_H
#define VNFT_CORE_MATCH_H

#include "packet.h"

#define VNFT_MATCH_BUSY		1ULL
/* After this long an unanswered request may be pushed out of its slot: no loss (method.md). */
#define VNFT_MATCH_TIMEOUT_NS	(10ULL * 1000 * 1000 * 1000)
/* In time_ns: no time but a pointer. */
#define VNFT_MATCH_POINTER	(1ULL << 63)

struct vnft_match_slot {
	__u64 key;		/* 0 free, VNFT_MATCH_BUSY being written */
	__u64 time_ns;
};

/**
 * struct vnft_match_key - what a packet asks or answers
 * @key: identity, never 0 or VNFT_MATCH_BUSY
 * @place: where number 0 would stand
 * @index: place in the table before masking
 * @pairing: enum vnft_pairing; for a SYN VNFT_PAIRING_SYN_RST, the reply decides
 * @seq: the number that the key is made of
 * @more: sequence numbers that a SYN takes beside its own
 * @reply: true if this packet answers
 * @asker: vnft_match_asker()
 */
struct vnft_match_key {
	__u64 key;
	__u32 place;
	__u32 index;
	__u32 seq;
	__u32 more;
	__u8 pairing;
	__u8 reply;
	__u8 asker;
	__u8 reserved[5];
};

enum vnft_match_put {
	VNFT_MATCH_NEW		= 0,	/* slot was free */
	VNFT_MATCH_AGAIN	= 1,	/* same key: restarted */
	VNFT_MATCH_EXPIRED	= 2,	/* took over a slot older than the time-out */
	VNFT_MATCH_EVICTED	= 3,	/* pushed out a request that could still be answered */
	VNFT_MATCH_CONTENDED	= 4,	/* another CPU was writing the slot: this request is lost */
};

#define VNFT_MIX_ADDR		0x9e3779b97f4a7c15ULL
#define VNFT_MIX_PORT		0xd6e8feb86659fd93ULL

/* Finalizer of a 64-bit mix (public domain constants of splitmix64). */
VNFT_INLINE __u64 vnft_mix64(__u64 v)
{
	v ^= v >> 30;
	v *= 0xbf58476d1ce4e5b9ULL;
	v ^= v >> 27;
	v *= 0x94d049bb133111ebULL;
	return v ^ (v >> 31);
}

/**
 * vnft_flow_id() - 64-bit id of a packet's flow, the same in both directions
 * @p: parsed packet
 * @from_b: set to 1 if the packet travels from the canonically larger end
 *
 * Return: never 0.
 */
VNFT_INLINE __u64 vnft_flow_id(const struct vnft_packet *p, __u8 *from_b)
{
	/*
	 * The two ends are mixed alone, added (which commutes), and mixed again with the protocol.
	 * The odd multipliers keep every (IPv4 address, port) apart before the mix, and the two
	 * halves of an IPv6 address from cancelling each other.
	 */
	__u64 s = p->src.d[0] * VNFT_MIX_ADDR + p->src.d[1] + p->sport * VNFT_MIX_PORT;
	__u64 d = p->dst.d[0] * VNFT_MIX_ADDR + p->dst.d[1] + p->dport * VNFT_MIX_PORT;
	__u64 id = vnft_mix64(vnft_mix64(s) + vnft_mix64(d) + p->proto);

	*from_b = vnft_packet_from_b(p);
	return id ? id : 1;
}

/* Which end asked: 1 for the canonically larger one. Two equal ends are one. */
VNFT_INLINE __u8 vnft_match_asker(const struct vnft_packet *p, __u8 reply)
{
	__u8 from_b = vnft_packet_from_b(p);

	if (!reply || from_b)
		return from_b ^ reply;
	return p->src.d[0] != p->dst.d[0] || p->src.d[1] != p->dst.d[1] || p->sport != p->dport;
}

VNFT_INLINE void vnft_match_set(struct vnft_match_key *k, __u64 flow, __u32 seq)
{
	k->seq = seq;
	k->index = k->place + seq;
	k->key = vnft_mix64(flow + seq + ((__u64)k->asker << 32));
	if (k->key <= VNFT_MATCH_BUSY)
		k->key += 2;
}

/* The same for a SYN and its answer; the header says why the port that asks is not mixed. */
VNFT_INLINE __u32 vnft_match_syn_place(const struct vnft_packet *p, __u8 reply)
{
	const __u64 hosts = p->src.d[0] * VNFT_MIX_ADDR + p->src.d[1] +
			    p->dst.d[0] * VNFT_MIX_ADDR + p->dst.d[1];

	return (__u32)(vnft_mix64(hosts) >> 32) + 2U * (reply ? p->dport : p->sport);
}

/* What a SYN takes of its sender's numbers beside one for itself. */
VNFT_INLINE __u32 vnft_match_more(__u32 payload_bytes, __u8 tcp_flags)
{
	return payload_bytes + !!(tcp_flags & VNFT_TCP_FIN);
}

/**
 * vnft_match_classify() - is this packet a request or a reply, and which?
 * @p: parsed packet
 * @flow: its vnft_flow_id()
 * @k: filled in when the answer is 1
 *
 * Return: 1 if it takes part in a pairing, 0 otherwise.
 */
VNFT_INLINE int vnft_match_classify(const struct vnft_packet *p, __u64 flow,
				    struct vnft_match_key *k)
{
	__u32 seq;

	k->more = 0;
	switch (p->class) {
	case VNFT_CLASS_ECHO_REQUEST:
	case VNFT_CLASS_ECHO_REPLY:
		k->pairing = VNFT_PAIRING_ECHO;
		k->reply = p->class == VNFT_CLASS_ECHO_REPLY;
		seq = p->seq & 0xffff;
		break;
	case VNFT_CLASS_SYN:
		k->pairing = VNFT_PAIRING_SYN_RST;
		k->reply = 0;
		k->more = vnft_match_more(p->payload_bytes, p->tcp_flags);
		seq = p->seq + 1 + k->more;
		break;
	case VNFT_CLASS_SYNACK:
		k->pairing = VNFT_PAIRING_SYN_SYNACK;
		k->reply = 1;
		seq = p->ack;
		break;
	case VNFT_CLASS_RST:
		if (!(p->tcp_flags & VNFT_TCP_ACK))
			return 0;
		k->pairing = VNFT_PAIRING_SYN_RST;
		k->reply = 1;
		seq = p->ack;
		break;
	default:
		return 0;
	}
	k->asker = vnft_match_asker(p, k->reply);
	k->place = k->pairing == VNFT_PAIRING_ECHO ? (__u32)(flow >> 32) :
						     vnft_match_syn_place(p, k->reply);
	vnft_match_set(k, flow, seq);
	return 1;
}

/* Signed: a stamp of another CPU may be a little later than ours. */
VNFT_INLINE int vnft_match_is_old(__u64 since_ns, __u64 now_ns)
{
	return (__s64)(now_ns - since_ns) > (__s64)VNFT_MATCH_TIMEOUT_NS;
}

/**
 * vnft_match_put() - remember a request
 */
VNFT_INLINE enum vnft_match_put vnft_match_put(struct vnft_match_slot *slot, __u64 key,
					       __u64 now_ns)
{
	__u64 old = vnft_read_once(slot->key);
	__u64 found, since_ns = vnft_read_once(slot->time_ns);

	if (old == VNFT_MATCH_BUSY)
		return VNFT_MATCH_CONTENDED;
	found = vnft_cmpxchg64(&slot->key, old, VNFT_MATCH_BUSY);
	if (found != old) {	/* most likely just answered and free: once more, never a loop */
		old = found;
		if (old == VNFT_MATCH_BUSY ||
		    vnft_cmpxchg64(&slot->key, old, VNFT_MATCH_BUSY) != old)
			return VNFT_MATCH_CONTENDED;
		since_ns = vnft_read_once(slot->time_ns);
	}
	vnft_write_once(slot->time_ns, now_ns);
	vnft_barrier();
	vnft_write_once(slot->key, key);
	if (!old)
		return VNFT_MATCH_NEW;
	if (old == key)
		return VNFT_MATCH_AGAIN;
	if (since_ns & VNFT_MATCH_POINTER)
		return VNFT_MATCH_NEW;
	return vnft_match_is_old(since_ns, now_ns) ? VNFT_MATCH_EXPIRED : VNFT_MATCH_EVICTED;
}

/**
 * vnft_match_point() - remember where the request is that a reply to its SYN alone answers
 * @slot: of @key
 * @more: how much further it stands; not 0
 */
VNFT_INLINE enum vnft_match_put vnft_match_point(struct vnft_match_slot *slot, __u64 key,
						 __u32 more, __u64 now_ns)
{
	const __u64 old = vnft_read_once(slot->key), since_ns = vnft_read_once(slot->time_ns);
	const int request = old && old != key && !(since_ns & VNFT_MATCH_POINTER);

	if (old == VNFT_MATCH_BUSY || (request && !vnft_match_is_old(since_ns, now_ns)) ||
	    vnft_cmpxchg64(&slot->key, old, VNFT_MATCH_BUSY) != old)
		return VNFT_MATCH_NEW;
	vnft_write_once(slot->time_ns, VNFT_MATCH_POINTER | more);
	vnft_barrier();
	vnft_write_once(slot->key, key);
	return request ? VNFT_MATCH_EXPIRED : VNFT_MATCH_NEW;
}

/* How much further the request of @key stands; 0: it is here, or nowhere. */
VNFT_INLINE __u32 vnft_match_pointed(const struct vnft_match_slot *slot, __u64 key)
{
	const __u64 time_ns = vnft_read_once(slot->time_ns);

	return vnft_read_once(slot->key) == key && time_ns & VNFT_MATCH_POINTER ? (__u32)time_ns :
										  0;
}

/**
 * vnft_match_take() - find the request that a reply answers, and forget it
 * @request_ns: its stamp
 *
 * Return: 1 if it was there and is now this caller's alone, 0 otherwise.
 */
VNFT_INLINE int vnft_match_take(struct vnft_match_slot *slot, __u64 key, __u64 *request_ns)
{
	if (vnft_read_once(slot->key) != key)
		return 0;
	*request_ns = vnft_read_once(slot->time_ns);
	if (*request_ns & VNFT_MATCH_POINTER)
		return 0;
	return vnft_cmpxchg64(&slot->key, key, 0) == key;
}

/**
 * vnft_match_direct() - the key at a device, which keeps the two directions of a request apart
 * @k: of vnft_match_classify(); @k->index becomes the slot
 * @dir: of the frame
 * @mask: slots of the table - 1
 *
 * Return: the direction of the request.
 */
VNFT_INLINE __u32 vnft_match_direct(struct vnft_match_key *k, __u32 dir, __u32 mask)
{
	const __u32 request = k->reply ? dir ^ 1 : dir;

	k->key = (k->key & ~3ULL) | 2 | request;
	if (request == VNFT_DIR_IN)
		k->index += (mask >> 1) + 1;
	k->index &= mask;
	return request;
}

/* The key of what stands @distance further, directed as by vnft_match_direct(). */
VNFT_INLINE void vnft_match_move(struct vnft_match_key *k, __u64 flow, __u32 distance, __u32 dir,
				 __u32 mask)
{
	vnft_match_set(k, flow, k->seq + distance);
	vnft_match_direct(k, dir, mask);
}

VNFT_INLINE void vnft_match_count_put(struct vnft_counters *counters, enum vnft_match_put put)
{
	switch (put) {
	case VNFT_MATCH_EXPIRED:
		counters->expired++;
		break;
	case VNFT_MATCH_EVICTED:
	case VNFT_MATCH_CONTENDED:
		counters->lost[VNFT_LOST_EVICTED]++;
		break;
	default:
		break;
	}
}

/**
 * vnft_match_unanswered() - requests that no reply has met so far
 * @c: of a device, of all its CPUs
 *
 * A request that was evicted may have been answered, so it is none of these: it is a loss. One that
 * is repeated before its answer is one more. While frames pass, the counters are not of one moment.
 */
VNFT_INLINE __u64 vnft_match_unanswered(const struct vnft_counters *c)
{
	__u64 asked = 0, known = c->lost[VNFT_LOST_EVICTED];
	int i;

	for (i = 0; i < VNFT_DIR_NR; i++)
		asked += c->dir[i].classes[VNFT_CLASS_ECHO_REQUEST] +
			 c->dir[i].classes[VNFT_CLASS_SYN];
	for (i = 0; i < VNFT_PAIRING_NR; i++)
		known += c->matched[i];
	return asked > known ? asked - known : 0;
}

/**
 * vnft_match_meet() - a request is remembered, a reply meets its own, and both are counted
 * @counters: of the device on this CPU
 * @slot: the one that vnft_match_direct() chose
 * @k: its pairing is below VNFT_PAIRING_NR
 * @frame: handed to @clock_ns
 * @clock_ns: stamp of the frame
 * @took_ns: from request to reply
 *
 * Return: 1 if @took_ns belongs into the histogram of the pairing and the request's direction.
 */
VNFT_INLINE int vnft_match_meet(struct vnft_counters *counters, struct vnft_match_slot *slot,
				const struct vnft_match_key *k, void *frame, vnft_ask_fn clock_ns,
				__u64 *took_ns)
{
	__u64 request_ns, now_ns;

	if (!k->reply) {
		vnft_match_count_put(counters, vnft_match_put(slot, k->key, clock_ns(frame)));
		return 0;
	}
	if (!vnft_match_take(slot, k->key, &request_ns)) {
		counters->unmatched[k->pairing]++;
		return 0;
	}
	counters->matched[k->pairing]++;
	now_ns = clock_ns(frame);
	if (now_ns < request_ns) {
		counters->lost[VNFT_LOST_BACKWARDS]++;
		return 0;
	}
	*took_ns = now_ns - request_ns;
	return 1;
}

#endif
