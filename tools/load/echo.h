/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sender's own view of echo replies; private to tools/load.
 */
#ifndef VNFT_LOAD_ECHO_H
#define VNFT_LOAD_ECHO_H

#include "../lib/net/link.h"
#include "load.h"

/**
 * struct vnft_load_echo - requests under way and replies counted
 * @sent_ns: by sequence number, 0 once answered; shared by sender and receiver thread
 *
 * The other fields belong to the receiving thread.
 */
struct vnft_load_echo {
	int fd;
	uint32_t l3_bytes;
	uint64_t received, duplicates, dropped;
	struct vnft_hist rtt;
	_Atomic uint64_t sent_ns[65536];
	_Atomic bool asked[65536];
};

/* Socket on @link that sees @config's replies only. 0, or negative errno after vnft_fail(). */
int vnft_load_echo_open(struct vnft_load_echo *echo, const struct vnft_probe_config *config,
			const struct vnft_link_info *link);
void vnft_load_echo_sent(struct vnft_load_echo *echo, uint16_t seq, uint64_t now_ns);
/* Wait for one reply: 1 if a request was answered, 0 if the time is over or it was a duplicate. */
int vnft_load_echo_receive(struct vnft_load_echo *echo, uint64_t timeout_ns);
void vnft_load_echo_close(struct vnft_load_echo *echo);

#endif
