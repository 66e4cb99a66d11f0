/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is counted of a frame, class by class and verdict by verdict, and what is left to do.
 */
#include <string.h>

#include "../../kmod/core/count.h"
#include "unit.h"

static struct vnft_counters counters;

static struct vnft_packet packet(int cls, __u32 payload_bytes, __u8 tcp_flags)
{
	return (struct vnft_packet) {
		.class = (__u8)cls, .segments = 1, .payload_bytes = payload_bytes,
		.tcp_flags = tcp_flags,
		.proto = cls >= VNFT_CLASS_SYN && cls <= VNFT_CLASS_TCP ? VNFT_PROTO_TCP :
			 cls == VNFT_CLASS_UDP ? VNFT_PROTO_UDP : VNFT_PROTO_ICMP,
	};
}

static __u32 count(struct vnft_packet p, int verdict, __u32 dir, __u32 len_bytes, __u32 mask)
{
	return vnft_count_frame(&counters, &p, verdict, dir, len_bytes, &mask);
}

static void todo(void)
{
	enum { S = VNFT_TO_STREAM, M = VNFT_TO_MATCH };
	static const struct {
		const char *what;
		int cls;
		__u32 payload_bytes;
		__u8 flags;
		__u32 todo;
	} rows[] = {
		{ "other", VNFT_CLASS_OTHER, 0, 0, 0 },
		{ "ARP request", VNFT_CLASS_ARP_REQUEST, 0, 0, 0 },
		{ "ARP reply", VNFT_CLASS_ARP_REPLY, 0, 0, 0 },
		{ "echo request", VNFT_CLASS_ECHO_REQUEST, 0, 0, M },
		{ "echo reply", VNFT_CLASS_ECHO_REPLY, 0, 0, M },
		{ "SYN", VNFT_CLASS_SYN, 0, VNFT_TCP_SYN, S | M },
		{ "SYN-ACK", VNFT_CLASS_SYNACK, 0, VNFT_TCP_SYN | VNFT_TCP_ACK, S | M },
		{ "RST", VNFT_CLASS_RST, 0, VNFT_TCP_RST, S | M },
		{ "RST with payload", VNFT_CLASS_RST, 5, VNFT_TCP_RST, S | M },
		{ "bare ACK", VNFT_CLASS_TCP, 0, VNFT_TCP_ACK, 0 },
		{ "segment with payload", VNFT_CLASS_TCP, 1, VNFT_TCP_ACK, S },
		{ "FIN", VNFT_CLASS_TCP, 0, VNFT_TCP_FIN, S },
		{ "UDP with payload", VNFT_CLASS_UDP, 100, 0, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vnft_packet p = packet(rows[i].cls, rows[i].payload_bytes, rows[i].flags);
		__u32 bit = 1U << rows[i].cls;

		CHECK_EQ(count(p, VNFT_VERDICT_OK, 0, 60, 0), rows[i].todo, "%s", rows[i].what);
		CHECK_EQ(count(p, VNFT_VERDICT_OK, 0, 60, bit), rows[i].todo | VNFT_TO_RECORD,
			 "%s, recorded", rows[i].what);
		CHECK_EQ(count(p, VNFT_VERDICT_OK, 0, 60, ~bit), rows[i].todo,
			 "%s, while all others are recorded", rows[i].what);
	}
}

static void sums(void)
{
	const struct vnft_counters_dir *out = &counters.dir[VNFT_DIR_OUT];
	struct vnft_packet p = packet(VNFT_CLASS_TCP, 3000, VNFT_TCP_ACK);

	memset(&counters, 0, sizeof(counters));
	p.segments = 3;
	count(p, VNFT_VERDICT_OK, VNFT_DIR_OUT, 3054, 0);
	p = packet(VNFT_CLASS_UDP, 1000, 0);
	count(p, VNFT_VERDICT_OK, VNFT_DIR_OUT, 1042, 0);
	CHECK_EQ(out->packets, 2, "packets");
	CHECK_EQ(out->bytes, 3054 + 1042, "bytes");
	CHECK_EQ(out->wire_packets, 4, "a GSO frame is as many on the wire as it has segments");
	CHECK_EQ(out->tcp_payload_bytes, 3000, "payload of TCP, not of UDP");
	CHECK(out->classes[VNFT_CLASS_TCP] == 1 && out->classes[VNFT_CLASS_UDP] == 1, "by class");
	CHECK_EQ(counters.dir[VNFT_DIR_IN].packets, 0, "nothing in the other direction");
}

/* What the parser could not read is counted as a frame, and nothing it says is believed. */
static void verdicts(void)
{
	const struct vnft_counters_dir *in = &counters.dir[VNFT_DIR_IN];
	struct vnft_packet p = packet(VNFT_CLASS_SYN, 70, VNFT_TCP_SYN);
	__u32 mask = 1U << VNFT_CLASS_SYN;

	memset(&counters, 0, sizeof(counters));
	CHECK_EQ(vnft_count_frame(&counters, &p, VNFT_VERDICT_TRUNCATED, VNFT_DIR_IN, 60, &mask), 0,
		 "truncated: nothing left to do");
	CHECK_EQ(p.class, VNFT_CLASS_OTHER, "its class is OTHER");
	CHECK_EQ(counters.lost[VNFT_LOST_TRUNCATED], 1, "and it is a loss");
	CHECK_EQ(counters.malformed, 0, "not malformed");
	p = packet(VNFT_CLASS_SYN, 70, VNFT_TCP_SYN);
	mask = 1U << VNFT_CLASS_OTHER;
	CHECK_EQ(vnft_count_frame(&counters, &p, VNFT_VERDICT_MALFORMED, VNFT_DIR_IN, 60, &mask),
		 VNFT_TO_RECORD, "malformed: recorded as OTHER, no more");
	CHECK_EQ(counters.malformed, 1, "counted as malformed");
	CHECK_EQ(counters.lost[VNFT_LOST_TRUNCATED], 1, "which is no loss");
	CHECK(in->packets == 2 && in->bytes == 120 && in->classes[VNFT_CLASS_OTHER] == 2,
	      "both are frames that passed");
	CHECK_EQ(in->tcp_payload_bytes, 0, "without payload");
}

int main(void)
{
	todo();
	sums();
	verdicts();
	return unit_done();
}
