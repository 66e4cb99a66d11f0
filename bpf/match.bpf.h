/* SPDX-License-Identifier: GPL-2.0 */
/* Stage: a reply meets its request (kmod/core/match.h), and their distance its histogram. */
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

VNFT_INLINE void match_put(struct frame *f, struct vnft_counters *count,
			   struct vnft_match_slot *slot, __u64 key)
{
	switch (vnft_match_put(slot, key, frame_clock_ns(f))) {
	case VNFT_MATCH_EXPIRED:
		count->expired++;
		break;
	case VNFT_MATCH_EVICTED:
	case VNFT_MATCH_CONTENDED:
		count->lost[VNFT_LOST_EVICTED]++;
		break;
	default:
		break;
	}
}

STAGE int hist_bucket(__u64 ns)
{
	return (int)vnft_hist_index(ns);
}

STAGE int match(struct frame *f, __u32 dir)
{
	struct vnft_counters *count;
	struct vnft_match_slot *slot;
	struct vnft_match_key k = {};
	struct vnft_hist *hist;
	__u32 request, index;
	__u64 request_ns;

	if (!f || dir >= VNFT_DIR_NR || !vnft_match_classify(&f->packet, f->flow, &k))
		return 0;
	/* lo and a bridge see one frame both ways: what leaves is answered by what comes in. */
	request = k.reply ? dir ^ 1 : dir;
	k.key = (k.key & ~3ULL) | 2 | request;
	index = k.index;
	if (request == VNFT_DIR_IN)
		index += (conf.match_mask >> 1) + 1;
	index &= conf.match_mask;
	slot = bpf_map_lookup_elem(&vnft_match, &index);
	count = frame_counters(f);
	if (!slot || !count || k.pairing >= VNFT_PAIRING_NR)
		return 0;
	if (!k.reply) {
		match_put(f, count, slot, k.key);
		return 0;
	}
	if (!vnft_match_take(slot, k.key, &request_ns)) {
		count->unmatched[k.pairing]++;
		return 0;
	}
	count->matched[k.pairing]++;
	if (frame_clock_ns(f) < request_ns) {
		count->lost[VNFT_LOST_BACKWARDS]++;
		return 0;
	}
	index = VNFT_HIST_INDEX(f->cpu, k.pairing, request);
	hist = bpf_map_lookup_elem(&vnft_hist, &index);
	if (hist)
		vnft_hist_add(hist, f->now_ns - request_ns);
	return 0;
}

#endif
