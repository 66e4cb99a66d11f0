/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which number's bound consists of which parts: with parts of 1, 10, 100 ... no part can be left
 * out, added or counted twice unseen.
 */
#include "../../tools/results/bounds.h"
#include "unit.h"

/* A digit for each part, in the order of the table: the first is the lowest. */
static struct vnft_bound_sizes digits(void)
{
	struct vnft_bound_sizes sizes = { .ns = { 0 } };
	double digit = 1;
	int i;

	for (i = 0; i < VNFT_BOUND_NR; i++, digit *= 10)
		sizes.ns[i] = digit;
	return sizes;
}

static double sum(const double *parts)
{
	double all = 0;
	int i;

	for (i = 0; i < VNFT_BOUND_NR; i++)
		all += parts[i];
	return all;
}

static void test_parts(void)
{
	/* look aside snapshot tick reader way, wakeup clock hook driver, start answer late slot */
	static const struct {
		enum vnft_bounded number;
		double below, above;
	} want[] = {
		{ VNFT_BOUNDED_INSTANTIATION,	1000001111111, 1000000 },
		{ VNFT_BOUNDED_TEARDOWN,	12000000, 1000000 },
		{ VNFT_BOUNDED_EXEC,		1000000, 1000000 },
		{ VNFT_BOUNDED_HOOKED,		1111000, 1000000 },
		{ VNFT_BOUNDED_WOKEN,		12001000, 1000000 },
		{ VNFT_BOUNDED_SAID,		10000002001000, 1000000 },
		{ VNFT_BOUNDED_BORN,		1012001000, 1000000 },
		{ VNFT_BOUNDED_RTT,		1110000, 1000000 },
		{ VNFT_BOUNDED_SENDER,		102000000, 1000000 },
		{ VNFT_BOUNDED_LATENESS,	1000000, 1000000 },
		{ VNFT_BOUNDED_FIRST_ANSWER,	1110111, 1000000 },
		{ VNFT_BOUNDED_STREAM,		10001110000, 1110000 },
		{ VNFT_BOUNDED_SLOT,		100001000000, 100001000000 },
	};
	const struct vnft_bound_sizes sizes = digits();
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		const struct vnft_bound bound = vnft_bound_of(want[i].number, &sizes);

		CHECK(!bound.why && sum(bound.below) == want[i].below &&
		      sum(bound.above) == want[i].above, "%zu: %.0f below, %.0f above", i,
		      sum(bound.below), sum(bound.above));
	}
}

static void test_unknown(void)
{
	const struct vnft_self not = { .why = "no packet socket" };
	struct vnft_bound_sizes sizes;
	struct vnft_bound bound, other = { .why = NULL };

	vnft_bound_sizes_init(&sizes, &not);
	bound = vnft_bound_of(VNFT_BOUNDED_RTT, &sizes);
	CHECK(bound.why && !strcmp(bound.why, not.why), "no bound without a part");
	vnft_bound_widen(&other, &bound);
	CHECK(other.why == bound.why, "nor one of both");
	vnft_bound_sizes_init(&sizes, NULL);
	bound = vnft_bound_of(VNFT_BOUNDED_RTT, &sizes);
	CHECK(bound.why, "nor where nothing was measured");
}

static void test_rate(void)
{
	struct vnft_bound_sizes sizes = { .ns = { [VNFT_BOUND_TICK] = 4e6 } };
	struct vnft_bound bound = vnft_bound_of_rate(VNFT_BOUNDED_STREAM, &sizes, 1e9, 2e9);

	/* The stream may be 1.996 s long. */
	CHECK(sum(bound.below) == 0 && sum(bound.above) > 1e9 * 2 / 1.996 - 1e9 - 1 &&
	      sum(bound.above) < 1e9 * 2 / 1.996 - 1e9 + 1, "a tick of 4 ms in 2 s: %.0f bit/s",
	      sum(bound.above));
	bound = vnft_bound_of_rate(VNFT_BOUNDED_STREAM, &sizes, 1e9, 4e6);
	CHECK(bound.why, "none for a stream that is as long as a tick");
}

int main(void)
{
	test_parts();
	test_unknown();
	test_rate();
	return unit_done();
}
