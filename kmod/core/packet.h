/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bytes to struct vnft_packet: Ethernet, 802.1Q and QinQ, PPPoE, ARP, IPv4 with options, IPv6 with
 * extension headers, TCP with its timestamp option, UDP, ICMP and ICMPv6 echo. MPLS is left alone:
 * its labels do not say what they carry. The file is long because this is one walk through a frame,
 * compiled into three programs: cut in two, the halves would call each other.
 *
 * Bytes come through an accessor, because headers may lie in an skb's fragments. VLAN tags
 * usually sit in the skb's metadata: the caller puts them into struct vnft_frame. Checksums
 * are not verified: on these devices most are still to be computed.
 */
#ifndef VNFT_CORE_PACKET_H
#define VNFT_CORE_PACKET_H

#include "env.h"

#define VNFT_ETH_BYTES		14
#define VNFT_TAG_BYTES		4
#define VNFT_MAX_TAGS		2
#define VNFT_MAX_EXT_HEADERS	6
#define VNFT_MAX_EXT_BYTES	256
#define VNFT_MAX_TCP_OPTIONS	40

#define VNFT_ETH_P_IPV4		0x0800
#define VNFT_ETH_P_ARP		0x0806
#define VNFT_ETH_P_IPV6		0x86dd
#define VNFT_ETH_P_8021Q	0x8100
#define VNFT_ETH_P_8021AD	0x88a8
#define VNFT_ETH_P_OLD_QINQ	0x9100	/* before 802.1ad had a number */
#define VNFT_ETH_P_PPPOE	0x8864	/* its sessions */

#define VNFT_PPP_IPV4		0x0021
#define VNFT_PPP_IPV6		0x0057

#define VNFT_PROTO_ICMP		1
#define VNFT_PROTO_TCP		6
#define VNFT_PROTO_UDP		17
#define VNFT_PROTO_ICMPV6	58

#define VNFT_TCP_FIN		0x01
#define VNFT_TCP_SYN		0x02
#define VNFT_TCP_RST		0x04
#define VNFT_TCP_ACK		0x10

/**
 * typedef vnft_load_fn - copy bytes of a frame
 * @frame: whatever the surroundings call a frame (skb, context, buffer)
 * @offset: from the first byte of the link header
 *
 * Return: 0, or anything else if the frame has no such bytes.
 */
typedef int (*vnft_load_fn)(const void *frame, __u32 offset, void *to, __u32 bytes);

/**
 * struct vnft_frame - what is known of a frame beside its bytes
 * @len_bytes: whole frame with its link header
 * @l2_bytes: VNFT_ETH_BYTES, or 0 for a device without link header (tun)
 * @ethertype: host order; used when @l2_bytes is 0
 * @vlan_tci: tag in the metadata, valid if @vlan is set
 * @gso_size_bytes: 0 for an ordinary frame
 */
struct vnft_frame {
	__u32 len_bytes;
	__u16 l2_bytes;
	__u16 ethertype;
	__u16 vlan_tci;
	__u16 vlan;
	__u32 gso_size_bytes;
};

union vnft_addr {
	__u8 b[16];
	__u32 w[4];
	__u64 d[2];
};

/**
 * enum vnft_verdict - what the parser thinks of a frame
 * @VNFT_VERDICT_TRUNCATED: headers end early (also in a fragment too small for them), or are
 *                          more than the limits above
 * @VNFT_VERDICT_MALFORMED: its own lengths contradict each other; class is OTHER
 */
enum vnft_verdict {
	VNFT_VERDICT_OK		= 0,
	VNFT_VERDICT_TRUNCATED	= 1,
	VNFT_VERDICT_MALFORMED	= 2,
};

