/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the page of results looks as text: its tables and their columns.
 */
#include <stdio.h>
#include <string.h>

#include "../lib/text/view.h"
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
	{ "topology", "topology" },
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
	{ "valid", "standing" },
	{ NULL, NULL }
};

static const struct vnft_column time_columns[] = {
	{ "host", "host" },
	{ "type", "label" },
	{ "from t0 to", "what" },
	{ "n", "n" },
	{ "median", "median_ns" },
	{ "bound", "median_bound_ns" },
	{ "95 % interval", "ci95_ns" },
	{ "p90", "p90_ns" },
	{ "p99", "p99_ns" },
	{ "two clusters", "bimodal" },
	{ NULL, NULL }
};

static const struct vnft_column phase_columns[] = {
	{ "host", "host" },
	{ "type", "label" },
	{ "phase", "name" },
	{ "at", "median_ns" },
	{ "bound", "median_bound_ns" },
	{ "took", "took_median_ns" },
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
	{ "bound", "mean_bound_ns" },
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
	{ "workload", "throughput.workload" },
	{ "tx", "throughput.tx.median_bps" },
	{ "bound", "throughput.tx.median_bound_bps" },
	{ "95 % interval", "throughput.tx.ci95_bps" },
	{ "tool tx", "throughput.tx.tool_bps" },
	{ "64 B tx", "throughput.tx.median_pps" },
	{ "rx", "throughput.rx.median_bps" },
	{ "bound", "throughput.rx.median_bound_bps" },
	{ "95 % interval", "throughput.rx.ci95_bps" },
	{ "tool rx", "throughput.rx.tool_bps" },
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

static const struct vnft_column bound_columns[] = {
	{ "host", "host" },
	{ "type", "label" },
	{ "number", "what" },
	{ "printed", "value" },
	{ "truth within", "truth" },
	{ "mostly because of", "mostly" },
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

static const struct vnft_column order_columns[] = {
	{ "host", "host" },
	{ "number", "what" },
	{ "rows", "rows" },
	{ "correlation", "rank_correlation" },
	{ "on this host", "here" },
	{ "in the study", "study" },
	{ "turned about", "differs" },
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

/*
 * Host, type, run, the parts that some line has, and the total: filled in for each page, because
 * most rows have few of all parts that there are. Exact: the last word of the path has no unit.
 */
#define SPAN_COLUMNS_MAX	32
static struct vnft_column launch_columns[SPAN_COLUMNS_MAX + 5];
static struct vnft_column ending_columns[SPAN_COLUMNS_MAX + 5];

#define SECTIONS(skip) { \
	{ (skip) ? "Measured on" : "Hosts", "hosts", host_columns + (skip) }, \
	{ "Virtualization types", "rows", row_columns + (skip) }, \
	{ "Life of an instance", "times", time_columns + (skip) }, \
	{ "Phases of instantiation", "phases", phase_columns + (skip) }, \
	{ NULL, "queueing", queueing_columns }, \
	{ "Phases of teardown", "teardown", phase_columns + (skip) }, \
	{ "Where the time of each launch goes, in ns: the parts of a line are its total", \
	  "launches", launch_columns + (skip) }, \
	{ "Where the time of each teardown goes, in ns", "endings", ending_columns + (skip) }, \
	{ "Round trips", "rtt", rtt_columns + (skip) }, \
	{ "Throughput (tx: guest to host)", "rows", rate_columns + (skip) }, \
	{ "Bounds: what the method itself may be off by", "bounds", bound_columns + (skip) }, \
	{ "Memory and image", "rows", memory_columns + (skip) }, \
	{ "Beside the reference study (of its RTT only the order of rows: its unit is " \
	  "implausible)", "reference", reference_columns + (skip) }, \
	{ "Order of the rows beside the study's, best first", "orders", \
	  order_columns + (skip) }, \
	{ "Computed again from the records", "records", record_columns + (skip) }, \
	{ "Notes", "notes", note_columns + (skip) }, \
	{ NULL, NULL, NULL } }

static const struct vnft_view views_of_one[] = SECTIONS(1);
static const struct vnft_view views_of_many[] = SECTIONS(0);

/* In the order of the rows' phases, as far as a line has them. @paths: room for their texts. */
static void fill_columns(struct vnft_column *column, char paths[][48], const json_t *tree,
			 const char *phases, const char *lines)
{
	size_t i, k, n = 0;
	json_t *phase, *line;
	const char *name;

	*column++ = (struct vnft_column) { "host", "host" };
	*column++ = (struct vnft_column) { "type", "label" };
	*column++ = (struct vnft_column) { "run", "run" };
	json_array_foreach(json_object_get(tree, phases), i, phase) {
		name = json_string_value(json_object_get(phase, "name"));
		/* A name with a dot or of a foreign file's making would be another path. */
		if (!name || strcspn(name, ".[") != strlen(name) || strlen(name) > 31)
			continue;
		for (k = 0; k < n && strcmp(paths[k] + strlen("took_ns."), name); k++)
			;
		if (k < n || n == SPAN_COLUMNS_MAX)
			continue;
		json_array_foreach(json_object_get(tree, lines), k, line)
			if (json_object_get(json_object_get(line, "took_ns"), name))
				break;
		if (k == json_array_size(json_object_get(tree, lines)))
			continue;
		snprintf(paths[n], sizeof(paths[n]), "took_ns.%s", name);
		column[n] = (struct vnft_column) { paths[n] + strlen("took_ns."), paths[n] };
		n++;
	}
	column[n] = (struct vnft_column) { "total", "took_ns.total" };
	column[n + 1] = (struct vnft_column) { NULL, NULL };
}

const struct vnft_view *vnft_report_views(const json_t *tree)
{
	static char launch_paths[SPAN_COLUMNS_MAX][48], ending_paths[SPAN_COLUMNS_MAX][48];

	fill_columns(launch_columns, launch_paths, tree, "phases", "launches");
	fill_columns(ending_columns, ending_paths, tree, "teardown", "endings");
	return json_is_true(json_object_get(tree, "many")) ? views_of_many : views_of_one;
}
