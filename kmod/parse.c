// SPDX-License-Identifier: GPL-2.0
/*
 * skb to struct vnft_packet (core/packet.h). The skb is only read, never pulled nor changed:
 * headers may lie in its fragments, in front of skb->data, its tag in the metadata.
 */
#include <linux/if_vlan.h>
#include <linux/skbuff.h>

#include "parse.h"

/* The frame of a vnft_load_fn. */
struct skb_at {
	const struct sk_buff *skb;
	int shift;
};

/* Headers nearly always lie in the linear part. */
static __always_inline int load_skb(const void *frame, u32 offset, void *to, u32 bytes)
{
	const struct skb_at *at = frame;
	int from = (int)offset + at->shift;

	if (likely(from + (int)bytes <= (int)skb_headlen(at->skb))) {
		memcpy(to, at->skb->data + from, bytes);
		return 0;
	}
	return skb_copy_bits(at->skb, from, to, bytes);
}

int vnft_parse_skb(struct vnft_packet *packet, const struct sk_buff *skb, int shift, u16 l2_bytes)
{
	const struct skb_at at = { skb, shift };
	struct vnft_frame frame = {
		.len_bytes = skb->len - shift,
		.l2_bytes = l2_bytes,
		.gso_size_bytes = skb_shinfo(skb)->gso_size,
	};
	int verdict;

	if (!l2_bytes)
		frame.ethertype = ntohs(skb->protocol);
	if (skb_vlan_tag_present(skb)) {
		frame.vlan = 1;
		frame.vlan_tci = skb->vlan_tci;
	}
	verdict = vnft_packet_parse(packet, &frame, &at, load_skb);
	if (frame.gso_size_bytes)
		vnft_packet_set_segments(packet, skb_shinfo(skb)->gso_segs);
	return verdict;
}

void vnft_parse_timestamp(struct vnft_packet *packet, const struct sk_buff *skb, int shift)
{
	const struct skb_at at = { skb, shift };

	vnft_packet_parse_timestamp(packet, &at, load_skb);
}

int vnft_parse_boundary(struct vnft_packet *packet, const struct sk_buff *skb, enum vnft_dir way,
			u16 l2_bytes)
{
	return vnft_parse_skb(packet, skb, vnft_boundary_shift(skb, way), l2_bytes);
}

#include "selftest/parse.c"