/**
 * struct vnft_packet - a parsed frame, numbers in host order
 * @src: source address, IPv4 as ::ffff:a.b.c.d; ARP: the sender's
 * @sport: source port; ICMP echo: the id, in both ports
 * @seq: TCP sequence number; ICMP echo: id << 16 | sequence number
 * @payload_bytes: TCP or UDP payload by the IP length, a GSO frame's by the frame length
 * @options_offset: of the TCP options, with @options_bytes of them (0 to 40)
 * @ethertype: behind tags and PPPoE
 * @segments: frames on the wire that this one becomes, see vnft_packet_set_segments()
 * @flags: VNFT_RF_*
 * @class: enum vnft_class
 */
struct vnft_packet {
	union vnft_addr src;
	union vnft_addr dst;
	__u32 seq;
	__u32 ack;
	__u32 tsval;
	__u32 tsecr;
	__u32 payload_bytes;
	__u32 segments;
	__u32 options_offset;
	__u16 options_bytes;
	__u16 ethertype;
	__u16 sport;
	__u16 dport;
	__u16 vlan_tci;
	__u16 ip_id;
	__u8 ttl;
	__u8 proto;
	__u8 tcp_flags;
	__u8 flags;
	__u8 class;
	__u8 reserved[3];
};

struct vnft_wire_ipv4 {
	__u8 version_ihl;
	__u8 tos;
	__u16 total_bytes;
	__u16 id;
	__u16 fragment;
	__u8 ttl;
	__u8 proto;
	__u16 checksum;
	__u32 src;
	__u32 dst;
};

struct vnft_wire_ipv6 {
	__u32 version;
	__u16 payload_bytes;
	__u8 next;
	__u8 hops;
	__u32 src[4];
	__u32 dst[4];
};

struct vnft_wire_tcp {
	__u16 sport;
	__u16 dport;
	__u32 seq;
	__u32 ack;
	__u8 offset;
	__u8 flags;
	__u16 window;
	__u16 checksum;
	__u16 urgent;
};

struct vnft_wire_udp {
	__u16 sport;
	__u16 dport;
	__u16 bytes;
	__u16 checksum;
};

struct vnft_wire_icmp {
	__u8 type;
	__u8 code;
	__u16 checksum;
	__u16 id;
	__u16 seq;
};

struct vnft_wire_pppoe {
	__u8 version_type;
	__u8 code;
	__u16 session;
	__u16 bytes;
	__u16 proto;
};

struct vnft_wire_arp {
	__u16 hardware;
	__u16 protocol;
	__u8 hardware_bytes;
	__u8 protocol_bytes;
	__u16 operation;
	__u8 sender_mac[6];
	__u8 sender[4];
	__u8 target_mac[6];
	__u8 target[4];
};

VNFT_INLINE void vnft_addr_set_ipv4(union vnft_addr *a, __u32 wire)
{
	a->d[0] = 0;
	a->w[2] = 0xffff0000;	/* bytes 00 00 ff ff */
	a->w[3] = wire;
}

/* @bytes: an address as on the wire, 4 or 16 (@n) of them. */
VNFT_INLINE void vnft_addr_set(union vnft_addr *a, const __u8 *bytes, __u32 n)
{
	__u32 wire;

	if (n == sizeof(a->b)) {
		__builtin_memcpy(a->b, bytes, sizeof(a->b));
		return;
	}
	__builtin_memcpy(&wire, bytes, sizeof(wire));
	vnft_addr_set_ipv4(a, wire);
}

/**
 * vnft_packet_from_b() - does the packet travel from the canonically larger end?
 *
 * Ends are compared as address, then port.
 */
VNFT_INLINE __u8 vnft_packet_from_b(const struct vnft_packet *p)
{
	__u64 s, d;

	s = __builtin_bswap64(p->src.d[0]);
	d = __builtin_bswap64(p->dst.d[0]);
	if (s != d)
		return s > d;
	s = __builtin_bswap64(p->src.d[1]);
	d = __builtin_bswap64(p->dst.d[1]);
	if (s != d)
		return s > d;
	return p->sport > p->dport;
}

