/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is counted where requests and replies meet, and of those that do not.
 */
#include "../../kmod/core/match.h"
#include "unit.h"

static __u64 now_ns;

static __u64 ask_now_ns(void *frame)
{
	return now_ns;
}

static int meet(struct vnft_counters *c, struct vnft_match_slot *s, __u64 key, bool reply,
		__u64 at_ns, __u64 *took_ns)
{
	const struct vnft_match_key k = {
		.key = key, .pairing = VNFT_PAIRING_ECHO, .reply = reply,
	};

	now_ns = at_ns;
	return vnft_match_meet(c, s, &k, NULL, ask_now_ns, took_ns);
}

static void meeting(void)
{
	const __u64 limit = VNFT_MATCH_TIMEOUT_NS;
	struct vnft_match_slot s = { 0 };
	struct vnft_counters c = { 0 };
	__u64 took_ns = 0;

	CHECK(!meet(&c, &s, 5, true, 1, &took_ns) && c.unmatched[VNFT_PAIRING_ECHO] == 1,
	      "a reply to nothing is counted as such");
	CHECK(!meet(&c, &s, 5, false, 100, &took_ns), "a request is no round trip");
	CHECK(meet(&c, &s, 5, true, 130, &took_ns) && took_ns == 30 &&
	      c.matched[VNFT_PAIRING_ECHO] == 1, "its reply is");
	CHECK(!c.expired && !c.lost[VNFT_LOST_EVICTED], "and nothing was lost");
	meet(&c, &s, 5, false, 100, &took_ns);
	CHECK(!meet(&c, &s, 5, true, 99, &took_ns) && c.lost[VNFT_LOST_BACKWARDS] == 1 &&
	      c.matched[VNFT_PAIRING_ECHO] == 2,
	      "a reply stamped before its request is matched, and its time a loss");
	meet(&c, &s, 5, false, 100, &took_ns);
	meet(&c, &s, 6, false, 101, &took_ns);
	CHECK(c.lost[VNFT_LOST_EVICTED] == 1 && !c.expired, "a request that is pushed out");
	meet(&c, &s, 7, false, 102 + limit, &took_ns);
	CHECK(c.lost[VNFT_LOST_EVICTED] == 1 && c.expired == 1, "one that gave up");
	s.key = VNFT_MATCH_BUSY;
	meet(&c, &s, 8, false, 103, &took_ns);
	CHECK_EQ(c.lost[VNFT_LOST_EVICTED], 2, "one that found its slot being written");
}

/* The 10 of 100 requests that nobody answers are seen, though nothing wants their slots. */
static void unanswered(void)
{
	struct vnft_match_slot slots[128] = { { 0 } };
	struct vnft_counters c = { 0 };
	__u64 took_ns;
	int i;

	for (i = 0; i < 100; i++) {
		c.dir[VNFT_DIR_OUT].classes[VNFT_CLASS_ECHO_REQUEST]++;
		meet(&c, &slots[i], 10 + i, false, 100, &took_ns);
		if (i % 10)
			meet(&c, &slots[i], 10 + i, true, 130, &took_ns);
	}
	CHECK_EQ(vnft_match_unanswered(&c), 10, "requests without a reply are counted");
	CHECK_EQ(c.expired, 0, "by no slot that was given up");
	c.dir[VNFT_DIR_OUT].classes[VNFT_CLASS_ECHO_REQUEST]++;
	meet(&c, &slots[0], 9, false, 101, &took_ns);
	CHECK_EQ(vnft_match_unanswered(&c), 10, "what became of an evicted one is not known");
	c.dir[VNFT_DIR_IN].classes[VNFT_CLASS_SYN] += 3;
	c.matched[VNFT_PAIRING_SYN_RST]++;
	c.matched[VNFT_PAIRING_SYN_SYNACK]++;
	CHECK_EQ(vnft_match_unanswered(&c), 11, "a SYN is answered by a RST or a SYN-ACK");
	c.matched[VNFT_PAIRING_ECHO] += 1000;
	CHECK_EQ(vnft_match_unanswered(&c), 0, "counters of two moments give no huge number");
}

int main(void)
{
	meeting();
	unanswered();
	return unit_done();
}
