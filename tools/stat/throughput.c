/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rates from counter snapshots and from a stream's totals.
 *
 * method.md, "Throughput": "8 times the TCP payload that passed the hook, without retransmissions,
 * divided by the time from the stream's first segment with payload to its last."
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text/error.h"
#include "throughput.h"

int vnft_rate_add_snapshot(struct vnft_rate *rate, const struct vnft_snapshot *snapshot)
{
	const struct vnft_snapshot *last = rate->n ? &rate->snapshot[rate->n - 1] : NULL;
	size_t room = rate->room ? 2 * rate->room : 64;
	struct vnft_snapshot *grown;

	if (last && (snapshot->time_ns <= last->time_ns ||
		     snapshot->payload_bytes < last->payload_bytes ||
		     snapshot->wire_packets < last->wire_packets))
		return vnft_fail(-ERANGE, "counters ran backwards between two snapshots");
	if (rate->n == rate->room) {
		grown = reallocarray(rate->snapshot, room, sizeof(*grown));
		if (!grown)
			return vnft_fail(-ENOMEM, "out of memory for %zu snapshots", room);
		rate->snapshot = grown;
		rate->room = room;
	}
	rate->snapshot[rate->n++] = *snapshot;
	return 0;
}

int vnft_rate_add(struct vnft_rate *rate, const struct vnft_device_state *state,
		  enum vnft_dir dir)
{
	const struct vnft_counters_dir *c = &state->counters.dir[dir];
	struct vnft_snapshot snapshot = {
		.time_ns = state->read_ns,
		/* The two counters are read one after the other: never let them underflow. */
		.payload_bytes = c->tcp_payload_bytes -
			(c->retrans_bytes < c->tcp_payload_bytes ? c->retrans_bytes :
			 c->tcp_payload_bytes),
		.wire_packets = c->wire_packets,
	};

	return vnft_rate_add_snapshot(rate, &snapshot);
}

void vnft_rate_free(struct vnft_rate *rate)
{
	free(rate->snapshot);
	memset(rate, 0, sizeof(*rate));
}

int vnft_rate_samples(const struct vnft_rate *rate, uint64_t first_ns, uint64_t last_ns,
		      struct vnft_samples *bps, struct vnft_samples *pps)
{
	size_t i;
	int err;

	for (i = 1; i < rate->n; i++) {
		const struct vnft_snapshot *from = &rate->snapshot[i - 1], *to = from + 1;
		double seconds = (double)(to->time_ns - from->time_ns) / 1e9;

		if (from->time_ns < first_ns || (last_ns && to->time_ns > last_ns))
			continue;
		err = bps ? vnft_samples_add(bps, 8.0 * (double)
			(to->payload_bytes - from->payload_bytes) / seconds) : 0;
		if (!err && pps)
			err = vnft_samples_add(pps, (double)
				(to->wire_packets - from->wire_packets) / seconds);
		if (err)
			return err;
	}
	return 0;
}

double vnft_stream_bps(const struct vnft_stream *stream, double *bound_bps)
{
	const uint64_t length_ns = stream->last_ns - stream->first_ns;
	double bits = 8e9 * (double)stream->payload_bytes;

	*bound_bps = NAN;
	if (!stream->first_ns || stream->last_ns <= stream->first_ns ||
	    stream->late_ns >= length_ns)
		return NAN;
	*bound_bps = bits / (double)(length_ns - stream->late_ns) - bits / (double)length_ns;
	return bits / (double)length_ns;
}
