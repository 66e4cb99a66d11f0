/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs become a row of results.json: what is written passes the check of what is read, has no key
 * that the table does not name, and no null without its reason.
 */
#include <string.h>

#include "../../tools/lib/text/view.h"
#include "../../tools/results/check.h"
#include "../../tools/results/keys.h"
#include "../../tools/results/parts.h"
#include "unit.h"

#define MS	1000000ULL
#define RUNS	8

static bool is_key(const char *path, const char *suffix)
{
	const size_t bytes = strlen(path) - strlen(suffix);
	const struct vnft_key *key;

	if (strlen(path) < strlen(suffix) || strcmp(path + bytes, suffix))
		return false;
	for (key = vnft_results_keys; key->path; key++)
		if (strlen(key->path) == bytes && !memcmp(key->path, path, bytes))
			return true;
	return false;
}

/* Members of "lost" and "setup" are named by others. */
static bool has_members(const char *path)
{
	return strcmp(path, "rows[].lost") && strcmp(path, "rows[].setup") &&
	       !strstr(path, "_bound_parts_");
}

static void check_keys(const json_t *v, const char *path)
{
	char at[256], why[128];
	const char *key;
	json_t *item;
	size_t i;

	json_object_foreach((json_t *)v, key, item) {
		snprintf(at, sizeof(at), "%s.%s", path, key);
		QUIET(is_key(at, "") || is_key(at, "_why"), "%s is not in the table", at);
		snprintf(why, sizeof(why), "%s_why", key);
		QUIET(!json_is_null(item) || json_is_string(json_object_get(v, why)),
		      "%s is null without a reason", at);
		if (has_members(at))
			check_keys(item, at);
	}
	json_array_foreach(v, i, item) {
		snprintf(at, sizeof(at), "%s[]", path);
		check_keys(item, at);
	}
}

static void fill_rate(struct vnft_results_rate *rate, double bps)
{
	rate->asked = rate->measured = rate->pps_asked = rate->pps_measured = true;
	rate->tool_measured = rate->retransmits_measured = true;
	rate->hook_bps = bps;
	rate->tool_bps = bps - 1;
	rate->pps = bps / 1000;
	rate->length_ns = 2000 * MS;
	rate->late_ns = 4 * MS;
	rate->slots = 20;
	rate->slot_ns = 100 * MS;
	rate->slot_p10_bps = bps / 2;
	rate->slot_p90_bps = bps * 2;
}

static void fill_rtt(struct vnft_results_rtt *rtt, uint64_t rtt_ns)
{
	rtt->asked = rtt->measured = true;
	rtt->sent = rtt->hooks.requests = rtt->hooks.matched = 1;
	vnft_hist_add(&rtt->hooks.hist, rtt_ns);
	vnft_hist_add(&rtt->sender, 2 * rtt_ns);
}

/* Run @number takes @number times as long as the first. */
static void fill(struct vnft_results_run *run, unsigned int number)
{
	*run = (struct vnft_results_run) {
		.number = number, .round = number, .finished = true, .valid = true, .accel = "kvm",
		.netns = "private", .instantiation_ns = number * 100 * MS,
		.service_ns = number * 110 * MS, .teardown_ns = number * MS,
		.launch = { { { "exec", true, number * MS, "", .role = VNFT_SPAN_STEP },
			      { "vcpu", true, 0, "no KVM: nothing to see", .role = VNFT_SPAN_STEP },
			      { "returned", false, number * 50 * MS, "", .role = VNFT_SPAN_ASIDE },
			      { "rst", true, number * 100 * MS, "", .role = VNFT_SPAN_END },
			      { "service", true, number * 110 * MS, "",
				.role = VNFT_SPAN_END } }, 5 },
		.ending = { { { "exit", true, 0, "no exit of its process was seen",
				.role = VNFT_SPAN_STEP },
			      { "stopped", false, number * MS, "", .role = VNFT_SPAN_END } }, 2 },
		.rst_asking = { true, number * 1000, number * 10000 },
		.service_asking = { true, 0, number * 20000 }, .own_start_ns = number * 100,
		.packets = 100, .records = 10, .observed_ns = 1000 * MS,
	};
	run->reference = (struct vnft_results_reference) { true, number * 10 * MS, 5000, "" };
	run->queueing.longest_wait_ns = number * MS;
	fill_rtt(&run->flood, number * 1000);
	fill_rtt(&run->fixed, number * 2000);
	fill_rate(&run->tx, number * 1e6);
	fill_rate(&run->rx, number * 2e6);
	vnft_results_set(run, VNFT_NUMBER_TOOL_BYTES, number * 4096);
	strcpy(run->numbers[VNFT_NUMBER_PSS_BYTES].why, "CAP_SYS_PTRACE is missing");
}

