/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hops and round trips from stamps: what they are, and that the hops add up.
 */
#include "path_records.h"

static void test_trip(void)
{
	struct vnft_path_trips *trips;

	begin(&both_ends);
	/* The reply's CPU is read first, and CPU 0 receives what CPU 1 sends. */
	cpu = 1;
	leg(FAR, NEAR, 9, 1500, REPLY_FROM_GUEST, 1);
	leg(NEAR, FAR, 8, 1000, ECHO_TO_GUEST, 1);
	finish(1000000000);
	trips = trips_of(VNFT_PAIRING_ECHO, VNFT_DIR_OUT);
	CHECK_EQ(trips->whole.count, 1, "a request and its reply are a round trip");
	CHECK_EQ(trips->whole.sum_ns, 710, "from boundary to boundary");
	CHECK_EQ(trips->driver.sum_ns, 1560 - 1030, "as the driver sees it");
	CHECK(HOP(THERE, "leaves stack", "queued").sum_ns == 10 &&
	      HOP(THERE, "queued", "driver entered").sum_ns == 20 &&
	      HOP(THERE, "driver entered", "handed over").sum_ns == 30 &&
	      HOP(THERE, "handed over", "driver done").sum_ns == 40 &&
	      HOP(THERE, "driver done", "taken").sum_ns == 50 &&
	      HOP(THERE, "taken", "enters stack").sum_ns == 60, "its hops to the guest");
	CHECK_EQ(HOP(BETWEEN, "enters stack", "leaves stack").sum_ns, 290, "the guest's share");
	CHECK_EQ(HOP(BACK, NULL, NULL).sum_ns, LEG_NS, "and back");
	CHECK_EQ(HOP(PARTS, NULL, NULL).hops, 13, "there are no other hops");
	CHECK_EQ(HOP(PARTS, NULL, NULL).sum_ns, trips->whole.sum_ns, "they add up");
	CHECK_EQ(HOP(PARTS, NULL, NULL).stamps, 13, "a stamp of ours lies in each");
	CHECK(followed(VNFT_DIR_OUT) == 1 && followed(VNFT_DIR_IN) == 1 &&
	      !all_not_followed(VNFT_DIR_OUT) && !all_not_followed(VNFT_DIR_IN),
	      "both frames were followed");
	CHECK(trips->requests == 1 && trips->answered == 1, "no request is unanswered");
	end();

	begin(&both_ends);
	leg(FAR, NEAR, 8, 1000, VNFT_CLASS_ECHO_REQUEST, VNFT_RF_FROM_B, 5);
	leg(NEAR, FAR, 9, 2000, VNFT_CLASS_ECHO_REPLY, 0, 5);
	leg(NEAR, FAR, 7, 3000, ECHO_TO_GUEST, 6);
	finish(1000000000);
	CHECK(trips_of(VNFT_PAIRING_ECHO, VNFT_DIR_IN)->whole.sum_ns == 1000 + LEG_NS &&
	      HOP(BETWEEN, NULL, NULL).sum_ns == 1000 - LEG_NS,
	      "a request of the guest's: the host's share lies between");
	trips = trips_of(VNFT_PAIRING_ECHO, VNFT_DIR_OUT);
	CHECK(trips->requests == 1 && !trips->answered, "a request without a reply is counted");
	end();

	begin(&both_ends);
	leg(NEAR, FAR, 8, 1000, VNFT_CLASS_SYN, 0, 5);
	leg(FAR, NEAR, 9, 2000, VNFT_CLASS_RST, VNFT_RF_FROM_B, 5);
	finish(1000000000);
	CHECK_EQ(trips_of(VNFT_PAIRING_SYN_RST, VNFT_DIR_OUT)->whole.sum_ns, 1000 + LEG_NS,
		 "a SYN and its RST are a round trip");
	CHECK_EQ(hops_of(VNFT_PAIRING_SYN_RST, VNFT_PATH_PARTS, NULL, NULL).sum_ns, 1000 + LEG_NS,
		 "whose hops add up");
	trips = trips_of(VNFT_PAIRING_SYN_SYNACK, VNFT_DIR_OUT);
	CHECK(trips->requests == 1 && trips->answered == 1, "its SYN is answered by one of two");
	end();
}

