/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rates from snapshots and streams, with numbers small enough to compute in the head.
 */
#include <errno.h>
#include <math.h>

#include "../../tools/stat/throughput.h"
#include "unit.h"

#define MS 1000000ULL
#define SEC (1000 * MS)

int main(void)
{
	struct vnft_device_state state = { .read_ns = 1000 * MS };
	struct vnft_stream stream = { .payload_bytes = 1250, .first_ns = 1000, .last_ns = 2000 };
	struct vnft_samples bps = { 0 }, pps = { 0 };
	struct vnft_rate rate = { 0 };
	double bound_bps;
	unsigned int i;

	/*
	 * Idle, ramp, four full intervals of 125 kB in 100 ms = 10 Mbit/s, idle. 10 % more is
	 * retransmitted.
	 */
	for (i = 0; i < 9; i++) {
		struct vnft_counters_dir *d = &state.counters.dir[VNFT_DIR_IN];
		uint64_t bytes = i < 2 || i > 7 ? 0 : i == 2 || i == 7 ? 40000 : 125000;

		d->tcp_payload_bytes += bytes + bytes / 10;
		d->retrans_bytes += bytes / 10;
		d->wire_packets += bytes / 1250;
		CHECK(!vnft_rate_add(&rate, &state, VNFT_DIR_IN), "snapshot %u", i);
		state.read_ns += 100 * MS;
	}
	CHECK(!vnft_rate_samples(&rate, 1150 * MS, 1650 * MS, &bps, &pps) && bps.n == 4,
	      "only whole intervals within the load are samples (%zu)", bps.n);
	CHECK(vnft_quantile(&bps, 0) == 10e6 && vnft_quantile(&bps, 1) == 10e6,
	      "10 Mbit/s without the retransmissions");
	CHECK(vnft_quantile(&pps, 0.5) == 1000, "1000 packets/s");
	bps.n = 0;
	vnft_rate_samples(&rate, 0, 0, &bps, NULL);
	CHECK(bps.n == 8 && vnft_quantile(&bps, 0) == 0, "without bounds every interval is one");
	state.read_ns -= 100 * MS;
	CHECK(vnft_rate_add(&rate, &state, VNFT_DIR_IN) == -ERANGE,
	      "the same moment twice is refused");
	state.read_ns += 200 * MS;
	state.counters.dir[VNFT_DIR_IN].tcp_payload_bytes -= 100;
	CHECK(vnft_rate_add(&rate, &state, VNFT_DIR_IN) == -ERANGE && rate.n == 9,
	      "shrinking counters are refused");

	CHECK(vnft_stream_bps(&stream, &bound_bps) == 10e9 && !bound_bps,
	      "1250 bytes in 1 us are 10 Gbit/s");
	stream.late_ns = 500;
	CHECK(vnft_stream_bps(&stream, &bound_bps) == 10e9 && bound_bps == 10e9,
	      "or 20, if the end is half of it too late");
	stream.late_ns = 1000;
	CHECK(isnan(vnft_stream_bps(&stream, &bound_bps)) && isnan(bound_bps),
	      "no rate if first and last segment may be one");
	stream.late_ns = 0;
	stream.last_ns = 1000;
	CHECK(isnan(vnft_stream_bps(&stream, &bound_bps)), "no time, no rate");
	stream.first_ns = 0;
	CHECK(isnan(vnft_stream_bps(&stream, &bound_bps)), "no segment, no rate");
	stream = (struct vnft_stream) { .payload_bytes = 1, .first_ns = 1,
					.last_ns = 2 * SEC + 1, .late_ns = 4 * MS };
	CHECK(vnft_stream_bps(&stream, &bound_bps) * 0.00201 > bound_bps,
	      "a tick of 4 ms in 2 s: 0.2 %%");
	vnft_rate_free(&rate);
	vnft_samples_free(&bps);
	vnft_samples_free(&pps);
	return unit_done();
}
