/* SPDX-License-Identifier: GPL-2.0 */
/* A probe as bytes (kmod/core/frame.h), and the flow id that the observer will give it. */
#include <sys/socket.h>

#include "../../kmod/core/match.h"
#include "frame.h"

static uint8_t addr_bytes(const struct vnft_probe_config *config)
{
	return config->family == AF_INET6 ? 16 : 4;
}

static uint8_t kind(const struct vnft_probe_config *config)
{
	return config->kind == VNFT_PROBE_SYN ? VNFT_PROBE_KIND_SYN : VNFT_PROBE_KIND_ECHO;
}

void vnft_load_frame_init(struct vnft_load_frame *frame, const struct vnft_probe_config *config,
			  const uint8_t src_mac[6])
{
	const struct vnft_frame_setup setup = {
		.kind = kind(config),
		.addr_bytes = addr_bytes(config),
		.echo_bytes = config->payload_bytes,
		.src = config->src,
		.dst = config->dst,
		.src_mac = src_mac,
		.dst_mac = config->dst_mac,
	};

	vnft_frame_init(&frame->form, frame->bytes, &setup);
}

void vnft_load_frame_set_syn(struct vnft_load_frame *frame, uint16_t sport, uint16_t dport,
			     uint32_t seq)
{
	vnft_frame_number(&frame->form, frame->bytes, sport, dport, seq);
}

void vnft_load_frame_set_echo(struct vnft_load_frame *frame, uint16_t id, uint16_t seq)
{
	vnft_frame_number(&frame->form, frame->bytes, id, 0, seq);
}

uint64_t vnft_probe_flow(const struct vnft_probe_config *config, uint64_t n, bool also_port)
{
	struct vnft_packet p = { .proto = vnft_frame_proto(kind(config), addr_bytes(config)) };
	uint8_t from_b;

	vnft_addr_set(&p.src, config->src, addr_bytes(config));
	vnft_addr_set(&p.dst, config->dst, addr_bytes(config));
	if (config->kind == VNFT_PROBE_SYN) {
		p.sport = vnft_frame_sport(config->sport, config->sports, n);
		p.dport = also_port ? config->also_port : config->dst_port;
	} else {
		p.sport = config->echo_id;
		p.dport = config->echo_id;
	}
	return vnft_flow_id(&p, &from_b);
}