/* A header that its packet has no room for: cut off by fragmentation, or a contradiction. */
VNFT_INLINE int vnft_no_room(const struct vnft_packet *p)
{
	return p->flags & VNFT_RF_FRAGMENT ? VNFT_VERDICT_TRUNCATED : VNFT_VERDICT_MALFORMED;
}

VNFT_INLINE int vnft_parse_tcp(struct vnft_packet *p, const struct vnft_frame *f, const void *frame,
			       vnft_load_fn load, __u32 offset, __u32 l4_bytes)
{
	struct vnft_wire_tcp tcp;
	__u32 header_bytes;

	if (l4_bytes < sizeof(tcp))	/* first: what follows may be padding */
		return vnft_no_room(p);
	if (load(frame, offset, &tcp, sizeof(tcp)))
		return VNFT_VERDICT_TRUNCATED;
	header_bytes = (tcp.offset >> 4) * 4u;
	if (header_bytes < sizeof(tcp))
		return VNFT_VERDICT_MALFORMED;
	if (header_bytes > l4_bytes)
		return vnft_no_room(p);
	p->sport = vnft_be16(tcp.sport);
	p->dport = vnft_be16(tcp.dport);
	p->seq = vnft_be32(tcp.seq);
	p->ack = vnft_be32(tcp.ack);
	p->tcp_flags = tcp.flags;
	p->payload_bytes = l4_bytes - header_bytes;
	p->options_offset = offset + sizeof(tcp);
	p->options_bytes = (__u16)(header_bytes - sizeof(tcp));
	if (f->gso_size_bytes && p->payload_bytes)
		p->segments = (p->payload_bytes - 1) / f->gso_size_bytes + 1;
	if (tcp.flags & VNFT_TCP_RST)
		p->class = VNFT_CLASS_RST;
	else if (!(tcp.flags & VNFT_TCP_SYN))
		p->class = VNFT_CLASS_TCP;
	else if (tcp.flags & VNFT_TCP_ACK)
		p->class = VNFT_CLASS_SYNACK;
	else
		p->class = VNFT_CLASS_SYN;
	return VNFT_VERDICT_OK;
}

VNFT_INLINE int vnft_parse_udp(struct vnft_packet *p, const struct vnft_frame *f, const void *frame,
			       vnft_load_fn load, __u32 offset, __u32 l4_bytes)
{
	struct vnft_wire_udp udp;
	__u32 bytes;

	if (l4_bytes < sizeof(udp))
		return vnft_no_room(p);
	if (load(frame, offset, &udp, sizeof(udp)))
		return VNFT_VERDICT_TRUNCATED;
	bytes = vnft_be16(udp.bytes);
	/* A GSO datagram's own length is the first segment's or the whole: the frame knows. */
	if (f->gso_size_bytes || (p->flags & VNFT_RF_FRAGMENT))
		bytes = l4_bytes;
	if (bytes < sizeof(udp) || bytes > l4_bytes)
		return VNFT_VERDICT_MALFORMED;
	p->sport = vnft_be16(udp.sport);
	p->dport = vnft_be16(udp.dport);
	p->payload_bytes = bytes - (__u32)sizeof(udp);
	if (f->gso_size_bytes && p->payload_bytes)
		p->segments = (p->payload_bytes - 1) / f->gso_size_bytes + 1;
	p->class = VNFT_CLASS_UDP;
	return VNFT_VERDICT_OK;
}

