/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who answers whom, what happens to requests that nobody answers, and two CPUs at one table.
 */
#include <pthread.h>
#include <stdlib.h>

#include "../../kmod/core/match.h"
#include "unit.h"

static struct vnft_packet packet(int cls, const char *src, const char *dst, __u16 sport,
				 __u16 dport)
{
	struct vnft_packet p;

	memset(&p, 0, sizeof(p));
	vnft_addr_set_ipv4(&p.src, (__u32)src[0] << 24);
	vnft_addr_set_ipv4(&p.dst, (__u32)dst[0] << 24);
	p.class = (__u8)cls;
	p.proto = cls >= VNFT_CLASS_SYN ? VNFT_PROTO_TCP : VNFT_PROTO_ICMP;
	p.sport = sport;
	p.dport = dport;
	return p;
}

static struct vnft_match_key key_of(const struct vnft_packet *p)
{
	struct vnft_match_key k = { 0 };
	__u8 from_b;

	if (!vnft_match_classify(p, vnft_flow_id(p, &from_b), &k))
		k.key = 0;
	return k;
}

#define PAIRS 1
#define APART 0

static void pairing(void)
{
	static const struct {
		const char *what;
		int ask_class, answer_class;
		const char *ends;	/* ask from, ask to, answer from, answer to */
		__u16 ask_sport, ask_dport, answer_sport, answer_dport;
		__u32 seq, ack;
		int pairs;
	} rows[] = {
		{ "echo and its reply", 3, 4, "abba", 7, 7, 7, 7, 0x70001, 0x70001, PAIRS },
		{ "echo and its reply, from the larger end",
		  3, 4, "baab", 7, 7, 7, 7, 0x70001, 0x70001, PAIRS },
		{ "echo to oneself", 3, 4, "aaaa", 7, 7, 7, 7, 0x70001, 0x70001, PAIRS },
		{ "another number", 3, 4, "abba", 7, 7, 7, 7, 0x70001, 0x70002, APART },
		{ "another id", 3, 4, "abba", 7, 7, 8, 8, 0x70001, 0x80001, APART },
		{ "another host", 3, 4, "abca", 7, 7, 7, 7, 0x70001, 0x70001, APART },
		{ "reply in the request's direction",
		  3, 4, "abab", 7, 7, 7, 7, 0x70001, 0x70001, APART },
		{ "SYN and RST", 5, 7, "abba", 1000, 9, 9, 1000, 5, 6, PAIRS },
		{ "SYN and SYN-ACK", 5, 6, "abba", 1000, 9, 9, 1000, 5, 6, PAIRS },
		{ "SYN at the end of the numbers",
		  5, 7, "abba", 1000, 9, 9, 1000, 0xffffffff, 0, PAIRS },
		{ "SYN from the larger port of one host",
		  5, 7, "aaaa", 1000, 9, 9, 1000, 5, 6, PAIRS },
		{ "RST of the previous SYN", 5, 7, "abba", 1000, 9, 9, 1000, 5, 5, APART },
		{ "RST to another port", 5, 7, "abba", 1000, 9, 9, 1001, 5, 6, APART },
		{ "RST from the asker", 5, 7, "abab", 1000, 9, 1000, 9, 5, 6, APART },
	};
	struct vnft_packet ask, answer;
	struct vnft_match_key k, r;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask = packet(rows[i].ask_class, rows[i].ends, rows[i].ends + 1, rows[i].ask_sport,
			     rows[i].ask_dport);
		answer = packet(rows[i].answer_class, rows[i].ends + 2, rows[i].ends + 3,
				rows[i].answer_sport, rows[i].answer_dport);
		ask.seq = rows[i].seq;
		answer.seq = answer.ack = rows[i].ack;
		answer.tcp_flags = VNFT_TCP_ACK | VNFT_TCP_RST;
		k = key_of(&ask);
		r = key_of(&answer);
		CHECK(!k.reply && r.reply && (k.key == r.key) == rows[i].pairs &&
		      (!rows[i].pairs || k.index == r.index), "%s", rows[i].what);
	}
	ask = packet(VNFT_CLASS_RST, "a", "b", 1, 2);
	ask.tcp_flags = VNFT_TCP_RST;
	CHECK(!key_of(&ask).key, "an RST without ACK answers nothing");
	for (i = 0; i < VNFT_CLASS_NR; i++) {
		ask = packet((int)i, "a", "b", 1, 2);
		if (i < VNFT_CLASS_ECHO_REQUEST || i > VNFT_CLASS_RST)
			CHECK(!key_of(&ask).key, "class %zu takes part in nothing", i);
	}
}

