/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose stamps belong together, what is said of frames that cannot be followed, and that memory is
 * bounded.
 */
#include "path_records.h"

/* A way up to a moment of it, or from one on. */
static void part_of_leg(unsigned int from, unsigned int to, unsigned int without)
{
	static const struct { uint16_t device; uint8_t hook; } way[] = {
		{ NEAR, VNFT_HOOK_TCX_OUT }, { NEAR, VNFT_HOOK_DEV_QUEUE },
		{ NEAR, VNFT_HOOK_DEV_START_XMIT }, { NEAR, VNFT_HOOK_DEV_XMIT },
		{ FAR, VNFT_HOOK_RECEIVE }, { FAR, VNFT_HOOK_TCX_IN },
	};
	unsigned int i;

	for (i = from; i <= to; i++)
		if (i != without)
			stage(way[i].device, way[i].hook, 8, 1000 + 10 * i, ECHO_TO_GUEST);
}

#define ALL_OF_IT	99
static void not_followed_as(enum vnft_path_cause cause, unsigned int from, unsigned int to,
			    unsigned int without, const char *what)
{
	begin(&both_ends);
	if (cause == VNFT_PATH_CUT)
		len_bytes = 9000;
	part_of_leg(from, to, without);
	finish(1000000000);
	CHECK_EQ(not_followed(VNFT_DIR_OUT, cause), 1, "%s: %s", vnft_path_cause_name(cause), what);
	CHECK_EQ(followed(VNFT_DIR_OUT) + all_not_followed(VNFT_DIR_OUT), 1, "and nothing else");
	CHECK_EQ(hops_of(VNFT_PATH_FRAMES, VNFT_PATH_PARTS, NULL, NULL).n, 0, "no hop is guessed");
	end();
}

static void test_not_followed(void)
{
	not_followed_as(VNFT_PATH_NOT_SENT, 0, 1, ALL_OF_IT, "it ends in the queue");
	not_followed_as(VNFT_PATH_CUT, 0, 1, ALL_OF_IT, "it is longer than the MTU, and ends so");
	not_followed_as(VNFT_PATH_NOT_TAKEN, 0, 3, ALL_OF_IT, "it ends behind the driver");
	not_followed_as(VNFT_PATH_SEGMENT, 2, 5, ALL_OF_IT, "it begins at the driver");
	not_followed_as(VNFT_PATH_NO_BEGIN, 4, 5, ALL_OF_IT, "it begins at the other end");
	not_followed_as(VNFT_PATH_GAP, 0, 5, 1, "it was not seen in the queue");
	not_followed_as(VNFT_PATH_GAP, 0, 5, 3, "the driver's return was not seen");

	begin(&both_ends);
	part_of_leg(0, 3, ALL_OF_IT);
	stage(FAR, VNFT_HOOK_RECEIVE, 8, 1005, ECHO_TO_GUEST);
	stage(FAR, VNFT_HOOK_TCX_IN, 8, 1050, ECHO_TO_GUEST);
	finish(1000000000);
	CHECK_EQ(followed(VNFT_DIR_OUT), 0, "taken before it was sent: not followed");
	end();

	begin(&both_ends);
	vnft_path_begin(path, 1020);
	part_of_leg(0, 5, ALL_OF_IT);
	finish(1000000000);
	CHECK_EQ(followed(VNFT_DIR_OUT), 0, "a frame from before the beginning is not counted");
	end();

	begin(&both_ends);
	part_of_leg(0, 3, ALL_OF_IT);
	finish(1100);
	CHECK_EQ(not_followed(VNFT_DIR_OUT, VNFT_PATH_EDGE), 1, "edge: under way at the end");
	end();

	/* The reply's way is not known: no round trip. */
	begin(&both_ends);
	leg(NEAR, FAR, 8, 1000, ECHO_TO_GUEST, 1);
	bound(NEAR, VNFT_HOOK_TCX_IN, 9, 2000, REPLY_FROM_GUEST, 1);
	leg(NEAR, FAR, 7, 3000, ECHO_TO_GUEST, 2);
	feed(VNFT_KIND_PACKET, NEAR, VNFT_HOOK_TCX_IN, 0, 4000, REPLY_FROM_GUEST, 2);
	finish(1000000000);
	CHECK(!trips_of(VNFT_PAIRING_ECHO, VNFT_DIR_OUT)->whole.count &&
	      trips_of(VNFT_PAIRING_ECHO, VNFT_DIR_OUT)->not_followed == 2,
	      "pairs of which a way is not known are counted, and no round trips");
	CHECK_EQ(HOP(PARTS, NULL, NULL).n, 0, "and have no hops");
	end();
}

