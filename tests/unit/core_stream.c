/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Payload of TCP streams: each byte once, the two ways of a place, FIN, and ports that are used
 * again.
 */
#include <string.h>

#include "../../kmod/core/match.h"
#include "../../kmod/core/stream.h"
#include "unit.h"

enum { SLOTS = 16 };
static struct vnft_stream_slot table[SLOTS];
static struct vnft_stream_slot replies[SLOTS];
static struct vnft_holes_table holes[2];
static const struct vnft_stream_table streams = { table, &holes[0], SLOTS - 1, 0 };
static const struct vnft_stream_table answers = { replies, &holes[1], SLOTS - 1, 1 };
static struct vnft_packet last;
static struct vnft_stream_news news;
static __u64 clock_ns;

static __u64 ask_clock_ns(void *frame)
{
	return clock_ns;
}

/* A clock with ticks of 16. */
static __u64 ask_coarse_ns(void *frame)
{
	return clock_ns & ~15ULL;
}

static __u64 ask_flow(void *frame)
{
	__u8 from_b;

	return vnft_flow_id(frame, &from_b);
}

static struct vnft_packet packet(__u16 sport, int cls, __u32 seq, __u32 payload_bytes, __u8 flags)
{
	struct vnft_packet p = {
		.class = (__u8)cls, .proto = VNFT_PROTO_TCP, .sport = sport, .dport = 5201,
		.seq = seq, .payload_bytes = payload_bytes, .tcp_flags = flags,
	};

	vnft_addr_set_ipv4(&p.src, 1);
	vnft_addr_set_ipv4(&p.dst, 2);
	return p;
}

static __u32 follow(struct vnft_packet p)
{
	static const struct vnft_stream_ask ask = { ask_flow, ask_clock_ns, ask_coarse_ns };

	clock_ns++;
	news = vnft_stream_follow(&streams, &p, &p, &ask);
	last = p;
	return news.evicted;
}

static __u32 data(__u16 sport, __u32 seq, __u32 payload_bytes)
{
	return follow(packet(sport, VNFT_CLASS_TCP, seq, payload_bytes, VNFT_TCP_ACK));
}

static void clear(void)
{
	memset(table, 0, sizeof(table));
	memset(replies, 0, sizeof(replies));
	memset(holes, 0, sizeof(holes));
	clock_ns = 0;
}

static __u64 total_bytes(void)
{
	const struct vnft_stream_slot *most = vnft_stream_most(table, SLOTS);

	return most ? most->payload_bytes : 0;
}

static void payload(void)
{
	enum { NEW, REPEATED, KEEPALIVE };
	static const struct {
		const char *what;
		__u32 seq, payload_bytes, total_bytes, is, repeated_bytes;
	} rows[] = {
		{ "the first, across the end of the numbers", 0xffffffce, 100, 100, NEW, 0 },
		{ "the same again", 0xffffffce, 100, 100, REPEATED, 100 },
		{ "the next", 50, 100, 200, NEW, 0 },
		{ "half of it old", 100, 100, 250, REPEATED, 50 },
		{ "behind a hole", 300, 50, 300, NEW, 0 },
		{ "the middle of the hole", 220, 30, 330, NEW, 0 },
		{ "the middle again", 230, 10, 330, REPEATED, 10 },
		{ "all of the hole, the middle for the third time", 200, 100, 400, REPEATED, 30 },
		{ "the hole is closed", 200, 100, 400, REPEATED, 100 },
		{ "a keepalive with a byte", 349, 1, 400, KEEPALIVE, 1 },
		{ "without one", 349, 0, 400, NEW, 0 },
		{ "the last two bytes", 348, 2, 400, REPEATED, 2 },
		{ "one byte more", 350, 1, 401, NEW, 0 },
		{ "the same again, or a keepalive", 350, 1, 401, REPEATED, 1 },
		{ "a jump of a whole window", 351 + (1U << 30), 10, 411, NEW, 0 },
		{ "a jump beyond every window: a new place",
		  351 + (2U << 30) + 12, 10, 421, NEW, 0 },
		{ "what lay before it is no hole any more", 351 + (1U << 30) - 5, 5, 421,
		  REPEATED, 5 },
	};
	size_t i;

	clear();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		data(40000, rows[i].seq, rows[i].payload_bytes);
		CHECK_EQ(news.repeated_bytes, rows[i].repeated_bytes, "%s: what is old of it",
			 rows[i].what);
		CHECK_EQ(total_bytes(), rows[i].total_bytes, "%s: payload", rows[i].what);
		CHECK(!!(last.flags & VNFT_RF_RETRANS) == (rows[i].is == REPEATED), "%s: flag",
		      rows[i].what);
	}
}

