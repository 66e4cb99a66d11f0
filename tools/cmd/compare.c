/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace compare: are two results different, or is it noise?
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../lib/text/error.h"
#include "../lib/text/view.h"
#include "../report/compare/compare.h"
#include "../report/gates/gate.h"
#include "../stat/random.h"
#include "../stat/stat.h"
#include "cmd.h"
#include "compare/live.h"
#include "compare/load.h"
#include "compare/series.h"

#define LIVE_RUNS	30

/* The metric that was asked for, and those that gates name. */
#define PAGES_MAX	64

struct compare_config {
	struct vnft_common common;
	struct vnft_compare_ask ask;
	struct vnft_gates_config gates;
	bool live;
	int vary;
	uint64_t runs;
	const char *dir;
};

static const struct compare_config defaults = {
	.ask = { .noise_percent = 1, .same_percent = 5, .seed = 1 },
};

static const struct vnft_opt opts[] = {
	{ .name = "metric", .letter = 'm', .type = VNFT_OPT_CHOICE,
	  .offset = offsetof(struct compare_config, ask.metric), .arg = "METRIC",
	  .choices = vnft_compare_metrics, .help = "what to compare" },
	{ .name = "phase", .type = VNFT_OPT_STRING,
	  .offset = offsetof(struct compare_config, ask.phase), .arg = "NAME",
	  .complete = "exec|device|vcpu|init|frame|rst|service|hook|network",
	  .help = "compare the durations of this phase of the launch: the metric phase" },
	{ .name = "noise", .letter = 'n', .type = VNFT_OPT_U64,
	  .offset = offsetof(struct compare_config, ask.noise_percent), .arg = "PERCENT",
	  .max = 10000,
	  .help = "noise floor: a difference lies beyond it (default @)" },
	{ .name = "same", .type = VNFT_OPT_U64,
	  .offset = offsetof(struct compare_config, ask.same_percent), .arg = "PERCENT",
	  .max = 10000,
	  .help = "what lies within it, or within the noise floor, is the same (default @)" },
	VNFT_GATES_OPTS(struct compare_config, gates,
			"exit with 3 when this holds of a type, or cannot be told: METRIC > 10% "
			"(B more than A by that), METRIC < -10%, slower (worse), or different; may "
			"be given several times", 'f'),
	{ .name = "seed", .letter = 0, .type = VNFT_OPT_U64,
	  .offset = offsetof(struct compare_config, ask.seed), .arg = "N", .max = VNFT_SEED_MAX,
	  .help = "of the random relabelings and resamples" },
	{ .name = "live", .type = VNFT_OPT_FLAG, .offset = offsetof(struct compare_config, live),
	  .help = "A and B are types (names or .conf files): measure both now, in rounds of one "
		  "bench" },
	{ .name = "vary", .type = VNFT_OPT_CHOICE,
	  .offset = offsetof(struct compare_config, vary), .arg = "WHAT",
	  .choices = vnft_compare_varied,
	  .help = "with --live and one type: A and B are that type with the image in the page "
		  "cache and dropped from it (cache), or with vhost-net and without (vhost)" },
	{ .name = "runs", .letter = 'r', .type = VNFT_OPT_U64,
	  .offset = offsetof(struct compare_config, runs), .arg = "N",
	  .min = VNFT_MIN_RUNS_FOR_INTERVAL, .max = 10000,
	  .help = "with --live: rounds (default 30)" },
	{ .name = "output", .letter = 'o', .type = VNFT_OPT_STRING,
	  .offset = offsetof(struct compare_config, dir), .arg = "DIR", .complete = "dir",
	  .help = "with --live: new or empty directory, as of bench (default vnft-results-ID)" },
	{ .name = NULL }
};

/* What is compared: @ask[0] was asked for, the others are gates'. */
struct asked {
	struct vnft_compare_ask ask[PAGES_MAX];
	size_t n;
};

static bool same(const struct vnft_compare_ask *ask, const struct vnft_gate *gate)
{
	return ask->metric == (int)gate->metric &&
	       !strcmp(ask->phase ? ask->phase : "", gate->phase);
}