static void mixing(void)
{
	enum { FLOWS = 1 << 16, SLOTS = 1 << 16 };
	static __u8 hit[SLOTS];
	struct vnft_packet p = packet(VNFT_CLASS_SYN, "a", "b", 0, 9), q;
	__u64 ones[64] = { 0 }, id;
	int i, bit, taken = 0, least = FLOWS, most = 0;
	__u8 from_b;

	for (i = 0; i < FLOWS; i++) {
		p.sport = (__u16)i;
		id = vnft_flow_id(&p, &from_b);
		taken += !hit[(id >> 32) % SLOTS]++;
		for (bit = 0; bit < 64; bit++)
			ones[bit] += id >> bit & 1;
	}
	for (bit = 0; bit < 64; bit++) {
		least = (int)ones[bit] < least ? (int)ones[bit] : least;
		most = (int)ones[bit] > most ? (int)ones[bit] : most;
	}
	CHECK(least > FLOWS / 2 - 700 && most < FLOWS / 2 + 700,
	      "neighbouring ports set each bit in half of the ids (%d to %d of %d)", least, most,
	      FLOWS);
	CHECK(taken > FLOWS * 62 / 100 && taken < FLOWS * 65 / 100,
	      "and fill 1 - 1/e of the slots (%d %%)", taken * 100 / FLOWS);
	p = packet(VNFT_CLASS_SYN, "a", "b", 5, 9);
	q = p;
	q.proto = VNFT_PROTO_UDP;
	CHECK(vnft_flow_id(&p, &from_b) >> 32 != vnft_flow_id(&q, &from_b) >> 32,
	      "TCP and UDP between the same ends lie apart");
	memset(&p.src, 0, sizeof(p.src));
	q = p;
	p.src.b[0] = q.src.b[0] = 0x20;
	p.src.b[15] = 1;	/* 2000::1 and 2000:0:0:1:: */
	q.src.b[7] = 1;
	CHECK(vnft_flow_id(&p, &from_b) != vnft_flow_id(&q, &from_b),
	      "halves of an address do not cancel");
}

static void slots(void)
{
	const __u64 limit = VNFT_MATCH_TIMEOUT_NS;
	struct vnft_match_slot s = { 0 };
	__u64 ns = 0;

	CHECK(!vnft_match_take(&s, 5, &ns), "an empty slot answers nothing");
	CHECK_EQ(vnft_match_put(&s, 5, 100), VNFT_MATCH_NEW, "into a free slot");
	CHECK(!vnft_match_take(&s, 6, &ns), "another key is not taken");
	CHECK(vnft_match_take(&s, 5, &ns) && ns == 100, "the reply gets the request's stamp");
	CHECK(!vnft_match_take(&s, 5, &ns), "once");
	vnft_match_put(&s, 5, 100);
	CHECK_EQ(vnft_match_put(&s, 5, 200), VNFT_MATCH_AGAIN, "the same request again");
	CHECK(vnft_match_take(&s, 5, &ns) && ns == 200, "is timed from its last sighting");
	vnft_match_put(&s, 5, 100);
	CHECK_EQ(vnft_match_put(&s, 6, 100 + limit), VNFT_MATCH_EVICTED,
		 "at the time-out: evicted");
	CHECK_EQ(vnft_match_put(&s, 7, 101 + 2 * limit), VNFT_MATCH_EXPIRED, "after it: expired");
	CHECK_EQ(vnft_match_put(&s, 8, 50 + 2 * limit), VNFT_MATCH_EVICTED,
		 "a stamp a little earlier is no overflow: evicted");
	s.key = VNFT_MATCH_BUSY;
	CHECK_EQ(vnft_match_put(&s, 5, 1), VNFT_MATCH_CONTENDED, "somebody is writing it");
	CHECK(!vnft_match_take(&s, 5, &ns) && s.key == VNFT_MATCH_BUSY, "and it stays his");
}

