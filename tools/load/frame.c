/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Build the SYN and echo request frames of a probe, IPv4 and IPv6, and the flow id that the
 * observer will give them.
 */
#include <string.h>
#include <sys/socket.h>

#include "../../kmod/core/match.h"
#include "frame.h"

static void put16(uint8_t *to, uint16_t v)
{
	to[0] = v >> 8;
	to[1] = v & 0xff;
}

static void put32(uint8_t *to, uint32_t v)
{
	put16(to, v >> 16);
	put16(to + 2, v & 0xffff);
}

static uint32_t sum_bytes(uint32_t sum, const uint8_t *bytes, uint32_t n)
{
	for (; n > 1; n -= 2, bytes += 2)
		sum += (uint32_t)bytes[0] << 8 | bytes[1];
	if (n)
		sum += (uint32_t)bytes[0] << 8;
	return sum;
}

static uint16_t sum_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static void put_ipv4(uint8_t *ip, const struct vnft_probe_config *config, uint8_t proto,
		     uint16_t l4_bytes)
{
	memset(ip, 0, 20);
	ip[0] = 0x45;
	put16(ip + 2, 20 + l4_bytes);
	put16(ip + 6, 0x4000);
	ip[8] = 64;
	ip[9] = proto;
	memcpy(ip + 12, config->src, 4);
	memcpy(ip + 16, config->dst, 4);
	put16(ip + 10, sum_fold(sum_bytes(0, ip, 20)));
}

static void put_ipv6(uint8_t *ip, const struct vnft_probe_config *config, uint8_t proto,
		     uint16_t l4_bytes)
{
	memset(ip, 0, 40);
	ip[0] = 0x60;
	put16(ip + 4, l4_bytes);
	ip[6] = proto;
	ip[7] = 64;
	memcpy(ip + 8, config->src, 16);
	memcpy(ip + 24, config->dst, 16);
}

void vnft_load_frame_init(struct vnft_load_frame *frame, const struct vnft_probe_config *config,
			  const uint8_t src_mac[6])
{
	bool v6 = config->family == AF_INET6, syn = config->kind == VNFT_PROBE_SYN;
	uint32_t addr_bytes = v6 ? 16 : 4, i;
	uint16_t l4_bytes = syn ? 20 : 8 + config->payload_bytes;
	uint8_t proto = syn ? VNFT_PROTO_TCP : v6 ? VNFT_PROTO_ICMPV6 : VNFT_PROTO_ICMP;
	uint8_t *l4;

	memcpy(frame->bytes, config->dst_mac, 6);
	memcpy(frame->bytes + 6, src_mac, 6);
	put16(frame->bytes + 12, v6 ? VNFT_ETH_P_IPV6 : VNFT_ETH_P_IPV4);
	frame->l4_offset = VNFT_ETH_BYTES + (v6 ? 40 : 20);
	frame->len_bytes = frame->l4_offset + l4_bytes;
	frame->pseudo_sum = 0;
	if (v6)
		put_ipv6(frame->bytes + VNFT_ETH_BYTES, config, proto, l4_bytes);
	else
		put_ipv4(frame->bytes + VNFT_ETH_BYTES, config, proto, l4_bytes);
	if (syn || v6) {	/* ICMP for IPv4 has no pseudo header */
		frame->pseudo_sum = sum_bytes(frame->pseudo_sum, config->src, addr_bytes);
		frame->pseudo_sum = sum_bytes(frame->pseudo_sum, config->dst, addr_bytes);
		frame->pseudo_sum += proto + l4_bytes;
	}

	l4 = frame->bytes + frame->l4_offset;
	memset(l4, 0, l4_bytes);
	if (syn) {
		l4[12] = 5 << 4;
		l4[13] = VNFT_TCP_SYN;
		put16(l4 + 14, 64240);
		return;
	}
	l4[0] = v6 ? 128 : 8;
	for (i = 0; i < config->payload_bytes; i++)
		l4[8 + i] = i & 0xff;
}

void vnft_load_frame_set_syn(struct vnft_load_frame *frame, uint16_t sport, uint16_t dport,
			     uint32_t seq)
{
	uint8_t *tcp = frame->bytes + frame->l4_offset;

	put16(tcp, sport);
	put16(tcp + 2, dport);
	put32(tcp + 4, seq);
	put16(tcp + 16, 0);
	put16(tcp + 16, sum_fold(sum_bytes(frame->pseudo_sum, tcp, 20)));
}

void vnft_load_frame_set_echo(struct vnft_load_frame *frame, uint16_t id, uint16_t seq)
{
	uint8_t *icmp = frame->bytes + frame->l4_offset;

	put16(icmp + 4, id);
	put16(icmp + 6, seq);
	put16(icmp + 2, 0);
	put16(icmp + 2, sum_fold(sum_bytes(frame->pseudo_sum, icmp,
					   frame->len_bytes - frame->l4_offset)));
}

static void set_addr(union vnft_addr *to, int family, const uint8_t *addr)
{
	uint32_t wire;

	if (family == AF_INET6) {
		memcpy(to->b, addr, 16);
		return;
	}
	memcpy(&wire, addr, sizeof(wire));
	vnft_addr_set_ipv4(to, wire);
}

uint64_t vnft_probe_flow(const struct vnft_probe_config *config, bool also_port)
{
	bool v6 = config->family == AF_INET6;
	struct vnft_packet p = { 0 };
	uint8_t from_b;

	set_addr(&p.src, config->family, config->src);
	set_addr(&p.dst, config->family, config->dst);
	if (config->kind == VNFT_PROBE_SYN) {
		p.proto = VNFT_PROTO_TCP;
		p.sport = config->sport + also_port;
		p.dport = also_port ? config->also_port : config->dst_port;
	} else {
		p.proto = v6 ? VNFT_PROTO_ICMPV6 : VNFT_PROTO_ICMP;
		p.sport = config->echo_id;
		p.dport = config->echo_id;
	}
	return vnft_flow_id(&p, &from_b);
}
