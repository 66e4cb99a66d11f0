// SPDX-License-Identifier: GPL-2.0
/*
 * Frames of the generator, byte for byte those of the stimulus from userspace
 * (tools/load/frame.c): SYN and echo request, IPv4 and IPv6, with checksums that hold.
 *
 * All of a generator's frames differ in ports and number alone. The sum over everything else is
 * taken once, so that a packet costs a copy and four additions.
 */
#include "compat.h"

#include "prober.h"

#define VNFT_PROBE_TTL		64
#define VNFT_PROBE_WINDOW	64240

static u32 vnft_sum(u32 sum, const u8 *bytes, u32 n)
{
	for (; n > 1; n -= 2, bytes += 2)
		sum += get_unaligned_be16(bytes);
	return n ? sum + (bytes[0] << 8) : sum;
}

static u16 vnft_sum_fold(u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static u8 vnft_probe_proto(const struct vnft_probe_setup *how)
{
	if (how->kind == VNFT_PROBE_KIND_SYN)
		return VNFT_PROTO_TCP;
	return how->addr_bytes == 16 ? VNFT_PROTO_ICMPV6 : VNFT_PROTO_ICMP;
}

static void vnft_put_ipv4(u8 *ip, const struct vnft_probe_setup *how, u16 l4_bytes)
{
	ip[0] = 0x45;
	put_unaligned_be16(sizeof(struct vnft_wire_ipv4) + l4_bytes, ip + 2);
	put_unaligned_be16(0x4000, ip + 6);	/* DF; the id stays 0 */
	ip[8] = VNFT_PROBE_TTL;
	ip[9] = vnft_probe_proto(how);
	memcpy(ip + 12, how->src, 4);
	memcpy(ip + 16, how->dst, 4);
	put_unaligned_be16(vnft_sum_fold(vnft_sum(0, ip, sizeof(struct vnft_wire_ipv4))), ip + 10);
}

static void vnft_put_ipv6(u8 *ip, const struct vnft_probe_setup *how, u16 l4_bytes)
{
	ip[0] = 0x60;
	put_unaligned_be16(l4_bytes, ip + 4);
	ip[6] = vnft_probe_proto(how);
	ip[7] = VNFT_PROBE_TTL;
	memcpy(ip + 8, how->src, 16);
	memcpy(ip + 24, how->dst, 16);
}

static void vnft_put_l4(struct vnft_probe_frame *f, const struct vnft_probe_setup *how)
{
	u8 *l4 = f->frame + f->l4_bytes;
	u32 i;

	if (f->kind == VNFT_PROBE_KIND_SYN) {
		l4[12] = (sizeof(struct vnft_wire_tcp) / 4) << 4;
		l4[13] = VNFT_TCP_SYN;
		put_unaligned_be16(VNFT_PROBE_WINDOW, l4 + 14);
		return;
	}
	l4[0] = f->ipv6 ? 128 : 8;
	for (i = 0; i < how->echo_bytes; i++)
		l4[sizeof(struct vnft_wire_icmp) + i] = i;
}

void vnft_probe_frame_init(struct vnft_probe_frame *f, const struct vnft_probe_setup *how)
{
	u16 l4_bytes = how->kind == VNFT_PROBE_KIND_SYN ?
		       sizeof(struct vnft_wire_tcp) :
		       sizeof(struct vnft_wire_icmp) + how->echo_bytes;

	memset(f, 0, sizeof(*f));
	f->kind = how->kind;
	f->ipv6 = how->addr_bytes == 16;
	f->l4_bytes = VNFT_ETH_BYTES + (f->ipv6 ? sizeof(struct vnft_wire_ipv6) :
						  sizeof(struct vnft_wire_ipv4));
	f->bytes = f->l4_bytes + l4_bytes;
	memcpy(f->frame, how->dst_mac, 6);
	memcpy(f->frame + 6, how->src_mac, 6);
	put_unaligned_be16(f->ipv6 ? VNFT_ETH_P_IPV6 : VNFT_ETH_P_IPV4, f->frame + 12);
	if (f->ipv6)
		vnft_put_ipv6(f->frame + VNFT_ETH_BYTES, how, l4_bytes);
	else
		vnft_put_ipv4(f->frame + VNFT_ETH_BYTES, how, l4_bytes);
	vnft_put_l4(f, how);
	f->sum = vnft_sum(0, f->frame + f->l4_bytes, l4_bytes);
	if (f->kind == VNFT_PROBE_KIND_SYN || f->ipv6) {	/* ICMP has no pseudo header */
		f->sum = vnft_sum(f->sum, how->src, how->addr_bytes);
		f->sum = vnft_sum(f->sum, how->dst, how->addr_bytes);
		f->sum += vnft_probe_proto(how) + l4_bytes;
	}
}

void vnft_probe_frame_write(const struct vnft_probe_frame *f, void *to, u16 sport, u16 dport,
			    u32 seq)
{
	u8 *l4 = to + f->l4_bytes;

	memcpy(to, f->frame, f->bytes);
	if (f->kind == VNFT_PROBE_KIND_SYN) {
		put_unaligned_be16(sport, l4);
		put_unaligned_be16(dport, l4 + 2);
		put_unaligned_be32(seq, l4 + 4);
		put_unaligned_be16(vnft_sum_fold(f->sum + sport + dport + (seq >> 16) +
						 (seq & 0xffff)), l4 + 16);
		return;
	}
	put_unaligned_be16(sport, l4 + 4);
	put_unaligned_be16(seq, l4 + 6);
	put_unaligned_be16(vnft_sum_fold(f->sum + sport + (seq & 0xffff)), l4 + 2);
}

bool vnft_probe_frame_read(const struct vnft_probe_frame *f, const void *from, u16 *sport,
			   u16 *dport, u32 *seq)
{
	const u8 *l4 = from + f->l4_bytes, *ours = f->frame + f->l4_bytes;

	if (memcmp(from, f->frame, f->l4_bytes))
		return false;
	if (f->kind == VNFT_PROBE_KIND_SYN) {
		*sport = get_unaligned_be16(l4);
		*dport = get_unaligned_be16(l4 + 2);
		*seq = get_unaligned_be32(l4 + 4);
		return !memcmp(l4 + 8, ours + 8, 8);	/* acknowledgment, flags, window */
	}
	*sport = get_unaligned_be16(l4 + 4);
	*dport = *sport;
	*seq = get_unaligned_be16(l4 + 6);
	return l4[0] == ours[0] && l4[1] == ours[1];
}
