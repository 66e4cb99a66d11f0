/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace compare: are two results different, or is it noise?
 */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "../results/keys.h"
#include "../results/read.h"
#include "cmd.h"

/* What can be compared: where its per-run values are, and whether more is better. */
static const char *const metric_names[] = {
	"instantiation", "service", "teardown", "rtt", "rtt-fixed", "tx", "rx", "tx-pps", "rx-pps",
	"memory", NULL
};
static const struct metric {
	const char *path;
	const char *unit;
	bool more_is_better;
} metrics[] = {
	{ "instantiation.samples_ns", "ns", false },
	{ "service_ready.samples_ns", "ns", false },
	{ "teardown.samples_ns", "ns", false },
	{ "rtt.flood.samples_ns", "ns", false },
	{ "rtt.fixed.samples_ns", "ns", false },
	{ "throughput.tx.samples_bps", "bps", true },
	{ "throughput.rx.samples_bps", "bps", true },
	{ "throughput.tx.samples_pps", "pps", true },
	{ "throughput.rx.samples_pps", "pps", true },
	{ "memory.samples_bytes", "bytes", false },
};

static const char *const fail_names[] = { "never", "slower", "different", NULL };
enum fail_if { FAIL_NEVER, FAIL_SLOWER, FAIL_DIFFERENT };

struct config {
	struct vnft_common common;
	int metric;
	int fail_if;
	uint64_t noise_percent;
	uint64_t seed;
};

static const struct config defaults = { .noise_percent = 5, .seed = 1 };

static const struct vnft_opt opts[] = {
	{ .name = "metric", .letter = 'm', .type = VNFT_OPT_CHOICE,
	  .offset = offsetof(struct config, metric), .arg = "METRIC", .choices = metric_names,
	  .help = "what to compare" },
	{ .name = "noise", .letter = 'n', .type = VNFT_OPT_U64,
	  .offset = offsetof(struct config, noise_percent), .arg = "PERCENT", .max = 10000,
	  .help = "medians closer than this are within the noise floor" },
	{ .name = "fail-if", .letter = 'f', .type = VNFT_OPT_CHOICE,
	  .offset = offsetof(struct config, fail_if), .arg = "WHEN", .choices = fail_names,
	  .help = "exit with 3 when a type of B is slower (worse) than in A, or different" },
	{ .name = "seed", .letter = 0, .type = VNFT_OPT_U64,
	  .offset = offsetof(struct config, seed), .arg = "N",
	  .help = "of the random relabelings" },
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

static const char *text_of(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text ? text : "";
}

/* Does @row go by @name: its type, or its type with what tells it from others? */
static bool is_called(const json_t *row, const char *name)
{
	char label[256];

	vnft_results_label(row, label, sizeof(label));
	return !strcmp(text_of(row, "type"), name) || !strcmp(label, name);
}

/* The only row that goes by @name; NULL after vnft_fail() if there is none, or more than one. */
static const json_t *find_named(const json_t *results, const char *name, const char *side)
{
	const json_t *found = NULL;
	char label[256];
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(results, "rows"), i, row) {
		if (!is_called(row, name))
			continue;
		if (found) {
			vnft_results_label(row, label, sizeof(label));
			vnft_fail(-ENOENT,
				  "compare: %s has several rows of type %s: name one in full, "
				  "such as \"DIR:%s\"",
				  side, name, label);
			return NULL;
		}
		found = row;
	}
	if (!found)
		vnft_fail(-ENOENT, "compare: no row of type %s in %s", name, side);
	return found;
}

/*
 * The row that answers to @like: of its type, cache state and setup. Where both sides have one row
 * of the type and cache state, that they differ in setup is what somebody wants to compare.
 */
static const json_t *find_like(const json_t *results, const json_t *mine, const json_t *like)
{
	const json_t *only = NULL, *setup = json_object_get(like, "setup");
	size_t i, theirs = 0, ours = 0;
	json_t *row;

	json_array_foreach(json_object_get(mine, "rows"), i, row)
		ours += !strcmp(text_of(row, "type"), text_of(like, "type")) &&
			!strcmp(text_of(row, "cache"), text_of(like, "cache"));
	json_array_foreach(json_object_get(results, "rows"), i, row) {
		if (strcmp(text_of(row, "type"), text_of(like, "type")) ||
		    strcmp(text_of(row, "cache"), text_of(like, "cache")))
			continue;
		if (json_equal(json_object_get(row, "setup"), setup) ||
		    (!setup && !json_object_get(row, "setup")))
			return row;
		only = row;
		theirs++;
	}
	return theirs == 1 && ours == 1 ? only : NULL;
}

