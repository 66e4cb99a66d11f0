/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the page of a record file looks as text.
 */
#include "../../lib/text/view.h"
#include "../report.h"

static const struct vnft_column file_columns[] = {
	{ "file", "file" }, { "written by vnftrace", "tool" }, { "finished", "finished" },
	{ "shown without addresses and names", "anonymized" },
	{ "records in the file", "records" }, { "records of the hooks", "hook_records" },
	{ "packets", "packets" }, { "flows", "flows" }, { "marks", "marks" },
	{ "first to last packet", "duration_ns" }, { "gaps in sequences", "sequence_gaps" },
	{ "lost", "lost" }, { "not understood", "not_understood" }, { NULL, NULL }
};
static const struct vnft_column device_columns[] = {
	{ "device", "dev" }, { "id", "device" }, { "observer", "observer" },
	{ "side", "side" }, { "hook in", "hook_in" }, { "hook out", "hook_out" },
	{ "link", "link" },
	{ "ifindex", "ifindex" }, { "namespace", "netns_inode" }, { "in", "in_bytes" },
	{ "out", "out_bytes" }, { NULL, NULL }
};
static const struct vnft_column class_columns[] = {
	{ "device", "dev" }, { "observer", "observer" }, { "class", "class" }, { "in", "in" },
	{ "out", "out" }, { NULL, NULL }
};
static const struct vnft_column pairing_columns[] = {
	{ "device", "dev" },	   { "observer", "observer" }, { "pairing", "pairing" },
	{ "request", "request" },  { "requests", "requests" }, { "matched", "matched" },
	{ "strays", "unmatched" }, { "mean", "mean_ns" },      { "min", "min_ns" },
	{ "p50", "p50_ns" },	   { "p90", "p90_ns" },	       { "p99", "p99_ns" },
	{ "p99.9", "p999_ns" },	   { "max", "max_ns" },	       { NULL, NULL }
};
static const struct vnft_column stage_columns[] = {
	{ "device", "dev" }, { "observer", "observer" }, { "direction", "dir" }, { "from", "from" },
	{ "to", "to" }, { "n", "n" }, { "mean", "mean_ns" }, { "min", "min_ns" },
	{ "p50", "p50_ns" }, { "p90", "p90_ns" }, { "p99", "p99_ns" }, { "max", "max_ns" },
	{ NULL, NULL }
};
static const struct vnft_column cpu_columns[] = {
	{ "CPU", "cpu" },   { "observer", "observer" }, { "records of the hooks", "hook_records" },
	{ "gaps", "gaps" }, { "missing", "missing" },	{ NULL, NULL }
};
static const struct vnft_column lost_columns[] = {
	{ "lost by", "cause" }, { "count", "count" }, { NULL, NULL }
};
static const struct vnft_column contents_columns[] = {
	{ "what", "what" }, { "how many", "count" }, { "with --anonymize", "anonymized" },
	{ NULL, NULL }
};

const struct vnft_view vnft_records_views[] = {
	{ NULL, "file", file_columns },
	{ "Devices", "devices", device_columns },
	{ "Recorded frames (in: from the guest, out: to it)", "classes", class_columns },
	{ "Replies to requests (request out: the guest's share, in: the host's)", "pairings",
	  pairing_columns },
	{ "From stage to stage of one frame", "stages", stage_columns },
	{ "CPUs", "cpus", cpu_columns },
	{ "Losses", "losses", lost_columns },
	{ "What the file tells of others: read this before you share it", "contents",
	  contents_columns },
	{ NULL, NULL, NULL }
};
