/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Steps between stages: whose stamps belong together, whatever the CPUs and however often the
 * kernel uses an skb.
 */
#include <string.h>

#include "../../tools/stat/records/stages.h"
#include "unit.h"

#define BOUND	VNFT_HOOK_NETFILTER_OUT
#define QUEUE	VNFT_HOOK_DEV_QUEUE
#define START	VNFT_HOOK_DEV_START_XMIT
#define TAP	VNFT_HOOK_TUN_XMIT
#define DONE	VNFT_HOOK_DEV_XMIT
#define READ	VNFT_HOOK_TUN_READ

static struct vnft_steps *steps;
static uint32_t seq;

static void begin(void)
{
	vnft_steps_new(&steps);
	seq = 0;
}

static void stamp_on(uint16_t cpu, uint16_t device, uint64_t packet, uint8_t hook, uint64_t time_ns)
{
	struct vnft_record r = {
		.kind = VNFT_KIND_STAGE, .device = device, .hook = hook, .time_ns = time_ns,
		.cpu = cpu, .seq = ++seq,
	};

	r.stage.packet = packet;
	QUIET(!vnft_steps_feed(&r, steps), "a stamp is taken");
}
#define STAMP(packet, hook, time_ns) stamp_on(0, 1, packet, hook, time_ns)

struct wanted {
	uint16_t device;
	uint8_t from, to;
	uint64_t n, min_ns, max_ns;
};

struct search {
	struct wanted want;
	bool found;
	size_t n;
};

static int look(const struct vnft_step *step, void *arg)
{
	struct search *s = arg;

	s->n++;
	s->found |= step->device == s->want.device && step->from == s->want.from &&
		    step->to == s->want.to && step->hist.count == s->want.n &&
		    step->hist.min_ns == s->want.min_ns && step->hist.max_ns == s->want.max_ns;
	return 0;
}

/* Is there this step, so often, and so long? */
static bool has(uint8_t from, uint8_t to, uint64_t n, uint64_t min_ns, uint64_t max_ns)
{
	struct search s = { .want = { 1, from, to, n, min_ns, max_ns } };

	vnft_steps_each(steps, look, &s);
	return s.found;
}

static size_t kinds(void)
{
	struct search s = { .n = 0 };

	vnft_steps_each(steps, look, &s);
	return s.n;
}

static void end(uint64_t frames, uint64_t alone, const char *what)
{
	uint64_t got_alone, got = vnft_steps_frames(steps, &got_alone);

	CHECK(got == frames && got_alone == alone, "%s: frames are told apart", what);
	vnft_steps_free(steps);
}

static void test_way(void)
{
	begin();
	STAMP(7, BOUND, 1000);
	STAMP(8, BOUND, 1010);
	STAMP(7, QUEUE, 1100);
	STAMP(7, START, 1300);
	STAMP(8, QUEUE, 1310);
	STAMP(7, TAP, 1600);
	STAMP(8, START, 1700);
	CHECK(has(BOUND, QUEUE, 2, 100, 300),
	      "boundary to queue: two frames in between each other");
	CHECK(has(QUEUE, START, 2, 200, 390), "queue to driver");
	CHECK(has(START, TAP, 1, 300, 300), "one of them reached the tap's function");
	CHECK_EQ(kinds(), 3, "and there are no other steps");
	end(2, 0, "a way through the host");
}

static void test_cpus(void)
{
	begin();
	/* The reader's CPU was drained first, and it read before the sender returned. */
	stamp_on(1, 1, 7, READ, 1500);
	stamp_on(0, 1, 7, START, 1000);
	stamp_on(0, 1, 7, TAP, 1200);
	stamp_on(0, 1, 7, DONE, 1900);
	CHECK(has(START, TAP, 1, 200, 200) && has(TAP, READ, 1, 300, 300) &&
	      has(READ, DONE, 1, 400, 400), "stages of two CPUs stand in the order of time");
	end(1, 0, "two CPUs");

	begin();
	stamp_on(1, 1, 7, QUEUE, 1000);
	stamp_on(0, 1, 7, START, 1000);
	CHECK(has(QUEUE, START, 1, 0, 0), "equal stamps of two CPUs: in the order of the stages");
	end(1, 0, "equal stamps");
}

static void test_again(void)
{
	begin();
	STAMP(7, QUEUE, 1000);
	STAMP(7, START, 1100);
	STAMP(7, QUEUE, 2000);
	STAMP(7, START, 2300);
	CHECK(has(QUEUE, START, 2, 100, 300) && kinds() == 1,
	      "an skb that is used again is a new frame");
	end(2, 0, "used again");

	begin();
	STAMP(7, DONE, 1000);
	STAMP(7, DONE, 1100);
	CHECK_EQ(kinds(), 0, "a stage that was passed already begins a frame");
	end(0, 2, "passed already");

	begin();
	STAMP(7, START, 1000);
	STAMP(7, DONE, 1100);
	STAMP(7, BOUND, 2000);
	STAMP(7, START, 2100);
	CHECK(has(BOUND, START, 1, 100, 100) && kinds() == 2,
	      "a stage that lies before begins a frame");
	end(2, 0, "begins before");

	begin();
	STAMP(7, QUEUE, 1000);
	STAMP(7, START, 1000 + 10000000001ULL);
	CHECK_EQ(kinds(), 0, "what is 10 s apart is no step");
	end(0, 2, "10 s");
}

static void test_apart(void)
{
	struct vnft_record r = { .kind = VNFT_KIND_PACKET, .hook = QUEUE, .device = 1 };

	begin();
	stamp_on(0, 1, 7, QUEUE, 1000);
	stamp_on(0, 2, 7, START, 1100);
	STAMP(8, START, 1200);
	STAMP(7, VNFT_HOOK_RECEIVE, 1300);
	STAMP(0, START, 1400);
	STAMP(0, TAP, 1500);
	QUIET(!vnft_steps_feed(&r, steps), "a PACKET is ignored");
	CHECK_EQ(kinds(), 0, "devices, frames and directions are told apart; number 0 is no frame");
	end(0, 4, "apart");
}

/* More stamps than are kept at once: nothing is lost at the seam. */
static void test_many(void)
{
	uint64_t i, n = 3u << 20;

	begin();
	STAMP(5000, QUEUE, 0);		/* so that the seam lies between two stamps of a frame */
	for (i = 0; i < n; i++) {
		STAMP(1 + i % 1000, QUEUE, 1000 * i);
		STAMP(1 + i % 1000, START, 1000 * i + 50);
	}
	CHECK(has(QUEUE, START, n, 50, 50) && kinds() == 1, "%llu frames through a bounded memory",
	      (unsigned long long)n);
	end(n, 1, "many");
}

int main(void)
{
	test_way();
	test_cpus();
	test_again();
	test_apart();
	test_many();
	return unit_done();
}
