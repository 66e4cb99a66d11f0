/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is counted of a frame at a device boundary, and what is left to do with it. The counters
 * belong to one CPU.
 */
#ifndef VNFT_CORE_COUNT_H
#define VNFT_CORE_COUNT_H

#include "packet.h"

/* Classes that take part in a pairing. */
#define VNFT_CLASSES_PAIRED	((1U << VNFT_CLASS_ECHO_REQUEST) | \
				 (1U << VNFT_CLASS_ECHO_REPLY) | (1U << VNFT_CLASS_SYN) | \
				 (1U << VNFT_CLASS_SYNACK) | (1U << VNFT_CLASS_RST))
/* Classes after which the ports of a TCP connection belong to a new one. */
#define VNFT_CLASSES_OPEN	((1U << VNFT_CLASS_SYN) | (1U << VNFT_CLASS_SYNACK))

/* What is left to do with a frame once it is counted. */
#define VNFT_TO_STREAM		1U	/* core/stream.h */
#define VNFT_TO_MATCH		2U	/* core/match.h */
#define VNFT_TO_RECORD		4U

/* Classes that open or end a stream, or both. */
#define VNFT_CLASSES_STREAM	(VNFT_CLASSES_OPEN | (1U << VNFT_CLASS_RST))

/* A segment that opens, carries or ends a stream. */
VNFT_INLINE int vnft_count_is_stream(const struct vnft_packet *p, __u32 bit)
{
	return bit & VNFT_CLASSES_STREAM ||
	       (p->class == VNFT_CLASS_TCP &&
		(p->payload_bytes || p->tcp_flags & VNFT_TCP_FIN));
}

/**
 * vnft_count_frame() - count one frame
 * @counters: of its device on this CPU
 * @p: as vnft_packet_parse() left it; its class becomes OTHER unless @verdict is OK
 * @verdict: what vnft_packet_parse() returned
 * @dir: below VNFT_DIR_NR
 * @len_bytes: of the frame, link header included
 * @record_mask: bits 1 << class that are recorded; may change at any time
 *
 * Return: bits VNFT_TO_*.
 */
VNFT_INLINE __u32 vnft_count_frame(struct vnft_counters *counters, struct vnft_packet *p,
				   int verdict, __u32 dir, __u32 len_bytes,
				   const __u32 *record_mask)
{
	struct vnft_counters_dir *c = &counters->dir[dir];
	__u32 class = p->class, bit, todo = 0;

	if (verdict || class >= VNFT_CLASS_NR) {	/* the latter for the BPF verifier alone */
		class = VNFT_CLASS_OTHER;
		p->class = VNFT_CLASS_OTHER;
		if (verdict == VNFT_VERDICT_TRUNCATED)
			counters->lost[VNFT_LOST_TRUNCATED]++;
		else
			counters->malformed++;
	}
	c->packets++;
	c->bytes += len_bytes;
	c->wire_packets += p->segments;
	c->classes[class]++;
	bit = 1U << class;
	if (!verdict && p->proto == VNFT_PROTO_TCP) {
		c->tcp_payload_bytes += p->payload_bytes;
		if (vnft_count_is_stream(p, bit))
			todo = VNFT_TO_STREAM;
	}
	if (bit & VNFT_CLASSES_PAIRED)
		todo |= VNFT_TO_MATCH;
	if (vnft_read_once(*record_mask) & bit)
		todo |= VNFT_TO_RECORD;
	return todo;
}

#endif
