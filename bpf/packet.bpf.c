// SPDX-License-Identifier: GPL-2.0
/*
 * Frames at a device boundary: counted always, timed when they ask or answer, recorded while
 * somebody records. One loaded instance per device; no CO-RE, so that it loads in milliseconds.
 *
 * Both programs return TC_ACT_UNSPEC, which under tcx is TCX_NEXT: who else is on the hook decides.
 * Softirqs are off while they run and nothing runs them within themselves, so what belongs to
 * one CPU needs no atomics. A frame that is only counted reads no clock.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include "../kmod/core/hooks.h"
#include "frame.bpf.h"
#include "match.bpf.h"
#include "parse.bpf.h"
#include "record.bpf.h"
#include "stream.bpf.h"

char _license[] SEC("license") = "GPL";

/* Classes that take part in a pairing. */
#define PAIRED	((1U << VNFT_CLASS_ECHO_REQUEST) | (1U << VNFT_CLASS_ECHO_REPLY) | \
		 (1U << VNFT_CLASS_SYN) | (1U << VNFT_CLASS_SYNACK) | (1U << VNFT_CLASS_RST))
#define OPENS	((1U << VNFT_CLASS_SYN) | (1U << VNFT_CLASS_SYNACK))

/* What is left to do with a frame once it is counted. */
#define TO_STREAM	1
#define TO_MATCH	2
#define TO_RECORD	4

STAGE int count(struct frame *f, __u32 dir, int verdict)
{
	struct vnft_counters *counters;
	struct vnft_counters_dir *c;
	__u32 class, bit;
	int todo = 0;

	if (!f || dir >= VNFT_DIR_NR)
		return 0;
	counters = frame_counters(f);
	if (!counters)
		return 0;
	c = &counters->dir[dir];
	class = f->packet.class;
	if (verdict || class >= VNFT_CLASS_NR) {
		class = VNFT_CLASS_OTHER;
		f->packet.class = VNFT_CLASS_OTHER;
		if (verdict == VNFT_VERDICT_TRUNCATED)
			counters->lost[VNFT_LOST_TRUNCATED]++;
		else
			counters->malformed++;
	}
	c->packets++;
	c->bytes += f->len_bytes;
	c->wire_packets += f->packet.segments;
	c->classes[class]++;
	bit = 1U << class;
	if (!verdict && f->packet.proto == VNFT_PROTO_TCP) {
		c->tcp_payload_bytes += f->packet.payload_bytes;
		if (bit & OPENS || (class == VNFT_CLASS_TCP &&
				    (f->packet.payload_bytes ||
				     f->packet.tcp_flags & VNFT_TCP_FIN)))
			todo = TO_STREAM;
	}
	if (bit & PAIRED)
		todo |= TO_MATCH;
	if (*(volatile __u32 *)&state.record_mask & bit)
		todo |= TO_RECORD;
	if (!state.first_ns[dir])
		vnft_cmpxchg64(&state.first_ns[dir], 0, frame_clock_ns(f));
	return todo;
}

VNFT_INLINE int handle(struct __sk_buff *skb, const __u32 dir)
{
	struct frame f = {};
	int todo;

	f.cpu = bpf_get_smp_processor_id();
	f.len_bytes = skb->len;
	f.gso_size_bytes = skb->gso_size;
	todo = count(&f, dir, parse(skb, &f.packet));
	if (!todo)
		return TC_ACT_UNSPEC;
	if (todo & TO_STREAM)
		stream(&f, dir);
	if (!(todo & (TO_MATCH | TO_RECORD)))
		return TC_ACT_UNSPEC;
	frame_flow(&f);
	if (todo & TO_MATCH)
		match(&f, dir);
	if (todo & TO_RECORD) {
		if (f.packet.options_bytes)
			parse_timestamp(skb, &f.packet);
		record(skb, &f, dir);
	}
	return TC_ACT_UNSPEC;
}

SEC("tc")
int vnft_in(struct __sk_buff *skb)
{
	return handle(skb, VNFT_DIR_IN);
}

SEC("tc")
int vnft_out(struct __sk_buff *skb)
{
	return handle(skb, VNFT_DIR_OUT);
}
