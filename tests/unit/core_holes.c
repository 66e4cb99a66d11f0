/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random streams beside a map of their bytes: what is new of each segment, and what is old. Then
 * more holes and more streams with holes than the tables remember: no byte counts twice at the end.
 */
#include <stdlib.h>
#include <string.h>

struct vnft_holes_table;
static unsigned int look(const struct vnft_holes_table *t, unsigned long long now_ns);
#define VNFT_HOLES_LOOK look

#include "../../kmod/core/stream.h"
#include "unit.h"

enum { SLOTS = 1 << 14, STREAMS = 40, SPAN = 1 << 16, SEGMENTS = 20000 };

static struct vnft_stream_slot slots[SLOTS];
static struct vnft_holes_table holes;
static const struct vnft_stream_table table = { slots, &holes, SLOTS - 1, 0 };
static __u64 clock_ns;
/* The place that a CPU saw free before another one took it; 0: it looks now. */
static __u32 stale_place;

static unsigned int look(const struct vnft_holes_table *t, unsigned long long now_ns)
{
	return stale_place ? stale_place : vnft_holes_look(t, now_ns);
}

/* One direction of a connection: its bytes from @start on, and which of them have passed. */
static struct sender {
	__u32 start, next;
	__u64 passed_bytes, repeated_bytes;
	bool seen[SPAN];
} senders[STREAMS];

static __u64 ask_clock_ns(void *frame)
{
	return clock_ns;
}

static __u64 ask_flow(void *frame)
{
	return 7;
}

static unsigned int seed;

static __u32 any(__u32 below)
{
	return (__u32)rand_r(&seed) % below;
}

static struct vnft_packet packet(__u16 port, __u32 seq, __u32 payload_bytes)
{
	struct vnft_packet p = {
		.class = VNFT_CLASS_TCP, .proto = VNFT_PROTO_TCP, .sport = port, .dport = 5201,
		.seq = seq, .payload_bytes = payload_bytes,
	};

	vnft_addr_set_ipv4(&p.src, 1);
	vnft_addr_set_ipv4(&p.dst, 2);
	return p;
}

static struct vnft_stream_news follow(__u16 port, __u32 from, __u32 to)
{
	static const struct vnft_stream_ask ask = { ask_flow, ask_clock_ns, ask_clock_ns };
	struct vnft_packet p = packet(port, senders[port].start + from, to - from);

	clock_ns += 1000;
	return vnft_stream_follow(&table, &p, &p, &ask);
}

static __u64 payload_bytes(__u16 port)
{
	struct vnft_packet p = packet(port, 0, 0);

	return vnft_stream_find(&table, vnft_stream_key(&p))->payload_bytes;
}

/* Holes of a stream once [from, to) has passed. */
static __u32 holes_with(const struct sender *s, __u32 from, __u32 to)
{
	const __u32 end = to > s->next ? to : s->next;
	__u32 i, n = 0;
	bool seen, before = true;

	for (i = 0; i < end; i++) {
		seen = s->seen[i] || (i >= from && i < to);
		n += before && !seen;
		before = seen;
	}
	return n;
}

/* Return: how many of them had passed. */
static __u32 mark(struct sender *s, __u32 from, __u32 to)
{
	__u32 i, old = 0;

	for (i = from; i < to; i++) {
		old += s->seen[i];
		s->seen[i] = true;
	}
	s->passed_bytes += to - from - old;
	s->repeated_bytes += old;
	if (to > s->next)
		s->next = to;
	return old;
}

/* The next bytes, some behind a hole, or any that may have passed or not. */
static void choose(const struct sender *s, __u32 *from, __u32 *to)
{
	*from = s->next;
	if (s->next && any(10) < 4)
		*from += any(3000);
	else if (s->next && any(10) < 6)
		*from = any(s->next);
	*to = *from + 1 + (any(4) ? any(1448) : any(20));
}

static void clear(void)
{
	__u16 i;

	memset(slots, 0, sizeof(slots));
	memset(&holes, 0, sizeof(holes));
	memset(senders, 0, sizeof(senders));
	for (i = 0; i < STREAMS; i++)	/* half of them cross the end of the numbers */
		senders[i].start = i % 2 ? -any(SPAN) : any(1U << 31);
}

/* As many streams and holes as are remembered: every segment is right. */
static void exact(void)
{
	__u32 i, from, to, old, wrong = 0, segments = 0, mixed = 0, most = 0, n;
	struct vnft_stream_news news;
	struct sender *s;
	__u16 port;

	clear();
	for (i = 0; i < SEGMENTS; i++) {
		port = (__u16)any(VNFT_HOLES_STREAMS);
		s = &senders[port];
		choose(s, &from, &to);
		n = holes_with(s, from, to);
		if (to > SPAN || n > VNFT_HOLES_PER_STREAM)
			continue;
		most = n > most ? n : most;
		news = follow(port, from, to);
		old = mark(s, from, to);
		mixed += old && old < to - from;
		wrong += news.repeated_bytes != old || payload_bytes(port) != s->passed_bytes ||
			 news.evicted;
		segments++;
	}
	CHECK(!wrong && segments > SEGMENTS / 4 && mixed > 100 && most == VNFT_HOLES_PER_STREAM,
	      "%u of %u segments wrong; %u part new, up to %u holes a stream", wrong, segments,
	      mixed, most);
}

