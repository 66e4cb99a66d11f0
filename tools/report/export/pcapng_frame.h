/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A frame's headers, rebuilt from its record. What a record does not hold and a header has to hold
 * is the same in every frame: MAC addresses and type of service 0, TCP window 65535 (0 would be an
 * alarm), TTL 64 at a stage. Nothing behind the headers is there, so that a reader sees a capture
 * that cut its frames, and believes no checksum. Where the headers are the whole frame, or the
 * whole packet, their checksums are right.
 */
#ifndef VNFT_REPORT_EXPORT_PCAPNG_FRAME_H
#define VNFT_REPORT_EXPORT_PCAPNG_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "export.h"

/* Ethernet with a tag, IPv6, TCP with its time stamps. */
#define VNFT_REBUILT_BYTES	(18 + 40 + 32)

/**
 * struct vnft_rebuilt - the first bytes of a frame
 * @n: how many there are
 */
struct vnft_rebuilt {
	uint8_t b[VNFT_REBUILT_BYTES];
	uint32_t n;
};

/*
 * @r: of kind PACKET or STAGE. @ethernet: its device has link headers. No more than the frame's
 * length; nothing of a frame whose flow is not known.
 */
void vnft_frame_rebuild(const struct vnft_export *x, const struct vnft_record *r, bool ethernet,
			struct vnft_rebuilt *f);

#endif