VNFT_INLINE int vnft_parse_icmp(struct vnft_packet *p, const void *frame, vnft_load_fn load,
				__u32 offset, __u32 l4_bytes)
{
	__u8 request = p->proto == VNFT_PROTO_ICMP ? 8 : 128;
	__u8 reply = p->proto == VNFT_PROTO_ICMP ? 0 : 129;
	struct vnft_wire_icmp icmp;

	if (l4_bytes < sizeof(icmp))
		return vnft_no_room(p);
	if (load(frame, offset, &icmp, sizeof(icmp)))
		return VNFT_VERDICT_TRUNCATED;
	if (icmp.code || (icmp.type != request && icmp.type != reply))
		return VNFT_VERDICT_OK;
	p->class = icmp.type == request ? VNFT_CLASS_ECHO_REQUEST : VNFT_CLASS_ECHO_REPLY;
	p->sport = vnft_be16(icmp.id);
	p->dport = p->sport;
	p->seq = (__u32)p->sport << 16 | vnft_be16(icmp.seq);
	return VNFT_VERDICT_OK;
}

VNFT_INLINE int vnft_parse_l4(struct vnft_packet *p, const struct vnft_frame *f, const void *frame,
			      vnft_load_fn load, __u32 offset, __u32 l4_bytes)
{
	if (p->proto == VNFT_PROTO_TCP)
		return vnft_parse_tcp(p, f, frame, load, offset, l4_bytes);
	if (p->proto == VNFT_PROTO_UDP)
		return vnft_parse_udp(p, f, frame, load, offset, l4_bytes);
	if (p->proto == (p->ethertype == VNFT_ETH_P_IPV4 ? VNFT_PROTO_ICMP : VNFT_PROTO_ICMPV6))
		return vnft_parse_icmp(p, frame, load, offset, l4_bytes);
	return VNFT_VERDICT_OK;
}

/*
 * Who compiles this may define functions of its own for these calls. BPF does: without a function
 * that is not inlined, its verifier would walk every way up to the call times every way behind it.
 */
#ifndef VNFT_PARSE_L4
#define VNFT_PARSE_L4 vnft_parse_l4
#endif
#ifndef VNFT_PARSE_IPV6
#define VNFT_PARSE_IPV6 vnft_parse_ipv6
#endif

VNFT_INLINE int vnft_parse_ipv4(struct vnft_packet *p, const struct vnft_frame *f,
				const void *frame, vnft_load_fn load, __u32 offset)
{
	__u32 header_bytes, total_bytes, rest_bytes = f->len_bytes - offset;
	struct vnft_wire_ipv4 ip;
	__u16 fragment;

	if (load(frame, offset, &ip, sizeof(ip)))
		return VNFT_VERDICT_TRUNCATED;
	header_bytes = (ip.version_ihl & 0xf) * 4u;
	total_bytes = f->gso_size_bytes ? rest_bytes : vnft_be16(ip.total_bytes);
	if (ip.version_ihl >> 4 != 4 || header_bytes < sizeof(ip) || total_bytes < header_bytes ||
	    total_bytes > rest_bytes)
		return VNFT_VERDICT_MALFORMED;
	vnft_addr_set_ipv4(&p->src, ip.src);
	vnft_addr_set_ipv4(&p->dst, ip.dst);
	p->ip_id = vnft_be16(ip.id);
	p->ttl = ip.ttl;
	p->proto = ip.proto;
	fragment = vnft_be16(ip.fragment);
	if (fragment & 0x4000)
		p->flags |= VNFT_RF_DF;
	if (fragment & 0x3fff)
		p->flags |= VNFT_RF_FRAGMENT;
	if (fragment & 0x1fff)	/* not the first fragment: what follows is no header */
		return VNFT_VERDICT_OK;
	return VNFT_PARSE_L4(p, f, frame, load, offset + header_bytes, total_bytes - header_bytes);
}

VNFT_INLINE int vnft_is_ext_header(__u8 proto)
{
	const __u64 below_64 = 1ULL | 1ULL << 43 | 1ULL << 44 | 1ULL << 51 | 1ULL << 60;

	/* As a bit set: a BPF verifier walks every case of a switch. */
	if (proto < 64)
		return (int)(below_64 >> proto & 1);
	return proto == 135 || proto == 139 || proto == 140;
}

