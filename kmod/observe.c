// SPDX-License-Identifier: GPL-2.0
/*
 * Frames at a device boundary: counted always, timed when they ask or answer, recorded while
 * somebody records. The rules are core/count.h, core/stream.h and core/match.h.
 *
 * Bottom halves are off and no boundary hook runs within another on one CPU, so what belongs to
 * one CPU needs no atomics; stage hooks, which may come in between, keep their own (stage.c). A
 * frame that is only counted reads no clock.
 */
#include "core/count.h"
#include "core/hist.h"
#include "core/match.h"
#include "observe.h"
#include "parse.h"
#include "pass.h"
#include "record.h"
#include "stage.h"
#include "state.h"
#include "table.h"

/* Not inlined, as stream() below. */
static noinline u32 stream_mend(const struct vnft_stream_table *t, struct vnft_stream_slot *slot,
				struct vnft_pass *pass);
#define VNFT_STREAM_MEND(t, slot, p, frame, ask) stream_mend(t, slot, frame)

#include "core/stream.h"

static u32 count(struct vnft_device *d, struct vnft_pass *pass, enum vnft_dir dir, int verdict)
{
	u32 todo = vnft_count_frame(pass->counters, &pass->packet, verdict, dir, pass->len_bytes,
				    &d->record_mask);

	if (unlikely(!READ_ONCE(d->state.first_ns[dir])))
		cmpxchg64(&d->state.first_ns[dir], 0, vnft_pass_clock_ns(pass));
	return todo;
}

static const struct vnft_stream_ask stream_ask = {
	vnft_pass_ask_flow, vnft_pass_ask_clock_ns, vnft_pass_ask_coarse_ns
};

static noinline u32 stream_mend(const struct vnft_stream_table *t, struct vnft_stream_slot *slot,
				struct vnft_pass *pass)
{
	return vnft_stream_mend(t, slot, &pass->packet, pass, &stream_ask);
}

/* Not inlined: it would take registers from the way of every other frame. */
static noinline void stream(struct vnft_state *state, struct vnft_pass *pass, enum vnft_dir dir)
{
	struct vnft_stream_news news;

	if (pass->packet.class == VNFT_CLASS_RST) {
		vnft_stream_reset(&state->stream[dir], &state->stream[!dir], &pass->packet, pass,
				  vnft_pass_ask_clock_ns);
		return;
	}
	news = vnft_stream_follow(&state->stream[dir], &pass->packet, pass, &stream_ask);
	if (news.repeated_bytes || news.evicted)
		vnft_stream_count(pass->counters, &pass->packet, dir, &news, pass->gso_size_bytes);
}

static void match(struct vnft_state *state, struct vnft_pass *pass, enum vnft_dir dir)
{
	struct vnft_match_key k;
	u32 request, more;
	u64 took_ns;

	if (!vnft_match_classify(&pass->packet, vnft_pass_flow(pass), &k))
		return;
	request = vnft_match_direct(&k, dir, state->match_mask);
	more = k.reply ? vnft_match_pointed(&state->match[k.index], k.key) : 0;
	if (more)
		vnft_match_move(&k, pass->flow, more, dir, state->match_mask);
	if (vnft_match_meet(pass->counters, &state->match[k.index], &k, pass,
			    vnft_pass_ask_clock_ns, &took_ns))
		vnft_hist_add(&state->hist[pass->cpu][k.pairing * VNFT_DIR_NR + request], took_ns);
	if (!k.more)
		return;
	vnft_match_move(&k, pass->flow, -k.more, dir, state->match_mask);
	vnft_match_count_put(pass->counters,
			     vnft_match_point(&state->match[k.index], k.key, k.more,
					      vnft_pass_clock_ns(pass)));
}

static void record(struct vnft_device *d, struct vnft_pass *pass, const struct sk_buff *skb,
		   enum vnft_dir way, enum vnft_dir dir)
{
	const struct vnft_stage_of stage = {
		.hook = d->hook[dir],
		.parsed = true,
		.skb = skb,
		.queue = ~0U,
	};
	bool written;

	if (pass->packet.options_bytes)
		vnft_parse_timestamp(&pass->packet, skb, vnft_boundary_shift(skb, way));
	written = vnft_record_packet(d, pass, dir);
	/* The boundary as one stage of a path, under the name that the frame has at the others. */
	if (written && READ_ONCE(d->stages) & BIT_ULL(stage.hook))
		written = vnft_record_stage(d, pass, &stage);
	if (!written)
		pass->counters->lost[VNFT_LOST_RING_FULL]++;
}

void vnft_observe_frame(struct vnft_device *d, const struct sk_buff *skb, enum vnft_dir way,
			enum vnft_dir dir)
{
	const int shift = vnft_boundary_shift(skb, way);
	struct vnft_pass pass;
	u32 todo;

	pass.cpu = smp_processor_id();
	pass.counters = d->state.counters[pass.cpu];
	pass.flow = 0;
	pass.now_ns = 0;
	pass.len_bytes = vnft_skb_wire_bytes(skb, shift);
	pass.gso_size_bytes = skb_shinfo(skb)->gso_size;
	todo = count(d, &pass, dir, vnft_parse_skb(&pass.packet, skb, shift, d->l2_bytes));
	if (todo & VNFT_TO_STREAM)
		stream(&d->state, &pass, dir);
	if (todo & VNFT_TO_MATCH)
		match(&d->state, &pass, dir);
	if (todo & VNFT_TO_RECORD)
		record(d, &pass, skb, way, dir);
}

#include "selftest/core.c"
#include "selftest/observe.c"
