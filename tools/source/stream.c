/* SPDX-License-Identifier: GPL-2.0 */
#include "stream.h"

#include <time.h>

#include "../../kmod/core/stream.h"
#include "../lib/run/clock.h"

static uint64_t tick_ns(void)
{
	struct timespec tick;

	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	return (uint64_t)tick.tv_sec * 1000000000ULL + (uint64_t)tick.tv_nsec;
}

void vnft_stream_of_slot(struct vnft_stream *stream, const struct vnft_stream_slot *slot)
{
	const uint64_t now_ns = vnft_now_ns();
	uint64_t last_ns = vnft_stream_until(slot->last_ns, slot->over_ns, tick_ns());

	if (last_ns > now_ns && now_ns >= slot->last_ns)	/* it goes on */
		last_ns = now_ns;
	*stream = (struct vnft_stream) {
		.flow = slot->flow, .payload_bytes = slot->payload_bytes,
		.first_ns = slot->first_ns, .last_ns = last_ns, .late_ns = last_ns - slot->last_ns,
	};
}
