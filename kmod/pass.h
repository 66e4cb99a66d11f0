/* SPDX-License-Identifier: GPL-2.0 */
/* A frame on its way through the steps of observe.c or stage.c. */
#ifndef VNFT_KMOD_PASS_H
#define VNFT_KMOD_PASS_H

#include "core/match.h"
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

/* These and the coarse clock as vnft_ask_fn. */
static inline u64 vnft_pass_ask_clock_ns(void *pass)
{
	return vnft_pass_clock_ns(pass);
}

static inline u64 vnft_pass_ask_flow(void *pass)
{
	return vnft_pass_flow(pass);
}

static inline u64 vnft_pass_ask_coarse_ns(void *pass)
{
	return ktime_get_coarse_ns();
}

#endif
