/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace record: every interesting packet of some devices, into a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/error.h"
#include "../lib/run.h"
#include "../lib/view.h"
#include "../report/report.h"
#include "../source/bpf.h"
#include "../source/spec.h"
#include "cmd.h"

#define DRAIN_MS	5
#define LOOK_NS		1000000000ULL	/* between looks whether the devices still exist */

struct record_config {
	struct vnft_common common;
	const char *output;
	const char *ready_file;
	bool tcp;
	int hook;
	uint64_t duration_ns;
	uint64_t count;
	uint64_t ring_records;
};

/**
 * struct recorded - a device being recorded
 * @before: its counters when recording began: an attachment may be older
 */
struct recorded {
	uint16_t id;
	const char *spec;
	struct vnft_bpf_device *device;
	struct vnft_counters before;
};

struct recording {
	const struct record_config *config;
	struct vnft_source *source;
	struct vnft_file_writer *writer;
	struct recorded *dev;
	int devices;
	uint64_t records, packets, started_ns, ended_ns;
};

static const char *const hooks[] = { "auto", "tcx", "clsact", NULL };

#define AT(field) offsetof(struct record_config, field)
static const struct vnft_opt opts[] = {
	{ .name = "output", .letter = 'o', .type = VNFT_OPT_STRING, .offset = AT(output),
	  .arg = "FILE", .complete = "file", .help = "record file to write (required)" },
	{ .name = "tcp", .type = VNFT_OPT_FLAG, .offset = AT(tcp),
	  .help = "record every TCP segment, not only SYN, SYN-ACK and RST" },
	{ .name = "duration", .letter = 'd', .type = VNFT_OPT_DURATION_NS,
	  .offset = AT(duration_ns), .arg = "TIME", .min = 1000000,
	  .help = "end after TIME (default: Ctrl-C)" },
	{ .name = "count", .letter = 'n', .type = VNFT_OPT_U64, .offset = AT(count), .arg = "N",
	  .min = 1, .help = "end after N packets" },
	{ .name = "hook", .type = VNFT_OPT_CHOICE, .offset = AT(hook), .arg = "HOOK",
	  .choices = hooks, .help = "mechanism on devices that are not attached (default auto)" },
	{ .name = "ring-records", .type = VNFT_OPT_U64, .offset = AT(ring_records), .arg = "N",
	  .min = VNFT_RECORDS_PER_PAGE, .max = 1U << 24,
	  .help = "records per CPU between the hooks and the file, a power of two (default 32768: "
		  "2 MiB)" },
	{ .name = "ready-file", .type = VNFT_OPT_STRING, .offset = AT(ready_file), .arg = "FILE",
	  .complete = "file", .help = "create FILE when every device is being recorded" },
	{ 0 }
};

/* An attachment is recorded where it is, a device without one (or in use) gets hooks of ours. */
static int add_device(struct recording *r, struct recorded *dev)
{
	struct vnft_link_info info;
	char ifname[VNFT_IFNAME_LEN];
	int err, back;

	err = vnft_bpf_adopt(r->source, dev->spec, true, &dev->id);
	if (err == -ENOENT || err == -EBUSY || err == -EOPNOTSUPP)
		err = r->source->ops->attach(r->source, dev->spec, &dev->id);
	if (err)
		return err;
	dev->device = vnft_bpf_find(r->source, dev->id);
	err = vnft_spec_enter(dev->spec, ifname, &back);
	if (err)
		return err;
	err = vnft_link_get(ifname, &info);
	if (back >= 0)
		vnft_netns_leave(back);
	return err ? err : vnft_file_write_device(r->writer, dev->id, &info,
						  dev->device->netns_inode);
}

