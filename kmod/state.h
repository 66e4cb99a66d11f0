/* SPDX-License-Identifier: GPL-2.0 */
/* The memory behind a device's hooks. */
#ifndef VNFT_KMOD_STATE_H
#define VNFT_KMOD_STATE_H

#include <linux/skbuff.h>
#include <asm/local.h>

#include "core/hist.h"
#include "core/match.h"
#include "core/stream_table.h"

/* Streams kept per direction: this share of the match slots, at least 16. */
#define VNFT_STREAM_SHARE	16U

/**
 * struct vnft_stage_cpu - what the stage hooks of a device keep on one CPU
 * @busy: the memory below is being used: whoever interrupts that stands back
 * @skb: the frame last recorded at net_dev_start_xmit, a name only
 * @lost_full: VNFT_LOST_RING_FULL, apart from the boundary's because they may interrupt it
 * @lost_nested: VNFT_LOST_NESTED
 */
struct vnft_stage_cpu {
	bool busy;
	u8 class;
	u8 flags;
	u32 len_bytes;
	u32 queue;
	u64 flow;
	const struct sk_buff *skb;
	local_t lost_full;
	local_t lost_nested;
};

/**
 * struct vnft_state - what a device's hooks know
 * @counters: by CPU; @hist: by CPU, then [pairing][direction of the request]
 * @stage: by CPU, what the stage hooks keep (stage.c)
 * @match: shared by all CPUs (core/match.h), @match_mask + 1 slots
 * @stream: by direction
 */
struct vnft_state {
	struct vnft_counters **counters;
	struct vnft_hist **hist;
	struct vnft_stage_cpu **stage;
	struct vnft_match_slot *match;
	struct vnft_stream_table stream[VNFT_DIR_NR];
	u32 match_mask;
	u64 first_ns[VNFT_DIR_NR];
	u64 memory_bytes;
	u64 memory_per_cpu_bytes;
};

/* What it takes with so many slots. */
u64 vnft_state_bytes(u32 match_slots);
int vnft_state_init(struct vnft_state *state, u32 match_slots);
void vnft_state_free(struct vnft_state *state);
/* All CPUs added up. */
void vnft_state_counters(const struct vnft_state *state, struct vnft_counters *sum);
void vnft_state_hist(const struct vnft_state *state, enum vnft_pairing pairing,
		     enum vnft_dir request, struct vnft_hist *sum);
/* The stream with the most payload: false if there is none. */
bool vnft_state_stream(const struct vnft_state *state, enum vnft_dir dir,
		       struct vnft_stream_slot *best);

#endif
