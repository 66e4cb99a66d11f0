/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frames that a probe sends, as bytes; private to tools/load.
 */
#ifndef VNFT_LOAD_FRAME_H
#define VNFT_LOAD_FRAME_H

#include "load.h"

/* A jumbo frame's worth: larger echoes would be fragments, which no hook can match. */
#define VNFT_LOAD_PAYLOAD_MAX_BYTES	8952
#define VNFT_LOAD_FRAME_BYTES		(14 + 40 + 20 + VNFT_LOAD_PAYLOAD_MAX_BYTES)

/**
 * struct vnft_load_frame - one frame, changed in place from departure to departure
 * @l4_offset: of the TCP or ICMP header
 * @pseudo_sum: checksum of what the pseudo header contributes, not folded
 */
struct vnft_load_frame {
	uint32_t len_bytes;
	uint32_t l4_offset;
	uint32_t pseudo_sum;
	uint8_t bytes[VNFT_LOAD_FRAME_BYTES];
};

/* Headers of @config's packet with @src_mac in front; payload filled with a pattern. */
void vnft_load_frame_init(struct vnft_load_frame *frame, const struct vnft_probe_config *config,
			  const uint8_t src_mac[6]);
void vnft_load_frame_set_syn(struct vnft_load_frame *frame, uint16_t sport, uint16_t dport,
			     uint32_t seq);
void vnft_load_frame_set_echo(struct vnft_load_frame *frame, uint16_t id, uint16_t seq);

#endif
