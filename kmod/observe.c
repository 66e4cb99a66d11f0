// SPDX-License-Identifier: GPL-2.0
/*
 * Frames at a device boundary: counted always, timed when they ask or answer, recorded while
 * somebody records. The same rules as bpf/packet.bpf.c, so that both count the same.
 *
 * Bottom halves are off and no boundary hook runs within another on one CPU, so what belongs to
 * one CPU needs no atomics; stage hooks, which may come in between, keep their own (stage.c). A
 * frame that is only counted reads no clock.
 */
#include "observe.h"

/* Classes that take part in a pairing. */
#define PAIRED	((1U << VNFT_CLASS_ECHO_REQUEST) | (1U << VNFT_CLASS_ECHO_REPLY) | \
		 (1U << VNFT_CLASS_SYN) | (1U << VNFT_CLASS_SYNACK) | (1U << VNFT_CLASS_RST))
#define OPENS	((1U << VNFT_CLASS_SYN) | (1U << VNFT_CLASS_SYNACK))

/* What is left to do with a frame once it is counted. */
#define TO_STREAM	1
#define TO_MATCH	2
#define TO_RECORD	4

void vnft_observe_init(void)
{
	vnft_record_init();
}

static unsigned int count(struct vnft_device *d, struct vnft_pass *pass, enum vnft_dir dir,
			  int verdict)
{
	struct vnft_counters *counters = pass->counters;
	struct vnft_counters_dir *c = &counters->dir[dir];
	struct vnft_packet *p = &pass->packet;
	unsigned int todo = 0;
	u32 bit;

	if (verdict) {
		p->class = VNFT_CLASS_OTHER;
		if (verdict == VNFT_VERDICT_TRUNCATED)
			counters->lost[VNFT_LOST_TRUNCATED]++;
		else
			counters->malformed++;
	}
	c->packets++;
	c->bytes += pass->len_bytes;
	c->wire_packets += p->segments;
	c->classes[p->class]++;
	bit = 1U << p->class;
	if (!verdict && p->proto == VNFT_PROTO_TCP) {
		c->tcp_payload_bytes += p->payload_bytes;
		if (bit & OPENS || (p->class == VNFT_CLASS_TCP &&
				    (p->payload_bytes || p->tcp_flags & VNFT_TCP_FIN)))
			todo = TO_STREAM;
	}
	if (bit & PAIRED)
		todo |= TO_MATCH;
	if (READ_ONCE(d->record_mask) & bit)
		todo |= TO_RECORD;
	if (unlikely(!READ_ONCE(d->state.first_ns[dir])))
		cmpxchg64(&d->state.first_ns[dir], 0, vnft_pass_clock_ns(pass));
	return todo;
}

static void match_put(struct vnft_pass *pass, struct vnft_match_slot *slot, u64 key)
{
	switch (vnft_match_put(slot, key, vnft_pass_clock_ns(pass))) {
	case VNFT_MATCH_EXPIRED:
		pass->counters->expired++;
		break;
	case VNFT_MATCH_EVICTED:
	case VNFT_MATCH_CONTENDED:
		pass->counters->lost[VNFT_LOST_EVICTED]++;
		break;
	default:
		break;
	}
}

/* A reply meets its request (core/match.h), and their distance its histogram. */
static void match(struct vnft_state *state, struct vnft_pass *pass, enum vnft_dir dir)
{
	struct vnft_counters *counters = pass->counters;
	struct vnft_match_slot *slot;
	struct vnft_match_key k;
	struct vnft_hist *hist;
	u64 request_ns;
	u32 request;

	if (!vnft_match_classify(&pass->packet, vnft_pass_flow(pass), &k))
		return;
	/* lo and a bridge see one frame both ways: what leaves is answered by what comes in. */
	request = k.reply ? dir ^ 1 : dir;
	k.key = (k.key & ~3ULL) | 2 | request;
	if (request == VNFT_DIR_IN)
		k.index += (state->match_mask >> 1) + 1;
	slot = &state->match[k.index & state->match_mask];
	if (!k.reply) {
		match_put(pass, slot, k.key);
		return;
	}
	if (!vnft_match_take(slot, k.key, &request_ns)) {
		counters->unmatched[k.pairing]++;
		return;
	}
	counters->matched[k.pairing]++;
	if (vnft_pass_clock_ns(pass) < request_ns) {
		counters->lost[VNFT_LOST_BACKWARDS]++;
		return;
	}
	hist = &state->hist[pass->cpu][k.pairing * VNFT_DIR_NR + request];
	vnft_hist_add(hist, pass->now_ns - request_ns);
}

static void record(struct vnft_device *d, struct vnft_pass *pass, const struct sk_buff *skb,
		   enum vnft_dir dir)
{
	const struct vnft_stage_of stage = {
		.hook = d->hook[dir],
		.parsed = true,
		.skb = skb,
		.queue = ~0U,
	};
	bool written;

	if (pass->packet.options_bytes)
		vnft_parse_timestamp(&pass->packet, skb, vnft_boundary_shift(skb, dir));
	written = vnft_record_packet(d, pass, dir);
	/* The boundary as one stage of a path, under the name that the frame has at the others. */
	if (written && READ_ONCE(d->stages) & BIT_ULL(stage.hook))
		written = vnft_record_stage(d, pass, &stage);
	if (!written)
		pass->counters->lost[VNFT_LOST_RING_FULL]++;
}

void vnft_observe_frame(struct vnft_device *d, const struct sk_buff *skb, enum vnft_dir dir)
{
	const int shift = vnft_boundary_shift(skb, dir);
	struct vnft_pass pass;
	unsigned int todo;

	pass.cpu = smp_processor_id();
	pass.counters = d->state.counters[pass.cpu];
	pass.flow = 0;
	pass.now_ns = 0;
	pass.len_bytes = skb->len - shift;
	pass.gso_size_bytes = skb_shinfo(skb)->gso_size;
	todo = count(d, &pass, dir, vnft_parse_skb(&pass.packet, skb, shift, d->l2_bytes));
	if (todo & TO_STREAM)
		vnft_stream_frame(&d->state, &pass, dir);
	if (todo & TO_MATCH)
		match(&d->state, &pass, dir);
	if (todo & TO_RECORD)
		record(d, &pass, skb, dir);
}

#include "selftest/core.c"
#include "selftest/observe.c"