static int start(struct recording *r)
{
	const uint32_t mask = VNFT_RECORD_DEFAULT | (r->config->tcp ? VNFT_RECORD_TCP : 0);
	struct vnft_device_state state;
	int i, err = 0, fd;

	for (i = 0; i < r->devices && !err; i++) {
		err = r->source->ops->state(r->source, r->dev[i].id, &state);
		r->dev[i].before = state.counters;
		if (!err)
			err = r->source->ops->record(r->source, r->dev[i].id, mask);
	}
	r->started_ns = vnft_now_ns();
	if (err || !r->config->ready_file)
		return err;
	fd = open(r->config->ready_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return vnft_fail(-errno, "%s: cannot create it: %s", r->config->ready_file,
				 strerror(errno));
	close(fd);
	return 0;
}

/* 1 ends the recording: everything asked for is there. */
static int take(const struct vnft_record *record, void *arg)
{
	struct recording *r = arg;
	int err = vnft_file_write(record, r->writer);

	r->records++;
	r->packets += record->kind == VNFT_KIND_PACKET;
	return err ? err : r->config->count && r->packets >= r->config->count;
}

static bool all_gone(const struct recording *r)
{
	int i;

	for (i = 0; i < r->devices; i++)
		if (vnft_bpf_device_alive(r->dev[i].device))
			return false;
	return true;
}

static int collect(struct recording *r)
{
	uint64_t look_ns = r->started_ns, now_ns;
	int got, i;

	for (;;) {
		now_ns = vnft_now_ns();
		got = r->source->ops->drain(r->source, take, r);
		if (got < 0)
			return got;
		if ((r->config->count && r->packets >= r->config->count) || vnft_interrupted() ||
		    (r->config->duration_ns && now_ns - r->started_ns >= r->config->duration_ns))
			break;
		if (now_ns - look_ns > LOOK_NS) {
			look_ns = now_ns;
			if (all_gone(r)) {
				vnft_warn("every device is gone: recording ends");
				break;
			}
		}
		vnft_sleep_ms(DRAIN_MS);
	}
	r->ended_ns = vnft_now_ns();
	for (i = 0; i < r->devices; i++)
		r->source->ops->record(r->source, r->dev[i].id, 0);
	/* A hook that saw the flag may still be writing. */
	usleep(1000);
	got = r->config->count ? 0 : r->source->ops->drain(r->source, take, r);
	return got < 0 ? got : 0;
}

static uint64_t add_losses(struct recording *r, const struct recorded *dev,
			   const struct vnft_counters *since, json_t *losses)
{
	uint32_t cause;

	for (cause = 0; cause < VNFT_LOST_NR; cause++)
		if (since->lost[cause])
			json_array_append_new(losses, json_pack("{s:s, s:s, s:I}", "device", dev->spec,
				"cause", vnft_lost_name(cause),
				"count", (json_int_t)since->lost[cause]));
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

		err = r->source->ops->state(r->source, dev->id, &state);
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
		*lost += add_losses(r, dev, &since, losses);
		json_array_append_new(devices, json_pack("{s:s, s:i, s:s, s:s, s:I, s:I}",
			"device", dev->spec, "id", dev->id,
			"hook_in", vnft_hook_name(state.hook[VNFT_DIR_IN]),
			"hook_out", vnft_hook_name(state.hook[VNFT_DIR_OUT]),
			"packets_in", (json_int_t)since.dir[VNFT_DIR_IN].packets,
			"packets_out", (json_int_t)since.dir[VNFT_DIR_OUT].packets));
	}
	return 0;
}

static const struct vnft_column main_columns[] = {
	{ "file", "file" }, { "duration", "duration_ns" }, { "records", "records" },
	{ "packets", "packets" }, { "lost records", "lost_records" }, { "valid", "valid" }, { 0 }
};
static const struct vnft_column device_columns[] = {
	{ "device", "device" }, { "in", "hook_in" }, { "out", "hook_out" },
	{ "passed in", "packets_in" }, { "passed out", "packets_out" }, { 0 }
};
static const struct vnft_column loss_columns[] = {
	{ "device", "device" }, { "cause", "cause" }, { "count", "count" }, { 0 }
};
static const struct vnft_view views[] = {
	{ NULL, "", main_columns },
	{ "Devices", "devices", device_columns },
	{ "Lost", "losses", loss_columns },
	{ 0 }
};