VNFT_INLINE int vnft_parse_ipv6(struct vnft_packet *p, const struct vnft_frame *f,
				const void *frame, vnft_load_fn load, __u32 offset)
{
	__u32 end_bytes, ext_bytes = 0, i;
	struct vnft_wire_ipv6 ip;
	__u16 fragment = 0;
	__u8 ext[4];

	if (load(frame, offset, &ip, sizeof(ip)))
		return VNFT_VERDICT_TRUNCATED;
	offset += sizeof(ip);
	end_bytes = f->gso_size_bytes ? f->len_bytes - offset : vnft_be16(ip.payload_bytes);
	if ((ip.version & 0xf0) != 0x60 || offset > f->len_bytes ||
	    end_bytes > f->len_bytes - offset)
		return VNFT_VERDICT_MALFORMED;
	for (i = 0; i < 4; i++) {
		p->src.w[i] = ip.src[i];
		p->dst.w[i] = ip.dst[i];
	}
	p->flags |= VNFT_RF_IPV6;
	p->ttl = ip.hops;
	p->proto = ip.next;
	for (i = 0; i < VNFT_MAX_EXT_HEADERS; i++) {
		if (!vnft_is_ext_header(p->proto))
			break;
		if (ext_bytes + 8 > end_bytes)
			return vnft_no_room(p);
		if (load(frame, offset + ext_bytes, ext, sizeof(ext)))
			return VNFT_VERDICT_TRUNCATED;
		if (p->proto == 44) {
			ext_bytes += 8;
			fragment = (__u16)(ext[2] << 8 | ext[3]);
			if (fragment & 0xfff9)
				p->flags |= VNFT_RF_FRAGMENT;
		} else {
			ext_bytes += 8 + ext[1] * (p->proto == 51 ? 4u : 8u);
		}
		p->proto = ext[0];
		if (ext_bytes > end_bytes)
			return vnft_no_room(p);
		if (ext_bytes > VNFT_MAX_EXT_BYTES)
			return VNFT_VERDICT_TRUNCATED;
		if (fragment & 0xfff8)	/* not the first fragment: what follows is no header */
			return VNFT_VERDICT_OK;
	}
	if (vnft_is_ext_header(p->proto))
		return VNFT_VERDICT_TRUNCATED;
	return VNFT_PARSE_L4(p, f, frame, load, offset + ext_bytes, end_bytes - ext_bytes);
}

VNFT_INLINE int vnft_parse_arp(struct vnft_packet *p, const void *frame, vnft_load_fn load,
			       __u32 offset)
{
	struct vnft_wire_arp arp;
	__u32 addr;

	if (load(frame, offset, &arp, sizeof(arp)))
		return VNFT_VERDICT_TRUNCATED;
	if (vnft_be16(arp.hardware) != 1 || vnft_be16(arp.protocol) != VNFT_ETH_P_IPV4 ||
	    arp.hardware_bytes != 6 || arp.protocol_bytes != 4)
		return VNFT_VERDICT_OK;
	__builtin_memcpy(&addr, arp.sender, sizeof(addr));
	vnft_addr_set_ipv4(&p->src, addr);
	__builtin_memcpy(&addr, arp.target, sizeof(addr));
	vnft_addr_set_ipv4(&p->dst, addr);
	if (vnft_be16(arp.operation) == 1)
		p->class = VNFT_CLASS_ARP_REQUEST;
	else if (vnft_be16(arp.operation) == 2)
		p->class = VNFT_CLASS_ARP_REPLY;
	return VNFT_VERDICT_OK;
}

VNFT_INLINE int vnft_is_tag(__u16 type)
{
	/* The first bit tells IPv4 and ARP from all of them. */
	return type & 0x8000 && (type == VNFT_ETH_P_8021Q || type == VNFT_ETH_P_8021AD ||
				 type == VNFT_ETH_P_OLD_QINQ);
}