static void set_label(json_t *line, const char *key, const json_t *row)
{
	char label[256];

	vnft_results_label(row, label, sizeof(label));
	json_object_set_new(line, key, json_string(label));
}

static json_t *side(const char *unit, double median, const struct vnft_samples *s, uint64_t seed)
{
	struct vnft_interval interval = vnft_bootstrap_median(s, seed);
	json_t *o = json_object();
	char key[32];

	json_object_set_new(o, "runs", json_integer((json_int_t)s->n));
	snprintf(key, sizeof(key), "median_%s", unit);
	if (s->n)
		json_object_set_new(o, key, json_integer((json_int_t)llround(median)));
	else
		vnft_json_null(o, key, "no run of it counted");
	snprintf(key, sizeof(key), "ci95_%s", unit);
	if (interval.valid)
		json_object_set_new(o, key, json_pack("[I, I]", (json_int_t)llround(interval.low),
						      (json_int_t)llround(interval.high)));
	else
		vnft_json_null(o, key, "an interval needs 6 runs");
	return o;
}

static const char *flip(const char *verdict, bool more_is_better)
{
	if (!more_is_better)
		return verdict;
	if (!strcmp(verdict, "slower"))
		return "faster";
	return strcmp(verdict, "faster") ? verdict : "slower";
}

static int compare_rows(const struct config *config, const json_t *row_a, const json_t *row_b,
			json_t *table, bool *failed)
{
	const struct metric *metric = &metrics[config->metric];
	struct vnft_samples a = { 0 }, b = { 0 };
	struct vnft_comparison c = { .verdict = "too few runs" };
	json_t *line = json_object();
	const char *verdict;
	int err;

	err = vnft_results_samples(row_a, metric->path, &a);
	if (!err)
		err = vnft_results_samples(row_b, metric->path, &b);
	if (!err && a.n && b.n)
		err = vnft_compare(&a, &b, (double)config->noise_percent / 100, config->seed, &c);
	if (err)
		goto out;
	verdict = a.n && b.n ? flip(c.verdict, metric->more_is_better) : "not measured";
	json_object_set_new(line, "type", json_string(text_of(row_a, "type")));
	json_object_set_new(line, "type_b", json_string(text_of(row_b, "type")));
	set_label(line, "label", row_a);
	set_label(line, "label_b", row_b);
	json_object_set_new(line, "a", side(metric->unit, c.median_a, &a, config->seed));
	json_object_set_new(line, "b", side(metric->unit, c.median_b, &b, config->seed));
	if (a.n && b.n && isfinite(c.ratio)) {
		json_object_set_new(line, "ratio", json_real(c.ratio));
		json_object_set_new(line, "p_value", json_real(c.p_value));
	} else {
		vnft_json_null(line, "ratio", "one side has no median above 0");
		vnft_json_null(line, "p_value", "one side has no median above 0");
	}
	json_object_set_new(line, "verdict", json_string(verdict));
	if (config->fail_if && !strcmp(verdict, "slower"))
		*failed = true;
	if (config->fail_if == FAIL_DIFFERENT && !strcmp(verdict, "faster"))
		*failed = true;
	json_array_append(table, line);
out:
	json_decref(line);
	vnft_samples_free(&a);
	vnft_samples_free(&b);
	return err;
}

/* Types by name; with TYPE on one side or both, that row with its counterpart. */
static int compare_results(const struct config *config, const json_t *a, const char *type_a,
			   const json_t *b, const char *type_b, json_t *table, bool *failed)
{
	const json_t *rows = json_object_get(a, "rows"), *other;
	json_t *row;
	size_t i;
	int err;

	if (type_a[0] || type_b[0]) {
		const json_t *left = find_named(a, type_a[0] ? type_a : type_b, "A");

		other = left ? find_named(b, type_b[0] ? type_b : type_a, "B") : NULL;
		return other ? compare_rows(config, left, other, table, failed) : -ENOENT;
	}
	json_array_foreach(rows, i, row) {
		other = find_like(b, a, row);
		err = other ? compare_rows(config, row, other, table, failed) : 0;
		if (err)
			return err;
	}
	if (!json_array_size(table))
		return vnft_fail(-ENOENT,
				 "compare: A and B have no type in common: name one in each "
				 "with DIR:TYPE");
	return 0;
}

