/* SPDX-License-Identifier: GPL-2.0 */
/* Step: payload of TCP streams without retransmissions (kmod/core/stream.h). */
#ifndef VNFT_BPF_STREAM_H
#define VNFT_BPF_STREAM_H

#include "frame.bpf.h"

STEP int stream(struct frame *f, __u32 dir)
{
	const struct vnft_stream_ask ask = { frame_ask_flow, frame_ask_clock_ns,
					     frame_ask_coarse_ns };
	struct vnft_counters *count;
	__u32 outcome;

	if (!f || dir >= VNFT_DIR_NR)
		return 0;
	if (f->packet.class == VNFT_CLASS_RST) {
		vnft_stream_reset(state.stream[dir], state.stream[!dir], VNFT_STREAM_SLOTS - 1,
				  &f->packet, f, frame_ask_clock_ns);
		return 0;
	}
	outcome = vnft_stream_follow(state.stream[dir], VNFT_STREAM_SLOTS - 1, &f->packet, f,
				     &ask);
	if (!outcome)
		return 0;
	count = frame_counters(f);
	if (count)
		vnft_stream_count(count, &f->packet, dir, outcome);
	return 0;
}

#endif