/* @type, @offset: of what it carries, if that is IP; else they stay. */
VNFT_INLINE int vnft_parse_pppoe(const struct vnft_frame *f, const void *frame, vnft_load_fn load,
				 __u16 *type, __u32 *offset)
{
	const __u32 head_bytes = sizeof(struct vnft_wire_pppoe);
	struct vnft_wire_pppoe ppp;
	__u32 ip_bytes;
	__u16 bytes;
	int ipv6;

	if (load(frame, *offset, &ppp, sizeof(ppp)))
		return VNFT_VERDICT_TRUNCATED;
	ipv6 = vnft_be16(ppp.proto) == VNFT_PPP_IPV6;
	if (ppp.version_type != 0x11 || ppp.code ||
	    (!ipv6 && vnft_be16(ppp.proto) != VNFT_PPP_IPV4))
		return VNFT_VERDICT_OK;
	if (load(frame, *offset + head_bytes + (ipv6 ? 4 : 2), &bytes, sizeof(bytes)))
		return VNFT_VERDICT_TRUNCATED;
	ip_bytes = vnft_be16(bytes) + (ipv6 ? (__u32)sizeof(struct vnft_wire_ipv6) : 0);
	/* Its length counts from the PPP protocol on; those of a GSO frame are one segment's. */
	if (!f->gso_size_bytes &&
	    (*offset + head_bytes - sizeof(ppp.proto) + vnft_be16(ppp.bytes) > f->len_bytes ||
	     ip_bytes + sizeof(ppp.proto) > vnft_be16(ppp.bytes)))
		return VNFT_VERDICT_MALFORMED;
	*type = ipv6 ? VNFT_ETH_P_IPV6 : VNFT_ETH_P_IPV4;
	*offset += head_bytes;
	return VNFT_VERDICT_OK;
}

/**
 * vnft_packet_parse() - headers of a frame, without TCP options
 * @p: result; all zero where the frame has nothing to say
 * @f: what is known beside the bytes
 * @frame: handed to @load
 *
 * Return: enum vnft_verdict. Unless it is OK, @p's class is VNFT_CLASS_OTHER and its
 * addresses may be set.
 */
VNFT_INLINE int vnft_packet_parse(struct vnft_packet *p, const struct vnft_frame *f,
				  const void *frame, vnft_load_fn load)
{
	__u32 offset = f->l2_bytes, i;
	__u16 type, tag[2];
	int verdict;

	__builtin_memset(p, 0, sizeof(*p));
	p->segments = 1;
	type = f->ethertype;
	if (f->l2_bytes) {
		if (load(frame, VNFT_ETH_BYTES - 2, &type, sizeof(type)))
			return VNFT_VERDICT_TRUNCATED;
		type = vnft_be16(type);
	}
	if (f->vlan)
		p->vlan_tci = f->vlan_tci;
	for (i = 0; i < VNFT_MAX_TAGS; i++) {
		if (!vnft_is_tag(type))
			break;
		if (load(frame, offset, tag, sizeof(tag)))
			return VNFT_VERDICT_TRUNCATED;
		if (!i && !f->vlan)
			p->vlan_tci = vnft_be16(tag[0]);
		type = vnft_be16(tag[1]);
		offset += sizeof(tag);
	}
	if (type == VNFT_ETH_P_PPPOE) {
		verdict = vnft_parse_pppoe(f, frame, load, &type, &offset);
		if (verdict)
			return verdict;
	}
	p->ethertype = type;
	if (offset > f->len_bytes || vnft_is_tag(type))
		return VNFT_VERDICT_TRUNCATED;
	if (type == VNFT_ETH_P_IPV4)
		return vnft_parse_ipv4(p, f, frame, load, offset);
	if (type == VNFT_ETH_P_IPV6)
		return VNFT_PARSE_IPV6(p, f, frame, load, offset);
	if (type == VNFT_ETH_P_ARP)
		return vnft_parse_arp(p, frame, load, offset);
	return VNFT_VERDICT_OK;
}

