/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One frame on its way through the steps of packet.bpf.c, and the maps that the steps share.
 *
 * A step is a function that is not inlined, so that the verifier looks at each once and alone. In
 * one function it would walk every way through one step times every way through the next: that
 * took 50 ms a program, and a device must attach in 10. A step takes memory but no map pointers,
 * so it looks its counters up again.
 */
#ifndef VNFT_BPF_FRAME_H
#define VNFT_BPF_FRAME_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define STEP __attribute__((noinline))

/*
 * Parts of kmod/core/ that are steps here. Its headers are told so by macros, which therefore
 * stand before the includes; parse.bpf.h, match.bpf.h and stream.bpf.h
 * have the bodies.
 */
struct vnft_packet;
STEP int hist_bucket(__u64 ns);
STEP int parse_l4(struct __sk_buff *skb, struct vnft_packet *p, __u32 offset, __u32 l4_bytes);
STEP int parse_ipv6(struct __sk_buff *skb, struct vnft_packet *p, __u32 offset);
STEP int tcp_option(struct __sk_buff *skb, struct vnft_packet *p, __u32 at);
struct vnft_hole;
struct vnft_holes;
struct vnft_holes_table;
STEP int holes_look(struct vnft_holes_table *table, __u64 now_ns);
STEP int holes_put(struct vnft_holes *holes, struct vnft_hole *more);
STEP int hole_fill(struct vnft_hole *hole, struct vnft_hole *s, __u32 end, struct vnft_hole *rest);
#define VNFT_HOLE_FILL(hole, s, end, rest) \
	(__u32)hole_fill(hole, (struct vnft_hole *)(s), end, rest)
STEP int holes_fill(struct vnft_holes *holes, struct vnft_hole *s, __u32 end,
		    struct vnft_hole *rest, __u32 *open);
#define VNFT_HOLES_FILL(holes, s, end, rest, open) \
	(__u32)holes_fill(holes, (struct vnft_hole *)(s), end, rest, open)
struct vnft_stream_slot;
STEP int stream_wait(struct vnft_stream_slot *place);
#define VNFT_STREAM_WAIT stream_wait
#define VNFT_HOLES_LOOK(table, now_ns) (__u32)holes_look(table, now_ns)
#define VNFT_HOLES_PUT(holes, more) (__u32)holes_put(holes, more)
#define VNFT_TCP_OPTION(p, frame, load, at) tcp_option((struct __sk_buff *)(frame), p, at)
#define VNFT_PARSE_L4(p, f, frame, load, offset, l4_bytes) \
	parse_l4((struct __sk_buff *)(frame), p, offset, l4_bytes)
#define VNFT_PARSE_IPV6(p, f, frame, load, offset) \
	parse_ipv6((struct __sk_buff *)(frame), p, offset)

#define VNFT_HIST_BUCKET(ns) (__u32)hist_bucket(ns)

#include "../kmod/core/hist.h"
#include "../kmod/core/match.h"
#include "../kmod/core/packet.h"
#include "types.bpf.h"

const volatile struct vnft_bpf_conf conf;
struct vnft_bpf_state state;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);		/* CPUs */
	__type(key, __u32);
	__type(value, struct vnft_counters);
} vnft_counters SEC(".maps");

/**
 * struct frame - what the steps hand on
 * @flow: 0 until it was asked for
 * @now_ns: 0 until the clock was read; one read serves all steps
 * @from_b: the frame travels from the canonically larger end of its flow
 */
struct frame {
	struct vnft_packet packet;
	__u64 flow;
	__u64 now_ns;
	__u32 cpu;
	__u32 len_bytes;
	__u32 gso_size_bytes;
	__u32 from_b;
};

VNFT_INLINE struct vnft_counters *frame_counters(const struct frame *f)
{
	__u32 cpu = f->cpu;	/* Linux 6.1 takes a key from the stack or a packet only */

	return bpf_map_lookup_elem(&vnft_counters, &cpu);
}

VNFT_INLINE __u64 frame_flow(struct frame *f)
{
	__u8 from_b;

	if (!f->flow)
		f->flow = vnft_flow_id(&f->packet, &from_b);
	return f->flow;
}

VNFT_INLINE __u64 frame_clock_ns(struct frame *f)
{
	if (!f->now_ns)
		f->now_ns = bpf_ktime_get_ns();
	return f->now_ns;
}

/* These and the coarse clock as vnft_ask_fn. */
VNFT_INLINE __u64 frame_ask_flow(void *f)
{
	return frame_flow(f);
}

VNFT_INLINE __u64 frame_ask_clock_ns(void *f)
{
	return frame_clock_ns(f);
}

VNFT_INLINE __u64 frame_ask_coarse_ns(void *f)
{
	return bpf_ktime_get_coarse_ns();
}

#endif
