/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace report: results, record files and attached devices as pages.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "../report/export/export.h"
#include "../report/gates/gate.h"
#include "../report/html/html.h"
#include "../report/report.h"
#include "../report/results.h"
#include "../results/keys.h"
#include "../results/read.h"
#include "cmd.h"
#include "report/follow.h"
#include "report/page.h"

#define PATHS_MAX 256

struct report_config {
	struct vnft_common common;
	const char *dev;
	bool packets;
	int format;
	bool anonymize;
	bool follow;
	bool schema;
	const char *html;
	int observer;
	struct vnft_gates_config gates;
};

static const struct vnft_opt opts[] = {
	{ .name = "dev", .letter = 'd', .type = VNFT_OPT_STRING,
	  .offset = offsetof(struct report_config, dev), .arg = "DEV", .complete = "dev",
	  .help = "what the hooks of an attached device have seen since `vnftrace attach`" },
	{ .name = "packets", .letter = 'p', .type = VNFT_OPT_FLAG,
	  .offset = offsetof(struct report_config, packets),
	  .help = "list the records of FILE one by one instead of summing them up" },
	{ .name = "format", .type = VNFT_OPT_CHOICE,
	  .offset = offsetof(struct report_config, format), .arg = "FORMAT",
	  .choices = vnft_export_page_names,
	  .help = "with --packets: how the records are written (default @; with -j json)" },
	{ .name = "anonymize", .type = VNFT_OPT_FLAG,
	  .offset = offsetof(struct report_config, anonymize),
	  .help = "of a record file, to be shared: addresses are replaced by keyed hashes, names "
		  "of devices, processes and types by numbers" },
	{ .name = "follow", .type = VNFT_OPT_FLAG, .offset = offsetof(struct report_config, follow),
	  .help = "of a record file that grows: its page again and again, until it is finished" },
	{ .name = "html", .type = VNFT_OPT_STRING, .offset = offsetof(struct report_config, html),
	  .arg = "FILE", .complete = "file",
	  .help = "write the page for a browser, with pictures, to FILE (-: standard output) "
		  "instead of printing it" },
	{ .name = "schema", .type = VNFT_OPT_FLAG, .offset = offsetof(struct report_config, schema),
	  .help = "print the JSON Schema of results.json, and nothing else" },
	VNFT_OBSERVER_OPT(offsetof(struct report_config, observer),
			  "with --dev: what this observer saw (default: both, one below the "
			  "other)"),
	VNFT_GATES_OPTS(struct report_config, gates,
			"of results: exit with 3 when this holds of a row or cannot be known, as "
			"in 'first_rst.p50 > 50ms'; may be given several times", 0),
	VNFT_GATES_SURE_OPT(struct report_config, gates),
	{ .name = NULL }
};

static void warn_unfinished(const char *path)
{
	char how[160];

	if (vnft_records_unfinished(path, how, sizeof(how)))
		vnft_warn("%s: %s", path, how);
}

/* @host: NULL if there is one only. */
static int check_records(const char *dir, const json_t *results, const char *host, json_t *table)
{
	const json_t *rows = json_object_get(results, "rows");
	char path[4096];
	struct stat st;

	if (stat(dir, &st) || !S_ISDIR(st.st_mode))
		return 0;
	if ((size_t)snprintf(path, sizeof(path), "%s/" VNFT_RECORDS_FILE, dir) >= sizeof(path))
		return vnft_fail(-ENAMETOOLONG, "%s: path too long", dir);
	if (stat(path, &st)) {
		vnft_warn("%s: no records: the numbers cannot be computed again", dir);
		return 0;
	}
	warn_unfinished(path);
	return vnft_runs_check(path, rows, host, table);
}

/* One of several hosts; NULL if there is one only. */
static const char *host_of(const json_t *hosts, int i, int n)
{
	return n > 1 ? json_string_value(vnft_view_at(json_array_get(hosts, (size_t)i), "host")) :
		       NULL;
}

/* Where the page is to go; @page stays empty where none was asked for. */
static int open_page(const struct report_config *config, struct vnft_report_page *page)
{
	return config->html ?
	       vnft_report_page_open(page, config->html, config->gates.force) : 0;
}

