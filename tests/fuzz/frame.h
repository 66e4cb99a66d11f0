/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One input of the packet fuzzer, which is one file of its corpus: ten bytes of what a host knows
 * beside the frame, then the bytes of the frame.
 *
 *	0 flags		1 no link header, 2 tag in the metadata, 4 GSO
 *	1 gso_segs, 0: unknown
 *	2 vlan_tci	4 gso_size	6 ethertype (flag 1)	8 missing
 *
 * Numbers are little endian. "missing" bytes belong to the frame and cannot be read: the
 * tail of a large frame that no header reaches, or headers cut off.
 */
#ifndef TESTS_FUZZ_FRAME_H
#define TESTS_FUZZ_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../kmod/core/match.h"

#define INPUT_BYTES	10
#define INPUT_NO_L2	1
#define INPUT_VLAN	2
#define INPUT_GSO	4

struct input {
	struct vnft_frame f;
	const uint8_t *bytes;
	uint32_t there;
	uint32_t gso_segs;
};

static inline uint16_t input_le16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static inline bool input_read(struct input *in, const uint8_t *data, size_t bytes)
{
	if (bytes < INPUT_BYTES || bytes > 1 << 20)
		return false;
	memset(in, 0, sizeof(*in));
	in->bytes = data + INPUT_BYTES;
	in->there = (uint32_t)(bytes - INPUT_BYTES);
	in->f.len_bytes = in->there + input_le16(data + 8);
	in->f.l2_bytes = data[0] & INPUT_NO_L2 ? 0 : VNFT_ETH_BYTES;
	if (data[0] & INPUT_NO_L2)
		in->f.ethertype = input_le16(data + 6);
	if (data[0] & INPUT_VLAN) {
		in->f.vlan = 1;
		in->f.vlan_tci = input_le16(data + 2);
	}
	if (data[0] & INPUT_GSO)
		in->f.gso_size_bytes = input_le16(data + 4);
	in->gso_segs = data[1];
	return true;
}

/* The plain accessor. */
static inline int input_load(const void *frame, __u32 offset, void *to, __u32 bytes)
{
	const struct input *in = frame;

	if (offset > in->there || bytes > in->there - offset)
		return -1;
	memcpy(to, in->bytes + offset, bytes);
	return 0;
}

#endif
