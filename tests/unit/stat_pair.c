/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pairing of records: identity rules, any interleaving of rings, floods answered late, bounds.
 */
#include <stdlib.h>
#include <string.h>

#include "../../tools/stat/records/pair.h"
#include "../../tools/stat/random.h"
#include "../../tools/stat/stat.h"
#include "unit.h"

#define MS 1000000ULL
#define S (1000 * MS)

static struct vnft_record packet(uint64_t time_ns, uint8_t class, uint8_t hook, uint32_t number)
{
	struct vnft_record r = {
		.time_ns = time_ns, .flow = 0xf10f, .device = 1, .kind = VNFT_KIND_PACKET,
		.class = class, .hook = hook,
	};

	if (class == VNFT_CLASS_RST || class == VNFT_CLASS_SYNACK) {
		r.packet.tcp_ack = number + 1;
		r.packet.tcp_flags = VNFT_TCP_ACK;
	} else {
		r.packet.tcp_seq = number;
	}
	return r;
}

#define SYN(t, n) packet(t, VNFT_CLASS_SYN, VNFT_HOOK_TCX_OUT, n)
#define RST(t, n) packet(t, VNFT_CLASS_RST, VNFT_HOOK_TCX_IN, n)
#define ASK(t, n) packet(t, VNFT_CLASS_ECHO_REQUEST, VNFT_HOOK_CLSACT_OUT, n)
#define ANSWER(t, n) packet(t, VNFT_CLASS_ECHO_REPLY, VNFT_HOOK_CLSACT_IN, n)

/* Feed @n records, hand out one result, start afresh. */
static struct vnft_pair_result run(const struct vnft_record *r, size_t n, enum vnft_pairing pairing,
				   enum vnft_dir dir)
{
	static struct vnft_pair_result result;
	struct vnft_pair *p;
	size_t i;

	vnft_pair_new(&p);
	for (i = 0; i < n; i++)
		QUIET(!vnft_pair_feed(&r[i], p), "record %zu", i);
	vnft_pair_result(p, 1, pairing, dir, &result);
	vnft_pair_free(p);
	return result;
}

