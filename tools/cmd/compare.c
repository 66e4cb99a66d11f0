/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace compare: are two results different, or is it noise?
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../lib/text/error.h"
#include "../lib/text/view.h"
#include "../report/compare/compare.h"
#include "../results/read.h"
#include "../stat/random.h"
#include "../stat/stat.h"
#include "cmd.h"
#include "compare/live.h"

#define LIVE_RUNS	30

static const char *const fail_names[] = { "never", "slower", "different", NULL };
enum fail_if { FAIL_NEVER, FAIL_SLOWER, FAIL_DIFFERENT };

struct compare_config {
	struct vnft_common common;
	struct vnft_compare_ask ask;
	int fail_if;
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
	{ .name = "fail-if", .old_letter = 'f', .type = VNFT_OPT_CHOICE,
	  .offset = offsetof(struct compare_config, fail_if), .arg = "WHEN", .choices = fail_names,
	  .help = "exit with 3 when a type of B is slower (worse) than in A, or different, "
		  "or that cannot be told" },
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

/* "DIR:TYPE", unless a path of that very name exists. */
static json_t *load(const char *arg, char *type, size_t bytes)
{
	const char *colon = strrchr(arg, ':');
	char path[4096];
	struct stat st;

	type[0] = '\0';
	if (!colon || !stat(arg, &st))
		return vnft_results_load(arg);
	if ((size_t)(colon - arg) >= sizeof(path) || strlen(colon + 1) >= bytes || !colon[1]) {
		vnft_fail(-EINVAL, "%s: want DIR or DIR:TYPE", arg);
		return NULL;
	}
	memcpy(path, arg, (size_t)(colon - arg));
	path[colon - arg] = '\0';
	memcpy(type, colon + 1, strlen(colon + 1) + 1);
	return vnft_results_load(path);
}

/* docs/method.md, "Comparison": what a gate cannot tell does not pass. */
static enum vnft_exit gate(int fail_if, const struct vnft_compare_found *f)
{
	const unsigned int worse = f->slower + (fail_if == FAIL_DIFFERENT ? f->faster : 0);
	const unsigned int open = fail_if == FAIL_DIFFERENT ? f->inconclusive : f->may_be_slower;

