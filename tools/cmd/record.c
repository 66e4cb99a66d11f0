/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace record: every interesting packet of some devices, into a file.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../lib/run/interrupt.h"
#include "../lib/text/error.h"
#include "../lib/text/view.h"
#include "../report/report.h"
#include "cmd.h"
#include "recorder.h"

static const char *const hooks[] = { "auto", "tcx", "clsact", NULL };

#define AT(field) offsetof(struct record_config, field)
static const struct vnft_opt opts[] = {
	{ .name = "output", .letter = 'o', .type = VNFT_OPT_STRING, .offset = AT(output),
	  .arg = "FILE", .complete = "file",
	  .help = "record file to write (required); - is standard output" },
	{ .name = "force", .type = VNFT_OPT_FLAG, .offset = AT(force),
	  .help = "replace FILE if it exists, once the new one is finished" },
	{ .name = "tcp", .type = VNFT_OPT_FLAG, .offset = AT(tcp),
	  .help = "record every TCP segment, not only SYN, SYN-ACK and RST" },
	{ .name = "duration", .letter = 'd', .type = VNFT_OPT_DURATION_NS,
	  .offset = AT(duration_ns), .arg = "TIME", .min = 1000000,
	  .help = "end after TIME (default: Ctrl-C)" },
	{ .name = "count", .letter = 'n', .type = VNFT_OPT_U64, .offset = AT(count), .arg = "N",
	  .min = 1, .help = "end after N packets (of one observer)" },
	VNFT_OBSERVER_OPT(struct record_config,
			  "who observes: bpf, module, both (every device twice in the file), auto "
			  "takes BPF where this kernel lets us and the module otherwise"),
	{ .name = "stages", .type = VNFT_OPT_LIST, .offset = AT(stages), .arg = "HOOK[,HOOK...]",
	  .complete = "all",
	  .help = "stamp recorded frames at these stages of the host too, or at `all`" },
	{ .name = "hook", .type = VNFT_OPT_CHOICE, .offset = AT(hook), .arg = "HOOK",
	  .choices = hooks, .help = "mechanism on devices that are not attached" },
	{ .name = "ring-records", .type = VNFT_OPT_U64, .offset = AT(ring_records), .arg = "N",
	  .min = VNFT_RECORDS_PER_PAGE, .max = 1U << 24,
	  .help = "records per CPU between the hooks and the file, a power of two (default 32768: "
		  "2 MiB)" },
	{ .name = "ready-file", .type = VNFT_OPT_STRING, .offset = AT(ready_file), .arg = "FILE",
	  .complete = "file", .help = "create FILE when every device is being recorded" },
	{ 0 }
};

static uint64_t add_losses(const struct recorded *dev, const struct vnft_counters *since,
			   json_t *losses)
{
	uint32_t cause;

	for (cause = 0; cause < VNFT_LOST_NR; cause++)
		if (since->lost[cause])
			json_array_append_new(losses,
					      json_pack("{s:s, s:s, s:s, s:I}", "device", dev->spec,
							"observer",
							vnft_observer_name(dev->side->observer),
							"cause", vnft_lost_name(cause), "count",
							(json_int_t)since->lost[cause]));
	return since->lost[VNFT_LOST_RING_FULL] + since->lost[VNFT_LOST_UNREAD];
}

/* Counters since the recording began; also the LOST records of the file. */
static int summarize(struct recording *r, json_t *devices, json_t *losses, uint64_t *lost)
{
	struct vnft_device_state state;
	struct vnft_counters since;
	__u64 *now, *before;
	size_t i;
	int n, err;

	for (n = 0; n < r->devices; n++) {
		struct recorded *dev = &r->dev[n];

		err = dev->side->source->ops->state(dev->side->source, dev->id, &state);
		if (err)
			return err;
		since = state.counters;
		now = (__u64 *)&since;
		before = (__u64 *)&dev->before;
		for (i = 0; i < sizeof(since) / sizeof(*now); i++)
			now[i] -= before[i];
		err = vnft_file_write_lost(r->writer, dev->id, &since);
		if (err)
			return err;
		*lost += add_losses(dev, &since, losses);
		json_array_append_new(devices, json_pack("{s:s, s:s, s:i, s:s, s:s, s:I, s:I, s:I}",
			"device", dev->spec, "observer", vnft_observer_name(dev->side->observer),
			"id", dev->id,
			"hook_in", vnft_hook_name(state.hook[VNFT_DIR_IN]),
			"hook_out", vnft_hook_name(state.hook[VNFT_DIR_OUT]),
			"packets_in", (json_int_t)since.dir[VNFT_DIR_IN].packets,
			"packets_out", (json_int_t)since.dir[VNFT_DIR_OUT].packets,
			"recorded", (json_int_t)dev->packets));
	}
	return 0;
}

/* Every stage that was asked for: is it armed? */
static json_t *stages_json(const struct recording *r)
{
	json_t *out = json_array();
	uint8_t hook;
	int i;

	for (i = 0; i < r->devices; i++)
		for (hook = 1; hook < VNFT_HOOK_MAX; hook++)
			if (r->dev[i].asked & 1ULL << hook)
				json_array_append_new(out, json_pack("{s:s, s:s, s:s, s:b}",
					"device", r->dev[i].spec, "observer",
					vnft_observer_name(r->dev[i].side->observer), "stage",
					vnft_hook_name(hook), "armed",
					!!(r->dev[i].armed & 1ULL << hook)));
	return out;
}