/* Which slot and key a request and its reply have at a device, by direction. */
static void direction(void)
{
	const __u32 mask = 63;
	struct vnft_packet ask = packet(VNFT_CLASS_SYN, "a", "b", 1000, 9);
	struct vnft_packet answer = packet(VNFT_CLASS_RST, "b", "a", 9, 1000);
	struct vnft_match_key out, in, back, same;

	ask.seq = 5;
	answer.ack = 6;
	answer.tcp_flags = VNFT_TCP_ACK;
	out = in = key_of(&ask);
	back = same = key_of(&answer);
	CHECK_EQ(vnft_match_direct(&out, VNFT_DIR_OUT, mask), VNFT_DIR_OUT, "a request goes out");
	CHECK_EQ(vnft_match_direct(&in, VNFT_DIR_IN, mask), VNFT_DIR_IN, "or comes in");
	CHECK_EQ(vnft_match_direct(&back, VNFT_DIR_IN, mask), VNFT_DIR_OUT,
		 "what comes in answers what went out");
	CHECK_EQ(vnft_match_direct(&same, VNFT_DIR_OUT, mask), VNFT_DIR_IN, "and the reverse");
	CHECK(out.key == back.key && out.index == back.index, "they meet");
	CHECK(in.key == same.key && in.index == same.index, "both ways");
	CHECK(out.key != in.key && out.index != in.index,
	      "one frame that passes both ways is two requests, in two slots");
	CHECK(out.index <= mask && in.index <= mask, "within the table");
	CHECK(out.key > VNFT_MATCH_BUSY && in.key > VNFT_MATCH_BUSY, "no key is 0 or BUSY");
}

static __u64 now_ns;

static __u64 ask_now_ns(void *frame)
{
	return now_ns;
}

/* @seq: of the SYN, which carries @more beyond itself; @ack: of the answer. */
static bool answered(struct vnft_match_slot *slots, __u32 mask, bool fin, __u32 seq, __u32 more,
		     __u32 ack, bool ask)
{
	struct vnft_packet p = packet(ask ? VNFT_CLASS_SYN : VNFT_CLASS_RST, ask ? "a" : "b",
				      ask ? "b" : "a", ask ? 1000 : 9, ask ? 9 : 1000);
	struct vnft_counters c = { 0 };
	struct vnft_match_key k = { 0 };
	__u64 flow, took_ns;
	__u8 from_b;
	__u32 moved;
	bool met;

	p.seq = ask ? seq : 0;
	p.ack = ask ? 0 : ack;
	p.payload_bytes = ask ? more - fin : 0;
	p.tcp_flags = ask ? VNFT_TCP_SYN | (fin ? VNFT_TCP_FIN : 0) : VNFT_TCP_RST | VNFT_TCP_ACK;
	flow = vnft_flow_id(&p, &from_b);
	vnft_match_classify(&p, flow, &k);
	vnft_match_direct(&k, ask ? VNFT_DIR_OUT : VNFT_DIR_IN, mask);
	moved = k.reply ? vnft_match_pointed(&slots[k.index], k.key) : 0;
	if (moved)
		vnft_match_move(&k, flow, moved, VNFT_DIR_IN, mask);
	met = vnft_match_meet(&c, &slots[k.index], &k, NULL, ask_now_ns, &took_ns);
	if (k.more) {
		vnft_match_move(&k, flow, -k.more, VNFT_DIR_OUT, mask);
		vnft_match_count_put(&c, vnft_match_point(&slots[k.index], k.key, k.more, now_ns));
	}
	return met && !c.lost[VNFT_LOST_EVICTED] && !c.expired;
}

/* What a SYN carries is acknowledged with it, or not: it is answered once, either way. */
static void more(void)
{
	static const struct {
		const char *what;
		__u32 seq, more, ack[2];
		bool fin, meets[2];
	} rows[] = {
		{ "all of it", 100, 5, { 106, 106 }, false, { true, false } },
		{ "the SYN alone, then all", 100, 5, { 101, 106 }, false, { true, false } },
		{ "all, then the SYN", 100, 5, { 106, 101 }, false, { true, false } },
		{ "a part of it is no answer", 100, 5, { 103, 106 }, false, { false, true } },
		{ "SYN and FIN", 100, 1, { 102, 101 }, true, { true, false } },
		{ "payload and FIN", 100, 6, { 107, 101 }, true, { true, false } },
		{ "across the end of the numbers", 0xfffffffe, 5, { 4, 0xffffffff }, false,
		  { true, false } },
	};
	struct vnft_match_slot slots[64];
	size_t i;

	now_ns = 1000;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(slots, 0, sizeof(slots));
		answered(slots, 63, rows[i].fin, rows[i].seq, rows[i].more, 0, true);
		CHECK(answered(slots, 63, false, 0, 0, rows[i].ack[0], false) == rows[i].meets[0] &&
		      answered(slots, 63, false, 0, 0, rows[i].ack[1], false) == rows[i].meets[1],
		      "a SYN with data: %s", rows[i].what);
	}
	memset(slots, 0, sizeof(slots));
	answered(slots, 63, false, 100, 0, 0, true);
	answered(slots, 63, false, 99, 1, 0, true);
	answered(slots, 63, false, 100, 5, 0, true);
	CHECK(answered(slots, 63, false, 0, 0, 101, false), "the latest of those with one number");
	memset(slots, 0, sizeof(slots));
	answered(slots, 63, false, 101, 0, 0, true);
	answered(slots, 63, false, 101, 7, 0, true);
	answered(slots, 63, false, 94, 7, 0, true);
	CHECK(answered(slots, 63, false, 0, 0, 109, false), "a pointer takes no request's slot");
}

