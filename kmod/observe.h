/* SPDX-License-Identifier: GPL-2.0 */
/* A frame on its way through the steps of observe.c, which are the files beside it. */
#ifndef VNFT_KMOD_OBSERVE_H
#define VNFT_KMOD_OBSERVE_H

#include <asm/local.h>

#include "vnft.h"

/**
 * struct vnft_pass - what the steps hand on
 * @counters: of the device on this CPU; NULL at a stage hook, which keeps its own
 * @flow: 0 until it was asked for
 * @now_ns: 0 until the clock was read; one read serves all steps
 * @from_b: the frame travels from the canonically larger end; valid with @flow
 */
struct vnft_pass {
	struct vnft_packet packet;
	struct vnft_counters *counters;
	u64 flow;
	u64 now_ns;
	u32 cpu;
	u32 len_bytes;
	u16 gso_size_bytes;
	u8 from_b;
};

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
 * struct vnft_stage_of - what a STAGE record says beside the frame
 * @parsed: the frame was read just now: its flow can be defined
 */
struct vnft_stage_of {
	enum vnft_hook hook;
	bool parsed;
	const struct sk_buff *skb;
	u32 queue;
	u32 peer;
};

static inline u64 vnft_pass_clock_ns(struct vnft_pass *pass)
{
	if (!pass->now_ns)
		pass->now_ns = vnft_now_ns();
	return pass->now_ns;
}

static inline u64 vnft_pass_flow(struct vnft_pass *pass)
{
	if (!pass->flow)
		pass->flow = vnft_flow_id(&pass->packet, &pass->from_b);
	return pass->flow;
}

/* The two as vnft_ask_fn. */
static inline u64 vnft_pass_ask_clock_ns(void *pass)
{
	return vnft_pass_clock_ns(pass);
}

static inline u64 vnft_pass_ask_flow(void *pass)
{
	return vnft_pass_flow(pass);
}

/* Where the link header of a frame at the boundary begins, from skb->data. */
static inline int vnft_boundary_shift(const struct sk_buff *skb, enum vnft_dir dir)
{
	return dir == VNFT_DIR_IN ? -(int)skb->mac_len : 0;
}

/* parse.c: @shift as above; enum vnft_verdict. */
int vnft_parse_skb(struct vnft_packet *packet, const struct sk_buff *skb, int shift, u16 l2_bytes);
void vnft_parse_timestamp(struct vnft_packet *packet, const struct sk_buff *skb, int shift);

/*
 * record.c: into the calling CPU's ring, behind the FLOW record of @pass; preemption is off, and
 * that is all: any context. False if there was no room, which the caller counts.
 */
bool vnft_record_packet(struct vnft_device *d, struct vnft_pass *pass, enum vnft_dir dir);
bool vnft_record_stage(struct vnft_device *d, struct vnft_pass *pass,
		       const struct vnft_stage_of *stage);
/* Random, for the life of the module: kernel addresses leave it only in disguise. */
void vnft_record_init(void);

#endif