	if (!fail_if || !(worse + open + f->untested))
		return VNFT_EXIT_OK;
	if (worse)
		vnft_fail(-ERANGE, "compare: the condition of --fail-if %s holds in %u rows",
			  fail_names[fail_if], worse);
	else if (f->untested)
		vnft_fail(-ERANGE,
			  "compare: --fail-if %s cannot tell: in %u rows a side is missing, not "
			  "measured, or has fewer than %d runs",
			  fail_names[fail_if], f->untested, VNFT_MIN_RUNS_FOR_INTERVAL);
	else if (f->within_bounds == f->inconclusive)
		vnft_fail(-ERANGE,
			  "compare: --fail-if %s cannot tell: %u rows differ by less than the "
			  "bounds of the method: SYNs at a shorter interval narrow them (bench "
			  "--syn-interval)", fail_names[fail_if], open);
	else
		vnft_fail(-ERANGE,
			  "compare: --fail-if %s cannot tell: %u rows are inconclusive: make more "
			  "runs (bench -r), or widen --same", fail_names[fail_if], open);
	return VNFT_EXIT_INVALID;
}

static enum vnft_exit measure(const struct compare_config *config,
			      const struct vnft_compare_ask *ask, char **argv, json_t **results)
{
	const struct vnft_compare_live live = {
		.type = { argv[0], config->vary ? NULL : argv[1] },
		.vary = (enum vnft_compare_vary)config->vary,
		.metric = vnft_compare_metrics[ask->metric],
		.runs = config->runs ? config->runs : LIVE_RUNS,
		.dir = config->dir,
		.common = config->common,
	};

	return vnft_compare_live(&live, results);
}

/* What goes together, and what is asked for then. 0, or -EINVAL after vnft_fail(). */
static int check_usage(const struct compare_config *config, int argc, struct vnft_compare_ask *ask)
{
	*ask = config->ask;
	if (!config->live && (config->runs || config->dir || config->vary))
		return vnft_fail(-EINVAL, "--%s: only with --live", config->runs ? "runs" :
				 config->dir ? "output" : "vary");
	if (config->vary && argc > 1)
		return vnft_fail(-EINVAL, "--vary: A and B are one type: name it alone");
	if (!config->vary && argc < 2)
		return vnft_fail(-EINVAL,
				 "compare needs A and B (or --live --vary WHAT, and a type)");
	if (!ask->phase)
		return ask->metric == VNFT_COMPARE_PHASE ?
		       vnft_fail(-EINVAL, "the metric phase: say which with --phase NAME") : 0;
	if (ask->metric && ask->metric != VNFT_COMPARE_PHASE)
		return vnft_fail(-EINVAL, "--phase is the metric: not with -m %s",
				 vnft_compare_metrics[ask->metric]);
	ask->metric = VNFT_COMPARE_PHASE;
	return 0;
}

static int run(const void *arg, int argc, char **argv)
{
	const struct compare_config *config = arg;
	struct vnft_compare_ask ask;
	char type_a[256] = "", type_b[256] = "";
	struct vnft_compare_side a = { .type = type_a }, b = { .type = type_b };
	struct vnft_compare_found found;
	struct vnft_view views[3];
	json_t *results_a, *results_b, *tree = NULL;
	enum vnft_exit code = VNFT_EXIT_OK, passed;
	char why[1024] = "";
	int err = check_usage(config, argc, &ask);

	if (err)
		return vnft_exit_code(err);
	err = -EBADMSG;
	if (config->live) {
		code = measure(config, &ask, argv, &results_a);
		if (!results_a)
			return code;
		snprintf(why, sizeof(why), "%s", code ? vnft_why() : "");
		results_b = json_incref(results_a);
		a.row = json_array_get(json_object_get(results_a, "rows"), 0);
		b.row = json_array_get(json_object_get(results_b, "rows"), 1);
	} else {
		results_a = load(argv[0], type_a, sizeof(type_a));
		results_b = results_a ? load(argv[1], type_b, sizeof(type_b)) : NULL;
	}
	a.results = results_a;
	b.results = results_b;
	if (results_b)
		tree = vnft_compare_tree(&ask, &a, &b, &found, &err);
	if (tree) {
		vnft_compare_views(&ask, views);
		err = vnft_view_print(tree, config->common.json, views);
	}
	json_decref(results_a);
	json_decref(results_b);
	if (err)
		return vnft_exit_code(err);
	passed = gate(config->fail_if, &found);
	/* What bench said of its runs stands, too: they are not in the comparison. */
	if (passed == VNFT_EXIT_OK && code != VNFT_EXIT_OK)
		vnft_fail(-EIO, "%s", why);
	return passed != VNFT_EXIT_OK ? passed : code;
}

static const char *const examples[] = {
	"vnftrace compare --live A.conf B.conf\tmeasure both now, side by side: the surest way",
	"vnftrace compare --live --vary cache TYPE\twhat it costs to read the image from the disk",
	"vnftrace compare --phase device --live A B\tby how much one part of the launch differs",
	"vnftrace compare before after\tinstantiation of every type in both",
	"vnftrace compare -m tx before after --fail-if slower\tfor a script: exit code 3 when tx "
	"got worse",
	"vnftrace compare results:container.crun results:tinyx.kvm\ttwo types of one bench",
	"vnftrace compare 'results:tinyx.xen (xl, pv, stock)' 'results:tinyx.xen (xl, pv, "
	"minimal)'\twhat the stock hotplug script costs",
	NULL
};

const struct vnft_cmd vnft_cmd_compare = {
	.name = "compare",
	.summary = "are two results different, or is it noise",
	.args = "A B",
	.min_args = 1,
	.max_args = 2,
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
	"\"B - A\" is the difference itself, with its interval: the median over the rounds that "
	"have both sides. Of two benches there is none, because only a ratio can be freed of what "
	"the host did.\n\n"
	"Metrics: instantiation (first RST), service (first SYN-ACK), teardown, rtt (means of the "
	"ping flood), rtt-fixed, tx (guest to host) and rx in bit/s, tx-pps and rx-pps (64-byte "
	"packets), memory, and with --phase NAME what a part of the launch took (docs/method.md, "
	"\"Where the time goes\").\n\n"
	"Exit code 3 when the condition of --fail-if holds, and when it cannot tell: a side is "
	"missing, not measured or has too few runs; with different, an inconclusive row, or "
	"one within the bounds; with slower, such a row if its interval, or what the bounds allow, "
	"reaches beyond --same on the slow side. "
	"--live waits as bench does; nothing else waits.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct compare_config),
	.defaults = &defaults,
	.run = run,
};
