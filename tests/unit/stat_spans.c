/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Durations of a launch add up to it, whatever moments there are, and in whatever order.
 */
#include <string.h>

#include "../../tools/stat/spans.h"
#include "../../tools/stat/random.h"
#include "unit.h"

#define HOOK(time_ns, role)	{ time_ns, false, VNFT_SPAN_##role, false }
#define LATE(time_ns, role)	{ time_ns, true, VNFT_SPAN_##role, false }
#define ALONE(time_ns, role)	{ time_ns, true, VNFT_SPAN_##role, true }
#define MOMENTS(moment)		(sizeof(moment) / sizeof((moment)[0]))

/* Spans as "INDEX:TOOK …", "INDEX:-" where the moment was not seen, and "= TOTAL". */
static void check_spans(const struct vnft_span_moment *moment, size_t n, const char *want,
			const char *what)
{
	struct vnft_spans spans;
	char got[512] = "", one[48];
	unsigned int i;

	vnft_spans(moment, (unsigned int)n, &spans);
	for (i = 0; i < spans.n; i++) {
		if (spans.span[i].seen)
			snprintf(one, sizeof(one), "%u:%llu ", spans.span[i].moment,
				 (unsigned long long)spans.span[i].took_ns);
		else
			snprintf(one, sizeof(one), "%u:- ", spans.span[i].moment);
		strcat(got, one);
	}
	snprintf(one, sizeof(one), "= %llu", (unsigned long long)spans.total_ns);
	strcat(got, one);
	if (!CHECK(!strcmp(got, want), "%s: %s", what, want))
		printf("#   got %s\n", got);
}

static void test_rules(void)
{
	static const struct vnft_span_moment
		ordered[] = { HOOK(10, STEP), HOOK(30, STEP), HOOK(35, END), HOOK(60, END) },
		unseen[] = { HOOK(10, STEP), HOOK(0, STEP), LATE(0, STEP), HOOK(35, END) },
		never[] = { HOOK(10, STEP), HOOK(35, END), HOOK(0, END) },
		swapped[] = { HOOK(20, STEP), HOOK(5, STEP), HOOK(35, END) },
		behind[] = { HOOK(10, STEP), LATE(34, STEP), HOOK(30, STEP), HOOK(35, END) },
		early[] = { HOOK(10, STEP), LATE(4, STEP), HOOK(30, STEP), HOOK(35, END) },
		aside[] = { HOOK(10, STEP), LATE(20, ASIDE), HOOK(35, END) },
		after[] = { HOOK(10, STEP), HOOK(90, STEP), HOOK(35, END) },
		alone[] = { HOOK(10, STEP), ALONE(34, STEP), HOOK(30, STEP), HOOK(35, END) },
		before[] = { LATE(20, STEP), ALONE(15, STEP), HOOK(30, STEP), HOOK(35, END) },
		same[] = { HOOK(10, STEP), HOOK(10, STEP), HOOK(10, END) },
		none[] = { HOOK(10, STEP), HOOK(0, END) };

	check_spans(ordered, MOMENTS(ordered), "0:10 1:20 2:5 3:25 = 60", "one after the other");
	check_spans(unseen, MOMENTS(unseen), "0:10 1:- 2:- 3:25 = 35",
		    "what was not seen: its time is the next one's");
	check_spans(never, MOMENTS(never), "0:10 1:25 2:- = 35", "nothing is behind it");
	check_spans(swapped, MOMENTS(swapped), "1:5 0:15 2:15 = 35", "two hooks: by their time");
	check_spans(behind, MOMENTS(behind), "0:10 1:20 2:0 3:5 = 35",
		    "a late stamp counts as no later than the hook's behind it");
	check_spans(early, MOMENTS(early), "1:4 0:6 2:20 3:5 = 35", "one that is early stays so");
	check_spans(aside, MOMENTS(aside), "0:10 2:25 = 35", "what nothing waits for");
	check_spans(after, MOMENTS(after), "0:10 2:25 1:0 = 35", "what came when all was over");
	check_spans(alone, MOMENTS(alone), "0:10 2:20 1:4 3:1 = 35",
		    "one that nothing needs stays where it is");
	check_spans(before, MOMENTS(before), "1:15 0:5 2:10 3:5 = 35",
		    "and moves none that stands before it");
	check_spans(same, MOMENTS(same), "0:10 1:0 2:0 = 10", "all at once");
	check_spans(none, MOMENTS(none), "= 0", "no end, no durations");
	check_spans(NULL, 0, "= 0", "nothing at all");
}

/* Of one set of moments: the sum, the order, each moment once. */
static bool is_whole(const struct vnft_span_moment *moment, unsigned int n)
{
	uint64_t sum_ns = 0, latest_ns = 0, end_ns = 0;
	unsigned int i, seen = 0, steps = 0;
	struct vnft_spans spans;

	vnft_spans(moment, n, &spans);
	for (i = 0; i < n && i < VNFT_SPANS_MOMENTS; i++) {
		steps += moment[i].role != VNFT_SPAN_ASIDE;
		if (moment[i].role == VNFT_SPAN_END && moment[i].time_ns > latest_ns)
			latest_ns = moment[i].time_ns;
		if (moment[i].role == VNFT_SPAN_END && !moment[i].late &&
		    moment[i].time_ns > end_ns)
			end_ns = moment[i].time_ns;
	}
	for (i = 0; i < spans.n; i++) {
		const struct vnft_span *span = &spans.span[i];

		if (span->moment >= n || vnft_span_until(&spans, span->moment) != span ||
		    span->seen != !!moment[span->moment].time_ns ||
		    (!span->seen && span->took_ns))
			return false;
		sum_ns += span->took_ns;
		seen |= 1u << span->moment;
	}
	if (!latest_ns)
		return !spans.n && !spans.total_ns;
	return sum_ns == spans.total_ns && spans.total_ns <= latest_ns &&
	       spans.total_ns >= end_ns && spans.n == steps &&
	       (unsigned int)__builtin_popcount(seen) == steps;
}

/* Every order of seven moments, of every mix of clocks, with and without each. */
static void test_orders(void)
{
	struct vnft_random random = { .state = 11 };
	struct vnft_span_moment moment[VNFT_SPANS_MOMENTS + 8];
	unsigned int i, k, n, round, wrong = 0;

	for (round = 0; round < 100000; round++) {
		n = (unsigned int)vnft_random_below(&random, MOMENTS(moment) + 1);
		if (round % 2 && n > 7)
			n = 7;
		for (i = 0; i < n; i++) {
			k = (unsigned int)vnft_random_below(&random, 8);
			moment[i] = (struct vnft_span_moment) {
				/* Often the same time, sometimes none, sometimes absurd. */
				.time_ns = k == 0 ? 0 : k == 1 ? UINT64_MAX - round % 3 :
					   vnft_random_below(&random, k < 5 ? 8 : 1000000000),
				.late = vnft_random_below(&random, 2),
				.role = (enum vnft_span_role)vnft_random_below(&random, 3),
				.alone = !vnft_random_below(&random, 4),
			};
		}
		wrong += !is_whole(moment, n);
	}
	CHECK_EQ(wrong, 0, "parts add up to the whole, in 100,000 sets of moments");
}

int main(void)
{
	test_rules();
	test_orders();
	return unit_done();
}
