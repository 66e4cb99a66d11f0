/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rates from counter snapshots and from a stream's totals (method.md, "Throughput").
 */
#ifndef VNFT_STAT_THROUGHPUT_H
#define VNFT_STAT_THROUGHPUT_H

#include "stat.h"

/**
 * struct vnft_snapshot - what had passed a device in one direction at one moment
 * @payload_bytes: TCP payload without retransmissions
 * @wire_packets: frames, GSO frames as their segments
 */
struct vnft_snapshot {
	uint64_t time_ns;
	uint64_t payload_bytes;
	uint64_t wire_packets;
};

/* Growing row of snapshots, 100 ms apart by convention; zero-initialised is empty. */
struct vnft_rate {
	struct vnft_snapshot *snapshot;
	size_t n;
	size_t room;
};

/*
 * Add what a device's hooks knew. -ERANGE after vnft_fail() for a snapshot that is not later than
 * the one before or whose counters shrank: it is not added.
 */
int vnft_rate_add(struct vnft_rate *rate, const struct vnft_device_state *state,
		  enum vnft_dir dir);
int vnft_rate_add_snapshot(struct vnft_rate *rate, const struct vnft_snapshot *snapshot);
void vnft_rate_free(struct vnft_rate *rate);

/*
 * One sample per interval that lies wholly within [first_ns, last_ns] (0: no bound); the intervals
 * in which a load starts and ends are not samples of its rate. @bps or @pps may be NULL.
 */
int vnft_rate_samples(const struct vnft_rate *rate, uint64_t first_ns, uint64_t last_ns,
		      struct vnft_samples *bps, struct vnft_samples *pps);

/*
 * Payload bits over the time from the stream's first to its last segment, which may be taken too
 * late: the true rate is at most @bound_bps higher. NaN, and no bound, if the stream may be one
 * moment.
 */
double vnft_stream_bps(const struct vnft_stream *stream, double *bound_bps);

#endif
