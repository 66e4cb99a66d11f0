/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of results: tables shaped like the reference study's, from one JSON tree.
 */
#include <stdio.h>
#include <string.h>

#include "../lib/text/format.h"
#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "../results/keys.h"
#include "../results/read.h"
#include "results.h"

/* New line of a table, with the row's host, type and label. */
static json_t *line_of(const json_t *row, json_t *table)
{
	json_t *line = json_object();

	if (json_object_get(row, "host"))
		json_object_set(line, "host", json_object_get(row, "host"));
	json_object_set(line, "type", json_object_get(row, "type"));
	json_object_set(line, "label", json_object_get(row, "label"));
	json_array_append_new(table, line);
	return line;
}

static void add_times(json_t *table, const json_t *row)
{
	static const struct {
		const char *path, *what;
	} times[] = {
		{ "instantiation", "first RST" },
		{ "service_ready", "service ready" },
		{ "teardown", "gone (from stop)" },
	};
	const json_t *part;
	json_t *line;
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		part = vnft_view_at(row, times[i].path);
		if (!json_is_object(part))
			continue;
		line = line_of(row, table);
		json_object_update(line, (json_t *)part);
		json_object_del(line, "samples_ns");
		json_object_del(line, "phases");
		json_object_set_new(line, "what", json_string(times[i].what));
	}
}

static void add_phases(json_t *table, const json_t *row, const char *path)
{
	const json_t *phases = vnft_view_at(row, path);
	json_t *phase, *line;
	size_t i;

	json_array_foreach(phases, i, phase) {
		line = line_of(row, table);
		json_object_update(line, phase);
		/* bench writes the reason of a phase as "why" */
		if (json_is_null(json_object_get(phase, "median_ns")) &&
		    json_is_string(json_object_get(phase, "why")))
			json_object_set(line, "median_ns_why", json_object_get(phase, "why"));
	}
}

/* A line for each run: its number, its total and the parts of that, exact, by their names. */
static void add_spans(json_t *table, const json_t *row, const char *key)
{
	json_t *run, *part, *line, *took;
	size_t i, k;

	json_array_foreach(json_object_get(row, key), i, run) {
		line = line_of(row, table);
		json_object_set(line, "run", json_object_get(run, "run"));
		took = json_object();
		json_object_set_new(line, "took_ns", took);
		json_array_foreach(json_object_get(run, "phases"), k, part) {
			const char *name = json_string_value(json_object_get(part, "name"));

			if (name && json_is_number(json_object_get(part, "took_ns")))
				json_object_set(took, name, json_object_get(part, "took_ns"));
		}
		json_object_set(took, "total", json_object_get(run, "total_ns"));
	}
}

static void duration(char *to, size_t bytes, const json_t *part, const char *key)
{
	vnft_view_format(to, bytes, key, json_object_get(part, key));
}

/*
 * A sentence about SYNs that waited in a queue for the guest: the first RST answers one of them,
 * so it says how old that one was. Medians of the runs, which would hide one long wait: so it says
 * the longest, too. Results of an older version do not have that.
 */
