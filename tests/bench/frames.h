/* SPDX-License-Identifier: GPL-2.0 */
/* Frames for the benches: 198.18.0.1 to 198.18.0.2, no valid checksums (nobody looks). */
#ifndef TESTS_BENCH_FRAMES_H
#define TESTS_BENCH_FRAMES_H

#include <stdint.h>
#include <string.h>

static inline uint8_t *frame_ipv4(uint8_t *f, size_t bytes, uint8_t proto)
{
	const uint8_t head[] = {
		2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
		0x45, 0, (uint8_t)((bytes - 14) >> 8), (uint8_t)(bytes - 14), 0, 1, 0x40, 0, 64,
		proto, 0, 0, 198, 18, 0, 1, 198, 18, 0, 2,
	};

	memset(f, 0, bytes);
	memcpy(f, head, sizeof(head));
	return f + sizeof(head);
}

static inline void frame_udp(uint8_t *f, size_t bytes)
{
	uint8_t *udp = frame_ipv4(f, bytes, 17);

	udp[1] = 7;
	udp[3] = 9;
	udp[4] = (uint8_t)((bytes - 34) >> 8);
	udp[5] = (uint8_t)(bytes - 34);
}

/* With the options that Linux sends: NOP NOP timestamp, a SYN MSS SACK timestamp NOP wscale. */
static inline void frame_tcp(uint8_t *f, size_t bytes, uint8_t flags)
{
	static const uint8_t options[] = { 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2 };
	static const uint8_t syn_options[] = { 2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0,
					       1, 3, 3, 7 };
	uint8_t *tcp = frame_ipv4(f, bytes, 6);

	tcp[0] = 0x90;
	tcp[2] = 0x14;
	tcp[3] = 0x51;
	tcp[7] = 1;
	tcp[12] = flags & 2 ? 0xa0 : 0x80;
	tcp[13] = flags;
	if (flags & 2)
		memcpy(tcp + 20, syn_options, sizeof(syn_options));
	else
		memcpy(tcp + 20, options, sizeof(options));
}

static inline void frame_echo(uint8_t *f, size_t bytes)
{
	uint8_t *icmp = frame_ipv4(f, bytes, 1);

	icmp[0] = 8;
	icmp[5] = 42;
	icmp[7] = 1;
}

#endif
