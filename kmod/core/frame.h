/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bytes of a stimulus: SYN and echo request, IPv4 and IPv6, with checksums that hold. The module's
 * generator and the thread in userspace send the same.
 *
 * All frames of one stimulus differ in ports and number alone. The sum over everything else is
 * taken once, so that a packet costs four additions.
 */
#ifndef VNFT_CORE_FRAME_H
#define VNFT_CORE_FRAME_H

#include "packet.h"

#define VNFT_FRAME_TTL		64
#define VNFT_FRAME_WINDOW	64240

/* Room for every frame whose echo payload is at most @echo_bytes. */
#define VNFT_FRAME_MAX_BYTES(echo_bytes) \
	(VNFT_ETH_BYTES + sizeof(struct vnft_wire_ipv6) + sizeof(struct vnft_wire_tcp) + \
	 (echo_bytes))

/**
 * struct vnft_frame_setup - what all its frames have in common
 * @kind: enum vnft_probe_what
 * @addr_bytes: 4 or 16, of @src and @dst, which are as on the wire
 * @echo_bytes: payload of an echo request
 */
struct vnft_frame_setup {
	__u8 kind;
	__u8 addr_bytes;
	__u32 echo_bytes;
	const __u8 *src, *dst;
	const __u8 *src_mac, *dst_mac;
};

/**
 * struct vnft_frame_form - what vnft_frame_init() found out
 * @len_bytes: of a frame, link header included
 * @l4_bytes: where the TCP or ICMP header begins; everything before it is the same in all frames
 * @sum: of the L4 header and payload with ports and numbers 0, and of the pseudo header; not folded
 * @kind: enum vnft_probe_what
 * @proto: of IP
 * @ipv6: 1 or 0
 */
struct vnft_frame_form {
	__u32 len_bytes;
	__u32 l4_bytes;
	__u32 sum;
	__u8 kind;
	__u8 proto;
	__u8 ipv6;
	__u8 reserved;
};

VNFT_INLINE void vnft_frame_put16(__u8 *to, __u32 v)
{
	to[0] = (__u8)(v >> 8);
	to[1] = (__u8)(v & 0xff);
}

VNFT_INLINE __u16 vnft_frame_get16(const __u8 *from)
{
	return (__u16)(from[0] << 8 | from[1]);
}

/* The internet checksum (RFC 1071), not folded: of at most 64 KiB it fits. */
VNFT_INLINE __u32 vnft_frame_sum(__u32 sum, const __u8 *bytes, __u32 n)
{
	for (; n > 1; n -= 2, bytes += 2)
		sum += vnft_frame_get16(bytes);
	return n ? sum + ((__u32)bytes[0] << 8) : sum;
}

VNFT_INLINE __u16 vnft_frame_fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)~sum;
}

VNFT_INLINE __u8 vnft_frame_proto(__u8 kind, __u8 addr_bytes)
{
	if (kind == VNFT_PROBE_KIND_SYN)
		return VNFT_PROTO_TCP;
	return addr_bytes == 16 ? VNFT_PROTO_ICMPV6 : VNFT_PROTO_ICMP;
}

/* Of the TCP or ICMP header and what follows it. */
VNFT_INLINE __u32 vnft_frame_l4_bytes(__u8 kind, __u32 echo_bytes)
{
	return kind == VNFT_PROBE_KIND_SYN ? (__u32)sizeof(struct vnft_wire_tcp) :
	       (__u32)sizeof(struct vnft_wire_icmp) + echo_bytes;
}

VNFT_INLINE __u32 vnft_frame_ip_bytes(__u8 addr_bytes)
{
	return addr_bytes == 16 ? sizeof(struct vnft_wire_ipv6) : sizeof(struct vnft_wire_ipv4);
}

VNFT_INLINE void vnft_frame_put_ipv4(__u8 *ip, const struct vnft_frame_setup *s, __u8 proto,
				     __u32 l4_bytes)
{
	ip[0] = 0x45;
	vnft_frame_put16(ip + 2, (__u32)sizeof(struct vnft_wire_ipv4) + l4_bytes);
	vnft_frame_put16(ip + 6, 0x4000);	/* DF; the id stays 0 */
	ip[8] = VNFT_FRAME_TTL;
	ip[9] = proto;
	__builtin_memcpy(ip + 12, s->src, 4);
	__builtin_memcpy(ip + 16, s->dst, 4);
	vnft_frame_put16(ip + 10,
			 vnft_frame_fold(vnft_frame_sum(0, ip, sizeof(struct vnft_wire_ipv4))));
}

VNFT_INLINE void vnft_frame_put_ipv6(__u8 *ip, const struct vnft_frame_setup *s, __u8 proto,
				     __u32 l4_bytes)
{
	ip[0] = 0x60;
	vnft_frame_put16(ip + 4, l4_bytes);
	ip[6] = proto;
	ip[7] = VNFT_FRAME_TTL;
	__builtin_memcpy(ip + 8, s->src, 16);
	__builtin_memcpy(ip + 24, s->dst, 16);
}

