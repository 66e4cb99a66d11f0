/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A frame's headers from its record.
 */
#include "pcapng_frame.h"

#include <string.h>

#include "../../../kmod/core/packet.h"

#define IPV4_BYTES	((uint32_t)sizeof(struct vnft_wire_ipv4))
#define IPV6_BYTES	((uint32_t)sizeof(struct vnft_wire_ipv6))
#define TCP_BYTES	((uint32_t)sizeof(struct vnft_wire_tcp))
#define UDP_BYTES	((uint32_t)sizeof(struct vnft_wire_udp))
#define ICMP_BYTES	((uint32_t)sizeof(struct vnft_wire_icmp))
#define STAMPS_BYTES	12u	/* NOP NOP and the time stamps: the usual way to write them */
#define TCP_MAX_BYTES	60u
#define FILLED_TTL	64
#define FILLED_WINDOW	0xffff

/**
 * struct frame_ends - who sends to whom
 * @ipv4: the last four bytes of each are its address
 */
struct frame_ends {
	uint8_t src[16], dst[16];
	uint16_t sport, dport;
	bool ipv4;
};

static void put(struct vnft_rebuilt *f, const void *data, uint32_t bytes)
{
	memcpy(f->b + f->n, data, bytes);
	f->n += bytes;
}

static void put8(struct vnft_rebuilt *f, uint32_t v)
{
	const uint8_t byte = (uint8_t)v;

	put(f, &byte, 1);
}

static void put16(struct vnft_rebuilt *f, uint32_t v)
{
	put8(f, v >> 8);
	put8(f, v);
}

static void put32(struct vnft_rebuilt *f, uint32_t v)
{
	put16(f, v >> 16);
	put16(f, v);
}

static uint32_t sum_of(const uint8_t *at, uint32_t bytes, uint32_t sum)
{
	uint32_t i;

	for (i = 0; i < bytes; i++)
		sum += i % 2 ? at[i] : (uint32_t)at[i] << 8;
	return sum;
}

/* The Internet checksum at @at. */
static void close_sum(uint8_t *at, uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	at[0] = (uint8_t)(~sum >> 8);
	at[1] = (uint8_t)~sum;
}

/*
 * An address of IPv4 that --anonymize has hashed is one again: 28 bits of it in 240.0.0.0/4, where
 * nobody lives.
 */