/* 0, or -EINVAL after vnft_fail(). */
static int add_gates(struct asked *asked, const struct vnft_gates *gates)
{
	const struct vnft_gate *gate;
	size_t i, k;

	for (i = 0; i < vnft_gates_n(gates); i++) {
		gate = vnft_gates_at(gates, i);
		if (gate->form != VNFT_GATE_LIMIT)
			continue;
		for (k = 0; k < asked->n && !same(&asked->ask[k], gate); k++)
			;
		if (k < asked->n)
			continue;
		if (k == PAGES_MAX)
			return vnft_fail(-EINVAL, "--fail-if: more than %d metrics", PAGES_MAX);
		asked->ask[k] = asked->ask[0];
		asked->ask[k].metric = (int)gate->metric;
		asked->ask[k].phase = gate->phase[0] ? gate->phase : NULL;
		asked->n++;
	}
	return 0;
}

static enum vnft_exit measure(const struct compare_config *config, const struct asked *asked,
			      char **argv, json_t **results)
{
	struct vnft_compare_live live = {
		.type = { argv[0], config->vary ? NULL : argv[1] },
		.vary = (enum vnft_compare_vary)config->vary,
		.runs = config->runs ? config->runs : LIVE_RUNS,
		.dir = config->dir,
		.common = config->common,
	};
	size_t i;

	for (i = 0; i < asked->n; i++)
		vnft_compare_live_needs(&live, vnft_compare_metrics[asked->ask[i].metric]);
	return vnft_compare_live(&live, results);
}

/* What goes together, and what is asked for then. 0, or -EINVAL after vnft_fail(). */
static int check_usage(const struct compare_config *config, int argc, struct vnft_compare_ask *ask)
{
	*ask = config->ask;
	if (!config->live && (config->runs || config->dir || config->vary))
		return vnft_fail(-EINVAL, "--%s: only with --live", config->runs ? "runs" :
				 config->dir ? "output" : "vary");
	if (argc > 2 && config->live)
		return vnft_fail(-EINVAL, "--live: A and B, and no more: bench measures several");
	if (argc > 2 && config->gates.conditions.n)
		return vnft_fail(-EINVAL, "--fail-if: of two results, and not of a series: give A "
				 "and B");
	if (config->vary && argc > 1)
		return vnft_fail(-EINVAL, "--vary: A and B are one type: name it alone");
	if (!config->vary && argc < 2)
		return vnft_fail(-EINVAL,
				 "compare needs A and B (or --live --vary WHAT, and a type)");
	if (!ask->phase)
		return ask->metric == VNFT_METRIC_PHASE ?
		       vnft_fail(-EINVAL, "the metric phase: say which with --phase NAME") : 0;
	if (ask->metric && ask->metric != VNFT_METRIC_PHASE)
		return vnft_fail(-EINVAL, "--phase is the metric: not with -m %s",
				 vnft_compare_metrics[ask->metric]);
	ask->metric = VNFT_METRIC_PHASE;
	return 0;
}

/* A page for each metric; 0, or negative errno after vnft_fail(): there is none then. */
static int make_pages(const struct asked *asked, const struct vnft_compare_side *a,
		      const struct vnft_compare_side *b, json_t *page[PAGES_MAX])
{
	struct vnft_compare_found found;
	size_t i;
	int err = 0;

	for (i = 0; i < asked->n; i++) {
		page[i] = vnft_compare_tree(&asked->ask[i], a, b, &found, &err);
		if (page[i])
			continue;
		while (i--)
			json_decref(page[i]);
		return err;
	}
	return 0;
}

/* As JSON they are one: the first, with the others in "also". Takes over the references. */
static int print_pages(const struct compare_config *config, const struct asked *asked,
		       json_t *page[PAGES_MAX], const struct vnft_gates *gates)
{
	json_t *also = json_array();
	struct vnft_view views[3];
	size_t i;
	int err = 0;

	for (i = 1; config->common.json && i < asked->n; i++)
		json_array_append(also, page[i]);
	if (json_array_size(also))
		json_object_set(page[0], "also", also);
	json_decref(also);
	if (config->common.json)
		vnft_gates_into(gates, page[0]);
	for (i = 0; i < asked->n; i++) {
		if (err || (i && config->common.json)) {
			json_decref(page[i]);
			continue;
		}
		if (i)
			vnft_view_gap();
		vnft_compare_views(&asked->ask[i], views);
		err = vnft_view_print(page[i], config->common.json, views);
	}
	if (!err && !config->common.json)
		vnft_gates_print(gates);
	return err;
}

