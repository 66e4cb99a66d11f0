/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stimulus: streams between the host and what an instance serves. Every workload of a type file
 * (docs/types.md) but none has a client, in a file of its own.
 */
#ifndef VNFT_LOAD_WORKLOAD_H
#define VNFT_LOAD_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../guest/type/type.h"

/**
 * struct vnft_workload_config - one stream
 * @server: address of the instance
 * @port: what listens there; @source_port: workload tcp: what sends there
 * @reverse: guest sends (tx in the reference study's words)
 * @udp_payload_bytes: 0: TCP; 18 makes 64-byte frames, sent as fast as it goes
 * @margin_ms: beside the streams: connect, results, a slow guest; 0: 15 s
 * @give_up: NULL or asked every 50 ms at least: true ends the client, -ECANCELED
 */
struct vnft_workload_config {
	const char *server;
	uint16_t port, source_port;
	bool reverse;
	uint32_t udp_payload_bytes;
	unsigned int seconds;
	unsigned int margin_ms;
	bool (*give_up)(void *arg);
	void *give_up_arg;
};

/**
 * struct vnft_workload_result - what the client says of it
 * @tool_bps: as its receiver counted; iperf 2, rx: its sender, as no receiver reports
 * @tool_bps, @sent_bps, @seconds: NAN where it says nothing, or no number
 * @retransmits_known: not every sender counts them
 * @packets, @lost_packets: UDP, as the receiver counted them
 * @local_port: of the first data stream
 */
struct vnft_workload_result {
	double tool_bps, sent_bps;
	uint64_t received_bytes;
	bool retransmits_known;
	uint64_t retransmits;
	uint64_t packets, lost_packets;
	double seconds;
	uint16_t local_port;
};

/**
 * struct vnft_workload_client - how a workload is talked to
 * @program: that runs, of the Debian package @package; NULL: we do it ourselves
 * @datagrams: it has UDP
 * @rx_first: its tx begins with a stream the other way, which must not be taken for rx
 * @silent_why: why it never gives @tool_bps; NULL: it does
 * @run: in the calling thread's namespace; 0, or negative errno after vnft_fail(). -EBADMSG: it
 *	ended well, but what it printed cannot be understood
 */
struct vnft_workload_client {
	const char *program, *package;
	bool datagrams, rx_first;
	const char *silent_why;
	int (*run)(const struct vnft_workload_config *config, struct vnft_workload_result *result);
};

extern const struct vnft_workload_client vnft_workload_iperf3, vnft_workload_iperf2,
	vnft_workload_tcp;

/* NULL for none. */
const struct vnft_workload_client *vnft_workload_client(enum vnft_workload workload);
/* Can it run here? 0, or -EOPNOTSUPP after vnft_fail("what is missing: command that fixes it"). */
int vnft_workload_check(const struct vnft_workload_client *client);

/* The rest is what clients share. */

/* vnft_fail("WHO to SERVER port PORT: ") with the first line of @text, which may be a guest's. */
int vnft_workload_fail(int err, const char *who, const struct vnft_workload_config *config,
		       const char *text);
unsigned int vnft_workload_margin_ms(const struct vnft_workload_config *config);
/*
 * Run a program to its end, at the latest when @streams of config->seconds one after the other and
 * the margin are over. Its exit status, or negative errno after vnft_fail(); *@out, to be freed,
 * has the first bytes of what it printed, at most @bytes with the zero byte.
 */
int vnft_workload_child(const char *who, char *const argv[],
			const struct vnft_workload_config *config, unsigned int streams,
			char **out, size_t bytes);

#endif
