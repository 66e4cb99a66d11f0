/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stimulus: TCP streams and small UDP by the iperf3 client.
 */
#ifndef VNFT_LOAD_IPERF_H
#define VNFT_LOAD_IPERF_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct vnft_iperf_config - one call of the iperf3 client against the instance's server
 * @reverse: guest sends (tx in the reference study's words)
 * @udp_payload_bytes: 0: TCP; 18 makes 64-byte frames, sent as fast as it goes
 * @give_up: NULL or asked every 50 ms at least: true ends the client, -ECANCELED
 */
struct vnft_iperf_config {
	const char *server;
	uint16_t port;
	bool reverse;
	uint32_t udp_payload_bytes;
	unsigned int seconds;
	unsigned int timeout_ms;
	bool (*give_up)(void *arg);
	void *give_up_arg;
};

/**
 * struct vnft_iperf_result - what iperf3 says of it
 * @received_bps, @sent_bps, @seconds: NAN where it says nothing, or no number
 * @retransmits_known: not every sender counts them
 * @packets, @lost_packets: UDP, as the receiver counted them
 * @local_port: of the first data stream
 */
struct vnft_iperf_result {
	double received_bps, sent_bps;
	uint64_t received_bytes;
	bool retransmits_known;
	uint64_t retransmits;
	uint64_t packets, lost_packets;
	double seconds;
	uint16_t local_port;
};
/*
 * Runs in the calling thread's namespace. 0, or negative errno after vnft_fail(); -EBADMSG: it
 * ended well, but what it printed cannot be understood.
 */
int vnft_iperf_run(const struct vnft_iperf_config *config, struct vnft_iperf_result *result);

#endif
