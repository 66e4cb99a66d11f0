// SPDX-License-Identifier: GPL-2.0
/* Rings: laps, full, slack, interrupted reservations, and every kind of wrong tail. */
#include <linux/sched.h>

#define RING_RECORDS	VNFT_RING_MIN_RECORDS
#define RING_ROOM	(RING_RECORDS - VNFT_RING_SLACK)
#define RING_CHECK(cond) ({						\
	bool holds_ = (cond);						\
	if (!holds_)							\
		pr_err("vnftrace: self-test: ring.c:%d: %s\n", __LINE__, #cond);	\
	holds_;								\
})

static bool __init ring_put(struct vnft_cpu_ring *ring)
{
	struct vnft_record *r;
	u32 seq;

	r = vnft_ring_reserve(ring, &seq);
	if (!r)
		return false;
	r->time_ns = seq;
	vnft_ring_submit(r, seq);
	return true;
}

/* As a reader does: the next record, or 0. */
static u64 __init ring_take(struct vnft_cpu_ring *ring)
{
	const u64 tail = ring->consumer->tail;
	u64 time_ns;

	if (!vnft_ring_readable(ring))
		return 0;
	time_ns = ring->record[tail & ring->mask].time_ns;
	ring->consumer->tail = tail + 1;
	return time_ns;
}

/* From a head near the end of 32 bits: sequence and index go around on their own. */
static bool __init ring_test_laps(struct vnft_cpu_ring *ring)
{
	const u64 first = U32_MAX - 2 * RING_RECORDS;
	bool good = true;
	u64 i;

	ring->producer->head = first;
	ring->consumer->tail = first;
	for (i = 0; i < 4 * RING_RECORDS; i++) {
		good &= RING_CHECK(ring_put(ring));
		/* A stamp of 0 is the record whose seq is 0; it is read as well. */
		good &= RING_CHECK(vnft_ring_readable(ring));
		good &= RING_CHECK(ring_take(ring) == (u32)(first + i + 1));
		good &= RING_CHECK(!vnft_ring_readable(ring));
		if (!good)
			break;
	}
	return good && RING_CHECK(ring->producer->head == first + 4 * RING_RECORDS) &&
	       RING_CHECK(!ring->producer->lost_full);
}

static bool __init ring_test_full(struct vnft_cpu_ring *ring)
{
	const u64 lost = ring->producer->lost_full, tail = ring->consumer->tail;
	u32 i, n;

	for (n = 0; n <= RING_RECORDS && ring_put(ring); n++)
		;
	if (!RING_CHECK(n == RING_ROOM) || !RING_CHECK(ring->producer->lost_full == lost + 1))
		return false;
	for (i = 0; i < 10; i++)
		if (!RING_CHECK(!ring_put(ring)))
			return false;
	if (!RING_CHECK(ring->producer->head == tail + RING_ROOM) ||
	    !RING_CHECK(ring->producer->lost_full == lost + 11))
		return false;
	/* Nothing was overwritten, and one taken makes room for one. */
	for (i = 0; i < n; i++)
		if (!RING_CHECK(ring_take(ring) == (u32)(tail + i + 1)) ||
		    !RING_CHECK(ring_put(ring)) || !RING_CHECK(!ring_put(ring)))
			return false;
	while (ring_take(ring))
		;
	return RING_CHECK(ring->producer->head == ring->consumer->tail);
}

/* Who interrupts a reservation takes the next place; the reader waits for the first. */
static bool __init ring_test_nested(struct vnft_cpu_ring *ring)
{
	struct vnft_record *r[VNFT_RING_SLACK];
	u32 seq[VNFT_RING_SLACK], i;
	bool good = true;

	for (i = 0; i < VNFT_RING_SLACK; i++) {
		r[i] = vnft_ring_reserve(ring, &seq[i]);
		if (!RING_CHECK(r[i]) || !RING_CHECK(!i || seq[i] == seq[i - 1] + 1))
			return false;
	}
	for (i = VNFT_RING_SLACK; i-- > 0;) {
		good &= RING_CHECK(!vnft_ring_readable(ring));
		r[i]->time_ns = seq[i];
		vnft_ring_submit(r[i], seq[i]);
	}
	for (i = 0; i < VNFT_RING_SLACK; i++)
		good &= RING_CHECK(ring_take(ring) == seq[i]);
	return good && RING_CHECK(!vnft_ring_readable(ring));
}

/*
 * All levels have seen the last free place before one of them takes it: what they take together
 * still ends before the oldest unread record.
 */
static bool __init ring_test_slack(struct vnft_cpu_ring *ring)
{
	const u64 oldest = ring->consumer->tail;
	u32 i, n;

	for (n = 0; n < RING_ROOM - 1; n++)
		if (!RING_CHECK(ring_put(ring)))
			return false;
	for (i = 0; i < VNFT_RING_SLACK; i++) {
		ring->consumer->tail = oldest + i;	/* as it looked to each of them */
		if (!RING_CHECK(ring_put(ring)))
			return false;
	}
	ring->consumer->tail = oldest;
	for (i = 0; i < n + VNFT_RING_SLACK; i++)
		if (!RING_CHECK(ring_take(ring) == (u32)(oldest + i + 1)))
			return false;
	return RING_CHECK(!vnft_ring_readable(ring));
}

/* Whatever the reader writes: an index within the ring, or a loss. */
static bool __init ring_test_hostile(struct vnft_cpu_ring *ring)
{
	static const u64 wrong[] __initconst = {
		0, 1, ~0ULL, ~0ULL >> 1, 1ULL << 63, U32_MAX, 1ULL << 32, 0xdeadbeefdeadbeefULL,
	};
	const u64 head = ring->producer->head, lost = ring->producer->lost_full;
	struct vnft_record *r;
	u32 seq;
	int i, taken = 0;

	for (i = 0; i < 3 * RING_RECORDS; i++) {
		ring->consumer->tail = i % 3 ? wrong[i % ARRAY_SIZE(wrong)] + i :
				       ring->producer->head + i - RING_RECORDS;
		vnft_ring_readable(ring);
		r = vnft_ring_reserve(ring, &seq);
		if (!r)
			continue;
		taken++;
		if (!RING_CHECK(r >= ring->record && r <= ring->record + ring->mask))
			return false;
		vnft_ring_submit(r, seq);
	}
	if (!RING_CHECK(taken && taken < i) || !RING_CHECK(ring->producer->head == head + taken) ||
	    !RING_CHECK(ring->producer->lost_full == lost + i - taken))
		return false;
	/* Back to the truth, and it works as before. */
	ring->consumer->tail = ring->producer->head;
	return RING_CHECK(ring_put(ring)) && RING_CHECK(ring_take(ring) == (u32)(head + taken + 1));
}

int __init vnft_ring_selftest(void)
{
	struct vnft_cpu_ring ring;
	bool good;

	if (vnft_ring_init(&ring, RING_RECORDS, NUMA_NO_NODE))
		return -ENOMEM;
	good = ring_test_laps(&ring) && ring_test_full(&ring) && ring_test_nested(&ring) &&
	       ring_test_slack(&ring) && ring_test_hostile(&ring);
	vnft_ring_free(&ring);
	return good ? 0 : -EINVAL;
}