/* More of both. Once all bytes have come, each counts once. */
static void beyond(void)
{
	__u64 passed = 0, counted = 0, repeated = 0, old = 0;
	__u32 i, from, to, most = 0, n, forgotten = 0, open = 0;
	struct vnft_stream_news news;
	__u16 port;

	clear();
	for (i = 0; i < SEGMENTS; i++) {
		port = (__u16)any(STREAMS);
		choose(&senders[port], &from, &to);
		if (to > SPAN)
			continue;
		n = holes_with(&senders[port], from, to);
		most = n > most ? n : most;
		news = follow(port, from, to);
		repeated += news.repeated_bytes;
		old += mark(&senders[port], from, to);
		forgotten += payload_bytes(port) > senders[port].passed_bytes;
	}
	for (port = 0; port < STREAMS; port++) {
		repeated += follow(port, 0, senders[port].next).repeated_bytes;
		old += mark(&senders[port], 0, senders[port].next);
		passed += senders[port].passed_bytes;
		counted += payload_bytes(port);
	}
	for (i = 0; i < VNFT_HOLES_STREAMS; i++)
		open += !!holes.place[i].key;
	CHECK(most > VNFT_HOLES_PER_STREAM && forgotten, "up to %u holes, some forgotten", most);
	CHECK_EQ(counted, passed, "each byte counts once, though");
	CHECK(repeated > old, "what was forgotten is a retransmission when it comes");
	CHECK_EQ(open, 0, "streams without holes keep no place for them");
}

/* Who gives up the place of its holes. */
static void life(void)
{
	struct vnft_packet p;
	__u16 port;

	clear();
	for (port = 0; port <= VNFT_HOLES_STREAMS; port++) {
		follow(port, 0, 100);
		follow(port, 200, 300);
	}
	CHECK_EQ(payload_bytes(VNFT_HOLES_STREAMS - 1), 200, "the last stream with holes");
	CHECK_EQ(payload_bytes(VNFT_HOLES_STREAMS), 300, "one more: its hole counts at once");
	CHECK_EQ(follow(VNFT_HOLES_STREAMS, 100, 200).repeated_bytes, 100, "and comes again later");
	clock_ns += VNFT_HOLES_IDLE_NS;
	follow(VNFT_HOLES_STREAMS, 400, 500);
	CHECK_EQ(payload_bytes(VNFT_HOLES_STREAMS), 400, "holes that are idle give way");
	CHECK_EQ(follow(0, 100, 200).repeated_bytes, 100, "to a stream that no longer knows them");
	CHECK_EQ(follow(1, 100, 200).repeated_bytes, 0, "while its neighbour still does");
	follow(1, 400, 500);	/* and has a hole again */
	p = packet(1, 0, 0);
	p.class = VNFT_CLASS_SYN;
	vnft_stream_follow(&table, &p, &p, &(struct vnft_stream_ask) { ask_flow, ask_clock_ns,
								       ask_clock_ns });
	follow(1, 500, 600);
	follow(1, 300, 400);
	CHECK_EQ(payload_bytes(1), 100, "the next connection of its ports has no holes");
}

/* 4 GB later the numbers are the same again, and the hole is not. */
static void wrap(void)
{
	__u32 at, step = 1U << 28;
	__u64 sum;

	clear();
	follow(0, 0, 100);
	follow(0, 200, 300);
	for (sum = 0, at = 300; sum < 1ULL << 32; sum += step, at += step)
		follow(0, at, at + step);
	CHECK_EQ(payload_bytes(0), 200 + (1ULL << 32), "4 GB");
	CHECK_EQ(follow(0, 100, 200).repeated_bytes, 100, "the hole before them is none now");
}

/* Two CPUs see one free place: who is later gets none, and the first one's holes stay. */
static void at_once(void)
{
	const struct vnft_hole a = { 10, 20 }, b = { 30, 40 };
	struct vnft_holes *first;

	clear();
	stale_place = vnft_holes_take(&holes, 5, clock_ns, 0, &a);
	first = vnft_holes_find(&holes, stale_place, 5);
	CHECK(stale_place && first, "the first takes it");
	CHECK_EQ(vnft_holes_take(&holes, 6, clock_ns, 0, &b), 0, "the second does not");
	CHECK(first->key == 5 && first->hole[0].from == 10, "and changes nothing");
	clock_ns += VNFT_HOLES_IDLE_NS;
	CHECK_EQ(vnft_holes_take(&holes, 6, clock_ns, 0, &b), stale_place, "but when it is idle");
	stale_place = 0;
}

int main(void)
{
	seed = 1;
	exact();
	exact();
	beyond();
	life();
	wrap();
	at_once();
	return unit_done();
}