static int compare(const struct compare_config *config, const struct asked *asked,
		   struct vnft_gates *gates, const struct vnft_compare_side *a,
		   const struct vnft_compare_side *b)
{
	json_t *page[PAGES_MAX];
	int err = make_pages(asked, a, b, page);

	if (err)
		return err;
	if (gates)
		vnft_gates_take(gates, vnft_compare_gates(gates, (const json_t *const *)page,
							  asked->n), a->results, b->results);
	return print_pages(config, asked, page, gates);
}

static enum vnft_exit run_sides(const struct compare_config *config, const struct asked *asked,
				struct vnft_gates *gates, char **argv)
{
	char type_a[256] = "", type_b[256] = "", why[1024] = "";
	struct vnft_compare_side a = { .type = type_a }, b = { .type = type_b };
	json_t *results_a, *results_b;
	enum vnft_exit code = VNFT_EXIT_OK;
	int err = -EBADMSG;

	if (config->live) {
		code = measure(config, asked, argv, &results_a);
		if (!results_a) {
			vnft_gates_drop(gates);
			return code;
		}
		snprintf(why, sizeof(why), "%s", code ? vnft_why() : "");
		results_b = json_incref(results_a);
		a.row = json_array_get(json_object_get(results_a, "rows"), 0);
		b.row = json_array_get(json_object_get(results_b, "rows"), 1);
	} else {
		results_a = vnft_compare_load(argv[0], type_a, sizeof(type_a));
		results_b = results_a ? vnft_compare_load(argv[1], type_b, sizeof(type_b)) :
					NULL;
	}
	a.results = results_a;
	b.results = results_b;
	if (results_b)
		err = compare(config, asked, gates, &a, &b);
	json_decref(results_a);
	json_decref(results_b);
	if (err) {
		vnft_gates_drop(gates);
		return vnft_exit_code(err);
	}
	/* What bench said of its runs stands, too: they are not in the comparison. */
	if (code != VNFT_EXIT_OK)
		vnft_fail(-EIO, "%s", why);
	return vnft_gates_end(gates, code);
}

static int run(const void *arg, int argc, char **argv)
{
	const struct compare_config *config = arg;
	static struct asked asked;
	struct vnft_gates *gates = NULL;
	int err;

	asked.n = 1;
	err = check_usage(config, argc, &asked.ask[0]);
	if (!err)
		err = vnft_gates_begin(&gates, &config->gates, true);
	if (!err)
		err = add_gates(&asked, gates);
	if (!err && argc > 2)
		return vnft_exit_code(vnft_compare_run_series(&asked.ask[0], config->common.json,
							      argc, argv));
	if (!err)
		return run_sides(config, &asked, gates, argv);
	vnft_gates_drop(gates);
	return vnft_exit_code(err);
}

static const char *const examples[] = {
	"vnftrace compare --live A.conf B.conf\tmeasure both now, side by side: the surest way",
	"vnftrace compare --live --vary cache TYPE\twhat it costs to read the image from the disk",
	"vnftrace compare --phase device --live A B\tby how much one part of the launch differs",
	"vnftrace compare before after\tinstantiation of every type in both",
	"vnftrace compare monday tuesday wednesday thursday\ta series: when did it change?",
	"vnftrace compare -m tx before after --fail-if slower\tfor a script: exit code 3 when tx "
	"got worse",
	"vnftrace compare before after --fail-if 'first_rst > 10%' --fail-if 'rtt > 20%'\tthe same "
	"with limits, of two metrics",
	"vnftrace compare results:container.crun results:tinyx.kvm\ttwo types of one bench",
	"vnftrace compare 'results:tinyx.xen (xl, pv, stock)' 'results:tinyx.xen (xl, pv, "
	"minimal)'\twhat the stock hotplug script costs",
	NULL
};

