/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace export: records and results in the formats of other programs.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../lib/cli/guess.h"
#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../lib/run/interrupt.h"
#include "../lib/run/output.h"
#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "../report/export/export.h"
#include "../report/report.h"
#include "cmd.h"

struct export_config {
	struct vnft_common common;
	const char *output;
	bool force;
	bool anonymize;
	const char *only;
};

static const struct export_config defaults = { .output = "-" };

static const struct vnft_opt opts[] = {
	{ .name = "output", .letter = 'o', .type = VNFT_OPT_STRING,
	  .offset = offsetof(struct export_config, output), .arg = "FILE", .complete = "file",
	  .help = "file to write (default: -, standard output)" },
	{ .name = "force", .type = VNFT_OPT_FLAG, .offset = offsetof(struct export_config, force),
	  .help = "replace FILE if it exists, once the new one is finished" },
	{ .name = "anonymize", .type = VNFT_OPT_FLAG,
	  .offset = offsetof(struct export_config, anonymize),
	  .help = "addresses are replaced by keyed hashes, names of devices, processes, types and "
		  "hosts by numbers" },
	{ .name = "of", .type = VNFT_OPT_STRING, .offset = offsetof(struct export_config, only),
	  .arg = "NAME",
	  .help = "of records only the device NAME, of results only the rows of this type or "
		  "label" },
	{ .name = NULL }
};

static const struct vnft_column columns[] = {
	{ "file", "file" }, { "format", "format" }, { "records", "records" }, { "rows", "rows" },
	{ "size", "size_bytes" }, { "complete", "complete" }, { 0 }
};
static const struct vnft_view views[] = { { NULL, "", columns }, { 0 } };

/* @unfinished: what the source lacks at its end, "" if nothing. */
static int print_page(const struct export_config *config, const char *format,
		      const struct vnft_given *given, uint64_t records, uint64_t bytes,
		      const char *unfinished)
{
	json_t *page = json_object();

	json_object_set_new(page, "file", vnft_json_name(config->output));
	json_object_set_new(page, "format", json_string(format));
	json_object_set_new(page, given->records ? "records" : "rows",
			    json_integer((json_int_t)records));
	json_object_set_new(page, "size_bytes", json_integer((json_int_t)bytes));
	json_object_set_new(page, "complete", json_boolean(!unfinished[0]));
	if (unfinished[0])
		json_object_set_new(page, "complete_why", vnft_json_text(unfinished));
	return vnft_view_print(page, config->common.json, views);
}

/*
 * What could be read is worth having: it stays, and the line that says why says where. But not of
 * a command line that asked for what is not there.
 */
static int keep_part(struct vnft_output *out, int err)
{
	char why[512], name[512];
	bool file = vnft_output_is_file(out);

	if (!vnft_output_bytes(out) || err == -EINVAL) {
		vnft_output_discard(out);
		return err;
	}
	snprintf(why, sizeof(why), "%s", vnft_why());
	snprintf(name, sizeof(name), "%s", vnft_output_name(out));
	vnft_view_printed |= vnft_output_is_stdout(out);
	vnft_output_keep(out);
	if (!file)
		return err;
	return vnft_fail(err, "%s (what could be exported is in %s)", why, name);
}

static int write_out(const struct export_config *config, const struct vnft_export_format *format,
		     const char *path, const struct vnft_given *given)
{
	struct vnft_export_ask ask = { .path = path, .only = config->only };
	char unfinished[160] = "";
	struct vnft_output *out;
	uint64_t bytes;
	bool to_stdout;
	int err;

	if (given->records && vnft_records_unfinished(path, unfinished, sizeof(unfinished)))
		vnft_warn("%s: %s", path, unfinished);
	vnft_interrupt_catch();
	err = vnft_output_open(&out, config->output,
			       (config->force ? VNFT_OUTPUT_REPLACE : 0) |
			       (format->binary ? VNFT_OUTPUT_BINARY : 0));
	if (err)
		return err;
	to_stdout = vnft_output_is_stdout(out);
	if (to_stdout)
		vnft_view_use_stderr();
	ask.to = vnft_output_stream(out);
	if (!ask.to) {
		vnft_output_discard(out);
		return -ENOMEM;
	}
	err = given->records ? vnft_export(format, &ask) : vnft_export_results(format, &ask);
	if (fclose(ask.to) && !err)
		err = -EIO;
	bytes = vnft_output_bytes(out);
	err = err ? keep_part(out, err) : vnft_output_finish(out);
	if (err || (to_stdout && !config->common.json))
		return err;
	return print_page(config, format->name, given, ask.records, bytes, unfinished);
}