static int show_results(const struct report_config *config, const struct vnft_report_page *page,
			const json_t *const *results, char *const *paths, size_t n,
			json_t *records, const struct vnft_gates *gates)
{
	json_t *tree = vnft_report_tree(results, n);
	const struct vnft_html_ask ask = {
		.tree = tree, .views = vnft_report_views(tree), .results = results,
		.path = paths, .n = n,
	};
	int err;

	json_object_set(tree, "records", records);
	if (page->to) {
		err = vnft_html_results(page->to, &ask);
		json_decref(tree);
		return err;
	}
	if (config->common.json)
		vnft_gates_into(gates, tree);
	err = vnft_view_print(tree, config->common.json, ask.views);
	if (!err && !config->common.json)
		vnft_gates_print(gates);
	return err;
}

/* Ends @gates. */
static enum vnft_exit report_results(const struct report_config *config, struct vnft_gates *gates,
				     int n, char **paths)
{
	json_t *results[PATHS_MAX] = { NULL }, *table = json_array(), *hosts, *line;
	struct vnft_report_page page = { NULL };
	enum vnft_exit code = VNFT_EXIT_OK;
	int i, err = open_page(config, &page);
	size_t k;

	for (i = 0; !err && i < n; i++) {
		results[i] = vnft_results_load(paths[i]);
		err = results[i] ? 0 : -EBADMSG;
	}
	hosts = err ? NULL : vnft_report_hosts((const json_t *const *)results, (size_t)n);
	for (i = 0; !err && i < n; i++)
		err = check_records(paths[i], results[i], host_of(hosts, i, n), table);
	for (i = 0; !err && i < n; i++)
		err = vnft_gates_judge(gates, results[i], host_of(hosts, i, n));
	json_decref(hosts);
	if (!err) {
		vnft_gates_named(gates);
		err = show_results(config, &page, (const json_t *const *)results, paths, (size_t)n,
				   table, gates);
	}
	if (page.to)
		err = vnft_report_page_close(&page, err, config->common.json);
	json_array_foreach(table, k, line) {
		if (err || json_is_true(json_object_get(line, "agree")))
			continue;
		vnft_fail(-EBADMSG,
			  "%s: the records do not give the instantiation times of results.json",
			  json_string_value(json_object_get(line, "label")));
		code = VNFT_EXIT_INVALID;
	}
	json_decref(table);
	for (i = 0; i < n; i++)
		json_decref(results[i]);
	if (!err)
		return vnft_gates_end(gates, code);
	vnft_gates_drop(gates);
	return vnft_exit_code(err);
}

static int report_records(const struct report_config *config, const char *path)
{
	struct vnft_export_ask ask = { .path = path, .to = stdout, .to_name = "stdout" };
	struct vnft_report_page page = { NULL };
	json_t *tree;
	int err;

	if (config->follow) {
		if (config->packets)
			return vnft_exit_code(vnft_fail(-EINVAL, "report: --follow shows the page "
							"of a file: not with --packets"));
		err = config->anonymize ? vnft_records_anonymize(true) : 0;
		return vnft_exit_code(err ? err : vnft_report_follow(path, config->common.json));
	}
	warn_unfinished(path);
	err = config->anonymize ? vnft_records_anonymize(true) : 0;
	if (err)
		return vnft_exit_code(err);
	if (config->packets)
		return vnft_exit_code(vnft_export(config->common.json ? vnft_export_find("json") :
						  vnft_export_formats[config->format], &ask));
	err = open_page(config, &page);
	if (err)
		return vnft_exit_code(err);
	tree = vnft_records_tree(path);
	err = tree ? 0 : -EBADMSG;
	if (!page.to)
		return vnft_exit_code(tree ? vnft_view_print(tree, config->common.json,
							     vnft_records_views) : err);
	if (tree)
		vnft_html_records(page.to, tree, vnft_records_views, path);
	json_decref(tree);
	return vnft_exit_code(vnft_report_page_close(&page, err, config->common.json));
}

static int print_schema(void)
{
	json_t *schema = vnft_results_schema();
	int err = vnft_json_print(schema, stdout, JSON_INDENT(1)) || putchar('\n') == EOF ||
		  fflush(stdout);

	json_decref(schema);
	return vnft_exit_code(err ? vnft_fail(-EIO, "stdout: cannot write") : 0);
}

