// SPDX-License-Identifier: GPL-2.0
/*
 * Frames at a device boundary: counted always, timed when they ask or answer, recorded while
 * somebody records. One loaded instance per device; no CO-RE, so that it loads in milliseconds.
 *
 * Both programs return TC_ACT_UNSPEC, which under tcx is TCX_NEXT: the next program on the hook
 * decides what becomes of the frame.
 * Softirqs are off while they run and nothing runs them within themselves, so what belongs to
 * one CPU needs no atomics. A frame that is only counted reads no clock.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include "frame.bpf.h"
#include "match.bpf.h"
#include "parse.bpf.h"
#include "record.bpf.h"
#include "stream.bpf.h"

#include "../kmod/core/count.h"

char _license[] SEC("license") = "GPL";

STEP int count(struct frame *f, __u32 dir, int verdict)
{
	struct vnft_counters *counters;
	__u32 todo;

	if (!f || dir >= VNFT_DIR_NR)
		return 0;
	counters = frame_counters(f);
	if (!counters)
		return 0;
	todo = vnft_count_frame(counters, &f->packet, verdict, dir, f->len_bytes,
				&state.record_mask);
	if (!state.first_ns[dir])
		vnft_cmpxchg64(&state.first_ns[dir], 0, frame_clock_ns(f));
	return (int)todo;
}

VNFT_INLINE int handle(struct __sk_buff *skb, const __u32 dir)
{
	struct frame f = {};
	int todo;

	f.cpu = bpf_get_smp_processor_id();
	f.len_bytes = vnft_packet_wire_bytes(skb->len, (int)skb->vlan_present);
	f.gso_size_bytes = skb->gso_size;
	todo = count(&f, dir, parse(skb, &f.packet));
	if (!todo)
		return TC_ACT_UNSPEC;
	if (todo & VNFT_TO_STREAM)
		stream(&f, dir);
	if (!(todo & (VNFT_TO_MATCH | VNFT_TO_RECORD)))
		return TC_ACT_UNSPEC;
	frame_flow(&f);
	if (todo & VNFT_TO_MATCH)
		match(&f, dir);
	if (todo & VNFT_TO_RECORD) {
		if (f.packet.options_bytes)
			parse_timestamp(skb, &f.packet);
		record(skb, &f, dir);
	}
	return TC_ACT_UNSPEC;
}

/* Named for the direction. On a device of the guest's side vnft_in() stands on egress. */
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
