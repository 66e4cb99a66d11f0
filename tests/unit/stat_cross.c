/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two observers at one device: whose frame is whose, how far apart, and what only one of them saw.
 */
#include <string.h>

#include "../../tools/stat/records/cross.h"
#include "unit.h"

#define END UINT64_MAX

static struct vnft_cross *cross;
static struct vnft_cross_result r;

static struct vnft_record frame(enum vnft_cross_side side, enum vnft_dir dir, uint8_t class,
				uint32_t number, uint64_t time_ns)
{
	static const uint8_t hook[VNFT_CROSS_SIDES][VNFT_DIR_NR] = {
		{ VNFT_HOOK_TCX_IN, VNFT_HOOK_TCX_OUT },
		{ VNFT_HOOK_NETFILTER_IN, VNFT_HOOK_NETFILTER_OUT },
	};
	struct vnft_record f = {
		.kind = VNFT_KIND_PACKET, .time_ns = time_ns, .flow = 0xf10f, .class = class,
		.device = side == VNFT_CROSS_BPF ? 1 : VNFT_MODULE_FIRST_ID,
		.hook = hook[side][dir], .len32 = 98,
	};

	f.packet.tcp_seq = number;
	return f;
}

static void feed(enum vnft_cross_side side, const struct vnft_record *f)
{
	QUIET(!vnft_cross_feed(cross, side, f), "a record is taken");
}

static void see(enum vnft_cross_side side, enum vnft_dir dir, uint8_t class, uint32_t number,
		uint64_t time_ns)
{
	struct vnft_record f = frame(side, dir, class, number, time_ns);

	feed(side, &f);
}
#define BPF(dir, n, t) see(VNFT_CROSS_BPF, VNFT_DIR_##dir, VNFT_CLASS_UDP, n, t)
#define MODULE(dir, n, t) see(VNFT_CROSS_MODULE, VNFT_DIR_##dir, VNFT_CLASS_UDP, n, t)

static void begin(void)
{
	QUIET(!vnft_cross_new(&cross), "room for a check");
}

static const struct vnft_cross_result *run(uint64_t from_ns, uint64_t to_ns)
{
	QUIET(!vnft_cross_run(cross, from_ns, to_ns, &r), "it runs");
	vnft_cross_free(cross);
	return &r;
}

static uint64_t only(void)
{
	return r.only[0][0] + r.only[0][1] + r.only[1][0] + r.only[1][1];
}

static void test_order(void)
{
	uint32_t i;

	begin();
	for (i = 0; i < 100; i++) {
		MODULE(OUT, i, 1000 * i + 1);
		BPF(OUT, i, 1000 * i + 1 + 10 + i);
		BPF(IN, i, 1000 * i + 500);
		MODULE(IN, i, 1000 * i + 700);
	}
	run(0, END);
	CHECK(!only() && r.apart[VNFT_DIR_OUT].n == 100 && r.apart[VNFT_DIR_IN].n == 100,
	      "frames of two observers meet");
	CHECK(r.apart[VNFT_DIR_OUT].in_order == 100 && r.apart[VNFT_DIR_IN].in_order == 100,
	      "out: netfilter first; in: tc first");
	CHECK(r.apart[VNFT_DIR_OUT].min_ns == 10 && r.apart[VNFT_DIR_OUT].max_ns == 109 &&
	      r.apart[VNFT_DIR_OUT].p50_ns == 60 && r.apart[VNFT_DIR_OUT].p90_ns == 100 &&
	      r.apart[VNFT_DIR_OUT].p99_ns == 109, "and so far apart");
	CHECK(r.frames[0][VNFT_DIR_OUT][VNFT_CLASS_UDP] == 100 &&
		      r.frames[1][VNFT_DIR_OUT][VNFT_CLASS_UDP] == 100 &&
		      r.frames[1][VNFT_DIR_IN][VNFT_CLASS_UDP] == 100,
	      "counted by side, direction and class");

	begin();
	BPF(OUT, 1, 1000);
	MODULE(OUT, 1, 1200);
	BPF(OUT, 2, 2000);
	MODULE(OUT, 2, 2000 + 1000001);
	run(0, END);
	CHECK(r.apart[VNFT_DIR_OUT].n == 1 && r.apart[VNFT_DIR_OUT].in_order == 0 &&
	      r.apart[VNFT_DIR_OUT].min_ns == -200, "the wrong order is said, with its sign");
	CHECK(r.only[0][VNFT_DIR_OUT] == 1 && r.only[1][VNFT_DIR_OUT] == 1,
	      "more than 1 ms the wrong way round is another frame");
}

static void test_alike(void)
{
	uint32_t i;

	/* The same frame every microsecond, and the module misses the third. */
	begin();
	for (i = 0; i < 10; i++) {
		if (i != 2)
			MODULE(OUT, 7, 1000 * i + 1);
		BPF(OUT, 7, 1000 * i + 101);
	}
	run(0, END);
	CHECK(r.only[VNFT_CROSS_BPF][VNFT_DIR_OUT] == 1 &&
		      !r.only[VNFT_CROSS_MODULE][VNFT_DIR_OUT] &&
		      r.apart[VNFT_DIR_OUT].max_ns == 100,
	      "one of many that look alike: nobody slips");

	begin();
	for (i = 0; i < 10; i++) {
		MODULE(OUT, 7, 1000 * i + 1);
		if (i != 2)
			BPF(OUT, 7, 1000 * i + 101);
	}
	run(0, END);
	CHECK(r.only[VNFT_CROSS_MODULE][VNFT_DIR_OUT] == 1 && r.apart[VNFT_DIR_OUT].max_ns == 100,
	      "nor when it is missed at the second hook");
}

