/* SPDX-License-Identifier: GPL-2.0 */
/* skb to struct vnft_packet. */
#ifndef VNFT_KMOD_PARSE_H
#define VNFT_KMOD_PARSE_H

#include <linux/if_vlan.h>
#include <linux/skbuff.h>

#include "core/packet.h"

/* Where the link header of a frame begins, from skb->data, on ingress (IN) or egress (OUT). */
static inline int vnft_boundary_shift(const struct sk_buff *skb, enum vnft_dir way)
{
	return way == VNFT_DIR_IN ? -(int)skb->mac_len : 0;
}

/* Length of the frame whose link header is @shift bytes from skb->data. */
static inline u32 vnft_skb_wire_bytes(const struct sk_buff *skb, int shift)
{
	return vnft_packet_wire_bytes(skb->len - shift, skb_vlan_tag_present(skb));
}

/* @shift: from skb->data to the link header. Return: enum vnft_verdict. */
int vnft_parse_skb(struct vnft_packet *packet, const struct sk_buff *skb, int shift, u16 l2_bytes);
void vnft_parse_timestamp(struct vnft_packet *packet, const struct sk_buff *skb, int shift);
/* vnft_parse_skb() of a frame at the boundary. */
int vnft_parse_boundary(struct vnft_packet *packet, const struct sk_buff *skb, enum vnft_dir way,
			u16 l2_bytes);
int vnft_parse_selftest(void);

#endif
