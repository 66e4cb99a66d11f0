/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace record: every interesting packet of some devices, into a file.
 */
#include <stddef.h>

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "cmd.h"
#include "record/record.h"

struct record_config {
	struct vnft_common common;
	struct vnft_recording_ask ask;
};

static const char *const hooks[] = { "auto", "tcx", "clsact", NULL };

#define AT(field) offsetof(struct record_config, ask.field)
static const struct vnft_opt opts[] = {
	{ .name = "output", .letter = 'o', .type = VNFT_OPT_STRING, .offset = AT(output),
	  .arg = "FILE", .complete = "file",
	  .help = "record file to write (required); - is standard output" },
	{ .name = "force", .type = VNFT_OPT_FLAG, .offset = AT(force),
	  .help = "replace FILE if it exists, once the new one is finished" },
	{ .name = "tcp", .type = VNFT_OPT_FLAG, .offset = AT(tcp),
	  .help = "record every TCP segment, not only SYN, SYN-ACK and RST" },
	{ .name = "duration", .letter = 't', .old_letter = 'd', .type = VNFT_OPT_DURATION_NS,
	  .offset = AT(duration_ns), .arg = "TIME", .min = 1000000,
	  .help = "end after TIME (default: Ctrl-C)" },
	{ .name = "count", .letter = 'c', .old_letter = 'n', .type = VNFT_OPT_U64,
	  .offset = AT(count), .arg = "N",
	  .min = 1, .help = "end after N packets (of one observer)" },
	VNFT_OBSERVER_OPT(AT(observer),
			  "who observes: bpf, module, both (every device twice in the file), auto "
			  "takes BPF where this kernel lets us and the module otherwise"),
	{ .name = "stages", .type = VNFT_OPT_LIST, .offset = AT(stages), .arg = "HOOK[,HOOK...]",
	  .complete = "all",
	  .help = "stamp recorded frames at these stages of the host too, or at `all`" },
	{ .name = "hook", .type = VNFT_OPT_CHOICE, .offset = AT(hook), .arg = "HOOK",
	  .choices = hooks, .help = "mechanism on devices that are not attached" },
	VNFT_SIDE_OPT(AT(side)),
	{ .name = "ring-records", .type = VNFT_OPT_U64, .offset = AT(ring_records), .arg = "N",
	  .min = VNFT_RECORDS_PER_PAGE, .max = 1U << 24,
	  .help = "records per CPU between the hooks and the file, a power of two (default 32768: "
		  "2 MiB)" },
	{ .name = "ready-file", .type = VNFT_OPT_STRING, .offset = AT(ready_file), .arg = "FILE",
	  .complete = "file", .help = "create FILE when every device is being recorded" },
	{ 0 }
};

static int run(const void *arg, int argc, char **argv)
{
	const struct record_config *config = arg;

	return vnft_recording(&config->ask, argv, argc, config->common.json);
}

static const char *const examples[] = {
	"vnftrace record tap0 -o ping.rec --duration 10s\techo, ARP, SYN, SYN-ACK and RST for 10 s",
	"vnftrace record veth1 -o tcp.rec --tcp --count 1000\tthe next 1000 packets, TCP segments "
	"too",
	"vnftrace record tap0 -o both.rec --observer both -t 10s\tBPF and the module on the same "
	"packets",
	"vnftrace record veth1 -o path.rec --stages all -t 10s\tthe way through the host as well",
	"vnftrace report ping.rec\twhat is in the file",
	NULL
};

const struct vnft_cmd vnft_cmd_record = {
	.name = "record",
	.summary = "write the packets of devices, stamped in the kernel, to a file",
	.args = "DEV...",
	.min_args = 1,
	.max_args = VNFT_LIST_MAX,
	.complete = "dev",
	.text =
	"Writes one 64-byte record for every ARP, ICMP echo, SYN, SYN-ACK and RST packet that "
	"passes the devices, with --tcp for every TCP segment, stamped in nanoseconds of "
	"CLOCK_MONOTONIC by the hooks. Other packets are counted only. `vnftrace report` reads the "
	"file.\n\n"
	"DEV and --side as for `vnftrace attach`; without --side a device that is attached keeps "
	"its side. A device that is attached is recorded by its own programs, "
	"if nobody else records it; any other gets programs for the time of the recording, which "
	"are gone with this process, even when it is killed (with clsact: when `vnftrace detach "
	"--all` has run). The kernel module (--observer module) always records beside what is "
	"attached.\n\n"
	"With --stages the recorded frames are stamped on their way through the host too, at "
	"tracepoints and in the drivers' functions (docs/hooks.md); the page says which of them "
	"this kernel gave, and `vnftrace report` shows the time from each to the next. Where "
	"kernels refuse BPF in the drivers' functions, the module has its own hooks there; auto "
	"takes it if it is loaded.\n\n"
	VNFT_RECORD_FILE_TEXT "\n\n" VNFT_READY_FILE_TEXT "\n\n"
	"Ends after --duration, after --count packets, on Ctrl-C or SIGTERM, or when every device "
	"is gone; the file is finished in each case. The rings are emptied every 5 ms; a record "
	"that found no room is counted, never overwritten. Exit 3: records were lost (with --tcp: "
	"more than 0.1 % of them). Exit 4: the observer, or a stage, is not to be had here.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct record_config),
	.run = run,
};
