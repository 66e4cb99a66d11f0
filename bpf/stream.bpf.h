/* SPDX-License-Identifier: GPL-2.0 */
/* Step: payload of TCP streams, each byte once (kmod/core/stream.h). */
#ifndef VNFT_BPF_STREAM_H
#define VNFT_BPF_STREAM_H

#include "frame.bpf.h"

/* A step of its own, told to the core as those of frame.bpf.h. */
STEP int stream_mend(struct frame *f, struct vnft_stream_slot *slot, __u32 dir);
#define VNFT_STREAM_MEND(t, slot, p, frame, ask) (__u32)stream_mend(frame, slot, (t)->dir)

#include "../kmod/core/stream.h"

STEP int holes_look(struct vnft_holes_table *table, __u64 now_ns)
{
	return table ? (int)vnft_holes_look(table, now_ns) : 0;
}

STEP int holes_put(struct vnft_holes *holes, struct vnft_hole *more)
{
	return holes && more ? (int)vnft_holes_put(holes, more) : 0;
}

STEP int hole_fill(struct vnft_hole *hole, struct vnft_hole *s, __u32 end, struct vnft_hole *rest)
{
	return hole && s && rest ? (int)vnft_hole_fill(hole, s, end, rest) : 0;
}

STEP int holes_fill(struct vnft_holes *holes, struct vnft_hole *s, __u32 end,
		    struct vnft_hole *rest, __u32 *open)
{
	if (!holes || !s || !rest || !open)
		return 0;
	return (int)vnft_holes_fill(holes, s, end, rest, open);
}

struct stream_wait {
	struct vnft_stream_slot *place;
	int held;
};

/* A look of vnft_stream_wait(), whose loop the verifier would walk look by look. */
static long stream_look(__u32 i, void *arg)
{
	struct stream_wait *wait = arg;

	wait->held = vnft_stream_try(wait->place);
	return wait->held;
}

STEP int stream_wait(struct vnft_stream_slot *place)
{
	struct stream_wait wait = { .place = place };

	if (!place)
		return 0;
	bpf_loop(4 * VNFT_STREAM_LOOKS, stream_look, &wait, 0);	/* they are without a pause */
	return wait.held;
}

#define STREAM_TABLE(at) (&(const struct vnft_stream_table) {			\
	.slot = state.stream[at],						\
	.holes = &state.holes[at],						\
	.mask = VNFT_STREAM_SLOTS - 1,						\
	.dir = (at),								\
})
#define STREAM_ASK { frame_ask_flow, frame_ask_clock_ns, frame_ask_coarse_ns }

STEP int stream_mend(struct frame *f, struct vnft_stream_slot *slot, __u32 dir)
{
	const struct vnft_stream_ask ask = STREAM_ASK;

	if (!f || !slot || dir >= VNFT_DIR_NR)
		return 0;
	return (int)vnft_stream_mend(STREAM_TABLE(dir), slot, &f->packet, f, &ask);
}

STEP int stream(struct frame *f, __u32 dir)
{
	const struct vnft_stream_ask ask = STREAM_ASK;
	struct vnft_stream_news news;
	struct vnft_counters *count;

	if (!f || dir >= VNFT_DIR_NR)
		return 0;
	if (f->packet.class == VNFT_CLASS_RST) {
		vnft_stream_reset(STREAM_TABLE(dir), STREAM_TABLE(!dir), &f->packet, f,
				  frame_ask_clock_ns);
		return 0;
	}
	news = vnft_stream_follow(STREAM_TABLE(dir), &f->packet, f, &ask);
	if (!news.repeated_bytes && !news.evicted)
		return 0;
	count = frame_counters(f);
	if (count)
		vnft_stream_count(count, &f->packet, dir, &news, f->gso_size_bytes);
	return 0;
}

#endif