static const struct vnft_export_format *find_format(const char *name)
{
	struct vnft_guess guess;
	size_t i;

	vnft_guess_begin(&guess, name);
	for (i = 0; vnft_export_file_names[i]; i++) {
		if (!strcmp(vnft_export_file_names[i], name))
			return vnft_export_find(name);
		vnft_guess_try(&guess, vnft_export_file_names[i]);
	}
	if (guess.nearest)
		vnft_fail(-EINVAL, "export: %.40s: no such format: did you mean %s?", name,
			  guess.nearest);
	else
		vnft_fail(-EINVAL, "export: %.40s: no such format: see vnftrace export --help",
			  name);
	return NULL;
}

static int run(const void *arg, int argc, char **argv)
{
	const struct export_config *config = arg;
	const struct vnft_export_format *format = find_format(argv[0]);
	struct vnft_given given;
	int err;

	if (!format)
		return VNFT_EXIT_USAGE;
	err = vnft_report_given(argv[1], &given);
	if (!err && !given.records && !format->results)
		err = vnft_fail(-EINVAL, "export: %s is made of records: give a record file, such "
				"as %s", format->name, given.dir ? "DIR/records" : "records");
	if (!err && config->anonymize)
		err = vnft_records_anonymize(true);
	if (!err)
		err = write_out(config, format, argv[1], &given);
	return vnft_exit_code(err);
}

static const char *const examples[] = {
	"vnftrace export pcapng tap0.rec -o tap0.pcapng\tfor Wireshark: an interface for each hook",
	"vnftrace export csv results -o runs.csv\ta line for each run, for a spreadsheet",
	"vnftrace export csv results/records | head\tits records, with the round trip of each "
	"reply",
	"vnftrace export jsonl tap0.rec | jq 'select(.class == \"rst\")'\tone object a line",
	"vnftrace export openmetrics results -o /var/lib/node_exporter/bench.prom\tfor Prometheus",
	"vnftrace export hgrm tap0.rec --of tap0 -o tap0.hgrm\tfor HdrHistogram's plotter",
	"vnftrace export jsonl --anonymize tap0.rec -o to-share.jsonl\tthe same for others",
	NULL
};

const struct vnft_cmd vnft_cmd_export = {
	.name = "export",
	.summary = "records and results in the formats of other programs",
	.args = "FORMAT SRC",
	.min_args = 2,
	.max_args = 2,
	.complete = "format file",
	.text =
	"SRC is a record file (what `vnftrace record` wrote, or DIR/records of a bench), or for "
	"some formats a directory of bench or its results.json. docs/export.md has an example of "
	"each format.\n\n"
	"pcapng: the frames of records, with stamps in ns of the wall clock. Each hook of each "
	"device is an interface. Headers are rebuilt from the record; what it does not hold is 0, "
	"and what is behind them is not captured. A packet's number (epb_packetid) is the same at "
	"all stages of a frame. Losses are the device's drop count, and comments.\n\n"
	"openmetrics: counters and classic histograms, in seconds, with fixed bounds: 1, 2 and 5 "
	"of each power of ten from 1 us to 100 s. Of records by device, of results by row; there "
	"each run is one value, and echoes, whose buckets results.json does not have, are a "
	"summary.\n\n"
	"csv: of records a line each, all keys of `vnftrace report -p -j`, with the wall clock's "
	"time and, where a record completes a pair of request and reply, the round trip; of "
	"results a line for each run. Units stand in the titles. As RFC 4180 has it: lines end "
	"with CR LF, quotes are doubled. A text that begins with = + - @ or an apostrophe gets an "
	"apostrophe in front, so that no spreadsheet runs it.\n\n"
	"jsonl: a JSON object a line, those of `vnftrace report -p -j`. The first and the last "
	"line have \"event\" instead of \"kind\": begin, and end, which says whether the stream is "
	"complete.\n\n"
	"hgrm: round trips as HdrHistogram's percentile text, in ns. One file is one histogram: "
	"where several devices or rows have round trips, --of chooses. Echoes are taken before "
	"SYNs, and requests that went out before those that came in. Of results there are the "
	"quantiles of results.json alone.\n\n"
	"FILE is taken before SRC is read. A file that exists is refused; with --force it stays as "
	"it is until the new one is finished. A record file without its end (it is still being "
	"written, or was cut) is exported as far as it goes, with a warning. Of a damaged one what "
	"is before the damage is exported, and the exit code is 1.\n\n"
	"With --anonymize addresses are keyed hashes, and names are numbers, as `vnftrace report "
	"--anonymize` prints them; equal ones are equal within one output. --of takes a name as it "
	"is printed, with --anonymize the number. Nothing here waits: there are no time-outs.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct export_config),
	.defaults = &defaults,
	.run = run,
};