static void test_different(void)
{
	struct vnft_record f, g;

	begin();
	f = frame(VNFT_CROSS_MODULE, VNFT_DIR_OUT, VNFT_CLASS_TCP, 1, 100);
	g = frame(VNFT_CROSS_BPF, VNFT_DIR_OUT, VNFT_CLASS_TCP, 1, 200);
	g.flags = VNFT_RF_RETRANS;
	feed(VNFT_CROSS_MODULE, &f);
	feed(VNFT_CROSS_BPF, &g);
	run(0, END);
	CHECK(!only(), "what each has seen before does not tell frames apart");
#define DIFFERS(member, value) ({							\
	begin();									\
	g = frame(VNFT_CROSS_BPF, VNFT_DIR_OUT, VNFT_CLASS_TCP, 1, 200);		\
	g.member = value;								\
	feed(VNFT_CROSS_MODULE, &f);							\
	feed(VNFT_CROSS_BPF, &g);							\
	run(0, END);									\
	CHECK(only() == 2, "another %s is another frame", #member);			\
})
	DIFFERS(packet.tcp_seq, 2);
	DIFFERS(packet.tcp_ack, 2);
	DIFFERS(packet.ip_id, 2);
	DIFFERS(packet.gso_segs, 2);
	DIFFERS(packet.vlan_tci, 2);
	DIFFERS(flags, VNFT_RF_DF);
	DIFFERS(class, VNFT_CLASS_SYN);
	DIFFERS(flow, 5);
	DIFFERS(len32, 99);
	DIFFERS(cpu, 1);
	DIFFERS(hook, VNFT_HOOK_TCX_IN);
}

static void test_window(void)
{
	begin();
	BPF(OUT, 1, 50);		/* the module was not on yet */
	MODULE(OUT, 2, 90);		/* under way when the window begins */
	BPF(OUT, 2, 110);
	MODULE(OUT, 3, 150);
	BPF(OUT, 3, 160);
	MODULE(OUT, 4, 190);		/* under way when it ends */
	BPF(OUT, 4, 210);
	MODULE(OUT, 5, 250);		/* BPF was off */
	run(100, 200);
	CHECK(!only() && r.apart[VNFT_DIR_OUT].n == 2 &&
	      r.frames[0][VNFT_DIR_OUT][VNFT_CLASS_UDP] == 2 &&
	      r.frames[1][VNFT_DIR_OUT][VNFT_CLASS_UDP] == 2,
	      "what passes at the ends is no alarm");
	begin();
	MODULE(OUT, 3, 150);
	BPF(OUT, 4, 160);
	run(100, 200);
	CHECK(r.only[0][VNFT_DIR_OUT] == 1 && r.only[1][VNFT_DIR_OUT] == 1,
	      "what passes inside of them is one");
}

#define ECHO(side, dir, class, n, t) \
	see(VNFT_CROSS_##side, VNFT_DIR_##dir, VNFT_CLASS_ECHO_##class, n, t)

/* Each from 1 to 11 at the hooks out and from 500 to 520 at those in, one in 1000. */
static void begin_with_echoes(uint32_t n)
{
	uint32_t i;

	begin();
	for (i = 0; i < n; i++) {
		ECHO(MODULE, OUT, REQUEST, i, 1000 * i + 1);
		ECHO(BPF, OUT, REQUEST, i, 1000 * i + 11);
		ECHO(BPF, IN, REPLY, i, 1000 * i + 500);
		ECHO(MODULE, IN, REPLY, i, 1000 * i + 520);
	}
}

static void test_pairings(void)
{
	begin_with_echoes(10);
	run(0, END);
	CHECK(r.pairings[0] == 10 && r.pairings[1] == 10 && r.equal == 10 && !r.different,
	      "both pair the same requests and replies");

	/* Each end of the window lies between the two hooks of a frame. */
	begin_with_echoes(4);
	vnft_cross_run(cross, 5, 3510, &r);
	CHECK(r.pairings[0] == 3 && r.pairings[1] == 3 && r.equal == 3 && !r.different,
	      "a reply under way when the window ends is both sides', such a request neither's");
	vnft_cross_run(cross, 0, 3499, &r);
	CHECK(r.pairings[0] == 3 && r.pairings[1] == 3 && r.equal == 3,
	      "a reply that both saw after it is neither's");
	run(1, END);
	CHECK(r.pairings[0] == 4 && r.pairings[1] == 4 && r.equal == 4, "and all are all");

	/* BPF saw a second request that is the first one's double: it pairs with that one. */
	begin();
	ECHO(MODULE, OUT, REQUEST, 1, 1000);
	ECHO(BPF, OUT, REQUEST, 1, 1010);
	ECHO(BPF, OUT, REQUEST, 1, 1200);
	ECHO(BPF, IN, REPLY, 1, 1500);
	ECHO(MODULE, IN, REPLY, 1, 1510);
	run(0, END);
	CHECK(r.pairings[0] == 1 && r.pairings[1] == 1 && !r.equal && r.different == 1,
	      "a reply that meets another request on one side is different");
	CHECK(r.only[VNFT_CROSS_BPF][VNFT_DIR_OUT] == 1, "and so is the number of frames");
}

int main(void)
{
	test_order();
	test_alike();
	test_different();
	test_window();
	test_pairings();
	return unit_done();
}
