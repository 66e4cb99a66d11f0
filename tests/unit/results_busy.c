/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many CPUs the launches of a row kept busy: the mean over all time of those that count, or why
 * there is none.
 */
#include <math.h>
#include <string.h>

#include "../../tools/results/parts.h"
#include "unit.h"

#define MS	1000000ULL

static const struct vnft_results_session session = { .seed = 1, .stimulus = "kernel" };

/* Two runs of @observed_ns, and one of them counts only if @valid. */
static json_t *launches(uint64_t observed_ns, bool valid)
{
	const struct vnft_results_run run[2] = {
		{ .number = 1, .finished = true, .valid = true, .instantiation_ns = 100 * MS,
		  .launch_busy_ns = -2 * (int64_t)MS, .launch_observed_ns = observed_ns },
		{ .number = 2, .finished = true, .valid = valid, .instantiation_ns = 100 * MS,
		  .launch_busy_ns = 302 * (int64_t)MS, .launch_observed_ns = 2 * observed_ns,
		  .why = "3 records lost" },
	};
	const struct vnft_results_row row = {
		.type = "a.kvm", .title = "A", .driver = "libvirt", .possible = true, .why = "",
		.slot_ns = 2 * MS, .run = run + !valid, .runs = 2 - !valid,
	};

	return vnft_results_launch(&session, &row);
}

static void busy(uint64_t observed_ms, double want)
{
	json_t *launch = launches(observed_ms * MS, true);
	double got = json_number_value(json_object_get(launch, "busy_cpus"));

	CHECK(fabs(got - want) < 1e-9, "2 runs, %llu ms in all: %.2f CPUs",
	      (unsigned long long)observed_ms * 3, got);
	json_decref(launch);
}

static void none(uint64_t observed_ms, bool valid, const char *why)
{
	json_t *launch = launches(observed_ms * MS, valid);
	const char *got = json_string_value(json_object_get(launch, "busy_cpus_why"));

	CHECK(json_is_null(json_object_get(launch, "busy_cpus")) && got && strstr(got, why),
	      "none: %s", got ? got : "");
	json_decref(launch);
}

int main(void)
{
	busy(200, 0.5);		/* not the mean of -0.01 and 0.755 */
	busy(1000, 0.1);
	none(100, true, "less than 0.5 s of launches in all");
	none(0, true, "the CPU time of these launches is not known");
	none(1000, false, "3 records lost");
	return unit_done();
}
