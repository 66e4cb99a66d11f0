/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frames that a probe sends, as bytes; private to tools/load.
 */
#ifndef VNFT_LOAD_FRAME_H
#define VNFT_LOAD_FRAME_H

#include "../../kmod/core/frame.h"
#include "load.h"

/* A jumbo frame's worth: larger echoes would be fragments, which no hook can match. */
#define VNFT_LOAD_PAYLOAD_MAX_BYTES	8952
#define VNFT_LOAD_FRAME_BYTES		VNFT_FRAME_MAX_BYTES(VNFT_LOAD_PAYLOAD_MAX_BYTES)

/* One frame, changed in place from departure to departure. */
struct vnft_load_frame {
	struct vnft_frame_form form;
	uint8_t bytes[VNFT_LOAD_FRAME_BYTES];
};

/* Headers of @config's packet with @src_mac in front; payload filled with a pattern. */
void vnft_load_frame_init(struct vnft_load_frame *frame, const struct vnft_probe_config *config,
			  const uint8_t src_mac[6]);
void vnft_load_frame_set_syn(struct vnft_load_frame *frame, uint16_t sport, uint16_t dport,
			     uint32_t seq);
void vnft_load_frame_set_echo(struct vnft_load_frame *frame, uint16_t id, uint16_t seq);

#endif
