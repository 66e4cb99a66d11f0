/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of results: tables shaped like the reference study's, from one JSON tree.
 */
#include <stdio.h>
#include <string.h>

#include "../lib/text/format.h"
#include "../lib/text/view.h"
#include "../results/keys.h"
#include "../results/read.h"
#include "results.h"

/*
 * Every table begins with the host; pages of one result leave that column out. The unit of a
 * value is in its key, reasons of nulls become footnotes (tools/lib/text/view.h).
 */
static const struct vnft_column host_columns[] = {
	{ "host", "host" },
	{ "kernel", "kernel" },
	{ "accelerators", "accels" },
	{ "processor", "cpu" },
	{ "machine", "machine" },
	{ "is virtual", "hypervisor_flag" },
	{ "runs on", "hypervisor" },
	{ NULL, NULL }
};

static const struct vnft_column row_columns[] = {
	{ "host", "host" },
	{ "type", "label" },
	{ "accel", "accel" },
	{ "cache", "cache" },
	{ "runs", "runs" },
	{ "first RST", "instantiation.median_ns" },
	{ "95 % interval", "instantiation.ci95_ns" },
	{ "service", "service_ready.median_ns" },
	{ "tx", "throughput.tx.median_bps" },
	{ "rx", "throughput.rx.median_bps" },
	{ "RTT mean", "rtt.flood.mean_ns" },
	{ "image", "image.file_bytes" },
	{ "memory", "memory.tool_bytes" },
	{ "hooks' CPU", "self_overhead.cpu_percent" },
	{ "lost", "lost_total" },
	{ "valid", "valid" },
	{ NULL, NULL }
};

static const struct vnft_column time_columns[] = {
	{ "host", "host" },
	{ "type", "label" },
	{ "from t0 to", "what" },
	{ "n", "n" },
	{ "median", "median_ns" },
	{ "95 % interval", "ci95_ns" },
	{ "p90", "p90_ns" },
	{ "p99", "p99_ns" },
	{ "resolution", "slot_ns" },
	{ "two clusters", "bimodal" },
	{ NULL, NULL }
};

static const struct vnft_column phase_columns[] = {
	{ "host", "host" },
	{ "type", "label" },
	{ "phase", "name" },
	{ "median", "median_ns" },
	{ "clock", "clock" },
	{ NULL, NULL }
};

static const struct vnft_column queueing_columns[] = {
	{ "", "text" },
	{ NULL, NULL }
};

static const struct vnft_column rtt_columns[] = {
	{ "host", "host" },
	{ "type", "label" },
	{ "load", "load" },
	{ "seen at", "at" },
	{ "n", "n" },
	{ "mean", "mean_ns" },
	{ "min", "min_ns" },
	{ "p50", "p50_ns" },
	{ "p90", "p90_ns" },
	{ "p99", "p99_ns" },
	{ "p99.9", "p999_ns" },
	{ "max", "max_ns" },
	{ NULL, NULL }
};

static const struct vnft_column rate_columns[] = {
	{ "host", "host" },
	{ "type", "label" },
	{ "tx", "throughput.tx.median_bps" },
	{ "95 % interval", "throughput.tx.ci95_bps" },
	{ "iperf3 tx", "throughput.tx.iperf3_bps" },
	{ "64 B tx", "throughput.tx.median_pps" },
	{ "rx", "throughput.rx.median_bps" },
	{ "95 % interval", "throughput.rx.ci95_bps" },
	{ "iperf3 rx", "throughput.rx.iperf3_bps" },
	{ "64 B rx", "throughput.rx.median_pps" },
	{ NULL, NULL }
};

static const struct vnft_column memory_columns[] = {
	{ "host", "host" },
	{ "type", "label" },
	{ "tool", "memory.tool_bytes" },
	{ "PSS", "memory.pss_bytes" },
	{ "cgroup", "memory.cgroup_bytes" },
	{ "host's loss", "memory.host_delta_bytes" },
	{ "PSS, loaded", "memory.load_pss_bytes" },
	{ "image", "image.file_bytes" },
	{ "on disk", "image.disk_bytes" },
	{ NULL, NULL }
};

static const struct vnft_column reference_columns[] = {
	{ "host", "host" },
	{ "type", "label" },
	{ "study's row", "reference_type" },
	{ "first RST", "instantiation_ns" },
	{ "study", "reference_instantiation_ns" },
	{ "ratio", "instantiation_ratio" },
	{ "tx", "tx_bps" },
	{ "study", "reference_tx_bps" },
	{ "rx", "rx_bps" },
	{ "study", "reference_rx_bps" },
	{ "RTT order", "rtt_order" },
	{ "study", "reference_rtt_order" },
	{ "image", "image_bytes" },
	{ "study", "reference_image_bytes" },
	{ "memory", "memory_bytes" },
	{ "study", "reference_memory_bytes" },
	{ NULL, NULL }
};

static const struct vnft_column note_columns[] = {
	{ "host", "host" },
	{ "type", "label" },
	{ "run", "run" },
	{ "note", "note" },
	{ NULL, NULL }
};

static const struct vnft_column record_columns[] = {
	{ "host", "host" },
	{ "type", "label" },
	{ "runs", "runs" },
	{ "first RST in results.json", "results_median_ns" },
	{ "in the records", "records_median_ns" },
	{ "runs that differ", "differ" },
	{ "agree", "agree" },
	{ NULL, NULL }
};