static bool to_ipv4(uint8_t addr[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t hashed[8] = { 0xfd, 0, 0, 4 };

	if (!memcmp(addr, mapped, sizeof(mapped)))
		return true;
	if (!vnft_records_anonymized() || memcmp(addr, hashed, sizeof(hashed)))
		return false;
	addr[12] |= 0xf0;
	return true;
}

static void find_ends(const struct vnft_flow *flow, bool from_b, struct frame_ends *e)
{
	uint8_t src[16], dst[16];
	bool ipv4;

	memcpy(e->src, from_b ? flow->addr_b : flow->addr_a, 16);
	memcpy(e->dst, from_b ? flow->addr_a : flow->addr_b, 16);
	memcpy(src, e->src, 16);
	memcpy(dst, e->dst, 16);
	ipv4 = to_ipv4(src);
	e->ipv4 = to_ipv4(dst) && ipv4;
	if (e->ipv4) {
		memcpy(e->src, src, 16);
		memcpy(e->dst, dst, 16);
	}
	e->sport = from_b ? flow->port_b : flow->port_a;
	e->dport = from_b ? flow->port_a : flow->port_b;
}

static void put_link(struct vnft_rebuilt *f, bool ethernet, uint16_t vlan_tci, uint32_t ethertype)
{
	static const uint8_t no_macs[12];

	if (!ethernet)
		return;
	put(f, no_macs, sizeof(no_macs));
	if (vlan_tci) {
		put16(f, VNFT_ETH_P_8021Q);
		put16(f, vlan_tci);
	}
	put16(f, ethertype);
}

static void put_arp(struct vnft_rebuilt *f, const struct frame_ends *e, bool request)
{
	static const uint8_t no_mac[6];

	put16(f, 1);
	put16(f, VNFT_ETH_P_IPV4);
	put8(f, sizeof(no_mac));
	put8(f, 4);
	put16(f, request ? 1 : 2);
	put(f, no_mac, sizeof(no_mac));
	put(f, e->src + 12, 4);
	put(f, no_mac, sizeof(no_mac));
	put(f, e->dst + 12, 4);
}

/* @l4_bytes: behind the header; what a field of 16 bits cannot say is 0, as of a GSO frame. */
static void put_ipv4(struct vnft_rebuilt *f, const struct frame_ends *e, uint8_t proto,
		     uint32_t l4_bytes, const struct vnft_record *r)
{
	const bool packet = r->kind == VNFT_KIND_PACKET;
	const uint32_t total = IPV4_BYTES + l4_bytes, at = f->n;

	put8(f, 0x45);
	put8(f, 0);
	put16(f, total > UINT16_MAX ? 0 : total);
	put16(f, packet ? r->packet.ip_id : 0);
	put16(f, (r->flags & VNFT_RF_DF ? 0x4000u : 0) |
		 (r->flags & VNFT_RF_FRAGMENT ? 0x2000u : 0));
	put8(f, packet ? r->packet.ttl : FILLED_TTL);
	put8(f, proto);
	put16(f, 0);
	put(f, e->src + 12, 4);
	put(f, e->dst + 12, 4);
	close_sum(f->b + at + 10, sum_of(f->b + at, IPV4_BYTES, 0));
}

static void put_ipv6(struct vnft_rebuilt *f, const struct frame_ends *e, uint8_t proto,
		     uint32_t l4_bytes, const struct vnft_record *r)
{
	put32(f, 6u << 28);
	put16(f, l4_bytes > UINT16_MAX ? 0 : l4_bytes);
	put8(f, proto);
	put8(f, r->kind == VNFT_KIND_PACKET ? r->packet.ttl : FILLED_TTL);
	put(f, e->src, 16);
	put(f, e->dst, 16);
}

/* Of a packet that is all there, from @at on: @sum_at is where its checksum belongs. */
static void put_sum(struct vnft_rebuilt *f, const struct frame_ends *e, uint8_t proto, uint32_t at,
		    uint32_t sum_at)
{
	const uint32_t from = e->ipv4 ? 12 : 0, bytes = e->ipv4 ? 4 : 16;
	uint32_t sum = 0;

	if (proto != VNFT_PROTO_ICMP) {
		sum = sum_of(e->src + from, bytes, sum);
		sum = sum_of(e->dst + from, bytes, sum);
		sum += proto + f->n - at;
	}
	close_sum(f->b + at + sum_at, sum_of(f->b + at, f->n - at, sum));
}

/*
 * So long is the header if the frame has no padding, else as long as it has to be. Its options are
 * not recorded, but for the time stamps.
 */
static uint32_t tcp_header_bytes(const struct vnft_record *r, uint32_t rest_bytes)
{
	const uint32_t payload = r->packet.payload_bytes;
	const uint32_t left = rest_bytes > payload ? rest_bytes - payload : 0;
	const uint32_t least = TCP_BYTES + (r->flags & VNFT_RF_TIMESTAMP ? STAMPS_BYTES : 0);

	return left >= least && left <= TCP_MAX_BYTES && left % 4 == 0 ? left : least;
}

static void put_tcp(struct vnft_rebuilt *f, const struct frame_ends *e,
		    const struct vnft_rec_packet *p, uint32_t header_bytes, bool stamps)
{
	const uint32_t at = f->n;

	put16(f, e->sport);
	put16(f, e->dport);
	put32(f, p->tcp_seq);
	put32(f, p->tcp_ack);
	put8(f, header_bytes / 4 << 4);
	put8(f, p->tcp_flags);
	put16(f, FILLED_WINDOW);
	put32(f, 0);
	if (stamps) {
		put32(f, 0x0101080a);
		put32(f, p->tsval);
		put32(f, p->tsecr);
	}
	if (f->n - at == header_bytes && !p->payload_bytes)
		put_sum(f, e, VNFT_PROTO_TCP, at, 16);
}

static void put_udp(struct vnft_rebuilt *f, const struct frame_ends *e, uint32_t l4_bytes)
{
	const uint32_t at = f->n;

	put16(f, e->sport);
	put16(f, e->dport);
	put16(f, l4_bytes > UINT16_MAX ? 0 : l4_bytes);
	put16(f, 0);
	if (l4_bytes == UDP_BYTES)
		put_sum(f, e, VNFT_PROTO_UDP, at, 6);
}

/* A stage has no sequence number: the header ends where that would stand. */
static void put_echo(struct vnft_rebuilt *f, const struct frame_ends *e, uint8_t proto,
		     const struct vnft_record *r, uint32_t l4_bytes)
{
	const bool request = r->class == VNFT_CLASS_ECHO_REQUEST;
	const uint32_t at = f->n;

	put8(f, proto == VNFT_PROTO_ICMP ? (request ? 8 : 0) : (request ? 128 : 129));
	put8(f, 0);
	put16(f, 0);
	put16(f, e->sport);
	if (r->kind != VNFT_KIND_PACKET)
		return;
	put16(f, r->packet.tcp_seq);
	if (l4_bytes == ICMP_BYTES)
		put_sum(f, e, proto, at, 2);
}

/* How long the packet behind the IP header is: a frame may be padded, its length is no proof. */
static uint32_t l4_length(const struct vnft_record *r, uint32_t rest_bytes)
{
	if (r->kind != VNFT_KIND_PACKET)
		return rest_bytes;
	switch (r->class) {
	case VNFT_CLASS_UDP:
		return UDP_BYTES + r->packet.payload_bytes;
	case VNFT_CLASS_SYN:
	case VNFT_CLASS_SYNACK:
	case VNFT_CLASS_RST:
	case VNFT_CLASS_TCP:
		return tcp_header_bytes(r, rest_bytes) + r->packet.payload_bytes;
	default:
		return rest_bytes;
	}
}

static void put_l4(struct vnft_rebuilt *f, const struct frame_ends *e, uint8_t proto,
		   const struct vnft_record *r, uint32_t rest_bytes, uint32_t l4_bytes)
{
	switch (r->class) {
	case VNFT_CLASS_ECHO_REQUEST:
	case VNFT_CLASS_ECHO_REPLY:
		put_echo(f, e, proto, r, l4_bytes);
		break;
	case VNFT_CLASS_SYN:
	case VNFT_CLASS_SYNACK:
	case VNFT_CLASS_RST:
	case VNFT_CLASS_TCP:
		if (r->kind == VNFT_KIND_PACKET) {
			put_tcp(f, e, &r->packet, tcp_header_bytes(r, rest_bytes),
				r->flags & VNFT_RF_TIMESTAMP);
			break;
		}
		put16(f, e->sport);
		put16(f, e->dport);
		break;
	case VNFT_CLASS_UDP:
		put_udp(f, e, l4_bytes);
		break;
	}
}

void vnft_frame_rebuild(const struct vnft_export *x, const struct vnft_record *r, bool ethernet,
			struct vnft_rebuilt *f)
{
	const struct vnft_flow *flow = vnft_flows_find(&x->flows, r->flow);
	const uint16_t vlan_tci = r->kind == VNFT_KIND_PACKET ? r->packet.vlan_tci : 0;
	uint32_t head_bytes, rest_bytes, l4_bytes;
	struct frame_ends e;

	f->n = 0;
	if (!flow)
		return;
	find_ends(flow, r->flags & VNFT_RF_FROM_B, &e);
	if (r->class == VNFT_CLASS_ARP_REQUEST || r->class == VNFT_CLASS_ARP_REPLY) {
		put_link(f, ethernet, vlan_tci, VNFT_ETH_P_ARP);
		put_arp(f, &e, r->class == VNFT_CLASS_ARP_REQUEST);
	} else if (flow->proto) {
		put_link(f, ethernet, vlan_tci, e.ipv4 ? VNFT_ETH_P_IPV4 : VNFT_ETH_P_IPV6);
		head_bytes = f->n + (e.ipv4 ? IPV4_BYTES : IPV6_BYTES);
		rest_bytes = r->len32 > head_bytes ? r->len32 - head_bytes : 0;
		l4_bytes = l4_length(r, rest_bytes);
		if (e.ipv4)
			put_ipv4(f, &e, flow->proto, l4_bytes, r);
		else
			put_ipv6(f, &e, flow->proto, l4_bytes, r);
		put_l4(f, &e, flow->proto, r, rest_bytes, l4_bytes);
	}
	if (f->n > r->len32)
		f->n = r->len32;
}