static void life(void)
{
	const struct vnft_stream_slot *most;
	__u64 flow;

	clear();
	CHECK(!follow(packet(1, VNFT_CLASS_SYN, 9, 0, VNFT_TCP_SYN)) && !data(1, 10, 0) &&
	      !follow(packet(1, VNFT_CLASS_TCP, 10, 0, VNFT_TCP_FIN)) &&
	      !vnft_stream_most(table, SLOTS), "without payload there is no stream");
	data(1, 10, 100);
	flow = ask_flow(&last);
	data(1, 110, 100);
	most = vnft_stream_most(table, SLOTS);
	CHECK(most && most->flow == flow && most->first_ns == 4 && !most->over_ns,
	      "from its first payload, under the id of its flow");
	follow(packet(1, VNFT_CLASS_TCP, 210, 0, VNFT_TCP_FIN));
	CHECK_EQ(most->over_ns, 6, "to its FIN");
	follow(packet(1, VNFT_CLASS_TCP, 210, 0, VNFT_TCP_FIN));
	CHECK_EQ(most->over_ns, 6, "the first of them");
	follow(packet(1, VNFT_CLASS_SYNACK, 5, 0, VNFT_TCP_SYN | VNFT_TCP_ACK));
	CHECK(!vnft_stream_most(table, SLOTS), "a SYN on its ports ends it");
	data(1, 6, 30);
	CHECK_EQ(total_bytes(), 30, "and the next begins at nothing");
}

static __u64 until_ns(__u64 *late_ns)
{
	const struct vnft_stream_slot *most = vnft_stream_most(table, SLOTS);
	const __u64 until_ns = vnft_stream_until(most->last_ns, most->over_ns, 16);

	*late_ns = until_ns - most->last_ns;
	return until_ns;
}

/* A stream is over with its last new payload, however it ends. */
static void end(void)
{
	__u64 late_ns;

	clear();
	clock_ns = 102;
	data(1, 10, 100);
	clock_ns = 204;
	data(1, 110, 100);	/* the first of its tick */
	data(1, 210, 100);
	CHECK(until_ns(&late_ns) == 221 && late_ns == 16, "no end: within a tick");
	clock_ns = 500;
	data(1, 210, 100);
	CHECK(until_ns(&late_ns) == 221, "a retransmission is no end");
	follow(packet(1, VNFT_CLASS_TCP, 310, 0, VNFT_TCP_FIN));
	CHECK(until_ns(&late_ns) == 221 && late_ns == 16, "neither is a late FIN");
	data(1, 260, 50);
	CHECK(until_ns(&late_ns) == 221, "nor what comes again behind it");
	clear();
	clock_ns = 102;
	data(1, 10, 100);
	CHECK(until_ns(&late_ns) == 119 && late_ns == 16, "one segment may be as short as nothing");
	data(1, 110, 100);
	follow(packet(1, VNFT_CLASS_TCP, 210, 0, VNFT_TCP_FIN));
	CHECK(until_ns(&late_ns) == 105 && late_ns == 2, "a FIN in the same tick is nearer");
	data(1, 210, 10);
	CHECK(until_ns(&late_ns) == 119, "unless there is payload behind it");
	data(1, 5000000, 10);
	CHECK_EQ(total_bytes(), 10, "far behind a FIN the ports are used again");
	follow(packet(1, VNFT_CLASS_TCP, 5000010, 0, VNFT_TCP_FIN));
	data(1, 4000000, 20);
	CHECK_EQ(total_bytes(), 20, "and in front of its first byte, too");
}

/* The answer to @p: from where it went, with numbers of its own. */
static struct vnft_packet answer(__u16 dport, int cls, __u32 seq, __u32 payload_bytes, __u32 ack)
{
	struct vnft_packet p = packet(5201, cls, seq, payload_bytes, VNFT_TCP_ACK), q = p;

	q.src = p.dst;
	q.dst = p.src;
	q.dport = dport;
	q.ack = ack;
	return q;
}

static void reset(void)
{
	static const struct vnft_stream_ask ask = { ask_flow, ask_clock_ns, ask_coarse_ns };
	static const struct {
		const char *what;
		__u32 seq;
		bool answers, ends;
	} rows[] = {
		{ "at the end of its sender's payload", 110, false, true },
		{ "behind its FIN", 111, false, true },
		{ "in front of its end", 109, false, false },
		{ "behind its end", 112, false, false },
		{ "blind", 77777777, false, false },
		{ "from the other end, which has sent 50", 9050, true, true },
		{ "from the other end, as acknowledged", 9000, true, true },
		{ "from the other end, blind", 77777777, true, false },
	};
	struct vnft_packet p;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		clear();
		p = packet(1, VNFT_CLASS_TCP, 10, 100, VNFT_TCP_ACK);
		p.ack = 9000;
		follow(p);
		p = answer(1, VNFT_CLASS_TCP, 9000, 50, 110);
		vnft_stream_follow(&answers, &p, &p, &ask);
		clock_ns = 7;
		if (rows[i].answers) {
			p = answer(1, VNFT_CLASS_RST, rows[i].seq, 0, 110);
			vnft_stream_reset(&answers, &streams, &p, &p, ask_clock_ns);
		} else {
			p = packet(1, VNFT_CLASS_RST, rows[i].seq, 0, VNFT_TCP_RST);
			vnft_stream_reset(&streams, &answers, &p, &p, ask_clock_ns);
		}
		CHECK(vnft_stream_most(table, SLOTS)->over_ns == (rows[i].ends ? 7 : 0) &&
		      vnft_stream_most(replies, SLOTS)->over_ns == (rows[i].ends ? 7 : 0),
		      "RST %s: %s", rows[i].what, rows[i].ends ? "both ways end" : "is ignored");
		CHECK_EQ(total_bytes(), 100, "and the stream stays readable");
	}
}

