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

VNFT_INLINE int handle(struct __sk_buff *skb, const __u32 dir)
{
	struct vnft_counters_dir *count;
	struct vnft_counters *counters;
	__u32 class, bit, recorded;
	struct frame f = {};
	int verdict, streams;

	f.cpu = bpf_get_smp_processor_id();
	f.len_bytes = skb->len;
	f.gso_size_bytes = skb->gso_size;
	verdict = parse(skb, &f.packet);
	counters = frame_counters(&f);
	if (!counters)
		return TC_ACT_UNSPEC;
	if (verdict) {
		f.packet.class = VNFT_CLASS_OTHER;
		if (verdict == VNFT_VERDICT_TRUNCATED)
			counters->lost[VNFT_LOST_TRUNCATED]++;
		else
			counters->malformed++;
	}
	if (!state.first_ns[dir])
		vnft_cmpxchg64(&state.first_ns[dir], 0, frame_clock_ns(&f));
	class = f.packet.class;
	if (class >= VNFT_CLASS_NR)	/* for the verifier */
		return TC_ACT_UNSPEC;
	bit = 1U << class;
	count = &counters->dir[dir];
	count->packets++;
	count->bytes += f.len_bytes;
	count->wire_packets += f.packet.segments;
	count->classes[class]++;
	streams = bit & OPENS;
	if (!verdict && f.packet.proto == VNFT_PROTO_TCP) {
		count->tcp_payload_bytes += f.packet.payload_bytes;
		if (class == VNFT_CLASS_TCP)
			streams = f.packet.payload_bytes || f.packet.tcp_flags & VNFT_TCP_FIN;
	}
	recorded = *(volatile __u32 *)&state.record_mask & bit;
	if (!streams && !(bit & PAIRED) && !recorded)
		return TC_ACT_UNSPEC;
	f.flow = vnft_flow_id(&f.packet, (__u8 *)&f.from_b);
	if (streams)
		stream(&f, dir);
	if (bit & PAIRED)
		match(&f, dir);
	if (recorded)
		record(&f, dir);
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