/**
 * vnft_packet_set_segments() - what the stack says of a GSO frame
 * @p: parsed; of TCP and UDP its segments are those of its payload so far
 * @gso_segs: 0 where the stack does not know, which is so for frames that come from a guest
 *
 * Where TCP is the outermost, its payload tells it. UDP may be a tunnel, which is cut by the
 * payload of the packet in it.
 */
VNFT_INLINE void vnft_packet_set_segments(struct vnft_packet *p, __u32 gso_segs)
{
	if (gso_segs && !(p->proto == VNFT_PROTO_TCP && p->payload_bytes))
		p->segments = gso_segs;
}

/**
 * vnft_packet_wire_bytes() - length of a frame as it is counted and recorded
 * @len_bytes: of the bytes that the stack has of it
 * @vlan: a tag is kept in the metadata
 *
 * A tag may sit in either place at one hook and the next, and belongs to the frame in both.
 */
VNFT_INLINE __u32 vnft_packet_wire_bytes(__u32 len_bytes, int vlan)
{
	return len_bytes + (vlan ? VNFT_TAG_BYTES : 0);
}

/**
 * vnft_tcp_option() - one TCP option
 * @at: from the first option byte, below @p's options_bytes
 *
 * Sets tsval, tsecr and VNFT_RF_TIMESTAMP if it is the timestamp, and whole.
 *
 * Return: where the next option is, or -1 when there is none to look at.
 */
VNFT_INLINE int vnft_tcp_option(struct vnft_packet *p, const void *frame, vnft_load_fn load,
				__u32 at)
{
	const __u32 left_bytes = p->options_bytes - at;
	__u8 option[2] = { 0 };
	__u32 ts[2];

	/* Kind and length in one load; an option of one byte may be the last. */
	if (left_bytes > 1 ? load(frame, p->options_offset + at, option, 2) :
			     load(frame, p->options_offset + at, option, 1))
		return -1;
	if (option[0] == 1)
		return (int)at + 1;
	if (option[0] == 0 || option[1] < 2 || left_bytes < 2)
		return -1;
	if (option[0] != 8)
		return (int)(at + option[1]);
	if (option[1] != 10 || left_bytes < 10 ||
	    load(frame, p->options_offset + at + 2, ts, sizeof(ts)))
		return -1;
	p->tsval = vnft_be32(ts[0]);
	p->tsecr = vnft_be32(ts[1]);
	p->flags |= VNFT_RF_TIMESTAMP;
	return -1;
}

#ifndef VNFT_TCP_OPTION
#define VNFT_TCP_OPTION vnft_tcp_option
#endif

/**
 * vnft_packet_parse_timestamp() - TCP timestamp option of a parsed packet
 *
 * Sets tsval, tsecr and VNFT_RF_TIMESTAMP if the option is there and whole. Apart from
 * vnft_packet_parse(), because only recorded segments need it.
 */
VNFT_INLINE void vnft_packet_parse_timestamp(struct vnft_packet *p, const void *frame,
					     vnft_load_fn load)
{
	__u32 i, ts[3];
	int at = 0;

	/* Nearly every segment has NOP NOP TIMESTAMP and nothing else: one load, no walk. */
	if (p->class == VNFT_CLASS_TCP && p->options_bytes >= sizeof(ts) &&
	    !load(frame, p->options_offset, ts, sizeof(ts)) && ts[0] == 0x0a080101) {
		p->tsval = vnft_be32(ts[1]);
		p->tsecr = vnft_be32(ts[2]);
		p->flags |= VNFT_RF_TIMESTAMP;
		return;
	}
	for (i = 0; i < VNFT_MAX_TCP_OPTIONS; i++) {
		if (at < 0 || at >= p->options_bytes)
			return;
		at = VNFT_TCP_OPTION(p, frame, load, (__u32)at);
	}
}

#endif