static void add_queueing(json_t *table, const json_t *row)
{
	const json_t *part = vnft_view_at(row, "instantiation.queueing");
	const double syns = json_number_value(json_object_get(part, "syns"));
	const double n = json_number_value(json_object_get(part, "n"));
	const double with = json_number_value(json_object_get(part, "runs_with"));
	const char *host = json_string_value(json_object_get(row, "host"));
	const char *label = json_string_value(json_object_get(row, "label"));
	const double max_ns = json_number_value(json_object_get(part, "max_wait_ns"));
	char first[32], longest[32], max[32], one[64] = "", some[96] = "", text[768];
	json_t *line;

	if (n < 1)
		return;
	duration(first, sizeof(first), part, "first_wait_ns");
	duration(longest, sizeof(longest), part, "longest_wait_ns");
	duration(max, sizeof(max), part, "max_wait_ns");
	if (n > 1)
		snprintf(some, sizeof(some), " in the median of %.0f runs", n);
	if (n > 1 && with < n)
		snprintf(some, sizeof(some), " in the median of %.0f runs (%.0f had any)", n, with);
	if (n > 1 && with > 0 && max_ns > 0)
		snprintf(one, sizeof(one), ", up to %s in one", max);
	line = line_of(row, table);
	if (syns >= 1)
		snprintf(text, sizeof(text),
			 "%s%s%s: %.0f SYN%s waited up to %s for the guest%s%s; the "
			 "first RST answers one that waited %s",
			 host ? host : "", host ? ": " : "", label, syns, syns < 2 ? "" : "s",
			 longest, some, one, first);
	else
		snprintf(text, sizeof(text),
			 "%s%s%s: %s%s; the first RST answers one sent %s before",
			 host ? host : "", host ? ": " : "", label, with > 0 ?
			 "in most runs no SYN waited for the guest" : "no SYN waited for the guest",
			 one, first);
	json_object_set_new(line, "text", json_string(text));
	json_object_update(line, (json_t *)part);
}

static void add_rtt(json_t *table, const json_t *row)
{
	static const char *const loads[] = { "flood", "fixed" };
	char path[32];
	json_t *line;
	size_t i, k;

	for (i = 0; i < 2; i++) {
		for (k = 0; k < 2; k++) {
			const json_t *part;

			snprintf(path, sizeof(path), "rtt.%s%s", loads[i], k ? ".sender" : "");
			part = vnft_view_at(row, path);
			if (!json_is_object(part))
				continue;
			line = line_of(row, table);
			json_object_update(line, (json_t *)part);
			json_object_del(line, "samples_ns");
			json_object_del(line, "sender");
			json_object_set_new(line, "load", json_string(loads[i]));
			json_object_set_new(line, "at", json_string(k ? "sender" : "device"));
		}
	}
}

/* Where what the console of a run said is kept; NULL: it said nothing. */
static const char *console_of(const json_t *row, const json_t *run)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(row, "consoles"), i, item)
		if (json_equal(json_object_get(item, "run"), run))
			return json_string_value(json_object_get(item, "file"));
	return NULL;
}

static void add_notes(json_t *table, const json_t *row)
{
	const json_t *failed = json_object_get(row, "failed");
	json_t *line, *item;
	const char *cause;
	char text[512];
	size_t i;

	if (json_is_string(json_object_get(row, "invalid_why")) &&
	    json_string_length(json_object_get(row, "invalid_why"))) {
		line = line_of(row, table);
		json_object_set(line, "note", json_object_get(row, "invalid_why"));
	}
	if (json_is_string(json_object_get(row, "disturbed_by"))) {
		line = line_of(row, table);
		json_object_set(line, "note", json_object_get(row, "disturbed_by"));
	}
	json_array_foreach(failed, i, item) {
		const char *why = json_string_value(json_object_get(item, "why"));
		const char *console = console_of(row, json_object_get(item, "run"));

		line = line_of(row, table);
		json_object_set(line, "run", json_object_get(item, "run"));
		json_object_set(line, "note", json_object_get(item, "why"));
		if (why && console)
			json_object_set_new(line, "note", json_sprintf("%s (%s)", why, console));
	}
	json_array_foreach(json_object_get(row, "missing"), i, item) {
		const char *what = json_string_value(json_object_get(item, "what"));
		const char *why = json_string_value(json_object_get(item, "why"));

		line = line_of(row, table);
		json_object_set(line, "run", json_object_get(item, "run"));
		snprintf(text, sizeof(text), "no %s: %s", what ? what : "measurement",
			 why ? why : "nobody said why");
		json_object_set_new(line, "note", json_string(text));
	}
	json_object_foreach(json_object_get(row, "lost"), cause, item) {
		if (json_number_value(item) <= 0)
			continue;
		line = line_of(row, table);
		snprintf(text, sizeof(text), "lost by %s: %.0f", cause, json_number_value(item));
		json_object_set_new(line, "note", json_string(text));
	}
}