/* @n ports whose streams have the same two slots as port 1. */
static void colliding(__u16 *port, int n)
{
	__u32 place = 0, at;
	__u16 sport;
	int i = 0;

	for (sport = 1; i < n; sport++) {
		last = packet(sport, VNFT_CLASS_TCP, 0, 0, 0);
		at = (__u32)(vnft_stream_key(&last) >> 40) & (SLOTS - 1) & ~1u;
		if (!i)
			place = at;
		if (at == place)
			port[i++] = sport;
	}
}

static void ways(void)
{
	__u16 port[4];
	int i, used = 0;

	clear();
	colliding(port, 4);
	CHECK_EQ(data(port[0], 0, 100), 0, "a stream");
	CHECK_EQ(data(port[1], 0, 200), 0, "another of the same place takes the other way");
	CHECK_EQ(data(port[0], 100, 1), 0, "the first goes on");
	CHECK_EQ(data(port[2], 0, 300), 1, "the third pushes one out");
	CHECK_EQ(total_bytes(), 300, "and is followed");
	clear();
	data(port[0], 0, 100);
	data(port[1], 0, 200);
	follow(packet(port[0], VNFT_CLASS_TCP, 100, 0, VNFT_TCP_FIN));
	CHECK_EQ(data(port[2], 0, 300), 0, "a finished one gives way without a loss");
	CHECK_EQ(data(port[1], 200, 1), 0, "the one that goes on keeps its slot");
	clock_ns += VNFT_STREAM_IDLE_NS / 2;
	data(port[1], 201, 1);
	CHECK_EQ(data(port[3], 0, 500), 1, "of two the idle one gives way");
	CHECK_EQ(data(port[1], 202, 1), 0, "the other keeps its slot");
	clock_ns += VNFT_STREAM_IDLE_NS + 16;
	CHECK_EQ(data(port[0], 0, 600), 0, "after 10 s it does so without a loss");
	for (i = 0; i < SLOTS; i++)
		used += !!table[i].key;
	CHECK_EQ(used, 2, "two slots are used");
}

static void keys(void)
{
	struct vnft_packet p = packet(1, VNFT_CLASS_TCP, 0, 0, 0), q = p;

	q.sport = p.dport;
	q.dport = p.sport;
	q.src = p.dst;
	q.dst = p.src;
	CHECK(vnft_stream_key(&p) != vnft_stream_key(&q), "the two directions lie apart");
	q = p;
	q.seq = 77;
	q.payload_bytes = 5;
	CHECK(vnft_stream_key(&p) == vnft_stream_key(&q), "segments of one direction lie together");
	memset(&p, 0, sizeof(p));
	CHECK(vnft_stream_key(&p) && !(vnft_stream_key(&p) & VNFT_STREAM_HELD),
	      "no key is 0 or looks held");
}

static void counted(void)
{
	static const struct {
		const char *what;
		__u8 flags;
		struct vnft_stream_news news;
		__u32 gso_size_bytes, segments;
	} rows[] = {
		{ "a retransmission", VNFT_RF_RETRANS, { 70, 0 }, 0, 1 },
		{ "a large frame: each of its segments", VNFT_RF_RETRANS, { 4201, 0 }, 1400, 4 },
		{ "exactly", VNFT_RF_RETRANS, { 4200, 0 }, 1400, 3 },
		{ "a keepalive: its byte alone", 0, { 1, 0 }, 0, 0 },
		{ "an eviction", 0, { 0, 1 }, 0, 0 },
	};
	struct vnft_packet p = { 0 };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vnft_counters c = { 0 };
		const struct vnft_counters_dir *out = &c.dir[VNFT_DIR_OUT];

		p.flags = rows[i].flags;
		vnft_stream_count(&c, &p, VNFT_DIR_OUT, &rows[i].news, rows[i].gso_size_bytes);
		CHECK(out->retrans_segments == rows[i].segments &&
		      out->retrans_bytes == rows[i].news.repeated_bytes &&
		      c.lost[VNFT_LOST_FLOW_EVICTED] == rows[i].news.evicted &&
		      !c.dir[VNFT_DIR_IN].retrans_segments && !c.dir[VNFT_DIR_IN].retrans_bytes,
		      "%s, in its own direction", rows[i].what);
	}
}

int main(void)
{
	payload();
	life();
	end();
	reset();
	ways();
	keys();
	counted();
	return unit_done();
}