static json_t *results_of(const struct vnft_results_session *session,
			  const struct vnft_results_row *row)
{
	return json_pack("{s:i, s:{}, s:[o]}", "schema", VNFT_RESULTS_SCHEMA, "manifest", "rows",
			 vnft_results_row_json(session, row));
}

static const struct vnft_results_session session = {
	.seed = 1, .echo_interval_ns = 2 * MS, .stimulus = "kernel", .flood_stimulus = "user",
	.flood_why = "a reason",
	.self = &(const struct vnft_self) { .measured = true, .clock_ns = 30, .wakeup_ns = 9000,
					    .snapshot_ns = 2000, .passage_ns = 4000, .hook_ns = 90,
					    .counted_ns = 40, .recorded_ns = 90 },
};

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

static void test_row(void)
{
	static struct vnft_results_run run[RUNS];
	struct vnft_results_row row = { .type = "a.kvm", .title = "A", .driver = "libvirt",
					.workload = "iperf3", .possible = true,
					.why = "", .slot_ns = 2 * MS,
					.image_file_bytes = 7, .run = run, .runs = RUNS };
	json_t *results;
	unsigned int i;

	for (i = 0; i < RUNS; i++)
		fill(&run[i], i + 1);
	/* The last one lost records, the one before it has no flood. */
	run[RUNS - 1].valid = false;
	strcpy(run[RUNS - 1].why, "3 records lost, 0 allowed");
	run[RUNS - 1].lost[VNFT_LOST_RING_FULL] = 3;
	run[RUNS - 1].queueing.longest_wait_ns = 9000 * MS;
	run[RUNS - 3].queueing.longest_wait_ns = 2500 * MS;
	run[RUNS - 2].flood.measured = false;
	strcpy(run[RUNS - 2].flood.why, "none of 1 echoes was answered");
	run[RUNS - 1].console = (struct vnft_results_console) { "console-8", 3000000, 1048576, "" };
	strcpy(run[1].console.why, "console-2: No space left on device");
	results = results_of(&session, &row);
	CHECK(!vnft_results_check(results, "f"), "a row passes the check");
	check_keys(json_object_get(results, "rows"), "rows");
	CHECK_EQ(at(results, "instantiation.n"), RUNS - 1, "a run that lost records is no sample");
	CHECK_EQ(at(results, "instantiation.median_ns"), 400 * MS, "median of the others");
	CHECK_EQ(at(results, "instantiation.phases[0].median_ns"), 4 * MS, "and of a phase");
	CHECK(!strcmp(text_at(results, "instantiation.phases[1].median_ns_why"),
		      "no KVM: nothing to see"), "a phase that did not happen says why");
	CHECK_EQ(at(results, "instantiation.queueing.longest_wait_ns"), 4 * MS,
		 "the median of the longest waits");
	CHECK_EQ(at(results, "instantiation.queueing.max_wait_ns"), 2500 * MS,
		 "and the longest of all: of a run that counts");
	CHECK_EQ(at(results, "memory.tool_bytes"), 4 * 4096, "a number of a run: the median");
	CHECK(!strcmp(text_at(results, "memory.pss_bytes_why"), "CAP_SYS_PTRACE is missing"),
	      "or the run's reason");
	CHECK(!strcmp(text_at(results, "memory.load_pss_bytes_why"), "not read under load"),
	      "or the table's");
	CHECK(!strcmp(text_at(results, "memory.cgroup_bytes_why"), run[RUNS - 1].why),
	      "or the row's");
	CHECK_EQ(at(results, "reference.launch.median_ns"), 40 * MS, "the host beside them");
	CHECK_EQ(at(results, "rounds[6]"), RUNS - 1, "and the rounds in which they were made");
	CHECK_EQ(at(results, "lost.ring_full"), 3, "losses of all runs");
	CHECK_EQ(at(results, "failed[0].run"), RUNS, "the run that failed");
	CHECK_EQ(at(results, "missing[0].run"), RUNS - 1, "the run without a flood");
	CHECK(at(results, "consoles[0].run") == 2 &&
	      strstr(text_at(results, "consoles[0].file_why"), "No space"),
	      "a console that could not be kept");
	CHECK(at(results, "consoles[1].run") == RUNS &&
	      at(results, "consoles[1].said_bytes") == 3000000 &&
	      !strcmp(text_at(results, "consoles[1].file"), "console-8"),
	      "one that was, and no others");
	CHECK(!vnft_view_at(json_array_get(json_object_get(results, "rows"), 0), "consoles[2]"),
	      "a run whose console said nothing has none");
	CHECK(!strcmp(text_at(results, "rtt.flood.stimulus_why"), "a reason") &&
	      !strcmp(text_at(results, "rtt.fixed.stimulus"), "kernel"), "who sent");
	json_decref(results);
}