/* The option that only a record file has an answer to, or NULL. */
static const char *asks_records(const struct report_config *config)
{
	return config->packets ? "packets" : config->follow ? "follow" :
	       config->anonymize ? "anonymize" : NULL;
}

static int refuse_records(const char *option, const char *path, bool dir)
{
	if (dir)
		return vnft_fail(-EINVAL, "report: --%s needs a record file, such as "
				 "%s/" VNFT_RECORDS_FILE, option, path);
	return vnft_fail(-EINVAL, "report: --%s needs a record file: %s is none", option, path);
}

/* What the paths are, and whether that is what the options are for. */
static int check_given(const struct report_config *config, int argc, char **argv,
		       struct vnft_given *given)
{
	int err = vnft_report_given(argv[0], given);

	if (err)
		return err;
	if (!given->records)
		return asks_records(config) ? refuse_records(asks_records(config), argv[0],
							     given->dir) : 0;
	if (argc > 1)
		return vnft_fail(-EINVAL, "report: one record file at a time");
	if (config->gates.conditions.n)
		return vnft_fail(-EINVAL, "report: --fail-if is of results: give a directory of "
				 "bench, not a record file");
	return 0;
}

/* Records and devices have no rows. */
static bool asks_gates(const struct report_config *config)
{
	return config->gates.conditions.n || config->gates.junit || config->gates.sure ||
	       config->gates.force;
}

static int run(const void *arg, int argc, char **argv)
{
	const struct report_config *config = arg;
	struct vnft_gates_config gate = config->gates;
	struct vnft_gates *gates = NULL;
	struct vnft_given given;
	json_t *tree;
	int err;

	if (config->format && !config->packets)
		return vnft_exit_code(vnft_fail(-EINVAL, "report: --format goes with --packets"));
	if (config->schema) {
		if (argc || config->dev || config->html || asks_records(config) ||
		    asks_gates(config))
			return vnft_exit_code(vnft_fail(-EINVAL, "report: --schema stands alone"));
		return print_schema();
	}
	if (config->html && (config->dev || config->packets || config->follow))
		return vnft_exit_code(vnft_fail(-EINVAL, "report: --html goes with results, or "
						"with a record file as a whole"));
	if (gate.force && !config->html && !gate.junit)
		return vnft_exit_code(vnft_fail(-EINVAL, "report: --force: of which file? Give "
						"--html FILE or --junit FILE"));
	if (config->html && gate.junit && !strcmp(config->html, "-") && !strcmp(gate.junit, "-"))
		return vnft_exit_code(vnft_fail(-EINVAL, "report: --html and --junit: one of them "
						"may be standard output"));
	gate.force = gate.force && gate.junit;
	if (config->dev) {
		if (argc || asks_records(config) || asks_gates(config))
			return vnft_exit_code(vnft_fail(-EINVAL,
							"report: --dev stands alone: give a "
							"device, or files"));
		err = vnft_device_tree(config->dev, (enum vnft_observer)config->observer, &tree);
		if (err)
			return vnft_exit_code(err);
		return vnft_exit_code(vnft_view_print(tree, config->common.json,
						      vnft_device_views(tree)));
	}
	if (config->observer != VNFT_OBSERVER_AUTO)
		return vnft_exit_code(vnft_fail(-EINVAL, "report: --observer goes with --dev"));
	if (!argc)
		return vnft_exit_code(vnft_fail(-EINVAL,
						"report: give a directory of bench, a record file, "
						"or --dev DEV"));
	if (argc > PATHS_MAX)
		return vnft_exit_code(vnft_fail(-EINVAL, "report: more than %d paths", PATHS_MAX));
	err = vnft_gates_begin(&gates, &gate, false);
	if (!err)
		err = check_given(config, argc, argv, &given);
	if (!err && !given.records)
		return report_results(config, gates, argc, argv);
	vnft_gates_drop(gates);
	return err ? (int)vnft_exit_code(err) : report_records(config, argv[0]);
}

