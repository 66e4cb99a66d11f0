/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP streams on two CPUs: one that holds a place and does not run, and one direction of a
 * connection on both at the same moment.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A thread that holds a place may not run for milliseconds, as no softirq does. */
#define VNFT_STREAM_LOOKS	(1U << 22)

#include "../../kmod/core/stream.h"
#include "unit.h"

enum { SLOTS = 16, SEGMENTS = 2000000, SEGMENT_BYTES = 10 };
static struct vnft_stream_slot table[SLOTS];
static struct vnft_holes_table holes;
static const struct vnft_stream_table streams = { table, &holes, SLOTS - 1, 0 };
static __u32 next_segment;

static __u64 ask_one(void *frame)
{
	return 1;
}

static struct vnft_packet packet(__u16 sport, int cls, __u32 seq, __u32 payload_bytes)
{
	return (struct vnft_packet) {
		.class = (__u8)cls, .proto = VNFT_PROTO_TCP, .sport = sport, .dport = 5201,
		.seq = seq, .payload_bytes = payload_bytes, .tcp_flags = VNFT_TCP_ACK,
	};
}

static struct vnft_stream_news follow(struct vnft_packet p)
{
	static const struct vnft_stream_ask ask = { ask_one, ask_one, ask_one };

	return vnft_stream_follow(&streams, &p, &p, &ask);
}

static __u32 data(__u16 sport, __u32 seq, __u32 payload_bytes)
{
	return follow(packet(sport, VNFT_CLASS_TCP, seq, payload_bytes)).evicted;
}

static struct vnft_stream_slot *place_of(__u16 sport)
{
	const struct vnft_packet p = packet(sport, VNFT_CLASS_TCP, 0, 0);

	return vnft_stream_place(&streams, vnft_stream_key(&p));
}

static __u64 most_bytes(void)
{
	return vnft_stream_most(table, SLOTS)->payload_bytes;
}

static void held(void)
{
	__u16 port[4], sport;
	int n = 0;

	for (sport = 1; n < 4; sport++)
		if (place_of(sport) == place_of(1))
			port[n++] = sport;
	data(port[0], 0, 100);
	data(port[1], 0, 200);
	CHECK(vnft_stream_hold(place_of(1)), "another CPU has the place, and does not run");
	CHECK_EQ(data(port[1], 200, 1), 1, "a segment is a loss");
	CHECK_EQ(data(port[2], 0, 400), 1, "and so is a new stream");
	CHECK(!follow(packet(port[3], VNFT_CLASS_SYN, 9, 0)).evicted, "a SYN asks nobody");
	CHECK_EQ(most_bytes(), 200, "nothing is written, and all can be read");
	vnft_stream_release(place_of(1));
	CHECK(!data(port[0], 100, 7) && !data(port[1], 200, 8) && most_bytes() == 208,
	      "it goes on when the place is given back");
}

static void *sender(void *lost)
{
	struct vnft_stream_news is;
	__u32 i;

	while ((i = __atomic_fetch_add(&next_segment, 1, __ATOMIC_RELAXED)) < SEGMENTS) {
		is = follow(packet(1, VNFT_CLASS_TCP, i * SEGMENT_BYTES, SEGMENT_BYTES));
		*(__u64 *)lost += is.evicted + is.repeated_bytes;
	}
	return NULL;
}

static void race(void)
{
	__u64 lost[2] = { 0 };
	pthread_t thread[2];
	size_t i;

	memset(table, 0, sizeof(table));
	/* A stream begins with the first payload that is seen of it. */
	data(1, 0, SEGMENT_BYTES);
	next_segment = 1;
	for (i = 0; i < 2; i++)
		if (pthread_create(&thread[i], NULL, sender, &lost[i]))
			exit(1);
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	CHECK_EQ(most_bytes(), (__u64)SEGMENTS * SEGMENT_BYTES, "two CPUs: each byte once");
	CHECK_EQ(lost[0] + lost[1], 0, "none of them a loss or a retransmission");
	for (i = 0; i < VNFT_HOLES_STREAMS; i++)
		QUIET(!holes.place[i].key, "no hole is left");
}

int main(void)
{
	held();
	race();
	return unit_done();
}