/* Sides of a bound: "below above". */
static const char *bound_at(const json_t *results, const char *path)
{
	const json_t *row = json_array_get(json_object_get(results, "rows"), 0);
	const json_t *bound = vnft_view_at(row, path);
	static char text[64];

	snprintf(text, sizeof(text), "%lld %lld",
		 json_integer_value(json_array_get(bound, 0)),
		 json_integer_value(json_array_get(bound, 1)));
	return text;
}

/* Each number has its bound, of the largest parts that a run which counts had. */
static void test_bounds(void)
{
	static struct vnft_results_run run[RUNS];
	struct vnft_results_row row = { .type = "a.kvm", .title = "A", .driver = "libvirt",
					.workload = "iperf3", .possible = true,
					.why = "", .slot_ns = 2 * MS,
					.image_file_bytes = 7, .run = run, .runs = RUNS };
	static const struct {
		const char *path, *bound;
	} want[] = {
		/* slot, late, answer, own start, passage, clock; the eighth run does not count */
		{ "instantiation.median_bound_ns", "2081730 30" },
		{ "instantiation.median_bound_parts_ns.syn_slot", "2000000 0" },
		{ "instantiation.median_bound_parts_ns.syn_late", "7000 0" },
		{ "instantiation.median_bound_parts_ns.answer", "70000 0" },
		{ "instantiation.median_bound_parts_ns.own_start", "700 0" },
		{ "instantiation.median_bound_parts_ns.hook_to_driver", "3910 0" },
		{ "instantiation.median_bound_parts_ns.own_hook", "90 0" },
		{ "instantiation.median_bound_parts_ns.clock_read", "30 30" },
		{ "instantiation.phases[0].median_bound_ns", "30 30" },
		{ "service_ready.median_bound_ns", "2144730 30" },
		{ "teardown.median_bound_ns", "9060 30" },
		{ "rtt.flood.mean_bound_ns", "4030 30" },
		{ "rtt.flood.sender.mean_bound_ns", "4060 30" },
		{ "instantiation.queueing.wait_bound_ns", "0 0" },
		/* a tick of 4 ms of 2 s, and of the seventh run 7 Mbit/s */
		{ "throughput.tx.median_bound_bps", "16 14045" },
		{ "throughput.tx.median_bound_parts_bps.end_tick", "0 14029" },
		{ "throughput.tx.slot_bound_bps", "285 286" },
		{ "image.size_bound_bytes", "0 0" },
	};
	json_t *results;
	size_t i;

	for (i = 0; i < RUNS; i++)
		fill(&run[i], (unsigned int)i + 1);
	run[RUNS - 1].valid = false;
	strcpy(run[RUNS - 1].why, "3 records lost, 0 allowed");
	results = results_of(&session, &row);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		CHECK(!strcmp(bound_at(results, want[i].path), want[i].bound), "%s: %s",
		      want[i].path, bound_at(results, want[i].path));
	CHECK(!strncmp(text_at(results, "memory.tool_bound_bytes_why"), "who counts it", 13) &&
	      strstr(text_at(results, "throughput.tx.median_bound_pps_why"), "tool counts"),
	      "or a reason");
	json_decref(results);
	run[2].rst_asking.known = false;
	results = results_of(&session, &row);
	CHECK(!strcmp(text_at(results, "instantiation.median_bound_ns_why"),
		      "the answered SYN was not seen where all SYNs pass"),
	      "one run of which a part is not known: no bound for the row");
	json_decref(results);
}