/* The guest's own end: hooks are marked, and its way in is the way to the guest all the same. */
static void test_sides(void)
{
	const uint8_t guest = VNFT_HOOK_GUEST_SIDE;

	begin(&both_ends);
	bound(NEAR, VNFT_HOOK_TCX_OUT, 8, 1000, ECHO_TO_GUEST, 1);
	stage(NEAR, VNFT_HOOK_DEV_QUEUE, 8, 1010, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_DEV_START_XMIT, 8, 1020, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_DEV_XMIT, 8, 1030, ECHO_TO_GUEST);
	stage(FAR, VNFT_HOOK_RECEIVE | guest, 8, 1040, ECHO_TO_GUEST);
	bound(FAR, VNFT_HOOK_TCX_IN | guest, 8, 1050, ECHO_TO_GUEST, 1);
	bound(FAR, VNFT_HOOK_TCX_OUT | guest, 9, 1100, REPLY_FROM_GUEST, 1);
	stage(FAR, VNFT_HOOK_DEV_QUEUE | guest, 9, 1110, REPLY_FROM_GUEST);
	stage(FAR, VNFT_HOOK_DEV_START_XMIT | guest, 9, 1120, REPLY_FROM_GUEST);
	stage(FAR, VNFT_HOOK_DEV_XMIT | guest, 9, 1130, REPLY_FROM_GUEST);
	stage(NEAR, VNFT_HOOK_RECEIVE, 9, 1140, REPLY_FROM_GUEST);
	bound(NEAR, VNFT_HOOK_TCX_IN, 9, 1150, REPLY_FROM_GUEST, 1);
	finish(1000000000);
	CHECK_EQ(trips_of(VNFT_PAIRING_ECHO, VNFT_DIR_OUT)->whole.sum_ns, 150,
		 "the guest's own end is the far one");
	end();
}

/* Whoever takes the frame may be faster than the driver's return. */
static void test_overtaken(void)
{
	begin(&both_ends);
	leg(NEAR, FAR, 8, 1000, ECHO_TO_GUEST, 1);
	stage(FAR, VNFT_HOOK_TCX_OUT, 9, 1300, REPLY_FROM_GUEST);
	stage(FAR, VNFT_HOOK_DEV_QUEUE, 9, 1310, REPLY_FROM_GUEST);
	stage(FAR, VNFT_HOOK_DEV_START_XMIT, 9, 1320, REPLY_FROM_GUEST);
	stage(NEAR, VNFT_HOOK_RX_ENTRY, 9, 1330, REPLY_FROM_GUEST);
	stage(NEAR, VNFT_HOOK_RECEIVE, 9, 1340, REPLY_FROM_GUEST);
	bound(NEAR, VNFT_HOOK_TCX_IN, 9, 1350, REPLY_FROM_GUEST, 1);
	cpu = 1;
	stage(FAR, VNFT_HOOK_DEV_XMIT, 9, 1400, REPLY_FROM_GUEST);
	finish(1000000000);
	CHECK_EQ(trips_of(VNFT_PAIRING_ECHO, VNFT_DIR_OUT)->whole.sum_ns, 350,
		 "a driver that returns late is no part of the round trip");
	CHECK(HOP(BACK, "handed over", "driver done").sum_ns == 10 &&
	      HOP(BACK, "driver done", "taken").sum_ns == 0 &&
	      HOP(BACK, "driver done", "taken").overtaken == 1,
	      "nobody waited behind it, and that is counted");
	CHECK_EQ(HOP(PARTS, NULL, NULL).sum_ns, 350, "the hops add up");
	end();

	/* The skb's memory is another frame's before the driver returns. */
	begin(&both_ends);
	stage(NEAR, VNFT_HOOK_TCX_OUT, 8, 1000, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_DEV_QUEUE, 8, 1010, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_DEV_START_XMIT, 8, 1020, ECHO_TO_GUEST);
	stage(FAR, VNFT_HOOK_RECEIVE, 8, 1040, ECHO_TO_GUEST);
	stage(FAR, VNFT_HOOK_TCX_IN, 8, 1050, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_TCX_OUT, 8, 1060, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_DEV_QUEUE, 8, 1070, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_DEV_XMIT, 8, 1075, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_DEV_START_XMIT, 8, 1080, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_DEV_XMIT, 8, 1090, ECHO_TO_GUEST);
	stage(FAR, VNFT_HOOK_RECEIVE, 8, 1100, ECHO_TO_GUEST);
	stage(FAR, VNFT_HOOK_TCX_IN, 8, 1110, ECHO_TO_GUEST);
	finish(1000000000);
	CHECK_EQ(followed(VNFT_DIR_OUT), 2,
		 "a late return is the older frame's: the younger one has not been to the driver");
	CHECK_EQ(all_not_followed(VNFT_DIR_OUT), 0, "and nothing is left over");
	end();
}

static void test_tap(void)
{
	begin(&tap);
	bound(TAP, VNFT_HOOK_TCX_OUT, 8, 1000, ECHO_TO_GUEST, 1);
	stage(TAP, VNFT_HOOK_DEV_QUEUE, 8, 1010, ECHO_TO_GUEST);
	stage(TAP, VNFT_HOOK_DEV_START_XMIT, 8, 1020, ECHO_TO_GUEST);
	stage(TAP, VNFT_HOOK_DEV_XMIT, 8, 1050, ECHO_TO_GUEST);
	stage(TAP, VNFT_HOOK_COPY_DATAGRAM, 8, 1100, ECHO_TO_GUEST);
	stage(TAP, VNFT_HOOK_TUN_GET_USER, 9, 5100, REPLY_FROM_GUEST);
	stage(TAP, VNFT_HOOK_RECEIVE_ENTRY, 9, 5110, REPLY_FROM_GUEST);
	stage(TAP, VNFT_HOOK_RECEIVE, 9, 5120, REPLY_FROM_GUEST);
	bound(TAP, VNFT_HOOK_TCX_IN, 9, 5130, REPLY_FROM_GUEST, 1);
	finish(1000000000);
	CHECK_EQ(trips_of(VNFT_PAIRING_ECHO, VNFT_DIR_OUT)->whole.sum_ns, 4130,
		 "a tap's round trip");
	CHECK_EQ(HOP(BETWEEN, "taken", "handed in").sum_ns, 4000, "what its reader takes");
	CHECK_EQ(trips_of(VNFT_PAIRING_ECHO, VNFT_DIR_OUT)->driver.sum_ns, 5110 - 1020,
		 "a software time stamp sees it where the stack gets it");
	CHECK_EQ(HOP(PARTS, NULL, NULL).sum_ns, 4130, "the hops add up");
	end();
}

