/* SPDX-License-Identifier: GPL-2.0 */
/*
 * results.json of any bytes, through the pages that are made of it: report of one and of two,
 * compare of two and of a series by a metric that the input chooses, as text and as JSON; gates of
 * every metric; the page for a browser; and every export. Either it is refused with one line that
 * names it, or all of its pages can be printed, and nothing in them talks to a terminal, or to a
 * browser.
 */
#include "../../tools/lib/text/json.h"
#include "../../tools/lib/text/view.h"
#include "../../tools/report/compare/compare.h"
#include "../../tools/report/gates/outcome.h"
#include "../../tools/report/gates/parts.h"
#include "../../tools/report/html/html.h"
#include "../../tools/report/results.h"
#include "../../tools/results/read.h"
#include "../html.h"
#include "exported.h"
#include "json.h"
#include "outside.h"

/* Takes over @tree. */
static void print(json_t *tree, const struct vnft_view *views)
{
	char *text = NULL;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);

	must(to && tree);
	vnft_view_text(to, tree, views);
	must(!fflush(to) && strlen(text) == bytes);
	must_be_clean(text, true);
	rewind(to);
	must(!vnft_json_print(tree, to, JSON_INDENT(2) | JSON_REAL_PRECISION(15)));
	must(!fclose(to));
	must_be_clean(text, true);
	free(text);
	json_decref(tree);
}

/* What they say is in it as text, and as places in pictures. */
static void browse(const json_t *const *results, size_t n)
{
	char *const path[] = { (char *)"a b", (char *)"c" };
	json_t *tree = vnft_report_tree(results, n);
	const struct vnft_html_ask ask = {
		.tree = tree, .views = vnft_report_views(tree), .results = results, .path = path,
		.n = n,
	};
	char *text = NULL;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);

	must(to && tree);
	must(!vnft_html_results(to, &ask));
	must(!fclose(to) && strlen(text) == bytes && !html_fault(text));
	free(text);
	json_decref(tree);
}

static void compare(const json_t *a, const json_t *b, unsigned int metric)
{
	const struct vnft_compare_side side_a = { .results = a, .type = "" };
	const struct vnft_compare_side side_b = { .results = b, .type = "" };
	const struct vnft_compare_ask ask = {
		.metric = (int)metric, .noise_percent = 2, .same_percent = 5, .seed = 1,
		.phase = metric == VNFT_METRIC_PHASE ? "exec" : NULL,
	};
	struct vnft_compare_found found;
	struct vnft_view views[3];
	json_t *tree;
	int err;

	tree = vnft_compare_tree(&ask, &side_a, &side_b, &found, &err);
	if (!tree) {
		must(err < 0);
		must_be_clean(vnft_why(), false);
		return;
	}
	vnft_compare_views(&ask, views);
	print(tree, views);
}

static void compare_series(const json_t *a, const json_t *b, unsigned int metric)
{
	const struct vnft_compare_point point[] = {
		{ "a", a, "" }, { "b", b, "" }, { "c", a, "" }
	};
	const struct vnft_compare_ask ask = {
		.metric = (int)metric, .noise_percent = 2, .same_percent = 5, .seed = 1,
		.phase = metric == VNFT_METRIC_PHASE ? "exec" : NULL,
	};
	struct vnft_view views[4];
	json_t *tree;
	int err;

	tree = vnft_compare_series(&ask, point, 3, &err);
	if (!tree) {
		must(err < 0);
		must_be_clean(vnft_why(), false);
		return;
	}
	vnft_compare_series_views(&ask, views);
	print(tree, views);
}

/* As JUnit XML. */
static void judge(const json_t *results)
{
	static const struct vnft_gate_stat quantile = { "p90", VNFT_GATE_QUANTILE, "p90", 0.9, 10 };
	static const struct vnft_gate_stat own = { "", VNFT_GATE_OWN, NULL, 0, 0 };
	json_t *outcomes = json_array(), *properties = json_object(), *suites, *row;
	struct vnft_gate gate = { .text = "gate", .phase = "exec", .limit = 5 };
	char *text = NULL;
	size_t i, bytes;
	FILE *to;
	int id;

	json_array_foreach(json_object_get(results, "rows"), i, row) {
		for (id = 0; id < VNFT_METRIC_NR; id++) {
			gate.metric = (enum vnft_metric_id)id;
			gate.stat = id % 2 ? &quantile : &own;
			json_array_append_new(outcomes, vnft_gate_judge(&gate, row, "row", true));
		}
	}
	vnft_junit_properties(properties, "manifest", json_object_get(results, "manifest"));
	suites = json_pack("[{s:o, s:o}]", "outcomes", outcomes, "properties", properties);
	to = open_memstream(&text, &bytes);
	must(to && suites);
	vnft_junit_write(to, suites);
	must(!fclose(to) && strlen(text) == bytes);
	must_be_clean(text, true);
	free(text);
	json_decref(suites);
}

/* In every format that takes results. */
static void export(const char *path)
{
	const struct vnft_export_format *const *format;
	char *text;
	size_t bytes;
	int err;

	for (format = vnft_export_formats; *format; format++) {
		struct vnft_export_ask ask = { .path = path, .to_name = "out" };

		if (!(*format)->results)
			continue;
		text = NULL;
		ask.to = open_memstream(&text, &bytes);
		must(ask.to);
		err = vnft_export_results(*format, &ask);
		must(!fclose(ask.to));
		if (err)
			must_be_clean(vnft_why(), false);
		must_be_exported(*format, text, bytes, err);
		free(text);
	}
}

static unsigned int choose_metric(const uint8_t *data, size_t bytes)
{
	unsigned int n = 0, sum = 0;

	while (vnft_compare_metrics[n])
		n++;
	while (bytes--)
		sum += data[bytes];
	return sum % n;
}

static json_t *plain(void)
{
	static const char text[] =
		"{\"schema\": 1, \"manifest\": {\"host\": {\"hostname\": \"a\"}}, \"rows\": "
		"[{\"type\": \"t\", \"runs\": 6, \"valid\": true, \"lost\": {}, "
		"\"instantiation\": {\"n\": 6, \"median_ns\": 3, "
		"\"samples_ns\": [1, 2, 3, 4, 5, 6]}}]}";
	static json_t *results;

	if (!results)
		results = json_loads(text, 0, NULL);
	return results;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char path[OUTSIDE_PATH_BYTES];
	const json_t *both[2];
	json_t *results;

	outside_file(path, data, bytes);
	results = vnft_results_load(path);
	if (!results) {
		must_name(path);
		return 0;
	}
	both[0] = results;
	both[1] = plain();
	print(vnft_report_tree(both, 1), vnft_report_views(results));
	print(vnft_report_tree(both, 2), vnft_report_views(results));
	browse(both, 1);
	browse(both, 2);
	compare(plain(), results, choose_metric(data, bytes));
	compare_series(plain(), results, choose_metric(data, bytes));
	judge(results);
	export(path);
	json_decref(results);
	return 0;
}