/* What no run has: nulls with their reasons, and a row that is not valid if it was asked for. */
static void test_lacking(void)
{
	static struct vnft_results_run run[RUNS];
	struct vnft_results_row row = { .type = "a.kvm", .title = "A", .driver = "libvirt",
					.workload = "iperf3", .possible = true,
					.why = "", .run = run, .runs = RUNS };
	json_t *results;
	unsigned int i;

	for (i = 0; i < RUNS; i++) {
		fill(&run[i], i + 1);
		run[i].tx.tool_measured = run[i].tx.retransmits_measured = false;
		strcpy(run[i].tx.tool_why, "it printed more than 16 MiB");
		run[i].rx.retransmits_measured = false;
		strcpy(run[i].rx.tool_why, "iperf3 gave no number");
		run[i].reference.measured = false;
		strcpy(run[i].reference.why, "left out (--no-reference)");
	}
	results = results_of(&session, &row);
	CHECK(!vnft_results_check(results, "f"), "a row without iperf3's numbers passes the check");
	check_keys(json_object_get(results, "rows"), "rows");
	CHECK(at(results, "throughput.tx.median_bps") > 0 &&
		      !strcmp(text_at(results, "throughput.tx.tool_bps_why"),
			      "it printed more than 16 MiB") &&
		      !strcmp(text_at(results, "throughput.tx.iperf3_bps_why"),
			      "it printed more than 16 MiB"),
	      "the hook's rate does not need them");
	CHECK(at(results, "throughput.rx.tool_bps") > 0 &&
		      at(results, "throughput.rx.tool_bps") ==
			      at(results, "throughput.rx.iperf3_bps") &&
		      !strcmp(text_at(results, "throughput.rx.retransmits_why"),
			      "iperf3 gave no number"),
	      "a sender that counts no retransmissions has not none");
	CHECK(!strcmp(text_at(results, "reference.rtt.median_ns_why"),
		      "left out (--no-reference)"), "no reference says why");
	CHECK(json_is_true(vnft_view_at(results, "rows[0].valid")), "the row is valid");
	json_decref(results);

	for (i = 0; i < RUNS; i++) {
		run[i].tx.measured = run[i].rx.pps_measured = false;
		strcpy(run[i].tx.why, "iperf3: what?");
		run[i].fixed.asked = run[i].fixed.measured = false;
	}
	results = results_of(&session, &row);
	CHECK(!vnft_results_check(results, "f"), "one without streams does, too");
	CHECK(json_is_false(vnft_view_at(results, "rows[0].valid")) &&
		      !strcmp(text_at(results, "invalid_why"),
			      "no run has tx, rx of 64 B: iperf3: what?"),
	      "it is not valid, and says why: %s", text_at(results, "invalid_why"));
	CHECK(!strcmp(text_at(results, "throughput.tx.median_bps_why"), "iperf3: what?"),
	      "as the null does");
	CHECK(!json_array_size(vnft_view_at(results, "rows[0].missing")),
	      "single runs lack nothing that others have");
	run[3].tx.measured = run[3].rx.pps_measured = true;
	json_decref(results);
	results = results_of(&session, &row);
	CHECK(json_is_true(vnft_view_at(results, "rows[0].valid")) &&
		      json_array_size(vnft_view_at(results, "rows[0].missing")) == 2 * (RUNS - 1),
	      "when one run has it, the others lack it, and the row is valid");
	json_decref(results);
}

/* What the session left out says so, and not that runs did not count. */
static void test_left_out(void)
{
	static const char *const none[] = { "rtt.flood.mean_ns_why", "rtt.fixed.mean_bound_ns_why",
					    "throughput.tx.median_bps_why",
					    "throughput.rx.median_pps_why", "memory.tool_bytes_why",
					    "memory.median_bytes_why",
					    "memory.load_pss_bytes_why" };
	static struct vnft_results_run run[RUNS];
	struct vnft_results_session without = session;
	struct vnft_results_row row = { .type = "a.kvm", .title = "A", .driver = "libvirt",
					.workload = "iperf3", .possible = true,
					.why = "", .run = run, .runs = RUNS };
	json_t *results;
	unsigned int i;

	without.no_rtt_why = without.no_throughput_why = without.no_memory_why = "left out";
	for (i = 0; i < RUNS; i++) {
		fill(&run[i], i + 1);
		run[i].flood = run[i].fixed = (struct vnft_results_rtt) { 0 };
		run[i].tx = run[i].rx = (struct vnft_results_rate) { 0 };
		memset(run[i].numbers, 0, sizeof(run[i].numbers));
	}
	results = results_of(&without, &row);
	CHECK(!vnft_results_check(results, "f") &&
		      json_is_true(vnft_view_at(results, "rows[0].valid")), "the row is valid");
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		CHECK(!strcmp(text_at(results, none[i]), "left out"), "%s: %s", none[i],
		      text_at(results, none[i]));
	json_decref(results);
	row.possible = false;
	row.why = "no Xen here";
	row.runs = 0;
	results = results_of(&without, &row);
	CHECK(!strcmp(text_at(results, none[0]), "no Xen here"), "nor could it be measured");
	json_decref(results);
}

static void test_empty(void)
{
	struct vnft_results_row row = { .type = "a", .title = "A", .driver = "none",
					.workload = "none",
					.why = "no driver of that name" };
	json_t *results = results_of(&session, &row);

	CHECK(!vnft_results_check(results, "f"), "a row that cannot be passes the check");
	check_keys(json_object_get(results, "rows"), "rows");
	CHECK(!strcmp(text_at(results, "accel_why"), row.why) &&
	      !strcmp(text_at(results, "throughput.tx.median_bps_why"), row.why) &&
	      !strcmp(text_at(results, "image.file_bytes_why"),
		      "the type names no image that can be read"), "and says why everywhere");
	json_decref(results);
}

int main(void)
{
	test_row();
	test_bounds();
	test_lacking();
	test_left_out();
	test_empty();
	return unit_done();
}