static const struct vnft_column main_columns[] = {
	{ "file", "file" }, { "duration", "duration_ns" }, { "records", "records" },
	{ "packets", "packets" }, { "lost records", "lost_records" }, { "valid", "valid" }, { 0 }
};
static const struct vnft_column device_columns[] = {
	{ "device", "device" }, { "observer", "observer" }, { "in", "hook_in" },
	{ "out", "hook_out" }, { "passed in", "packets_in" }, { "passed out", "packets_out" },
	{ "recorded", "recorded" }, { 0 }
};
static const struct vnft_column loss_columns[] = { { "device", "device" },
						   { "observer", "observer" },
						   { "cause", "cause" },
						   { "count", "count" },
						   { 0 } };
static const struct vnft_column stage_columns[] = {
	{ "device", "device" }, { "observer", "observer" }, { "stage", "stage" },
	{ "armed", "armed" }, { 0 }
};
static const struct vnft_view views[] = {
	{ NULL, "", main_columns },
	{ "Devices", "devices", device_columns },
	{ "Stages", "stages", stage_columns },
	{ "Lost", "losses", loss_columns },
	{ 0 }
};

static enum vnft_exit finish(struct recording *r)
{
	json_t *devices = json_array(), *losses = json_array();
	uint64_t lost = 0;
	json_t *value;
	bool valid;
	int err;

	err = summarize(r, devices, losses, &lost);
	if (!err) {
		err = vnft_file_close(r->writer);
		r->writer = NULL;
	}
	if (err) {
		json_decref(devices);
		json_decref(losses);
		return vnft_exit_code(err);
	}
	/* docs/method.md, "Losses and validity". */
	valid = r->config->tcp ? lost * 1000 <= r->records + lost : !lost;
	value = json_pack("{s:s, s:I, s:I, s:I, s:I, s:b, s:o, s:o, s:o}",
			  "file", r->config->output,
			  "duration_ns", (json_int_t)(r->ended_ns - r->started_ns),
			  "records", (json_int_t)r->records, "packets", (json_int_t)r->packets,
			  "lost_records", (json_int_t)lost, "valid", valid,
			  "devices", devices, "stages", stages_json(r), "losses", losses);
	err = vnft_view_print(value, r->config->common.json, views);
	if (err)
		return vnft_exit_code(err);
	if (!valid) {
		vnft_fail(-EIO, "%llu of %llu records found no room: fewer devices, or larger "
			  "--ring-records", (unsigned long long)lost,
			  (unsigned long long)(r->records + lost));
		return VNFT_EXIT_INVALID;
	}
	return VNFT_EXIT_OK;
}

/* What no observer can do, before anything is opened. */
static int check(struct recording *r)
{
	const struct record_config *c = r->config;
	int err;

	if (!c->output)
		return vnft_fail(-EINVAL, "record: name the file with -o FILE");
	err = record_stages(&c->stages, &r->stages);
	if (err)
		return err;
	if (c->hook != VNFT_HOOK_AUTO && c->observer == VNFT_OBSERVER_MODULE)
		return vnft_fail(-EINVAL,
				 "record: --hook is for the BPF observer: leave it out with "
				 "--observer module");
	return 0;
}

static int run(const void *config, int argc, char **argv)
{
	struct recording r = { .config = config };
	enum vnft_exit code;
	char why[512];
	int err;

	err = check(&r);
	if (err)
		return vnft_exit_code(err);
	vnft_interrupt_catch();
	err = record_start(&r, argv, argc);
	if (!err)
		err = record_collect(&r);
	code = err ? vnft_exit_code(err) : finish(&r);
	snprintf(why, sizeof(why), "%s", vnft_why());
	if (r.begun && r.writer && !vnft_file_tick(r.writer))
		vnft_warn("%s: not finished: it has what came before this failed",
			  r.config->output);
	record_close(&r);
	if (code)
		vnft_fail(err ? err : -EIO, "%s", why);
	return code;
}

static const char *const examples[] = {
	"vnftrace record tap0 -o ping.rec --duration 10s\techo, ARP, SYN, SYN-ACK and RST for 10 s",
	"vnftrace record veth1 -o tcp.rec --tcp --count 1000\tthe next 1000 packets, TCP segments "
	"too",
	"vnftrace record tap0 -o both.rec --observer both -d 10s\tBPF and the module on the same "
	"packets",
	"vnftrace record veth1 -o path.rec --stages all -d 10s\tthe way through the host as well",
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
	"passes "
	"the devices, with --tcp for every TCP segment, stamped in nanoseconds of CLOCK_MONOTONIC "
	"by "
	"the hooks. Other packets are counted only. `vnftrace report` reads the file.\n\n"
	"DEV as for `vnftrace attach`. A device that is attached is recorded by its own programs, "
	"if "
	"nobody else records it; any other gets programs for the time of the recording, which are "
	"gone with this process, even when it is killed (with clsact: when `vnftrace detach --all` "
	"has run). The kernel module (--observer module) always records beside what is "
	"attached.\n\n"
	"With --stages the recorded frames are stamped on their way through the host too, at "
	"tracepoints "
	"and in the drivers' functions (docs/hooks.md); the page says which of them this kernel "
	"gave, "
	"and `vnftrace report` shows the time from each to the next. Where kernels refuse BPF in "
	"the "
	"drivers' functions, the module has its own hooks there; auto takes it if it is loaded.\n\n"
	VNFT_RECORD_FILE_TEXT "\n\n" VNFT_READY_FILE_TEXT "\n\n"
	"Ends after --duration, after --count packets, on Ctrl-C or SIGTERM, or when every device "
	"is "
	"gone; the file is finished in each case. The rings are emptied every 5 ms; a record that "
	"found "
	"no room is counted, never overwritten. Exit 3: records were lost (with --tcp: more than "
	"0.1 % of them). Exit 4: the observer, or a stage, is not to be had here.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct record_config),
	.run = run,
};
