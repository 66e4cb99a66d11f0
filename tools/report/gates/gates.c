/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The gates of one invocation, from the command line to its exit code.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/run/output.h"
#include "../../lib/text/error.h"
#include "../../lib/text/json.h"
#include "../../lib/text/view.h"
#include "../../results/read.h"
#include "outcome.h"
#include "parts.h"

#define LINE_BYTES	1000

/**
 * struct vnft_gates - what was asked for, and what came of it so far
 * @seen: of each gate: some results had its row
 * @suites: as vnft_junit_write() takes them
 */
struct vnft_gates {
	bool sure;
	size_t n;
	struct vnft_gate *gate;
	bool *seen;
	json_t *suites;
	struct vnft_output *junit;
};

static int parse_all(struct vnft_gates *g, const struct vnft_list *conditions, bool relative)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < conditions->n; i++) {
		/* What compare took before it had gates: none. */
		if (relative && !strcmp(conditions->item[i], "never"))
			continue;
		err = vnft_gate_parse(conditions->item[i], relative, &g->gate[g->n]);
		g->n += !err;
	}
	return err;
}

int vnft_gates_begin(struct vnft_gates **gates, const struct vnft_gates_config *config,
		     bool relative)
{
	const size_t room = config->conditions.n;
	struct vnft_gates *g;
	int err;

	*gates = NULL;
	if (!room && config->sure)
		return vnft_fail(-EINVAL, "--sure: of which gate? Give --fail-if CONDITION");
	if (!room && config->junit)
		return vnft_fail(-EINVAL, "--junit: it holds what came of gates: give --fail-if "
				 "CONDITION");
	if (config->force && !config->junit)
		return vnft_fail(-EINVAL, "--force: of which file? Give --junit FILE");
	if (!room)
		return 0;
	g = calloc(1, sizeof(*g));
	if (g) {
		g->sure = config->sure;
		g->gate = calloc(room, sizeof(*g->gate));
		g->seen = calloc(room, sizeof(*g->seen));
		g->suites = json_array();
	}
	if (!g || !g->gate || !g->seen || !g->suites)
		err = vnft_fail(-ENOMEM, "--fail-if: out of memory");
	else
		err = parse_all(g, &config->conditions, relative);
	if (!err && config->junit)
		err = vnft_output_open(&g->junit, config->junit, VNFT_OUTPUT_WHOLE |
				       (config->force ? VNFT_OUTPUT_REPLACE : 0));
	if (err) {
		vnft_gates_drop(g);
		return err;
	}
	if (g->junit && vnft_output_is_stdout(g->junit))
		vnft_view_use_stderr();
	*gates = g;
	return 0;
}

size_t vnft_gates_n(const struct vnft_gates *g)
{
	return g ? g->n : 0;
}

const struct vnft_gate *vnft_gates_at(const struct vnft_gates *g, size_t i)
{
	return &g->gate[i];
}

static const char *text_at(const json_t *results, const char *path)
{
	const char *text = json_string_value(vnft_view_at(results, path));

	return text ? text : "";
}

/* A suite with the references of @outcomes and @properties; named by what the verb was given. */
static void add_suite(struct vnft_gates *g, const char *what, const json_t *results,
		      json_t *properties, json_t *outcomes)
{
	json_array_append_new(g->suites, json_pack("{s:o, s:s, s:s, s:o, s:o}", "name",
		json_sprintf("vnftrace %s %s", what, text_at(results, "manifest.id")), "hostname",
		vnft_results_host(results), "timestamp", text_at(results, "manifest.started"),
		"properties", properties, "outcomes", outcomes));
}

static void judge_rows(struct vnft_gates *g, size_t i, const json_t *rows, const char *host,
		       json_t *outcomes)
{
	const struct vnft_gate *gate = &g->gate[i];
	char label[256];
	json_t *row, *one;
	size_t k;

	json_array_foreach(rows, k, row) {
		if (gate->row[0] && !vnft_results_is_called(rows, row, gate->row))
			continue;
		g->seen[i] = true;
		vnft_results_name(rows, row, label, sizeof(label));
		one = vnft_gate_judge(gate, row, label, g->sure);
		if (host)
			json_object_set_new(one, "host", json_string(host));
		json_array_append_new(outcomes, one);
	}
}

