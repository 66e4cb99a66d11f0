/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grammar of --fail-if: what it takes, with every unit; and what it refuses, with a line that
 * names the thing and the fix.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/lib/text/error.h"
#include "../../tools/report/gates/gate.h"
#include "../../tools/results/keys.h"
#include "unit.h"

/* What is taken, as what. */
static const struct taken {
	const char *text;
	enum vnft_metric_id metric;
	const char *row, *phase, *stat;
	enum vnft_gate_op op;
	double limit;
} taken[] = {
#define EACH(text, metric, stat, op, limit) \
	{ text, VNFT_METRIC_##metric, "", "", stat, VNFT_GATE_##op, limit }
	EACH("first_rst.p50 > 50ms", INSTANTIATION, "p50", ABOVE, 50e6),
	EACH("rtt.p99 > 2ms", RTT, "p99", ABOVE, 2e6),
	EACH("tx.median < 5Gbit", TX, "median", BELOW, 5e9),
	EACH("instantiation>=1s", INSTANTIATION, "", FROM, 1e9),
	EACH(" \tfirst-rst\t>=\t1.5 s \t", INSTANTIATION, "", FROM, 1.5e9),
	EACH("rtt_device<=9ns", RTT, "", UP_TO, 9),
	EACH("rtt_sender.max>7us", RTT_SENDER, "max", ABOVE, 7e3),
	EACH("rtt-fixed-sender.p99.9 > 7µs", RTT_FIXED_SENDER, "p99.9", ABOVE, 7e3),
	EACH("service.median.high > 2m", SERVICE, "median.high", ABOVE, 120e9),
	EACH("teardown.p50.low > 0.001h", TEARDOWN, "p50.low", ABOVE, 3.6e9),
	EACH("rx < 1bit", RX, "", BELOW, 1), EACH("rx < 1kbit", RX, "", BELOW, 1e3),
	EACH("rx < 1Mbit", RX, "", BELOW, 1e6), EACH("rx < 1Tbit", RX, "", BELOW, 1e12),
	EACH("rx < 1.25 Gbit/s", RX, "", BELOW, 1.25e9),
	EACH("tx_pps < 1pps", TX_PPS, "", BELOW, 1), EACH("tx_pps < 1kpps", TX_PPS, "", BELOW, 1e3),
	EACH("rx-pps < 2Mpps", RX_PPS, "", BELOW, 2e6),
	EACH("rx-pps < 2Gpps", RX_PPS, "", BELOW, 2e9),
	EACH("memory > 1B", MEMORY, "", ABOVE, 1), EACH("memory > 1kB", MEMORY, "", ABOVE, 1e3),
	EACH("memory > 1MB", MEMORY, "", ABOVE, 1e6), EACH("memory > 1GB", MEMORY, "", ABOVE, 1e9),
	EACH("memory > 1TB", MEMORY, "", ABOVE, 1e12),
	EACH("image > 1KiB", IMAGE, "", ABOVE, 1024),
	EACH("image > 1MiB", IMAGE, "", ABOVE, 1048576),
	EACH("image_disk > 2GiB", IMAGE_DISK, "", ABOVE, 2147483648.0),
	EACH("image > 1TiB", IMAGE, "", ABOVE, 1099511627776.0),
	EACH("memory_host > -1kB", MEMORY_HOST, "", ABOVE, -1000),
	EACH("hooks_cpu > 0.5 %", HOOKS_CPU, "", ABOVE, 0.5),
	EACH("lost > 0", LOST, "", ABOVE, 0), EACH("valid_runs < +6", VALID_RUNS, "", BELOW, 6),
	EACH("disturbed_runs >= 000000000000000000000000000001", DISTURBED_RUNS, "", FROM, 1),
	EACH("first_rst > 1000000000s", INSTANTIATION, "", ABOVE, 1e18),
#undef EACH
	{ "phase.exec > 3ms", VNFT_METRIC_PHASE, "", "exec", "", VNFT_GATE_ABOVE, 3e6 },
	{ "phase.exec.p90 > 3ms", VNFT_METRIC_PHASE, "", "exec", "p90", VNFT_GATE_ABOVE, 3e6 },
	{ "container.crun: lost > 0", VNFT_METRIC_LOST, "container.crun", "", "", VNFT_GATE_ABOVE,
	  0 },
	{ "tinyx.xen (xl, pv, <a>:b)#2 :rtt>1s", VNFT_METRIC_RTT, "tinyx.xen (xl, pv, <a>:b)#2", "",
	  "", VNFT_GATE_ABOVE, 1e9 },
};

/* What is refused, and a part of the line that says so. */
static const struct {
	const char *text, *why;
} refused[] = {
	{ "first_rst > 50Mbit", "Mbit is of a rate of bits, and first_rst is a time: want ns, us" },
	{ "tx < 5ms", "ms is of a time, and tx is a rate of bits: want bit, kbit, Mbit, Gbit" },
	{ "tx < 5GB", "GB is of a number of bytes, and tx is a rate of bits" },
	{ "tx_pps < 5Mbit", "tx_pps is a rate of packets: want pps" },
	{ "memory > 5pps", "memory is a number of bytes: want B, kB" },
	{ "hooks_cpu > 5s", "hooks_cpu is a share: want %" },
	{ "lost > 5ms", "ms is of a time, and lost is counted: want a number alone" },
	{ "first_rst > 10%", "% is what compare takes, and first_rst is a time" },
	{ "first_rst > 50", "no unit: first_rst is a time" },
	{ "first_rst > 50parsec", "parsec: unknown unit: first_rst is a time" },
	{ "first_rst > 50MS", "MS: unknown unit" },
	{ "first_rst > 50ms2", "ms2: unknown unit" },
	{ "image > 1XiB", "XiB: unknown unit" }, { "image > 1iB", "iB: unknown unit" },
	{ "first_rst > 1e3ms", "e3ms: unknown unit" }, { "first_rst > 1.ms", ".ms: unknown unit" },
	{ "first_rst > 0x10ms", "x10ms: unknown unit" },
	{ "first_rst >", "no limit behind it: want a number and its unit: ns, us" },
	{ "lost >", "no limit behind it: want a number alone" },
	{ "first_rst > ms", "ms: not a number" }, { "first_rst > .5ms", ".5ms: not a number" },
	{ "first_rst > nanms", "not a number" }, { "first_rst > infs", "not a number" },
	{ "first_rst > -ms", "not a number" }, { "first_rst > --5ms", "not a number" },
	{ "first_rst > -5ms", "never below 0: want a limit" },
	{ "first_rst < 0ms", "never below 0: this gate would never fail" },
	{ "lost < 0", "never below 0: this gate would never fail" },
	{ "first_rst > 1000000001s", "too large" }, { "tx < 99999999Tbit", "too large" },
	{ "tx < 99999999999999999999999999999999Tbit", "too large" },
	{ "lost > 1000000000000000001000", "too large" },
	{ "lost > 000000000000000000000000000000001", "more than 32 digits" },
	{ "first_rest > 5ms", "no metric is called \"first_rest\": did you mean first-rst?" },
	{ "qqqqqqqqqqqqq > 5ms", "no metric is called \"qqqqqqqqqqqqq\": --help lists them" },
	{ "FIRST_RST > 5ms", "no metric is called" }, { "> 5ms", "no metric: want one, as in" },
	{ ".p50 > 5ms", "no metric: want one" },
	{ "first_rst. > 5ms", "nothing behind the point" },
	{ "first_rst.p95 > 5ms", "no statistic is called \"p95\": want median" },
	{ "first_rst.p50.p50 > 5ms", "no statistic is called" },
	{ "image.p50 > 5MB", "image is one number and has no p50: leave it out" },
	{ "lost.max > 5", "lost is one number and has no max" },
	{ "rtt.median.high > 5ms", "rtt has no interval: want mean" },
	{ "phase > 5ms", "say which phase: phase.NAME" },
	{ "phase. > 5ms", "nothing behind the point" }, { "phase..p50 > 5ms", "say which phase" },
	{ "first_rst = 5ms", "no comparison: want METRIC OP LIMIT with > >= < or <=" },
	{ "first_rst == 5ms", "no comparison" }, { "first_rst", "no comparison" },
	{ "", "no comparison" }, { "slower", "no comparison" },
	{ "first_rst => 5ms", "no metric is called \"first_rst =\"" },
	{ "first_rst > 5ms < 6ms", "no metric is called" },
	{ "first_rst >> 5ms", "no metric is called" },
	{ "first_rst >== 5ms", "not a number" },
	{ ": first_rst > 5ms", "before the colon stands a row" },
	{ " : first_rst > 5ms", "before the colon stands a row" },
	{ "a:", "no comparison" },
};

/* The same of a comparison. */
static const struct taken relative[] = {
#define EACH(text, metric, stat, op, limit) \
	{ text, VNFT_METRIC_##metric, "", "", stat, VNFT_GATE_##op, limit }
	EACH("first_rst > 10%", INSTANTIATION, "", ABOVE, 10),
	EACH("tx < -5 %", TX, "", BELOW, -5), EACH("rtt.mean >= 0%", RTT, "mean", FROM, 0),
	EACH("memory.median <= -99.5%", MEMORY, "median", UP_TO, -99.5),
	EACH("first_rst > 1000%", INSTANTIATION, "", ABOVE, 1000),
#undef EACH
	{ "a: phase.exec > 3%", VNFT_METRIC_PHASE, "a", "exec", "", VNFT_GATE_ABOVE, 3 },
};

static const struct {
	const char *text, *why;
} relative_refused[] = {
	{ "first_rst > 5ms", "ms is of a time, and the difference between A and B is a share" },
	{ "tx < 5%", "'tx > 5%' or 'tx < -5%'" }, { "tx > -5%", "'tx > 5%' or 'tx < -5%'" },
	{ "tx < -100%", "nothing can be less by 100 % or more" },
	{ "first_rst.p99 > 5%", "of first_rst the medians are compared: leave p99 out" },
	{ "rtt.p50 > 5%", "of rtt the means are compared: leave p50 out" },
	{ "image > 5%", "image is not compared" }, { "rtt_sender > 5%", "is not compared" },
	{ "faster", "no comparison: want METRIC OP LIMIT with > >= < or <=, as in 'first_rst > 10%'"
		    ", or slower or different" },
};

static void take(const struct taken *t, bool is_relative)
{
	struct vnft_gate gate;
	int err = vnft_gate_parse(t->text, is_relative, &gate);

	CHECK(!err && gate.form == VNFT_GATE_LIMIT && gate.metric == t->metric &&
	      !strcmp(gate.row, t->row) && !strcmp(gate.phase, t->phase) &&
	      !strcmp(gate.stat->word, t->stat) && gate.op == t->op &&
	      fabs(gate.limit - t->limit) <= 1e-12 * fabs(t->limit), "taken: %s%s%s", t->text,
	      err ? ": " : "", err ? vnft_why() : "");
}

static void refuse(const char *text, bool is_relative, const char *why)
{
	struct vnft_gate gate;
	int err = vnft_gate_parse(text, is_relative, &gate);

	CHECK(vnft_exit_code(err) == VNFT_EXIT_USAGE && !strncmp(vnft_why(), "--fail-if: ", 11) &&
	      strstr(vnft_why(), why), "refused: %s: %s", text, err ? vnft_why() : "it was taken");
}

static void test_words(void)
{
	struct vnft_gate gate;

	CHECK(!vnft_gate_parse(" slower ", true, &gate) && gate.form == VNFT_GATE_SLOWER &&
	      !gate.row[0], "slower");
	CHECK(!vnft_gate_parse("a b:different", true, &gate) &&
	      gate.form == VNFT_GATE_DIFFERENT && !strcmp(gate.row, "a b") &&
	      !strcmp(gate.text, "different"), "a row is different");
}

/* Nothing is cut that matters, and nothing runs over. */
static void test_lengths(void)
{
	struct vnft_gate gate;
	char text[4096];
	size_t n;

	for (n = 1; n < 4000; n += n < 600 ? 1 : 777) {
		memset(text, 'a', n);
		snprintf(text + n, sizeof(text) - n, ": lost > 0");
		if (!vnft_gate_parse(text, false, &gate))
			QUIET(n < VNFT_GATE_ROW_BYTES && strlen(gate.row) == n, "a row of %zu", n);
		else
			QUIET(n >= VNFT_GATE_ROW_BYTES, "a row of %zu: %s", n, vnft_why());
		snprintf(text, sizeof(text), "phase.");
		memset(text + 6, 'a', n);
		snprintf(text + 6 + n, sizeof(text) - n - 6, " > 1s");
		if (!vnft_gate_parse(text, false, &gate))
			QUIET(n < VNFT_GATE_PHASE_BYTES && strlen(gate.phase) == n, "phase %zu", n);
		else
			QUIET(n >= VNFT_GATE_PHASE_BYTES, "a phase of %zu: %s", n, vnft_why());
	}
	CHECK(n >= 4000, "rows and phases of every length");
	memset(text, ' ', 4000);
	text[4000] = '\0';
	CHECK(vnft_gate_parse(text, false, &gate) && strstr(vnft_why(), "longer than 511 bytes"),
	      "blanks alone: %s", vnft_why());
	text[511] = '\0';
	memcpy(text + 400, "lost > 0", 8);
	CHECK(!vnft_gate_parse(text, false, &gate) && !strcmp(gate.text, "lost > 0"),
	      "511 bytes, most of them blank");
}

static bool is_key(const char *path)
{
	const struct vnft_key *key;

	for (key = vnft_results_keys; key->path; key++)
		if (!strncmp(key->path, "rows[].", 7) && !strcmp(key->path + 7, path))
			return true;
	return false;
}

static void need(const char *name, const char *at, const char *member, const char *unit)
{
	char path[128];

	snprintf(path, sizeof(path), "%s%s%s%s", at, member, unit[0] ? "_" : "", unit);
	QUIET(is_key(path), "%s: no key %s", name, path);
}

/* What the table of metrics asks of a row, results.json has. */
static void test_keys(void)
{
	const struct vnft_metric *metric;
	int id;

	for (id = 0; id < VNFT_METRIC_NR; id++) {
		const char *name = vnft_metric_names[id];

		metric = &vnft_metrics[id];
		QUIET(vnft_metric_find(name, strlen(name)) == (enum vnft_metric_id)id, "%s", name);
		if (metric->kind == VNFT_METRIC_SPREAD) {
			need(name, metric->at, ".median", metric->unit);
			need(name, metric->at, ".ci95", metric->unit);
		}
		if (metric->kind == VNFT_METRIC_HIST) {
			need(name, metric->at, ".mean", metric->unit);
			need(name, metric->at, ".p999", metric->unit);
			need(name, metric->at, ".quantile_bound", "percent");
		}
		if (metric->kind == VNFT_METRIC_SINGLE)
			need(name, metric->at, "", metric->unit);
		if (metric->bound[0])
			need(name, metric->bound, "", "");
		if (metric->values)
			need(name, metric->values, "", "");
		if (metric->reference)
			need(name, metric->reference, "", "");
		if (metric->busy)
			need(name, metric->busy, "", "");
	}
	CHECK(id == VNFT_METRIC_NR && !vnft_metric_names[id], "keys of %d metrics", id);
}

int main(void)
{
	size_t i;

	for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		take(&taken[i], false);
	for (i = 0; i < sizeof(relative) / sizeof(relative[0]); i++)
		take(&relative[i], true);
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		refuse(refused[i].text, false, refused[i].why);
	for (i = 0; i < sizeof(relative_refused) / sizeof(relative_refused[0]); i++)
		refuse(relative_refused[i].text, true, relative_refused[i].why);
	test_words();
	test_lengths();
	test_keys();
	return unit_done();
}