#define SECTIONS(skip) { \
	{ (skip) ? "Measured on" : "Hosts", "hosts", host_columns + (skip) }, \
	{ "Virtualization types", "rows", row_columns + (skip) }, \
	{ "Life of an instance", "times", time_columns + (skip) }, \
	{ "Phases of instantiation", "phases", phase_columns + (skip) }, \
	{ NULL, "queueing", queueing_columns }, \
	{ "Round trips", "rtt", rtt_columns + (skip) }, \
	{ "Throughput (tx: guest to host)", "rows", rate_columns + (skip) }, \
	{ "Memory and image", "rows", memory_columns + (skip) }, \
	{ "Beside the reference study (of its RTT only the order of rows: its unit is " \
	  "implausible)", "reference", reference_columns + (skip) }, \
	{ "Computed again from the records", "records", record_columns + (skip) }, \
	{ "Notes", "notes", note_columns + (skip) }, \
	{ NULL, NULL, NULL } }

static const struct vnft_view views_of_one[] = SECTIONS(1);
static const struct vnft_view views_of_many[] = SECTIONS(0);

const struct vnft_view *vnft_report_views(const json_t *tree)
{
	return json_is_true(json_object_get(tree, "many")) ? views_of_many : views_of_one;
}

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

static void add_phases(json_t *table, const json_t *row)
{
	const json_t *phases = vnft_view_at(row, "instantiation.phases");
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

static void duration(char *to, size_t bytes, const json_t *part, const char *key)
{
	vnft_view_format(to, bytes, key, json_object_get(part, key));
}

/*
 * Which SYNs the first answers belong to, in a sentence: where something keeps them, it is no ping.
 */
static void add_queueing(json_t *table, const json_t *row)
{
	const json_t *part = vnft_view_at(row, "instantiation.queueing");
	const double syns = json_number_value(json_object_get(part, "syns"));
	const double n = json_number_value(json_object_get(part, "n"));
	const double with = json_number_value(json_object_get(part, "runs_with"));
	const char *host = json_string_value(json_object_get(row, "host"));
	const char *label = json_string_value(json_object_get(row, "label"));
	char first[32], longest[32], some[48] = "", text[768];
	json_t *line;

	if (n < 1)
		return;
	duration(first, sizeof(first), part, "first_wait_ns");
	duration(longest, sizeof(longest), part, "longest_wait_ns");
	if (with < n)
		snprintf(some, sizeof(some), " (in %.0f of %.0f runs)", with, n);
	line = line_of(row, table);
	if (syns >= 1)
		snprintf(text, sizeof(text),
			 "%s%s%s: %.0f SYN%s waited up to %s for the guest%s; the "
			 "first RST answers one that waited %s",
			 host ? host : "", host ? ": " : "", label, syns, syns < 2 ? "" : "s",
			 longest, some, first);
	else
		snprintf(text, sizeof(text), "%s%s%s: %s; the first RST answers one sent %s before",
			 host ? host : "", host ? ": " : "", label, with > 0 ?
			 "in most runs no SYN waited for the guest" : "no SYN waited for the guest",
			 first);
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
	json_array_foreach(failed, i, item) {
		line = line_of(row, table);
		json_object_set(line, "run", json_object_get(item, "run"));
		json_object_set(line, "note", json_object_get(item, "why"));
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

/* What the first table shows and results.json says elsewhere or not at all. */
static void add_derived(json_t *row)
{
	double lost = 0;
	const char *key;
	json_t *item;

	json_object_foreach(json_object_get(row, "lost"), key, item)
		lost += json_number_value(item);
	if (json_is_object(json_object_get(row, "lost")))
		json_object_set_new(row, "lost_total", json_integer((json_int_t)lost));
}

json_t *vnft_report_tree(const json_t *const *results, size_t n)
{
	json_t *times = json_array(), *phases = json_array(), *rtt = json_array();
	json_t *notes = json_array(), *rows = json_array(), *queueing = json_array();
	json_t *hosts = vnft_report_hosts(results, n), *from, *row;
	char label[256];
	size_t i, k;

	for (i = 0; i < n; i++) {
		json_array_foreach(json_object_get(results[i], "rows"), k, from) {
			row = json_deep_copy(from);
			json_array_append_new(rows, row);
			if (n > 1)
				json_object_set(row, "host",
						json_object_get(json_array_get(hosts, i), "host"));
			vnft_results_label(row, label, sizeof(label));
			json_object_set_new(row, "label", json_string(label));
			add_derived(row);
			add_times(times, row);
			add_phases(phases, row);
			add_queueing(queueing, row);
			add_rtt(rtt, row);
			add_notes(notes, row);
		}
	}
	return json_pack("{s:i, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema",
			 VNFT_RESULTS_SCHEMA, "many", n > 1, "hosts", hosts, "rows", rows, "times",
			 times, "phases", phases, "queueing", queueing, "rtt", rtt, "reference",
			 vnft_reference_rows(rows), "notes", notes);
}

void vnft_report_table(FILE *to, const json_t *results)
{
	json_t *tree = vnft_report_tree(&results, 1);

	vnft_view_text(to, tree, vnft_report_views(tree));
	json_decref(tree);
}