/* One skb's memory, frame after frame; copies; another flow in the same place. */
static void test_identity(void)
{
	unsigned int i;

	begin(&both_ends);
	for (i = 0; i < 5; i++)
		leg(NEAR, FAR, 8, 1000 + 1000 * i, ECHO_TO_GUEST, i);
	finish(1000000000);
	CHECK_EQ(followed(VNFT_DIR_OUT), 5, "an skb that is used again is a new frame");
	end();

	begin(&both_ends);
	leg(NEAR, FAR, 8, 1000, ECHO_TO_GUEST, 1);
	leg(NEAR, FAR, 18, 1001, ECHO_TO_GUEST, 1);
	finish(1000000000);
	CHECK_EQ(followed(VNFT_DIR_OUT), 2, "a copy is a frame of its own");
	end();

	begin(&both_ends);
	stage(NEAR, VNFT_HOOK_TCX_OUT, 8, 1000, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_TCX_OUT, 8, 1010, ECHO_TO_GUEST);
	finish(1000000000);
	CHECK_EQ(all_not_followed(VNFT_DIR_OUT), 2, "a moment that comes twice is of two frames");
	end();

	begin(&both_ends);
	stage(NEAR, VNFT_HOOK_TCX_OUT, 8, 1000, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_DEV_QUEUE, 8, 1010, VNFT_CLASS_UDP, 0);
	finish(1000000000);
	CHECK_EQ(all_not_followed(VNFT_DIR_OUT), 2, "frames of two classes are not one");
	end();

	begin(&both_ends);
	stage(NEAR, VNFT_HOOK_TCX_OUT, 8, 1000, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_DEV_QUEUE, 8, 11000000000ULL, ECHO_TO_GUEST);
	finish(30000000000ULL);
	CHECK_EQ(all_not_followed(VNFT_DIR_OUT), 2, "what is more than 10 s apart is not one");
	end();

	/* A CPU's sequence wraps between two records of one moment. */
	begin(&both_ends);
	seq[0] = UINT32_MAX - 1;
	leg(NEAR, FAR, 8, 1000, ECHO_TO_GUEST, 1);
	seq[0] = UINT32_MAX - 1;
	leg(FAR, NEAR, 9, 2000, REPLY_FROM_GUEST, 1);
	finish(1000000000);
	CHECK_EQ(trips_of(VNFT_PAIRING_ECHO, VNFT_DIR_OUT)->whole.count, 1,
		 "a sequence that wraps tears nothing apart");
	end();
}

/* Requests that nobody answers, for ever; and whatever bytes a ring may hold. */
static void test_bounds(void)
{
	const unsigned int frames = 300000;
	struct vnft_record r;
	unsigned int i, k, random = 7, taken = 0;

	begin(&both_ends);
	for (i = 0; i < frames; i++) {
		stage(NEAR, VNFT_HOOK_TCX_OUT, 1 + i, 1000 + i, ECHO_TO_GUEST);
		if (i % 10000 == 9999)
			QUIET(!vnft_path_run(path, 1000 + i), "many are under way");
	}
	finish(1000000000);
	CHECK_EQ(all_not_followed(VNFT_DIR_OUT), frames, "each of %u frames without an end is told",
		 frames);
	CHECK_EQ(not_followed(VNFT_DIR_OUT, VNFT_PATH_TABLE), frames - (1 << 17),
		 "those that were too many, too");
	end();

	begin(&both_ends);
	for (i = 0; i < 200000; i++) {
		for (k = 0; k < sizeof(r); k++)
			((uint8_t *)&r)[k] = (uint8_t)rand_r(&random);
		r.device &= 3;
		r.kind = VNFT_KIND_PACKET + (r.kind & 1);
		r.hook &= 0x9f;
		r.class %= 12;
		r.flow &= 1;
		if (r.kind == VNFT_KIND_STAGE)
			r.stage.packet &= 7;
		r.time_ns = i & 8 ? r.time_ns : i;
		taken += !vnft_path_feed(&r, path);
		if (i % 1000 == 999)
			vnft_path_run(path, i);
	}
	CHECK(taken && !vnft_path_end(path, 1000000), "bytes by chance do no harm");
	end();
}

int main(void)
{
	test_not_followed();
	test_identity();
	test_bounds();
	return unit_done();
}
