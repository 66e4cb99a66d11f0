/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One object a line: the records as `report -p -j` prints them, between two lines that have "event"
 * in the place of "kind". The last one says whether this is all, so that a stream that was cut
 * shows.
 */
#include "../../lib/text/error.h"
#include "../../lib/text/json.h"
#include "export.h"

/* Takes over @o. */
static void put_line(struct vnft_export *x, json_t *o)
{
	vnft_json_print(o, x->to, JSON_COMPACT);
	fputc('\n', x->to);
	json_decref(o);
}

static int begin(struct vnft_export *x)
{
	const struct vnft_rec_manifest *m = &x->manifest.manifest;
	char tool[sizeof(m->tool) + 1];

	snprintf(tool, sizeof(tool), "%.*s", (int)sizeof(m->tool), m->tool);
	put_line(x, json_pack("{s:s, s:o, s:I, s:I, s:I, s:b}", "event", "begin", "tool",
			      vnft_json_text(tool), "version", (json_int_t)m->version, "cpus",
			      (json_int_t)m->ncpus, "realtime_offset_ns",
			      (json_int_t)m->realtime_offset_ns, "anonymized",
			      (int)vnft_records_anonymized()));
	return 0;
}

static int record(struct vnft_export *x, const struct vnft_record *r)
{
	put_line(x, vnft_export_record_json(x, r));
	return 0;
}

static int end(struct vnft_export *x, int err)
{
	json_t *o = json_pack("{s:s, s:I, s:b}", "event", "end", "records",
			      (json_int_t)x->records, "complete", !err && !x->unfinished[0]);

	if (err || x->unfinished[0])
		json_object_set_new(o, "complete_why",
				    vnft_json_text(err ? vnft_why_of(x->path) : x->unfinished));
	put_line(x, o);
	return 0;
}

const struct vnft_export_format vnft_export_jsonl = {
	.name = "jsonl",
	.what = "a JSON object a line for each record",
	.begin = begin,
	.record = record,
	.end = end,
};
