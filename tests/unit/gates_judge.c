/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Gates on rows: which number they take, how sure they say it is, and that nothing passes that is
 * not known.
 */
#include <math.h>
#include <string.h>

#include "../../tools/lib/text/json.h"
#include "../../tools/lib/text/view.h"
#include "../../tools/report/gates/outcome.h"
#include "../../tools/report/gates/parts.h"
#include "report_fixture.h"
#include "unit.h"

/* Ten runs of 200 to 209 ms; the interval is 200 to 210, the printed median 205. */
static json_t *the_row(void)
{
	json_t *row = fixture_row("t", 10, 1), *times = json_object_get(row, "instantiation");

	json_object_set_new(times, "median_bound_ns", json_pack("[I, I]", 1000000LL, 500LL));
	json_object_set_new(times, "run_bound_ns", json_pack("[I, I]", 2000000LL, 600LL));
	return row;
}

static json_t *judged(const json_t *row, const char *text, bool sure)
{
	struct vnft_gate gate;

	return CHECK(!vnft_gate_parse(text, false, &gate), "%s", text) ?
	       vnft_gate_judge(&gate, row, "t", sure) : json_object();
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

/* What came of @text on @row, and a part of the note. */
static void expect(const json_t *row, const char *text, bool sure, const char *because,
		   const char *note)
{
	json_t *o = judged(row, text, sure);

	CHECK(!strcmp(text_of(o, "because"), because) && strstr(text_of(o, "note"), note) &&
	      json_is_true(json_object_get(o, "passed")) == !strcmp(because, "passed"),
	      "%s%s: %s: %s", text, sure ? " (sure)" : "", text_of(o, "because"),
	      text_of(o, "note"));
	json_decref(o);
}

/* The number of @text, in the unit of its metric. */
static double value_of(const json_t *row, const char *text)
{
	struct vnft_gate_number number;
	struct vnft_gate gate;

	if (vnft_gate_parse(text, false, &gate))
		return NAN;
	vnft_gate_number(&gate, row, &number);
	return number.value;
}

static void test_numbers(void)
{
	static const struct {
		const char *text;
		double value;
	} is[] = {
		{ "first_rst > 1s", 205e6 }, { "first_rst.p50 > 1s", 205e6 },
		{ "first_rst.p90 > 1s", 208.1e6 }, { "first_rst.min > 1s", 200e6 },
		{ "first_rst.max > 1s", 209e6 }, { "first_rst.mean > 1s", 204.5e6 },
		{ "first_rst.median.low > 1s", 200e6 }, { "first_rst.median.high > 1s", 210e6 },
		{ "service > 1s", 307.5e6 }, { "teardown > 1s", 102.5e6 },
		{ "rtt > 1s", 80e3 }, { "rtt.mean > 1s", 80e3 }, { "rtt.median > 1s", 78e3 },
		{ "rtt.p99 > 1s", 300e3 }, { "rtt.max > 1s", 900e3 }, { "rtt.min > 1s", 50e3 },
		{ "rtt_fixed.p90 > 1s", 240e3 }, { "tx < 1bit", 20e9 }, { "rx < 1bit", 40e9 },
		{ "tx.min < 1bit", 20e9 }, { "tx.max < 1bit", 20.9e9 },
		{ "image > 1B", 3500000 }, { "image_disk > 1B", 3600000 },
		{ "memory_host > 1B", -4096 }, { "memory_load_pss > 1B", 5e6 },
		{ "lost > 0", 0 }, { "runs < 1", 10 }, { "valid_runs < 1", 10 },
	};
	json_t *row = the_row();
	size_t i;

	for (i = 0; i < sizeof(is) / sizeof(is[0]); i++)
		CHECK(fabs(value_of(row, is[i].text) - is[i].value) <= 1e-9 * fabs(is[i].value),
		      "%s: it is %.10g", is[i].text, value_of(row, is[i].text));
	json_object_set_new(json_object_get(row, "lost"), "unread", json_integer(7));
	json_object_set_new(row, "invalid_runs", json_integer(3));
	CHECK(value_of(row, "lost > 0") == 7 && value_of(row, "valid_runs < 1") == 7,
	      "losses of all causes, and runs that count");
	json_decref(row);
}

static void test_sureness(void)
{
	json_t *row = the_row();

	expect(row, "first_rst > 190ms", false, "violated", "it is 205 ms, surely: with interval");
	expect(row, "first_rst > 190ms", true, "violated", "surely");
	expect(row, "first_rst > 201ms", false, "violated", "but not surely: the limit lies within "
	       "the 95 % interval, 200 ms to 210 ms");
	expect(row, "first_rst > 208ms", false, "passed", "but not surely: the limit lies within");
	expect(row, "first_rst > 208ms", true, "cannot tell", "--sure lets nothing pass");
	expect(row, "first_rst > 199500us", false, "violated", "by what the method may be off by, "
	       "the truth is within 199 ms to 210 ms");
	expect(row, "first_rst > 210000400ns", false, "passed", "not surely: by what the method");
	expect(row, "first_rst > 210000400ns", true, "cannot tell", "by what the method");
	expect(row, "first_rst > 211ms", true, "passed", "surely: with interval and bound");
	expect(row, "first_rst >= 205ms", false, "violated", "it is 205 ms");
	expect(row, "first_rst > 205ms", false, "passed", "it is 205 ms");
	expect(row, "first_rst <= 205ms", false, "violated", "it is 205 ms");
	expect(row, "first_rst < 205ms", false, "passed", "it is 205 ms");
	/* Of single runs the bound is another one, and there is no interval. */
	expect(row, "first_rst.max > 208ms", false, "violated", "but not surely: by what");
	expect(row, "first_rst.max > 206ms", true, "violated", "with its bound it is within 207");
	/* A quantile of a histogram is off by its buckets: 0.8 % of 300 us are 2.4. */
	expect(row, "rtt.p99 > 301us", true, "cannot tell", "298 µs to 302 µs");
	expect(row, "rtt.p99 > 303us", true, "passed", "it is 300 µs");
	/* The interval that is null. */
	expect(row, "tx < 19Gbit", false, "passed", "how surely is not known: no interval: 5 runs, "
	       "6 needed");
	expect(row, "tx < 19Gbit", true, "cannot tell", "no interval");
	expect(row, "image > 3MB", true, "violated", "it is 3.50 MB");
	expect(row, "lost > 0", true, "passed", "it is 0");
	expect(row, "memory_host > -5kB", true, "violated", "it is -4.10 kB");
	json_decref(row);
}

/* Each null fails, with the reason that stands beside it. */
static void test_nulls(void)
{
	json_t *row = the_row(), *rtt = json_object_get(row, "rtt"), *fixed;

	expect(row, "first_rst.p99 > 1s", false, "not measured", "10 values of runs, p99 needs 1");
	expect(row, "tx_pps < 1pps", false, "not measured", "the workload has no iperf3");
	expect(row, "tx.median.low < 1bit", false, "not measured", "5 runs, 6 needed");
	expect(row, "rtt.p999 > 1s", false, "not measured", "999 samples, 1000 needed");
	expect(row, "memory_pss > 1TB", false, "not measured", "CAP_SYS_PTRACE is missing");
	expect(row, "memory_cgroup > 1TB", false, "not measured", "does not say why");
	expect(row, "create > 1s", false, "not measured", "does not say why");
	expect(row, "phase.vcpu > 1s", false, "not measured", "no run of it has this duration");
	expect(row, "phase.none > 1s", false, "not measured", "no phase of that name");
	expect(row, "disturbed_runs > 1", false, "not measured", "does not say why");
	fixed = json_object_get(rtt, "fixed");
	vnft_json_null(fixed, "sender", "the kernel sent");
	expect(row, "rtt_fixed_sender > 1s", false, "not measured", "the kernel sent");
	json_object_clear(fixed);
	vnft_json_null(fixed, "mean_ns", "left out (--no-rtt)");
	vnft_json_null(fixed, "mean_bound_ns", "left out (--no-rtt)");
	expect(row, "rtt_fixed > 1s", false, "not measured", "left out (--no-rtt)");
	expect(row, "rtt_fixed.p99 > 1s", false, "not measured", "left out (--no-rtt)");
	expect(row, "rtt_fixed_sender.p99 > 1s", false, "not measured", "left out (--no-rtt)");
	json_object_set_new(row, "runs", json_integer(0));
	expect(row, "lost > 0", false, "not measured", "no run was made");
	expect(row, "valid_runs < 6", false, "not measured", "no run was made");
	json_decref(row);
}

static void test_invalid(void)
{
	json_t *row = the_row(), *o;

	json_object_set_new(row, "valid", json_false());
	expect(row, "first_rst > 1s", false, "not valid", "its results.json does not say why");
	json_object_set_new(row, "invalid_why", json_string("a run lost 3 records"));
	expect(row, "first_rst > 1s", false, "not valid", "the row is not valid: a run lost 3");
	o = judged(row, "lost > 5", false);
	CHECK(!strcmp(text_of(o, "because"), "not valid") && !strcmp(text_of(o, "is"), "0"),
	      "the number stands beside it");
	json_decref(o);
	json_decref(row);
}

/* Durations of six launches: 10 to 15 ms. */
static void test_phases(void)
{
	json_t *row = the_row(), *launches = json_array();
	int i;

	for (i = 0; i < 6; i++)
		json_array_append_new(launches, json_pack("{s:i, s:[{s:s, s:I}]}", "run", i + 1,
			"phases", "name", "exec", "took_ns", (10 + i) * FIXTURE_MS));
	json_object_set_new(row, "launches", launches);
	CHECK(value_of(row, "phase.exec > 1s") == 12.5e6 &&
	      value_of(row, "phase.exec.max > 1s") == 15e6 &&
	      value_of(row, "phase.exec.median.low > 1s") >= 10e6 &&
	      value_of(row, "phase.exec.median.high > 1s") <= 15e6, "durations of a phase");
	expect(row, "phase.exec > 12ms", false, "violated", "within the 95 % interval");
	expect(row, "phase.exec > 9ms", false, "violated", "surely: its 95 % interval is");
	expect(row, "phase.exec.p90 > 1s", false, "not measured", "6 values of runs, p90 needs 10");
	json_array_clear(launches);
	json_array_append_new(launches, json_pack("{s:i, s:[{s:s, s:I}]}", "run", 1, "phases",
						  "name", "exec", "took_ns", 10 * FIXTURE_MS));
	expect(row, "phase.exec > 9ms", false, "violated", "no interval: an interval needs 6 runs");
	expect(row, "phase.exec.median.low > 9ms", false, "not measured", "median.low needs 6");
	json_decref(row);
}

/* The members of an outcome, by which jq finds its way. */
static void test_members(void)
{
	json_t *row = the_row(), *o = judged(row, "first_rst > 201ms", false);

	CHECK_EQ(json_integer_value(json_object_get(o, "value_ns")), 205000000, "value_ns");
	CHECK_EQ(json_integer_value(json_object_get(o, "limit_ns")), 201000000, "limit_ns");
	CHECK_EQ(json_integer_value(json_object_get(o, "low_ns")), 200000000, "low_ns");
	CHECK(json_is_false(json_object_get(o, "sure")) &&
	      !strcmp(text_of(o, "type"), "t") && !strcmp(text_of(o, "gate"), "first_rst > 201ms"),
	      "sure, type, gate");
	json_decref(o);
	o = judged(row, "memory_load_pss > 1MB", false);
	CHECK(json_is_null(json_object_get(o, "sure")) && text_of(o, "sure_why")[0],
	      "neither interval nor bound: nobody knows how sure");
	json_decref(o);
	o = judged(row, "memory_pss > 1MB", false);
	CHECK(json_is_null(json_object_get(o, "value_bytes")) &&
	      !strcmp(text_of(o, "value_bytes_why"), "CAP_SYS_PTRACE is missing"),
	      "null with its reason");
	json_decref(o);
	json_decref(row);
}

int main(void)
{
	test_numbers();
	test_sureness();
	test_nulls();
	test_invalid();
	test_phases();
	test_members();
	return unit_done();
}
