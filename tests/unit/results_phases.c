/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The moments of runs become medians, and durations of each run that add up to it.
 */
#include <string.h>

#include "../../tools/lib/text/view.h"
#include "../../tools/results/check.h"
#include "../../tools/results/keys.h"
#include "../../tools/results/parts.h"
#include "unit.h"

#define MS	1000000ULL
#define RUNS	8

/* Run @number takes @number times as long as the first. */
static void fill(struct vnft_results_run *run, unsigned int number)
{
	*run = (struct vnft_results_run) {
		.number = number, .round = number, .finished = true, .valid = true, .accel = "kvm",
		.netns = "private", .instantiation_ns = number * 100 * MS,
		.service_ns = number * 110 * MS, .teardown_ns = number * MS,
		.launch = { { { "exec", true, number * MS, "", .role = VNFT_SPAN_STEP },
			      { "vcpu", true, 0, "no KVM: nothing to see", .role = VNFT_SPAN_STEP },
			      { "kernel", false, number * 60 * MS, "", VNFT_SPAN_STEP, true,
				number * MS },
			      { "returned", false, number * 50 * MS, "", .role = VNFT_SPAN_ASIDE },
			      { "rst", true, number * 100 * MS, "", .role = VNFT_SPAN_END },
			      { "service", true, number * 110 * MS, "",
				.role = VNFT_SPAN_END } }, 6 },
		.ending = { { { "exit", true, 0, "no exit of its process was seen",
				.role = VNFT_SPAN_STEP },
			      { "stopped", false, number * MS, "", .role = VNFT_SPAN_END },
			      { "gone", false, number * MS / 2, "", VNFT_SPAN_ASIDE, false,
				number * MS / 4 } }, 3 },
	};
}

static long long at(const json_t *results, const char *path)
{
	const json_t *row = json_array_get(json_object_get(results, "rows"), 0);

	return json_integer_value(vnft_view_at(row, path));
}

static const char *text_at(const json_t *results, const char *path)
{
	const json_t *row = json_array_get(json_object_get(results, "rows"), 0);
	const char *text = json_string_value(vnft_view_at(row, path));

	return text ? text : "";
}

/* Of each run that counts: the parts are its total, and the total is what the row says of it. */
static void check_spans(const json_t *results)
{
	const json_t *row = json_array_get(json_object_get(results, "rows"), 0);
	json_t *run, *part;
	size_t i, k;

	CHECK_EQ(json_array_size(json_object_get(row, "launches")), RUNS - 1,
		 "durations of each run that counts");
	json_array_foreach(json_object_get(row, "launches"), i, run) {
		json_int_t sum_ns = 0, rst_ns = 0;

		json_array_foreach(json_object_get(run, "phases"), k, part) {
			sum_ns += json_integer_value(json_object_get(part, "took_ns"));
			if (!strcmp(json_string_value(json_object_get(part, "name")), "rst"))
				rst_ns = sum_ns;
		}
		QUIET(sum_ns == json_integer_value(json_object_get(run, "total_ns")) &&
		      sum_ns == (json_int_t)((i + 1) * 110 * MS), "run %zu does not add up", i + 1);
		QUIET(rst_ns == (json_int_t)((i + 1) * 100 * MS),
		      "run %zu does not add up to its first RST", i + 1);
		QUIET(k == 5, "run %zu has %zu parts", i + 1, k);
	}
	CHECK(!strcmp(text_at(results, "launches[0].phases[1].took_ns_why"),
		      "no KVM: nothing to see"), "what was not seen says why in each");
	CHECK_EQ(at(results, "launches[0].phases[2].took_ns"), 59 * MS,
		 "and its time is the next one's");
	CHECK_EQ(at(results, "instantiation.phases[5].took_median_ns"), 40 * MS,
		 "medians of the durations");
	CHECK_EQ(at(results, "instantiation.phases[2].median_bound_parts_ns.console_look[0]"),
		 7 * MS, "so long before the console was looked at, at most, in runs that count");
	CHECK(!strncmp(text_at(results, "instantiation.phases[3].took_median_ns_why"),
		       "nothing waits for it", 20), "of what nothing waits for there is none");
	CHECK_EQ(at(results, "endings[1].phases[1].took_ns"), 2 * MS, "and of the teardown");
	CHECK_EQ(at(results, "teardown.phases[1].median_ns"), 4 * MS, "whose moments are there");
	CHECK_EQ(at(results, "teardown.phases[2].median_bound_parts_ns.reader[0]"), 7 * MS / 4,
		 "so long before news of devices were read, at most");
}

int main(void)
{
	static struct vnft_results_run run[RUNS];
	const struct vnft_self self = { .measured = true };
	const struct vnft_results_session session = { .seed = 1, .stimulus = "kernel",
						      .flood_stimulus = "user", .self = &self };
	const struct vnft_results_row row = { .type = "a.kvm", .title = "A", .driver = "libvirt",
					      .workload = "none", .topology = "tap",
					      .topology_is = "a tap",
					      .possible = true, .why = "", .slot_ns = 2 * MS,
					      .run = run, .runs = RUNS };
	json_t *results;
	unsigned int i;

	for (i = 0; i < RUNS; i++)
		fill(&run[i], i + 1);
	/* The last one does not count. */
	run[RUNS - 1].valid = false;
	strcpy(run[RUNS - 1].why, "3 records lost, 0 allowed");
	results = json_pack("{s:i, s:{}, s:[o]}", "schema", VNFT_RESULTS_SCHEMA, "manifest", "rows",
			    vnft_results_row_json(&session, &row));
	CHECK(!vnft_results_check(results, "f"), "the row passes the check");
	check_spans(results);
	json_decref(results);
	return unit_done();
}