int vnft_gates_judge(struct vnft_gates *g, const json_t *results, const char *host)
{
	const json_t *rows = json_object_get(results, "rows");
	json_t *outcomes, *properties;
	size_t i;

	if (!g)
		return 0;
	outcomes = json_array();
	properties = json_object();
	if (!outcomes || !properties) {
		json_decref(outcomes);
		json_decref(properties);
		return vnft_fail(-ENOMEM, "--fail-if: out of memory");
	}
	for (i = 0; i < g->n; i++)
		judge_rows(g, i, rows, host, outcomes);
	vnft_junit_properties(properties, "manifest", json_object_get(results, "manifest"));
	add_suite(g, "bench", results, properties, outcomes);
	return 0;
}

void vnft_gates_named(struct vnft_gates *g)
{
	json_t *to;
	size_t i;

	if (!g)
		return;
	to = json_object_get(json_array_get(g->suites, 0), "outcomes");
	for (i = 0; i < g->n; i++) {
		if (!g->seen[i])
			json_array_append_new(to, vnft_outcome_no_row(&g->gate[i]));
	}
}

void vnft_gates_take(struct vnft_gates *g, json_t *outcomes, const json_t *a, const json_t *b)
{
	json_t *properties;

	if (!g) {
		json_decref(outcomes);
		return;
	}
	properties = json_object();
	vnft_junit_properties(properties, "A.manifest", json_object_get(a, "manifest"));
	vnft_junit_properties(properties, "B.manifest", json_object_get(b, "manifest"));
	add_suite(g, "compare", b, properties, outcomes);
}

/* Every outcome. New reference. */
static json_t *all(const struct vnft_gates *g)
{
	json_t *list = json_array(), *suite;
	size_t i;

	json_array_foreach(g->suites, i, suite)
		json_array_extend(list, json_object_get(suite, "outcomes"));
	return list;
}

void vnft_gates_into(const struct vnft_gates *g, json_t *page)
{
	if (g)
		json_object_set_new(page, "gates", all(g));
}

void vnft_gates_print(const struct vnft_gates *g)
{
	const bool hosts = g && json_array_size(g->suites) > 1;
	json_t *page;

	if (!g || !g->n)
		return;
	page = json_pack("{s:o}", "gates", all(g));
	vnft_view_gap();
	vnft_view_text(vnft_view_stream(), page, vnft_outcome_views(hosts));
	json_decref(page);
}

/* 0, or negative errno after vnft_fail(). */
static int write_junit(struct vnft_gates *g)
{
	struct vnft_output *out = g->junit;
	FILE *to = out ? vnft_output_stream(out) : NULL;

	g->junit = NULL;
	if (!out)
		return 0;
	if (!to) {
		vnft_output_discard(out);
		return -ENOMEM;
	}
	vnft_junit_write(to, g->suites);
	if (fclose(to)) {
		vnft_output_discard(out);
		return -EIO;
	}
	return vnft_output_finish(out);
}

/* How many failed, a line for each but the last, which is in @last. */
static size_t say_failed(const struct vnft_gates *g, char last[LINE_BYTES])
{
	json_t *list = all(g), *one;
	size_t i, failed = 0;

	json_array_foreach(list, i, one) {
		if (json_is_true(json_object_get(one, "passed")))
			continue;
		if (failed++)
			vnft_note("gate failed: %s", last);
		vnft_outcome_line(one, last, LINE_BYTES);
	}
	json_decref(list);
	return failed;
}

enum vnft_exit vnft_gates_end(struct vnft_gates *g, enum vnft_exit code)
{
	char last[LINE_BYTES] = "", why[1024];
	int err;

	if (!g)
		return code;
	snprintf(why, sizeof(why), "%s", code != VNFT_EXIT_OK ? vnft_why() : "");
	err = write_junit(g);
	if (err && code == VNFT_EXIT_OK) {
		code = vnft_exit_code(err);
		snprintf(why, sizeof(why), "%s", vnft_why());
	} else if (err) {
		vnft_warn("%s", vnft_why());
	}
	if (say_failed(g, last)) {
		if (code == VNFT_EXIT_OK) {
			code = VNFT_EXIT_INVALID;
			snprintf(why, sizeof(why), "gate failed: %s", last);
		} else {
			vnft_note("gate failed: %s", last);
		}
	}
	if (code != VNFT_EXIT_OK)
		vnft_fail(-ERANGE, "%s", why);
	vnft_gates_drop(g);
	return code;
}

void vnft_gates_drop(struct vnft_gates *g)
{
	if (!g)
		return;
	vnft_output_discard(g->junit);
	json_decref(g->suites);
	free(g->seen);
	free(g->gate);
	free(g);
}