/* Two threads; each key's stamp is a function of the key, so that a torn pair shows. */
enum { STRESS_SLOTS = 8, STRESS_OPS = 1000000 };
static struct vnft_match_slot table[STRESS_SLOTS];
static unsigned long wrong, taken_total, doubled;
static __u8 taken[2 * STRESS_OPS];

static __u64 stress_key(__u64 n)
{
	return (n + 2) * 0x9e3779b97f4a7c15ULL | 2;
}

static void *stress(void *arg)
{
	__u64 n, ns, target, base = (__u64)(size_t)arg * STRESS_OPS;
	unsigned long good = 0, bad = 0, again = 0;
	unsigned int seed = (unsigned int)base + 1;

	for (n = 0; n < STRESS_OPS; n++) {
		vnft_match_put(&table[n % STRESS_SLOTS], stress_key(base + n),
			       ~stress_key(base + n));
		/* Either thread's recent request: both race for the same replies. */
		target = n - (n ? (__u64)rand_r(&seed) % (n < 16 ? n : 16) : 0);
		target += rand_r(&seed) % 2 * (__u64)STRESS_OPS;
		if (!vnft_match_take(&table[target % STRESS_SLOTS], stress_key(target), &ns))
			continue;
		good++;
		bad += ns != ~stress_key(target);
		again += __sync_fetch_and_add(&taken[target], 1);
	}
	__sync_fetch_and_add(&wrong, bad);
	__sync_fetch_and_add(&taken_total, good);
	__sync_fetch_and_add(&doubled, again);
	return NULL;
}

/*
 * A flood: SYN k of number @step * k from port first + k modulo @ports, one every ms, in a table
 * of 65536. How many push out one that is younger than 10 s?
 */
static unsigned int evicted_of(__u32 step, __u16 first, __u32 ports)
{
	static __u32 last[65536];
	struct vnft_packet ask = packet(VNFT_CLASS_SYN, "a", "b", 0, 9);
	struct vnft_packet answer = packet(VNFT_CLASS_RST, "b", "a", 9, 0);
	struct vnft_match_key k, r;
	unsigned int evicted = 0;
	__u32 i;

	memset(last, 0, sizeof(last));
	answer.tcp_flags = VNFT_TCP_RST | VNFT_TCP_ACK;
	for (i = 1; i <= 100000; i++) {
		ask.sport = answer.dport = (__u16)(first + i % ports);
		ask.seq = 0xfffff000 + step * i;
		answer.ack = ask.seq + 1;
		k = key_of(&ask);
		r = key_of(&answer);
		vnft_match_direct(&k, VNFT_DIR_OUT, 65535);
		vnft_match_direct(&r, VNFT_DIR_IN, 65535);
		QUIET(k.key == r.key && k.index == r.index, "SYN %u meets its RST", i);
		evicted += last[k.index] && i - last[k.index] < 10000;
		last[k.index] = i;
	}
	return evicted;
}

static void flood(void)
{
	CHECK_EQ(evicted_of(1, 1024, 31744), 0, "a SYN a ms from ports of their own: none is lost");
	CHECK_EQ(evicted_of(1, 40000, 1), 0, "nor from one port");
	CHECK_EQ(evicted_of(0, 1024, 31744), 0, "nor with one number from ports of their own");
}

static void race(void)
{
	pthread_t thread[2];
	size_t i;

	for (i = 0; i < 2; i++)
		if (pthread_create(&thread[i], NULL, stress, (void *)i))
			exit(1);
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	CHECK(taken_total > STRESS_OPS / 20,
	      "two threads on %d slots: %lu replies met their request", STRESS_SLOTS, taken_total);
	CHECK_EQ(wrong, 0, "every one with the stamp of its own request");
	CHECK_EQ(doubled, 0, "none of them twice");
}

int main(void)
{
	pairing();
	mixing();
	slots();
	direction();
	more();
	flood();
	race();
	return unit_done();
}