static const char *const examples[] = {
	"vnftrace report results\tthe tables of a bench, checked against its records",
	"vnftrace report here there\ttwo hosts in one table",
	"vnftrace report --html results.html results\tthe same as a page for a browser, with "
	"pictures",
	"vnftrace report results --fail-if 'rtt.p99 > 2ms' --fail-if 'container.crun: tx < "
	"5Gbit'\tfor a script: exit code 3 when one of these holds",
	"vnftrace report results/records\twhat a record file holds: devices, flows, RTTs, losses",
	"vnftrace report -p results/records | grep rst\tits records, one a line",
	"vnftrace report -p -j --anonymize results/records >to-share.json\tthe same for others, "
	"without addresses and names",
	"vnftrace attach tap0; ping -c 100 guest; vnftrace report --dev tap0\tthe RTT that the "
	"hooks saw",
	NULL
};

const struct vnft_cmd vnft_cmd_report = {
	.name = "report",
	.summary = "results, record files and attached devices as tables",
	.args = "[DIR|FILE...]",
	.min_args = 0,
	.max_args = PATHS_MAX,
	.complete = "file",
	.text =
	"DIR is what `vnftrace bench -o DIR` wrote (or its results.json): one table shaped like "
	"the reference study's, then phases, round trips, throughput and memory, this host beside "
	"the study, and the reasons of every value that is missing. Several DIRs become one table: "
	"every row says its host and its accelerator, and a table of hosts says what each of them "
	"is: kernel, processor, machine as its firmware calls it, whether it is virtual itself, "
	"and the hypervisor that it runs on. So Xen rows from a dom0 stand beside KVM and "
	"container rows of another host, and a row that was measured on an emulated machine says "
	"so. The second DIR of one host name is shown as \"NAME (2)\". Rows of one type that "
	"differ in setup or cache state say so behind the type: \"tinyx.xen (xl, pv, "
	"minimal)\"; where even that is the same, each has its number: \"tinyx.kvm#2\".\n\n"
	"SYNs may wait for the guest in a queue (netback's, a tap's): below the phases a sentence "
	"says how many did and how long, and which of them the first RST answers.\n\n"
	"The time to the first RST is computed again from DIR/records. If the records do not give "
	"the numbers of results.json, report says so and ends with exit code 3.\n\n"
	"FILE is a record file (DIR/records, or what `vnftrace record` wrote): devices, frames by "
	"class and direction, round trips per pairing, gaps in the sequences and losses. -p lists "
	"its records: time (CLOCK_MONOTONIC, seconds), CPU, device, hook, class, ends, and the "
	"rest as key=value.\n\n"
	"A record file tells of others: addresses, ports, names of devices and of the instance's "
	"processes, and when each frame passed; no payload. Its page ends with a table of that. "
	"With --anonymize what is printed of it has keyed hashes for addresses (fd00:4:: for "
	"IPv4, fd00:6:: for IPv6) and numbers for names and process numbers. Equal ones are equal "
	"within one output; the next one has another key. Times, ports, lengths and sequence "
	"numbers stay, as does FILE itself.\n\n"
	"--follow shows the page of a file that is being written, again whenever it has grown, at "
	"most once a second and so that reading takes a tenth of the time at most. A record of "
	"which a part is there waits for the rest. It ends when the file is finished, on Ctrl-C, "
	"or with q on a terminal, where the page is drawn in place and the arrows scroll; with -j "
	"each page is one object on a line.\n\n"
	"--dev reads the counters and histograms that the hooks of an attached device keep; "
	"nothing is reset. What means and rates may be off by on this host (\"bound\") is "
	"measured for the page, in 0.2 s. If both observers are attached to it, each has its own "
	"page: they saw the same packets. A request that goes out and its reply measure the guest "
	"and its device, one that comes in the host.\n\n"
	"--html writes one page for a browser: every run a dot, where the time of each launch "
	"goes, round trips, throughput, memory, what the host did meanwhile, this host beside the "
	"study, all tables, the manifest, and how to repeat it. It holds no script, and nothing is "
	"fetched. Its numbers are those that report prints. Of a record file it has the tables. "
	"docs/report-html.md says how to read it. FILE is taken before anything is read; one that "
	"exists is refused, and with --force it stays until the new one is finished.\n\n"
	"--schema prints the JSON Schema (draft 2020-12) of results.json: every key, its type, its "
	"unit, and whether it may be null. It is installed as "
	"share/vnftrace/results.schema.json.\n\n"
	VNFT_GATES_TEXT "\n\n"
	"Durations are given in the unit that fits; -j prints nanoseconds. docs/method.md defines "
	"every number. Nothing here waits: there are no time-outs.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct report_config),
	.run = run,
};
