/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace top: devices while they run, an interval after the other.
 */
#include <stddef.h>

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "cmd.h"
#include "top/top.h"

struct top_config {
	struct vnft_common common;
	struct vnft_top_ask ask;
};

static const char *const hooks[] = { "auto", "tcx", "clsact", NULL };

#define AT(field) offsetof(struct top_config, ask.field)
static const struct vnft_opt opts[] = {
	{ .name = "interval", .letter = 'i', .type = VNFT_OPT_DURATION_NS,
	  .offset = AT(interval_ns), .arg = "TIME", .min = 100000000, .max = 3600000000000ULL,
	  .help = "how long an interval is" },
	{ .name = "count", .letter = 'c', .old_letter = 'n', .type = VNFT_OPT_U64,
	  .offset = AT(count), .arg = "N", .min = 1,
	  .help = "end after N intervals" },
	{ .name = "batch", .letter = 'b', .type = VNFT_OPT_FLAG, .offset = AT(batch),
	  .help = "print plain lines on a terminal, too" },
	{ .name = "sort", .type = VNFT_OPT_CHOICE, .offset = AT(key), .arg = "KEY",
	  .choices = vnft_live_key_names, .help = "what comes first" },
	{ .name = "rtt", .type = VNFT_OPT_CHOICE, .offset = AT(which), .arg = "WHICH",
	  .choices = vnft_live_which_names,
	  .help = "the round trips that p50 and p99 are of; -in: of requests from the guest" },
	VNFT_OBSERVER_OPT(AT(observer),
			  "who observes: bpf, module, both; auto shows every attachment, and takes "
			  "BPF for a DEV where this kernel lets us and the module otherwise"),
	{ .name = "hook", .type = VNFT_OPT_CHOICE, .offset = AT(hook), .arg = "HOOK",
	  .choices = hooks, .help = "mechanism on a DEV that is not attached" },
	VNFT_SIDE_OPT(AT(side)),
	{ 0 }
};
#undef AT

static const struct top_config defaults = { .ask = { .interval_ns = 1000000000 } };

static int run(const void *arg, int argc, char **argv)
{
	const struct top_config *config = arg;

	return vnft_top(&config->ask, argv, argc, config->common.json);
}

static const char *const examples[] = {
	"vnftrace top\twhat is attached, in every namespace",
	"vnftrace top tap0 lab/veth1\tthese two, attached as long as it runs",
	"vnftrace top -b -c 3 --sort lost\tthree intervals as lines",
	"vnftrace top -j -i 10s >top.jsonl\tan object a line, every 10 s",
	NULL
};

const struct vnft_cmd vnft_cmd_top = {
	.name = "top",
	.summary = "show packets, bits, RTT and losses of devices while they run",
	.args = "[DEV...]",
	.max_args = VNFT_LIST_MAX,
	.complete = "dev",
	.text =
	"Shows the devices that are attached, in every namespace, with the instance behind each as "
	"far as it can be found out: the domain of a tap, the container at the other end of a "
	"veth, else the process. DEV as for `vnftrace attach`: one that is attached is read as it "
	"is; any other gets programs as long as this command runs, which are gone with it, even "
	"when it is killed (with clsact: when `vnftrace detach --all` has run).\n\n"
	"pps and bps are frames and bits in a second, in from the guest and out to it; lengths are "
	"those of frames as the stack hands them over: a GSO frame once. p50 and p99 are those of "
	"the round trips that ended in the interval (--rtt, key m; a p99 needs 100 of them), retr "
	"the TCP segments that carried payload once more, lost what our own hooks lost in the "
	"interval, whose causes are summed up in a line below the table.\n\n"
	"Each number is a difference of two snapshots of the same hooks, and each rate is divided "
	"by the time between the device's own two. A device that is new, was attached anew or is "
	"gone has no numbers in that interval, and says so. Names are at most 10 s old, "
	"instances 30 s.\n\n"
	"On a terminal the table is drawn in place. Arrows, Page Up, Page Down, Home and End "
	"scroll; p b 5 9 r l d sort by packets, bits, p50, p99, retransmissions, losses and "
	"device; m shows the round trips of the next pairing; q ends. Where the width is not "
	"enough, these columns are left out, one after the other: the instance, retr, lost, p99, "
	"p50, bps; a long name is shortened in the middle. With -b, in a pipe, where TERM is dumb "
	"or not set or NO_COLOR is set, or where vnftrace was built without ncurses, each interval "
	"is printed as lines; COLUMNS sets their width, which in a pipe is as much as it "
	"takes.\n\n"
	"With -j each interval is one line with one object: time_ns is CLOCK_MONOTONIC as in "
	"records, realtime_ns the wall clock, and in `devices` stand all pairings, all causes of "
	"loss, and the totals since each device was attached. What has no value is null, with its "
	"reason.\n\n"
	"Ends after --count intervals, with q, on Ctrl-C or SIGTERM, or when the terminal is gone; "
	"exit 0. Exit 1: a DEV is not there, or the output cannot be written. Exit 4: the observer "
	"is not to be had here.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct top_config),
	.defaults = &defaults,
	.run = run,
};
