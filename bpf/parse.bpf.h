/* SPDX-License-Identifier: GPL-2.0 */
/* Step: skb to struct vnft_packet. The skb is never pulled nor changed. */
#ifndef VNFT_BPF_PARSE_H
#define VNFT_BPF_PARSE_H

#include "frame.bpf.h"

typedef __u32 __attribute__((may_alias)) word_t;
typedef __u16 __attribute__((may_alias)) half_t;

/*
 * vnft_load_fn for an skb. Headers nearly always lie in the linear part; copied by words, because
 * clang copies by bytes from a pointer that it thinks unaligned. What is four bytes long, a tag in
 * the bytes or an extension header, is rare and left to the helper: half the ways to verify.
 */
VNFT_INLINE int load_skb(const void *frame, __u32 offset, void *to, __u32 bytes)
{
	const struct __sk_buff *skb = frame;
	const void *end = (const void *)(long)skb->data_end;
	const char *from = (const char *)(long)skb->data;
	__u32 i;

	if (offset > 1024)
		return -1;
	from += offset;
	if (bytes == 4 || (const void *)(from + bytes) > end)
		return (int)bpf_skb_load_bytes(skb, offset, to, bytes);
#pragma unroll
	for (i = 0; i + 4 <= bytes; i += 4)
		*(word_t *)((char *)to + i) = *(const word_t *)(from + i);
	if (bytes & 2)
		*(half_t *)((char *)to + i) = *(const half_t *)(from + i);
	if (bytes & 1)
		*((char *)to + bytes - 1) = from[bytes - 1];
	return 0;
}

STEP int parse_l4(struct __sk_buff *skb, struct vnft_packet *p, __u32 offset, __u32 l4_bytes)
{
	struct vnft_frame frame = {
		.len_bytes = skb->len,
		.gso_size_bytes = skb->gso_size,
	};

	if (!p)
		return VNFT_VERDICT_TRUNCATED;
	return vnft_parse_l4(p, &frame, skb, load_skb, offset, l4_bytes);
}

STEP int parse_ipv6(struct __sk_buff *skb, struct vnft_packet *p, __u32 offset)
{
	struct vnft_frame frame = {
		.len_bytes = skb->len,
		.gso_size_bytes = skb->gso_size,
	};

	if (!p || offset > frame.len_bytes)
		return VNFT_VERDICT_TRUNCATED;
	return vnft_parse_ipv6(p, &frame, skb, load_skb, offset);
}

VNFT_INLINE int load_option(const void *frame, __u32 offset, void *to, __u32 bytes)
{
	return (int)bpf_skb_load_bytes((const struct __sk_buff *)frame, offset, to, bytes);
}

STEP int tcp_option(struct __sk_buff *skb, struct vnft_packet *p, __u32 at)
{
	return p ? vnft_tcp_option(p, skb, load_option, at) : -1;
}

/* Apart from parse(): only recorded segments pay for their options. */
STEP int parse_timestamp(struct __sk_buff *skb, struct vnft_packet *p)
{
	if (p)
		vnft_packet_parse_timestamp(p, skb, load_option);
	return 0;
}

STEP int parse(struct __sk_buff *skb, struct vnft_packet *p)
{
	struct vnft_frame frame = {
		.len_bytes = skb->len,
		.l2_bytes = (__u16)conf.l2_bytes,
		.gso_size_bytes = skb->gso_size,
	};
	int verdict;

	if (!p)
		return VNFT_VERDICT_TRUNCATED;
	if (!conf.l2_bytes)
		frame.ethertype = vnft_be16((__u16)skb->protocol);
	if (skb->vlan_present) {
		frame.vlan = 1;
		frame.vlan_tci = (__u16)skb->vlan_tci;
	}
	verdict = vnft_packet_parse(p, &frame, skb, load_skb);
	if (frame.gso_size_bytes)
		vnft_packet_set_segments(p, skb->gso_segs);
	return verdict;
}

#endif
