/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace path: what each hop of a frame costs, on devices that run already.
 */
#include <stddef.h>

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "cmd.h"
#include "path/path.h"

struct path_config {
	struct vnft_common common;
	struct vnft_tracing_ask ask;
};

static const char *const hooks[] = { "auto", "tcx", "clsact", NULL };

#define CLASSES "other|arp-request|arp-reply|echo-request|echo-reply|syn|syn-ack|rst|tcp|udp"
#define AT(field) offsetof(struct path_config, ask.field)
static const struct vnft_opt opts[] = {
	{ .name = "duration", .letter = 't', .type = VNFT_OPT_DURATION_NS,
	  .offset = AT(duration_ns), .arg = "TIME", .min = 1000000,
	  .help = "follow frames for TIME; Ctrl-C ends it sooner" },
	{ .name = "count", .letter = 'c', .type = VNFT_OPT_U64, .offset = AT(count), .arg = "N",
	  .min = 1, .help = "end after N frames at the near ends, or after --duration "
	  "(default: --duration alone)" },
	{ .name = "only", .type = VNFT_OPT_LIST, .offset = AT(classes), .arg = "CLASS[,CLASS...]",
	  .complete = CLASSES,
	  .help = "follow frames of these classes (default: all): other, arp-request, arp-reply, "
		  "echo-request, echo-reply, syn, syn-ack, rst, tcp, udp" },
	{ .name = "hook", .type = VNFT_OPT_CHOICE, .offset = AT(hook), .arg = "HOOK",
	  .choices = hooks, .help = "mechanism at the devices' boundaries" },
	{ .name = "ring-records", .type = VNFT_OPT_U64, .offset = AT(ring_records), .arg = "N",
	  .min = VNFT_RECORDS_PER_PAGE, .max = 1U << 24,
	  .help = "records per CPU between the hooks and this command, a power of two (default "
		  "32768: 2 MiB)" },
	{ .name = "ready-file", .type = VNFT_OPT_STRING, .offset = AT(ready_file), .arg = "FILE",
	  .complete = "file", .help = "create FILE when every device is being followed" },
	{ 0 }
};

static const struct path_config defaults = { .ask.duration_ns = 10000000000ULL };

static int run(const void *arg, int argc, char **argv)
{
	const struct path_config *config = arg;

	return vnft_tracing(&config->ask, argv, argc, config->common.json);
}

static const char *const examples[] = {
	"vnftrace path tap0\twhere the time of a tap's frames goes, for 10 s",
	"vnftrace path veth1 -t 3s -j\ta veth, its other end found by itself, as JSON",
	"vnftrace path veth1 blue/eth0 -c 10000\tboth ends named, until 10,000 frames have passed",
	"vnftrace path tap0 --only echo-request,echo-reply\tping alone: other frames are counted "
	"only",
	NULL
};

const struct vnft_cmd vnft_cmd_path = {
	.name = "path",
	.summary = "what each hop of a frame costs, on devices that run already",
	.args = "DEV...",
	.min_args = 1,
	.max_args = VNFT_LIST_MAX,
	.complete = "dev",
	.text =
	"Follows every frame of a link through the host, and prints a table of hops: to the guest "
	"from the stack into the queue, the driver, and the hands of who takes the frame (the "
	"other end of a veth, the reader of a tap), from the guest the same the other way round. "
	"Requests and their replies (echo, SYN and its answer) become round trips: their hops, and "
	"what the guest took, add up to them exactly. docs/path.md says how each line is read.\n\n"
	VNFT_DEV_TEXT " Here DEV is a veth, tap or tun. Of a veth either end may be named, or "
	"both: the other one is looked for in every namespace that can be reached. The host's end "
	"is the near one, between two equal ends the one that is named first.\n\n"
	"A frame that cannot be followed from its first moment to its last is counted by cause, "
	"and is in no hop. The page says by which mechanism each stage was stamped, which stages "
	"this host does not give, how many of our own stamps lie in each hop and what they take; "
	"nothing is subtracted.\n\n"
	VNFT_READY_FILE_TEXT "\n\n"
	"The devices get programs for the time of this command, which are gone with this process "
	"(with clsact: when `vnftrace detach --all` has run). It ends after --duration, after "
	"--count frames, on Ctrl-C or SIGTERM, or when every device is gone; the page is printed "
	"in each case. The rings are emptied every 5 ms; a record that found no room is counted. "
	"Exit 3: more than 0.1 % of the records were lost, or somebody took our programs away. "
	"Exit 4: the device is of another kind, or stages are not to be had here.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct path_config),
	.defaults = &defaults,
	.run = run,
};