/* Where the other end is out of reach, the guest's share begins at the driver's return. */
static void test_one_end(void)
{
	begin(&one_end);
	bound(NEAR, VNFT_HOOK_TCX_OUT, 8, 1000, ECHO_TO_GUEST, 1);
	stage(NEAR, VNFT_HOOK_DEV_QUEUE, 8, 1010, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_DEV_START_XMIT, 8, 1020, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_RX_ENTRY, 9, 1100, REPLY_FROM_GUEST);
	stage(NEAR, VNFT_HOOK_RECEIVE, 9, 1110, REPLY_FROM_GUEST);
	bound(NEAR, VNFT_HOOK_TCX_IN, 9, 1120, REPLY_FROM_GUEST, 1);
	cpu = 1;
	stage(NEAR, VNFT_HOOK_DEV_XMIT, 8, 1150, ECHO_TO_GUEST);
	finish(1000000000);
	CHECK_EQ(trips_of(VNFT_PAIRING_ECHO, VNFT_DIR_OUT)->whole.sum_ns, 120,
		 "one end alone has round trips, too");
	CHECK(HOP(BETWEEN, "driver done", "handed over").sum_ns == 0 &&
	      HOP(BETWEEN, NULL, NULL).overtaken == 1, "the reply overtook the driver's return");
	CHECK_EQ(HOP(PARTS, NULL, NULL).sum_ns, 120, "the hops add up");
	end();
}

/* A ring is read before the one with the stamps that come before its own. */
static void test_horizon(void)
{
	begin(&both_ends);
	cpu = 1;
	stage(FAR, VNFT_HOOK_RECEIVE, 8, 1040, ECHO_TO_GUEST);
	bound(FAR, VNFT_HOOK_TCX_IN, 8, 1050, ECHO_TO_GUEST, 1);
	QUIET(!vnft_path_run(path, 900), "what is older than 900");
	cpu = 0;
	bound(NEAR, VNFT_HOOK_TCX_OUT, 8, 1000, ECHO_TO_GUEST, 1);
	stage(NEAR, VNFT_HOOK_DEV_QUEUE, 8, 1010, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_DEV_START_XMIT, 8, 1020, ECHO_TO_GUEST);
	stage(NEAR, VNFT_HOOK_DEV_XMIT, 8, 1030, ECHO_TO_GUEST);
	finish(1000000000);
	CHECK_EQ(followed(VNFT_DIR_OUT), 1, "stamps wait for those of rings that are read later");
	end();
}

/* Chance decides about the times; in pieces, as the rings are read. */
static void test_sums(void)
{
	const unsigned int trips = 20000;
	uint64_t at_ns = 1000, begun_ns, whole_ns = 0;
	unsigned int i, random = 1;
	struct vnft_path_trips *t;

	begin(&both_ends);
	for (i = 0; i < trips; i++) {
		cpu = i & 1;
		receiver_cpu = !cpu;
		begun_ns = at_ns;
		leg(NEAR, FAR, 2 * (uint64_t)(rand_r(&random) % 100) + 1, at_ns, ECHO_TO_GUEST,
		    i & 0xffff);
		at_ns += LEG_NS + (uint64_t)(rand_r(&random) % 100000);
		cpu = !cpu;
		receiver_cpu = !cpu;
		leg(FAR, NEAR, 2 * (uint64_t)(rand_r(&random) % 100) + 2, at_ns, REPLY_FROM_GUEST,
		    i & 0xffff);
		whole_ns += at_ns + LEG_NS - begun_ns;
		at_ns += LEG_NS + (uint64_t)(rand_r(&random) % 1000);
		if (i % 100 == 99)
			QUIET(!vnft_path_run(path, at_ns - 50000), "a piece is worked off");
	}
	finish(at_ns + 1000000000);
	t = trips_of(VNFT_PAIRING_ECHO, VNFT_DIR_OUT);
	CHECK_EQ(t->whole.count, trips, "all %u round trips, in pieces", trips);
	CHECK_EQ(t->whole.sum_ns, whole_ns, "as long as they were");
	CHECK_EQ(HOP(PARTS, NULL, NULL).sum_ns, whole_ns, "the hops add up to them, to the ns");
	end();
}

int main(void)
{
	test_trip();
	test_sides();
	test_overtaken();
	test_tap();
	test_one_end();
	test_horizon();
	test_sums();
	return unit_done();
}