#define COLUMNS(unit) { \
	{ "type", "label" }, { "against", "label_b" }, { "runs A", "a.runs" }, \
	{ "runs B", "b.runs" }, \
	{ "median A", "a.median_" unit }, { "95 % interval", "a.ci95_" unit }, \
	{ "median B", "b.median_" unit }, { "95 % interval", "b.ci95_" unit }, \
	{ "B / A", "ratio" }, { "p", "p_value" }, { "B is", "verdict" }, { NULL, NULL } }

static const struct vnft_column columns_ns[] = COLUMNS("ns");
static const struct vnft_column columns_bps[] = COLUMNS("bps");
static const struct vnft_column columns_pps[] = COLUMNS("pps");
static const struct vnft_column columns_bytes[] = COLUMNS("bytes");

static const struct vnft_column *columns_of(const char *unit)
{
	return !strcmp(unit, "bps") ? columns_bps : !strcmp(unit, "pps") ? columns_pps :
	       !strcmp(unit, "bytes") ? columns_bytes : columns_ns;
}

static int run(const void *arg, int argc, char **argv)
{
	const struct config *config = arg;
	struct vnft_view views[2] = { { NULL } };
	json_t *a, *b, *table = json_array(), *tree;
	char type_a[256], type_b[256] = "";
	bool failed = false;
	int err = -EBADMSG;

	a = load(argv[0], type_a, sizeof(type_a));
	b = a ? load(argv[1], type_b, sizeof(type_b)) : NULL;
	if (a && b)
		err = compare_results(config, a, type_a, b, type_b, table, &failed);
	if (!err) {
		views[0] = (struct vnft_view) { metric_names[config->metric], "rows",
						columns_of(metrics[config->metric].unit) };
		tree = json_pack("{s:i, s:s, s:I, s:I, s:O}", "schema", VNFT_RESULTS_SCHEMA,
				 "metric", metric_names[config->metric], "noise_percent",
				 (json_int_t)config->noise_percent, "seed",
				 (json_int_t)config->seed, "rows", table);
		err = vnft_view_print(tree, config->common.json, views);
	}
	json_decref(table);
	json_decref(a);
	json_decref(b);
	if (err)
		return vnft_exit_code(err);
	if (!failed)
		return VNFT_EXIT_OK;
	vnft_fail(-ERANGE, "compare: the condition of --fail-if %s holds",
		  fail_names[config->fail_if]);
	return VNFT_EXIT_INVALID;
}

static const char *const examples[] = {
	"vnftrace compare before after\tinstantiation of every type in both",
	"vnftrace compare -m tx before after --fail-if slower\tfor a script: exit code 3 when tx "
	"got worse",
	"vnftrace compare results:container.crun results:tinyx.kvm\ttwo types of one bench",
	"vnftrace compare 'results:tinyx.xen (xl, pv, stock)' 'results:tinyx.xen (xl, pv, "
	"minimal)'\t"
	"what the stock hotplug script costs",
	NULL
};

const struct vnft_cmd vnft_cmd_compare = {
	.name = "compare",
	.summary = "are two results different, or is it noise",
	.args = "A B",
	.min_args = 2,
	.max_args = 2,
	.complete = "dir",
	.text =
	"A and B are directories of bench (or their results.json), or DIR:TYPE for one row of "
	"them; where several rows "
	"are of that type, DIR:TYPE is the row's whole name as `vnftrace report` shows it, setup "
	"and cache state in "
	"parentheses. Rows of the same type, cache state and setup are compared (if each side has "
	"one of the type, "
	"whatever its setup), run by run: the ratio of the medians, and p, the share of all ways "
	"to deal the runs to A and B whose medians differ at least as much (permutation test; "
	"exact up to 20000 ways, "
	"else 20000 random ones and the observed one).\n\n"
	"The verdict says what B is, seen from A: \"no difference\" when p is 0.05 or more; "
	"\"within noise\" when the "
	"medians are closer than --noise; \"slower\" or \"faster\" otherwise, for throughput as "
	"for durations, and "
	"\"slower\" for more memory; \"too few runs\" below 6 on either side. With several rows "
	"expect one false alarm in 20.\n\n"
	"Metrics: instantiation (first RST), service (first SYN-ACK), teardown, rtt (means of the "
	"ping flood), rtt-fixed, "
	"tx (guest to host) and rx in bit/s, tx-pps and rx-pps (64-byte packets), memory.\n\n"
	"Exit code 3 when the condition of --fail-if holds. Nothing here waits: there are no "
	"time-outs.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct config),
	.defaults = &defaults,
	.run = run,
};
