/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The throughput of rows whose workload is not iperf3: whose number is whose, and what a workload
 * cannot give is null without making the row invalid.
 */
#include <string.h>

#include "../../tools/lib/text/view.h"
#include "../../tools/results/check.h"
#include "../../tools/results/parts.h"
#include "unit.h"

#define RUNS	2

static const struct vnft_results_session session = {
	.seed = 1, .stimulus = "user", .flood_stimulus = "user",
};

static const json_t *of_row(const json_t *results, const char *path)
{
	return vnft_view_at(json_array_get(json_object_get(results, "rows"), 0), path);
}

static const char *text_at(const json_t *results, const char *path)
{
	const char *text = json_string_value(of_row(results, path));

	return text ? text : "";
}

static bool positive(const json_t *results, const char *path)
{
	return json_number_value(of_row(results, path)) > 0;
}

/* Both runs have a rate of rx and what the tool says of it, and no tx. */
static json_t *results_of(const char *workload, bool tx_asked)
{
	static struct vnft_results_run run[RUNS];
	const struct vnft_results_row row = {
		.type = "a", .title = "A", .driver = "exec", .workload = workload,
		.possible = true, .why = "", .run = run, .runs = RUNS,
	};
	unsigned int i;

	for (i = 0; i < RUNS; i++) {
		run[i] = (struct vnft_results_run) {
			.number = i + 1, .round = i + 1, .finished = true, .valid = true,
			.accel = "none", .netns = "private",
			.rx = { .asked = true, .measured = true, .tool_measured = true,
				.hook_bps = 1e9, .tool_bps = 999e6, .length_ns = 2000000000,
				.late_ns = 4000000, .tool_why = "gave no number",
				.pps_why = "the workload has no UDP" },
			.tx = { .asked = tx_asked, .why = "it did not connect back",
				.pps_why = "the workload has no UDP" },
		};
	}
	return json_pack("{s:i, s:{}, s:[o]}", "schema", VNFT_RESULTS_SCHEMA, "manifest", "rows",
			 vnft_results_row_json(&session, &row));
}

static void numbers(void)
{
	json_t *results = results_of("iperf2", false);

	CHECK(!vnft_results_check(results, "f"), "a row of iperf2 passes the check");
	CHECK(!strcmp(text_at(results, "throughput.workload"), "iperf2"), "it names its workload");
	CHECK(positive(results, "throughput.rx.median_bps") &&
		      positive(results, "throughput.rx.tool_bps"),
	      "the hook's rate and the tool's");
	CHECK(json_is_null(of_row(results, "throughput.rx.iperf3_bps")) &&
		      !strcmp(text_at(results, "throughput.rx.iperf3_bps_why"),
			      "the workload is no iperf3 server"), "which is not called iperf3's");
	CHECK(!strcmp(text_at(results, "throughput.rx.retransmits_why"), "gave no number"),
	      "retransmissions that nobody counted are not none");
	json_decref(results);
	results = results_of("iperf3", false);
	CHECK(positive(results, "throughput.rx.iperf3_bps") &&
		      json_equal(of_row(results, "throughput.rx.iperf3_bps"),
				 of_row(results, "throughput.rx.tool_bps")),
	      "a row of iperf3 has it under both names");
	json_decref(results);
}

static void not_asked(void)
{
	json_t *results = results_of("tcp", false);

	CHECK(!strcmp(text_at(results, "throughput.tx.median_bps_why"),
		      "it did not connect back") &&
		      !strcmp(text_at(results, "throughput.tx.tool_bps_why"),
			      "it did not connect back") &&
		      !strcmp(text_at(results, "throughput.rx.median_pps_why"),
			      "the workload has no UDP"), "nulls say why");
	CHECK(json_is_true(of_row(results, "valid")) &&
		      !json_array_size(of_row(results, "missing")),
	      "what was not asked for is not missing: %s", text_at(results, "invalid_why"));
	json_decref(results);
	results = results_of("tcp", true);
	CHECK(json_is_false(of_row(results, "valid")) &&
		      !strcmp(text_at(results, "invalid_why"),
			      "no run has tx: it did not connect back"),
	      "what was asked for is: %s", text_at(results, "invalid_why"));
	json_decref(results);
}

int main(void)
{
	numbers();
	not_asked();
	return unit_done();
}