VNFT_INLINE void vnft_frame_put_l4(__u8 *l4, const struct vnft_frame_setup *s)
{
	__u32 i;

	if (s->kind == VNFT_PROBE_KIND_SYN) {
		l4[12] = (sizeof(struct vnft_wire_tcp) / 4) << 4;
		l4[13] = VNFT_TCP_SYN;
		vnft_frame_put16(l4 + 14, VNFT_FRAME_WINDOW);
		return;
	}
	l4[0] = s->addr_bytes == 16 ? 128 : 8;
	for (i = 0; i < s->echo_bytes; i++)
		l4[sizeof(struct vnft_wire_icmp) + i] = (__u8)i;
}

/**
 * vnft_frame_init() - a stimulus as bytes, with ports and number 0 and no checksum in its L4 header
 * @f: filled in
 * @to: VNFT_FRAME_MAX_BYTES() of them
 */
VNFT_INLINE void vnft_frame_init(struct vnft_frame_form *f, __u8 *to,
				 const struct vnft_frame_setup *s)
{
	const __u32 l4_bytes = vnft_frame_l4_bytes(s->kind, s->echo_bytes);

	f->kind = s->kind;
	f->proto = vnft_frame_proto(s->kind, s->addr_bytes);
	f->ipv6 = s->addr_bytes == 16;
	f->reserved = 0;
	f->l4_bytes = VNFT_ETH_BYTES + vnft_frame_ip_bytes(s->addr_bytes);
	f->len_bytes = f->l4_bytes + l4_bytes;
	__builtin_memset(to, 0, f->len_bytes);
	__builtin_memcpy(to, s->dst_mac, 6);
	__builtin_memcpy(to + 6, s->src_mac, 6);
	vnft_frame_put16(to + 12, f->ipv6 ? VNFT_ETH_P_IPV6 : VNFT_ETH_P_IPV4);
	if (f->ipv6)
		vnft_frame_put_ipv6(to + VNFT_ETH_BYTES, s, f->proto, l4_bytes);
	else
		vnft_frame_put_ipv4(to + VNFT_ETH_BYTES, s, f->proto, l4_bytes);
	vnft_frame_put_l4(to + f->l4_bytes, s);
	f->sum = vnft_frame_sum(0, to + f->l4_bytes, l4_bytes);
	if (f->proto != VNFT_PROTO_ICMP) {	/* which has no pseudo header */
		f->sum = vnft_frame_sum(f->sum, s->src, s->addr_bytes);
		f->sum = vnft_frame_sum(f->sum, s->dst, s->addr_bytes);
		f->sum += f->proto + l4_bytes;
	}
}

/**
 * vnft_frame_sport() - the source port of SYN @n: the next one for each, so that none is taken for
 * a repetition of an earlier one
 * @first: of the ports of the stimulus
 * @ports: how many; 0 is 1
 */
VNFT_INLINE __u16 vnft_frame_sport(__u16 first, __u16 ports, __u64 n)
{
	return (__u16)(first + (ports ? (__u32)n % ports : 0));
}

/**
 * vnft_frame_number() - make one frame of the bytes of another of the same stimulus
 * @sport: of a SYN; of an echo request its id
 * @dport: of a SYN
 * @seq: of a SYN; of an echo request the lower 16 bits
 */
VNFT_INLINE void vnft_frame_number(const struct vnft_frame_form *f, __u8 *bytes, __u16 sport,
				   __u16 dport, __u32 seq)
{
	__u8 *l4 = bytes + f->l4_bytes;

	if (f->kind == VNFT_PROBE_KIND_SYN) {
		vnft_frame_put16(l4, sport);
		vnft_frame_put16(l4 + 2, dport);
		vnft_frame_put16(l4 + 4, seq >> 16);
		vnft_frame_put16(l4 + 6, seq);
		vnft_frame_put16(l4 + 16, vnft_frame_fold(f->sum + sport + dport + (seq >> 16) +
							  (seq & 0xffff)));
		return;
	}
	vnft_frame_put16(l4 + 4, sport);
	vnft_frame_put16(l4 + 6, seq);
	vnft_frame_put16(l4 + 2, vnft_frame_fold(f->sum + sport + (seq & 0xffff)));
}

/**
 * vnft_frame_read() - the inverse of vnft_frame_number()
 * @like: some frame of the stimulus
 * @bytes: @f's len_bytes of them
 *
 * Return: 1 if they could be a frame of the stimulus, and then what it was told; checksum and
 * payload are not looked at.
 */
VNFT_INLINE int vnft_frame_read(const struct vnft_frame_form *f, const __u8 *like,
				const __u8 *bytes, __u16 *sport, __u16 *dport, __u32 *seq)
{
	const __u8 *l4 = bytes + f->l4_bytes, *ours = like + f->l4_bytes;

	if (__builtin_memcmp(bytes, like, f->l4_bytes))
		return 0;
	if (f->kind == VNFT_PROBE_KIND_SYN) {
		*sport = vnft_frame_get16(l4);
		*dport = vnft_frame_get16(l4 + 2);
		*seq = (__u32)vnft_frame_get16(l4 + 4) << 16 | vnft_frame_get16(l4 + 6);
		/* Acknowledgment, flags, window. */
		return !__builtin_memcmp(l4 + 8, ours + 8, 8);
	}
	*sport = vnft_frame_get16(l4 + 4);
	*dport = *sport;
	*seq = vnft_frame_get16(l4 + 6);
	return l4[0] == ours[0] && l4[1] == ours[1];
}

#endif