const struct vnft_cmd vnft_cmd_compare = {
	.name = "compare",
	.summary = "are two results different, or is it noise",
	.args = "A B...",
	.min_args = 1,
	.max_args = VNFT_COMPARE_SERIES_MAX,
	.complete = "dir",
	.text =
	"A and B are directories of bench (or their results.json), or DIR:TYPE for one row of "
	"them; where several rows are of that type, DIR:TYPE is the row's whole name as `vnftrace "
	"report` shows it, setup and cache state in parentheses; rows of one whole name are told "
	"apart by their number, as in DIR:container.crun#2. Rows of the same type, cache state, "
	"setup and number are compared (if each side has one of the type, whatever its setup), "
	"run by run: the ratio B / A of the medians, and what of it is the type's own.\n\n"
	"Two rows of one bench are compared round by round: what the host did to one, it did to "
	"the other. Between two benches the host itself changes, often by more than 10 %; the "
	"reference that bench launches before each run tells by how much, and what the host can "
	"have done to the type is taken off. Where there is no reference (older results, "
	"--no-reference, throughput, another host or kernel), what differs may be the host's, "
	"and the verdict is \"inconclusive\".\n\n"
	"The verdict says what B is, seen from A: \"same within 5 %\" when the interval of the "
	"own ratio lies inside the margin of --same; \"slower\" or \"faster\" when it lies outside "
	"the floor of --noise and p is below 0.05, for throughput as for durations, and "
	"\"slower\" for more memory; \"inconclusive\" in between: more runs narrow the interval; "
	"\"within the bounds of the method: cannot tell\" when it lies outside, and what the "
	"method may be off by on both sides is no less than the difference. "
	"\"too few runs\" is below 6 on either side; a row that only one side has is \"missing\". "
	"docs/method.md says how often this is wrong.\n\n"
	"--live measures both sides now, in one bench of rounds that hold a run of each in random "
	"order, and only what the metric needs. Where both can be run, it tells smaller "
	"differences than two benches can, and no host is in between. Sides of one name are its #1 "
	"(A) and #2 (B). If a side cannot run here, nothing is run: exit code 4 and the reason.\n\n"
	"--live --vary cache TYPE does that with one type, warm (A) and cold (B); --vary vhost "
	"with vhost-net (A) and without (B), where a VM can use it.\n\n"
	"More than two results are a series, in the order in which they are given: the median of "
	"each, what the host and the type itself are beside the first of them, and the places at "
	"which the level changes: a permutation test of blocks of runs finds them (p < 0.05), and "
	"what is behind each is compared with what is before it, as above. --seed draws.\n\n"
	"\"B - A\" is the difference itself, with its interval: the median over the rounds that "
	"have both sides. Of two benches there is none, because only a ratio can be freed of what "
	"the host did.\n\n"
	"Metrics: instantiation (first RST), service (first SYN-ACK), teardown, rtt (means of the "
	"ping flood), rtt-fixed, tx (guest to host) and rx in bit/s, tx-pps and rx-pps (64-byte "
	"packets), memory, and with --phase NAME what a part of the launch took (docs/method.md, "
	"\"Where the time goes\").\n\n"
	"--fail-if is a gate; each may name a metric of its own, whose page is shown, too. "
	"'first_rst > 10%' fails when B takes more than 10 % longer than A, 'tx < -5%' when B "
	"carries more than 5 % less: when it differs by its own and by more than that. It passes "
	"when the interval lies within the limit. slower and different are about the metric of "
	"-m: slower is worse, as far as --same allows. 'ROW: first_rst > 10%' is meant of one "
	"row. What cannot be told fails, with a line of its own: a side is missing, not measured "
	"or has too few runs, the interval reaches beyond the limit (of slower: beyond --same on "
	"the slow side), or the bounds allow that. Then the exit code is 3, with a line on stderr "
	"for each gate and row. --junit FILE keeps them for a CI. docs/gates.md has the grammar.\n"
	"\n"
	"--live waits as bench does; nothing else waits.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct compare_config),
	.defaults = &defaults,
	.run = run,
};