static enum vnft_exit finish(struct recording *r)
{
	json_t *devices = json_array(), *losses = json_array();
	uint64_t lost = 0;
	json_t *value;
	int err, late;
	bool valid;

	err = summarize(r, devices, losses, &lost);
	late = vnft_file_close(r->writer);
	r->writer = NULL;
	err = err ? err : late;
	if (err) {
		json_decref(devices);
		json_decref(losses);
		return vnft_exit_code(err);
	}
	/* DESIGN section 6: no loss at all, 0.1 % of records for TCP. */
	valid = r->config->tcp ? lost * 1000 <= r->records + lost : !lost;
	value = json_pack("{s:s, s:I, s:I, s:I, s:I, s:b, s:o, s:o}",
			  "file", r->config->output,
			  "duration_ns", (json_int_t)(r->ended_ns - r->started_ns),
			  "records", (json_int_t)r->records, "packets", (json_int_t)r->packets,
			  "lost_records", (json_int_t)lost, "valid", valid,
			  "devices", devices, "losses", losses);
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

static int prepare(struct recording *r, char **argv)
{
	const struct vnft_source_config source = {
		.hook = (enum vnft_hook_choice)r->config->hook,
		.ring_records = (uint32_t)r->config->ring_records,
	};
	int i, err;

	if (r->config->ready_file)
		unlink(r->config->ready_file);
	err = vnft_bpf_open(&r->source, &source);
	if (!err)
		err = vnft_file_create(&r->writer, r->config->output, vnft_bpf_ncpus());
	for (i = 0; i < r->devices && !err; i++) {
		r->dev[i].spec = argv[i];
		err = add_device(r, &r->dev[i]);
	}
	return err ? err : start(r);
}

static int run(const void *config, int argc, char **argv)
{
	struct recording r = { .config = config, .devices = argc };
	enum vnft_exit code;
	char why[512];
	int err;

	if (!r.config->output)
		return vnft_exit_code(vnft_fail(-EINVAL, "record: name the file with -o FILE"));
	r.dev = calloc((size_t)argc, sizeof(*r.dev));
	if (!r.dev)
		return vnft_exit_code(vnft_fail(-ENOMEM, "out of memory"));
	vnft_interrupt_catch();
	err = prepare(&r, argv);
	if (!err)
		err = collect(&r);
	code = err ? vnft_exit_code(err) : finish(&r);
	snprintf(why, sizeof(why), "%s", vnft_why());
	if (r.writer) {		/* a file that is not what was asked for is no file */
		vnft_file_close(r.writer);
		unlink(r.config->output);
	}
	if (r.source)
		r.source->ops->close(r.source);
	free(r.dev);
	if (code)
		vnft_fail(err ? err : -EIO, "%s", why);
	return code;
}

static const char *const examples[] = {
	"vnftrace record tap0 -o ping.rec --duration 10s\techo, ARP, SYN, SYN-ACK and RST for 10 s",
	"vnftrace record veth1 -o tcp.rec --tcp --count 1000\tthe next 1000 packets, TCP segments too",
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
	"Writes one 64-byte record for every ARP, ICMP echo, SYN, SYN-ACK and RST packet that passes "
	"the devices, with --tcp for every TCP segment, stamped in nanoseconds of CLOCK_MONOTONIC by "
	"the hooks. Other packets are counted only. `vnftrace report` reads the file.\n\n"
	"DEV as for `vnftrace attach`. A device that is attached is recorded by its own programs, if "
	"nobody else records it; any other gets programs for the time of the recording, which are "
	"gone with this process, even when it is killed (with clsact: when `vnftrace detach --all` "
	"has run).\n\n"
	"Ends after --duration, after --count packets, on Ctrl-C or SIGTERM, or when every device is "
	"gone; the file is whole in each case. The rings are emptied every 5 ms; a record that found "
	"no room is counted, never overwritten. Exit 3: records were lost (with --tcp: more than "
	"0.1 % of them).",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct record_config),
	.run = run,
};
