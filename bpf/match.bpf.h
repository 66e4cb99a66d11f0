/* SPDX-License-Identifier: GPL-2.0 */
/* Step: a reply meets its request (kmod/core/match.h), and their distance its histogram. */
#ifndef VNFT_BPF_MATCH_H
#define VNFT_BPF_MATCH_H

#include "frame.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);		/* VNFT_HIST_INDEX() */
	__type(key, __u32);
	__type(value, struct vnft_hist);
} vnft_hist SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);		/* slots, all CPUs share them */
	__type(key, __u32);
	__type(value, struct vnft_match_slot);
} vnft_match SEC(".maps");

STEP int hist_bucket(__u64 ns)
{
	return (int)vnft_hist_index(ns);
}

/* Rare: what a SYN carries beside itself. By itself, so that match() keeps its key in registers. */
STEP int match_point(struct frame *f, __u32 dir)
{
	struct vnft_match_key k = {};
	struct vnft_match_slot *slot;
	struct vnft_counters *count;
	__u32 index;

	if (!f || !vnft_match_classify(&f->packet, f->flow, &k))
		return 0;
	vnft_match_move(&k, f->flow, -k.more, dir, conf.match_mask);
	index = k.index;
	slot = bpf_map_lookup_elem(&vnft_match, &index);
	count = frame_counters(f);
	if (slot && count)
		vnft_match_count_put(count, vnft_match_point(slot, k.key, k.more,
							     frame_clock_ns(f)));
	return 0;
}

STEP int match(struct frame *f, __u32 dir)
{
	struct vnft_match_key k = {};
	struct vnft_match_slot *slot;
	struct vnft_counters *count;
	struct vnft_hist *hist;
	__u32 request, index, more;
	__u64 took_ns;

	if (!f || dir >= VNFT_DIR_NR || !vnft_match_classify(&f->packet, f->flow, &k))
		return 0;
	request = vnft_match_direct(&k, dir, conf.match_mask);
	index = k.index;	/* on the stack alone: see frame_counters() */
	slot = bpf_map_lookup_elem(&vnft_match, &index);
	count = frame_counters(f);
	if (!slot || !count || k.pairing >= VNFT_PAIRING_NR)
		return 0;
	more = k.reply ? vnft_match_pointed(slot, k.key) : 0;
	if (more) {
		vnft_match_move(&k, f->flow, more, dir, conf.match_mask);
		index = k.index;
		slot = bpf_map_lookup_elem(&vnft_match, &index);
		if (!slot)
			return 0;
	}
	if (!vnft_match_meet(count, slot, &k, f, frame_ask_clock_ns, &took_ns))
		return k.more ? match_point(f, dir) : 0;
	index = VNFT_HIST_INDEX(f->cpu, k.pairing, request);
	hist = bpf_map_lookup_elem(&vnft_hist, &index);
	if (hist)
		vnft_hist_add(hist, took_ns);
	return 0;
}

#endif
