/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Throughput as the hooks compute it beside what iperf says: stream DEV SERVER PORT SECONDS out|in
 * [iperf2]. DEV is on the way to SERVER, an iperf3 server, or one of iperf 2; in: the server sends.
 * One line; exit 0 if they are within 1 %, and no more passed as retransmission than was one. For
 * out iperf 2 stops its clock when the server has closed the connection, whenever that is: then its
 * rate may be lower, and its bytes are within 1 %.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/load/workload.h"
#include "../../tools/source/bpf/source.h"
#include "../../tools/source/source.h"
#include "../../tools/stat/throughput.h"

static bool near(double got, double want)
{
	return fabs(got / want - 1) <= 0.01;
}

static int fail(void)
{
	fprintf(stderr, "stream: %s\n", vnft_why());
	return 2;
}

int main(int argc, char **argv)
{
	const struct vnft_workload_client *client = &vnft_workload_iperf3;
	const struct vnft_source_config observe = { .record_mask = 0 };
	struct vnft_workload_config load = { 0 };
	struct vnft_workload_result said;
	struct vnft_device_state state;
	struct vnft_stream stream;
	struct vnft_source *source;
	const struct vnft_counters_dir *dir;
	bool agree, late;
	uint16_t id;
	double bps, bound_bps, apart;
	uint64_t lost = 0;

	if (argc == 7 && !strcmp(argv[6], "iperf2"))
		client = &vnft_workload_iperf2;
	else if (argc != 6)
		return 2;
	load.server = argv[2];
	load.port = (uint16_t)atoi(argv[3]);
	load.seconds = (unsigned int)atoi(argv[4]);
	load.reverse = !strcmp(argv[5], "in");
	if (vnft_bpf_open(&source, &observe) || source->ops->attach(source, argv[1], &id) ||
	    client->run(&load, &said) ||
	    source->ops->stream(source, id, load.reverse ? VNFT_DIR_IN : VNFT_DIR_OUT, &stream) ||
	    source->ops->state(source, id, &state))
		return fail();
	source->ops->close(source);
	bps = vnft_stream_bps(&stream, &bound_bps);
	apart = (bps / said.tool_bps - 1) * 100;
	dir = &state.counters.dir[load.reverse ? VNFT_DIR_IN : VNFT_DIR_OUT];
	for (int i = 0; i < VNFT_LOST_NR; i++)
		lost += state.counters.lost[i];
	printf("hooks %.1f Mbit/s, iperf %.1f Mbit/s: %+.3f %%; %.3f s, %llu bytes "
	       "(iperf %.3f s, %llu bytes, %llu retransmits); "
	       "frames %llu, on the wire %llu, retransmitted %llu; lost %llu\n",
	       bps / 1e6, said.tool_bps / 1e6, apart,
	       (double)(stream.last_ns - stream.first_ns) / 1e9,
	       (unsigned long long)stream.payload_bytes, said.seconds,
	       (unsigned long long)said.received_bytes, (unsigned long long)said.retransmits,
	       (unsigned long long)dir->packets, (unsigned long long)dir->wire_packets,
	       (unsigned long long)dir->retrans_segments, (unsigned long long)lost);
	late = client == &vnft_workload_iperf2 && !load.reverse && said.tool_bps < bps;
	agree = late ? near((double)stream.payload_bytes, (double)said.received_bytes) :
		       near(bps, said.tool_bps);
	/* A tail is sent again after iperf3 looked. */
	if (said.retransmits_known)
		agree = agree && (double)dir->retrans_segments <=
					 (double)said.retransmits * 1.01 + 64;
	return agree ? 0 : 1;
}