/* Results of an older version know no other tool than iperf3. */
static void add_tool(const json_t *row, const char *direction)
{
	json_t *rate = (json_t *)vnft_view_at(row, direction);
	json_t *bps = json_object_get(rate, "iperf3_bps");

	if (!bps || json_object_get(rate, "tool_bps"))
		return;
	json_object_set(rate, "tool_bps", bps);
	if (json_is_null(bps))
		json_object_set(rate, "tool_bps_why", json_object_get(rate, "iperf3_bps_why"));
}

/* What the tables show and results.json says elsewhere or not at all. */
static void add_derived(json_t *row)
{
	const bool disturbed = json_number_value(json_object_get(row, "disturbed_runs")) > 0;
	double lost = 0;
	const char *key;
	json_t *item;

	add_tool(row, "throughput.tx");
	add_tool(row, "throughput.rx");
	if (json_is_boolean(json_object_get(row, "valid")))
		json_object_set_new(row, "standing", json_sprintf("%s%s",
			json_is_true(json_object_get(row, "valid")) ? "yes" : "no",
			disturbed ? ", disturbed" : ""));
	json_object_foreach(json_object_get(row, "lost"), key, item)
		lost += json_number_value(item);
	if (!json_integer_value(json_object_get(row, "runs")))
		vnft_json_null(row, "lost_total", "no run was made");
	else if (json_is_object(json_object_get(row, "lost")))
		json_object_set_new(row, "lost_total", json_integer((json_int_t)lost));
}

json_t *vnft_report_tree(const json_t *const *results, size_t n)
{
	json_t *times = json_array(), *phases = json_array(), *rtt = json_array();
	json_t *notes = json_array(), *rows = json_array(), *queueing = json_array();
	json_t *bounds = json_array(), *teardown = json_array();
	json_t *launches = json_array(), *endings = json_array();
	json_t *hosts = vnft_report_hosts(results, n), *all, *from, *row;
	char label[256];
	size_t i, k;

	for (i = 0; i < n; i++) {
		all = json_object_get(results[i], "rows");
		json_array_foreach(all, k, from) {
			row = json_deep_copy(from);
			json_array_append_new(rows, row);
			if (n > 1)
				json_object_set(row, "host",
						json_object_get(json_array_get(hosts, i), "host"));
			vnft_results_name(all, from, label, sizeof(label));
			json_object_set_new(row, "label", json_string(label));
			add_derived(row);
			add_times(times, row);
			add_phases(phases, row, "instantiation.phases");
			add_phases(teardown, row, "teardown.phases");
			add_spans(launches, row, "launches");
			add_spans(endings, row, "endings");
			add_queueing(queueing, row);
			add_rtt(rtt, row);
			vnft_report_add_bounds(bounds, row);
			add_notes(notes, row);
		}
	}
	return json_pack("{s:i, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
			 "s:o}",
			 "schema", VNFT_RESULTS_SCHEMA, "many", n > 1, "hosts", hosts, "rows", rows,
			 "times", times, "phases", phases, "teardown", teardown, "launches",
			 launches, "endings", endings, "queueing", queueing, "rtt", rtt, "bounds",
			 bounds, "reference", vnft_reference_rows(rows), "orders",
			 vnft_reference_orders(rows), "notes", notes);
}

void vnft_report_table(FILE *to, const json_t *results)
{
	json_t *tree = vnft_report_tree(&results, 1);

	/* A line for each run is for who asks for it: `vnftrace report`. */
	json_object_del(tree, "launches");
	json_object_del(tree, "endings");
	vnft_view_text(to, tree, vnft_report_views(tree));
	json_decref(tree);
}