#define RUN(pairing, dir, ...) ({						\
	struct vnft_record list_[] = { __VA_ARGS__ };				\
	run(list_, sizeof(list_) / sizeof(list_[0]), VNFT_PAIRING_##pairing, VNFT_DIR_##dir); })

static void test_identity(void)
{
	struct vnft_pair_result r;
	struct vnft_record other, in, out;

	r = RUN(SYN_RST, OUT, SYN(100, 7), RST(350, 7));
	CHECK(r.requests == 1 && r.replies == 1 && r.matched == 1 && r.hist.max_ns == 250 &&
	      r.first_reply_ns == 350 && r.first_request_ns == 100, "a SYN meets its RST");
	r = RUN(SYN_RST, OUT, SYN(100, 0xffffffff), RST(350, 0xffffffff));
	CHECK(r.matched == 1, "sequence number 2^32 - 1 is acknowledged by 0");
	r = RUN(SYN_RST, OUT, SYN(100, 7), RST(350, 8));
	CHECK(r.matched == 0 && r.unmatched == 1, "not somebody else's");
	r = RUN(SYN_RST, OUT, SYN(100, 7), RST(350, 7), RST(360, 7));
	CHECK(r.matched == 1 && r.unmatched == 1, "a SYN is answered once");
	r = RUN(SYN_RST, OUT, SYN(100, 7), packet(350, VNFT_CLASS_RST, VNFT_HOOK_TCX_OUT, 7));
	CHECK(r.matched == 0, "an answer travels the other way");
	r = RUN(SYN_RST, IN, packet(100, VNFT_CLASS_SYN, VNFT_HOOK_TCX_IN, 7),
		packet(350, VNFT_CLASS_RST, VNFT_HOOK_TCX_OUT, 7));
	CHECK(r.matched == 1 && r.requests == 1, "requests of the guest are paired as IN");
	other = RST(350, 7);
	other.packet.tcp_flags = 0;
	r = RUN(SYN_RST, OUT, SYN(100, 7), other);
	CHECK(r.replies == 0, "a RST without ACK answers nothing");
	other = RST(350, 7);
	other.device = 2;
	r = RUN(SYN_RST, OUT, SYN(100, 7), other);
	CHECK(r.matched == 0, "devices are told apart");
	other = RST(350, 7);
	other.flow++;
	r = RUN(SYN_RST, OUT, SYN(100, 7), other);
	CHECK(r.matched == 0, "flows are told apart");
	in = SYN(100, 7);
	in.packet.payload_bytes = 5;
	r = RUN(SYN_RST, OUT, in, RST(350, 12), RST(360, 7));
	CHECK(r.requests == 1 && r.matched == 1 && r.unmatched == 1 && r.first_reply_ns == 350,
	      "a SYN with data is acknowledged with it, once");
	r = RUN(SYN_RST, OUT, in, RST(350, 7), RST(360, 12));
	CHECK(r.matched == 1 && r.unmatched == 1 && r.first_reply_ns == 350,
	      "or without it, once");
	r = RUN(SYN_RST, OUT, RST(350, 7), in, RST(360, 12));
	CHECK(r.matched == 1 && r.first_reply_ns == 350, "also if its answer is read first");
	in.packet.tcp_flags = VNFT_TCP_SYN | VNFT_TCP_FIN;
	r = RUN(SYN_RST, OUT, in, RST(350, 13));
	CHECK(r.matched == 1, "a FIN takes a number, too");
	r = RUN(SYN_SYNACK, OUT, SYN(100, 7), packet(200, VNFT_CLASS_SYNACK, VNFT_HOOK_TCX_IN, 7),
		RST(300, 7));
	CHECK(r.matched == 1 && r.requests == 1, "the SYN-ACK that comes first takes the SYN");
	r = RUN(ECHO, OUT, ASK(100, 0x1230001), ANSWER(1100, 0x1230001));
	CHECK(r.matched == 1 && r.hist.max_ns == 1000, "an echo meets its reply");
	r = RUN(ECHO, OUT, ASK(100, 1), ASK(200, 1), ANSWER(300, 1), ANSWER(310, 1));
	CHECK(r.matched == 1 && r.hist.max_ns == 100 && r.unmatched == 1,
	      "a request seen twice is timed from its last sighting");
	r = RUN(ECHO, OUT, ASK(200, 1), ANSWER(199, 1));
	CHECK(r.backwards == 1 && r.matched == 0, "a reply stamped before its request is counted");
	r = RUN(ECHO, OUT, ANSWER(200, 1), ASK(200 + 2 * MS, 1));
	CHECK(r.backwards == 0 && r.unmatched == 1, "a much older reply is a stray");
	/* Loopback: all four pass one device, twice each, with both ends alike. */
	out = ASK(100, 1);
	in = packet(110, VNFT_CLASS_ECHO_REQUEST, VNFT_HOOK_TCX_IN, 1);
	other = packet(120, VNFT_CLASS_ECHO_REPLY, VNFT_HOOK_TCX_OUT, 1);
	r = RUN(ECHO, OUT, out, in, other, ANSWER(130, 1));
	CHECK(r.matched == 1 && r.hist.max_ns == 30, "loopback: the whole way");
	r = RUN(ECHO, IN, out, in, other, ANSWER(130, 1));
	CHECK(r.matched == 1 && r.hist.max_ns == 10, "loopback: the host's share");
	other = SYN(1, 1);
	other.hook = 0;
	in = SYN(1, 1);
	in.kind = VNFT_KIND_STAGE;
	r = RUN(SYN_RST, OUT, other, in);
	CHECK(r.requests == 0, "neither an unknown hook nor a stage is a boundary");
}

/* 20,000 echoes on 4 rings; every ring in its own order, the rings in any. Delays are known. */
static void test_interleaving(void)
{
	enum { N = 20000, CPUS = 4 };
	static struct vnft_record ring[CPUS][2 * N];
	static struct vnft_pair_result r;
	size_t n[CPUS] = { 0 }, at[CPUS] = { 0 }, left = 2 * N, i;
	struct vnft_random random = { .state = 1 };
	static struct vnft_hist want;
	struct vnft_pair *p;
	uint64_t delay_ns, now_ns;
	uint32_t cpu;

	/* Requests every 50 us, each answered at once: two per ring and time, so order is kept. */
	for (i = 0; i < N; i++) {
		delay_ns = 1000 + vnft_random_below(&random, 40000);
		cpu = vnft_random_below(&random, CPUS);
		/* the sequence number wraps every 4096: keys come again */
		ring[cpu][n[cpu]++] = ASK(1000 + i * 50000, (uint32_t)i % 4096);
		cpu = vnft_random_below(&random, CPUS);
		ring[cpu][n[cpu]++] = ANSWER(1000 + i * 50000 + delay_ns, (uint32_t)i % 4096);
		vnft_hist_add(&want, delay_ns);
	}
	vnft_pair_new(&p);
	for (now_ns = 0; left; now_ns += vnft_random_below(&random, 20 * MS)) {
		uint32_t first = vnft_random_below(&random, CPUS), k;

		/* a drain empties the rings one after another, from any */
		for (k = 0; k < CPUS; k++) {
			cpu = (first + k) % CPUS;
			for (; at[cpu] < n[cpu] && ring[cpu][at[cpu]].time_ns <= now_ns; left--)
				vnft_pair_feed(&ring[cpu][at[cpu]++], p);
		}
	}
	vnft_pair_result(p, 1, VNFT_PAIRING_ECHO, VNFT_DIR_OUT, &r);
	CHECK(r.matched == N && !r.unmatched && !r.backwards &&
		      !memcmp(&r.hist, &want, sizeof(want)),
	      "20000 echoes on 4 rings drained at random: all matched, delays as made");
	CHECK(r.first_request_ns == 1000, "the first reply is the first");
	vnft_pair_free(p);

	/* The extreme: all replies before all requests. */
	vnft_pair_new(&p);
	for (i = 0; i < N; i++) {
		struct vnft_record a = ANSWER(1000 + i * 50000 + 777, (uint32_t)i);

		vnft_pair_feed(&a, p);
	}
	for (i = 0; i < N; i++) {
		struct vnft_record a = ASK(1000 + i * 50000, (uint32_t)i);

		vnft_pair_feed(&a, p);
	}
	vnft_pair_result(p, 1, VNFT_PAIRING_ECHO, VNFT_DIR_OUT, &r);
	CHECK(r.matched == N && r.hist.min_ns == 777 && r.hist.max_ns == 777,
	      "one ring wholly before the other");
	vnft_pair_free(p);
}

/*
 * A boot: SYNs every millisecond; a queue keeps the first 1000 for 40 s until the guest reads it,
 * the rest of that time is lost; then every SYN is answered after 100 us.
 */
static void test_boot(void)
{
	static struct vnft_pair_result r;
	struct vnft_record q;
	struct vnft_pair *p;
	uint64_t boot_ns = 40 * S;
	uint32_t i;

	vnft_pair_new(&p);
	for (i = 0; i < 41000; i++) {
		q = SYN(1 + i * MS, i);
		vnft_pair_feed(&q, p);
		if (i == 40000) {
			uint32_t k;

			for (k = 0; k < 1000; k++) {
				q = RST(1 + boot_ns + k * 1000, k);
				vnft_pair_feed(&q, p);
			}
		}
		if (i > 40000) {
			q = RST(1 + i * MS + 100000, i);
			vnft_pair_feed(&q, p);
		}
	}
	vnft_pair_result(p, 1, VNFT_PAIRING_SYN_RST, VNFT_DIR_OUT, &r);
	CHECK(r.requests == 41000 && r.replies == 1999 && r.matched == 1999 && !r.unmatched,
	      "RSTs of SYNs that were queued 40 s are matched");
	CHECK(r.first_reply_ns == boot_ns + 1 && r.first_request_ns == 1,
	      "the first RST belongs to the first SYN");
	CHECK(r.hist.max_ns == boot_ns && r.hist.min_ns == 100000, "each to its own");
	CHECK(r.waited == 1000 && r.longest_wait_ns == boot_ns,
	      "1000 waited for the guest, the first the longest");
	vnft_pair_free(p);
}

/* SYNs that something kept until the guest came: who is counted, in whatever order answers come. */
static void test_waiting(void)
{
	static const char *const order[] = { "as they came", "the last one first", "by two rings" };
	struct vnft_pair_result r;
	struct vnft_record q;
	struct vnft_pair *p;
	uint32_t i, k, way;

	r = RUN(SYN_RST, OUT, SYN(1 * MS, 1), SYN(3 * MS, 3), RST(3 * MS + 500, 3), SYN(5 * MS, 5),
		RST(5 * MS + 900, 5));
	CHECK(r.waited == 1 && r.longest_wait_ns == 500,
	      "nothing was kept: only the SYN that the first RST answers is older than it");
	r = RUN(SYN_RST, OUT, SYN(1 * MS, 1), SYN(2 * MS, 2), SYN(3 * MS, 3), RST(9 * MS, 2),
		SYN(10 * MS, 10), RST(11 * MS, 10), RST(12 * MS, 3), RST(13 * MS, 3));
	CHECK(r.first_reply_ns == 9 * MS && r.first_request_ns == 2 * MS && r.waited == 2 &&
	      r.longest_wait_ns == 9 * MS,
	      "unanswered ones, duplicates and those sent after the first RST do not count");
	r = RUN(SYN_RST, OUT, SYN(1 * MS, 1), RST(500 * MS, 7), RST(900 * MS, 1));
	CHECK(r.waited == 1 && r.first_reply_ns == 900 * MS && r.longest_wait_ns == 899 * MS,
	      "a RST that answers nobody is nobody's first answer");
	r = RUN(SYN_RST, OUT, SYN(1, 1), SYN(2, 2));
	CHECK(!r.waited && !r.longest_wait_ns, "without an answer nobody waited");
	/* 100 SYNs, 1 ms apart, kept until 2 s; then the rest of the flood is answered at once. */
	for (way = 0; way < 3; way++) {
		vnft_pair_new(&p);
		for (i = 0; i < 100; i++) {
			q = SYN((1 + i) * MS, i);
			vnft_pair_feed(&q, p);
		}
		q = SYN(2500 * MS, 5000);
		vnft_pair_feed(&q, p);
		q = RST(2501 * MS, 5000);
		if (way == 2)	/* the ring with the late answer was drained first */
			vnft_pair_feed(&q, p);
		for (i = 0; i < 100; i++) {
			k = way == 1 ? 99 - i : i;
			q = RST(2000 * MS + i * 1000, k);
			vnft_pair_feed(&q, p);
		}
		q = RST(2501 * MS, 5000);
		if (way != 2)
			vnft_pair_feed(&q, p);
		vnft_pair_result(p, 1, VNFT_PAIRING_SYN_RST, VNFT_DIR_OUT, &r);
		CHECK(r.waited == 100 && r.first_reply_ns == 2000 * MS,
		      "100 SYNs waited, answered %s", order[way]);
		CHECK_EQ(r.first_request_ns, way == 1 ? 100 * MS : 1 * MS,
			 "the first RST's own SYN");
		CHECK_EQ(r.longest_wait_ns, way == 1 ? 1999 * MS + 99 * 1000 : 1999 * MS,
			 "the longest wait");
		vnft_pair_free(p);
	}
	/* A file may claim that everything waited: bounded, and no failure. */
	vnft_pair_new(&p);
	for (i = 0; i < 200000; i++) {
		q = SYN(1 + i, i);
		QUIET(!vnft_pair_feed(&q, p), "SYN %u", i);
		q = RST(5 * S + i, i);
		QUIET(!vnft_pair_feed(&q, p), "RST %u", i);
	}
	vnft_pair_result(p, 1, VNFT_PAIRING_SYN_RST, VNFT_DIR_OUT, &r);
	CHECK_EQ(r.waited, 65536, "no more than that are kept");
	CHECK_EQ(r.matched, 200000, "and all are matched");
	vnft_pair_free(p);
}

/* Neither unanswered nor stray nor repeated packets grow the table without end or slow it down. */
static void test_bounds(void)
{
	static struct vnft_pair_result r;
	struct vnft_record q;
	struct vnft_pair *p;
	uint32_t i;

	vnft_pair_new(&p);
	for (i = 0; i < 3000000; i++) {
		q = i % 3 ? SYN(i, i) : RST(i, i + 0x80000000);
		QUIET(!vnft_pair_feed(&q, p), "packet %u", i);
	}
	for (i = 0; i < 1000000; i++) {
		q = SYN(3000000 + i, 5);
		QUIET(!vnft_pair_feed(&q, p), "packet %u", i);
	}
	q = RST(5000000, 2999999);
	vnft_pair_feed(&q, p);
	q = RST(5000000, 5);
	vnft_pair_feed(&q, p);
	q = RST(5000000, 1);
	vnft_pair_feed(&q, p);
	vnft_pair_result(p, 1, VNFT_PAIRING_SYN_RST, VNFT_DIR_OUT, &r);
	CHECK(r.matched == 2,
	      "after 4 million half pairs the young are there, the oldest was given up");
	CHECK(r.hist.min_ns == 5000000 - 3999999, "a key seen a million times: the last counts");
	CHECK(vnft_pair_result(p, 1, VNFT_PAIRING_NR, VNFT_DIR_OUT, &r) < 0, "no such pairing");
	CHECK(!vnft_pair_result(p, 9, VNFT_PAIRING_ECHO, VNFT_DIR_OUT, &r) && !r.requests,
	      "a device never seen has nothing");
	vnft_pair_free(p);
	vnft_pair_free(NULL);
}

int main(void)
{
	test_identity();
	test_interleaving();
	test_boot();
	test_waiting();
	test_bounds();
	return unit_done();
}
