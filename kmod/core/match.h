/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests meet their replies in one direct-mapped table that all CPUs share, without a
 * lock and without a hash map (DESIGN section 4).
 *
 * Identity rules:
 *   echo      reply to request: same addresses (swapped), same id, same sequence number
 *   SYN       the RST or SYN-ACK whose acknowledgment number is the SYN's sequence number
 *             + 1, ports and addresses swapped; each SYN of a flood has its own answer
 *   a request seen twice with one key is timed from its last sighting
 *
 * The slot of a key is its flow's place plus the sequence number, so that the requests of
 * one flow never collide before a whole lap of the table; two flows may. A slot is two
 * words. A request claims it by exchanging the key word for VNFT_MATCH_BUSY, writes the
 * time, then the key; a reply reads key, time, and takes the slot only if the key can be
 * exchanged for 0, i.e. is still the one it read the time under.
 */
#ifndef VNFT_CORE_MATCH_H
#define VNFT_CORE_MATCH_H

#include "packet.h"

#define VNFT_MATCH_BUSY		1ULL
/* An unanswered request gives up its slot silently after this long (method.md). */
#define VNFT_MATCH_TIMEOUT_NS	(10ULL * 1000 * 1000 * 1000)

struct vnft_match_slot {
	__u64 key;		/* 0 free, VNFT_MATCH_BUSY being written */
	__u64 time_ns;
};

/**
 * struct vnft_match_key - what a packet asks or answers
 * @key: identity, never 0 or VNFT_MATCH_BUSY
 * @index: place in the table before masking
 * @pairing: enum vnft_pairing; for a SYN VNFT_PAIRING_SYN_RST, the reply decides
 * @reply: true if this packet answers
 */
struct vnft_match_key {
	__u64 key;
	__u32 index;
	__u8 pairing;
	__u8 reply;
};

enum vnft_match_put {
	VNFT_MATCH_NEW		= 0,	/* slot was free */
	VNFT_MATCH_AGAIN	= 1,	/* same key: restarted */
	VNFT_MATCH_EXPIRED	= 2,	/* took over a slot older than the time-out */
	VNFT_MATCH_EVICTED	= 3,	/* pushed out a request that could still be answered */
	VNFT_MATCH_CONTENDED	= 4,	/* another CPU was writing the slot: this request is lost */
};

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
	/* The two ends are mixed alone and joined by operations that commute. */
	__u64 s = vnft_mix64(p->src.d[0] ^ (p->src.d[1] + ((__u64)p->sport << 16)));
	__u64 d = vnft_mix64(p->dst.d[0] ^ (p->dst.d[1] + ((__u64)p->dport << 16)));
	__u64 id;

	*from_b = vnft_packet_from_b(p);
	id = (s + d) ^ (s * d) ^ p->proto;
	return id ? id : 1;
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
		seq = p->seq + 1;
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
	k->index = (__u32)(flow >> 32) + seq;
	k->key = vnft_mix64(flow + seq);
	if (k->key <= VNFT_MATCH_BUSY)
		k->key += 2;
	return 1;
}

/**
 * vnft_match_put() - remember a request
 */
VNFT_INLINE enum vnft_match_put vnft_match_put(struct vnft_match_slot *slot, __u64 key,
					       __u64 now_ns)
{
	__u64 old = *(volatile __u64 *)&slot->key;
	__u64 since_ns = slot->time_ns;

	if (old == VNFT_MATCH_BUSY ||
	    vnft_cmpxchg64(&slot->key, old, VNFT_MATCH_BUSY) != old)
		return VNFT_MATCH_CONTENDED;
	slot->time_ns = now_ns;
	vnft_barrier();
	*(volatile __u64 *)&slot->key = key;
	if (!old)
		return VNFT_MATCH_NEW;
	if (old == key)
		return VNFT_MATCH_AGAIN;
	return now_ns - since_ns > VNFT_MATCH_TIMEOUT_NS ? VNFT_MATCH_EXPIRED : VNFT_MATCH_EVICTED;
}

/**
 * vnft_match_take() - find the request that a reply answers, and forget it
 * @request_ns: its stamp
 *
 * Return: 1 if it was there and is now this caller's alone, 0 otherwise.
 */
VNFT_INLINE int vnft_match_take(struct vnft_match_slot *slot, __u64 key, __u64 *request_ns)
{
	if (*(volatile __u64 *)&slot->key != key)
		return 0;
	*request_ns = *(volatile __u64 *)&slot->time_ns;
	return vnft_cmpxchg64(&slot->key, key, 0) == key;
}

#endif
