/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace status: what is attached, what it counted and lost, who else is on its hooks.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "../report/report.h"
#include "../source/attached.h"
#include "../source/attachment.h"
#include "../source/lost.h"
#include "../source/module/ctl.h"
#include "../source/open.h"
#include "cmd.h"

struct status_config {
	struct vnft_common common;
};

static json_t *direction(const struct vnft_counters_dir *c)
{
	json_t *classes = json_object(), *o;
	uint8_t class;

	for (class = 0; class < VNFT_CLASS_NR; class++)
		if (c->classes[class])
			json_object_set_new(classes, vnft_class_name(class),
					    json_integer((json_int_t)c->classes[class]));
	o = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o}",
		      "packets", (json_int_t)c->packets, "frame_bytes", (json_int_t)c->bytes,
		      "wire_packets", (json_int_t)c->wire_packets,
		      "tcp_payload_bytes", (json_int_t)c->tcp_payload_bytes,
		      "retrans_segments", (json_int_t)c->retrans_segments,
		      "retrans_bytes", (json_int_t)c->retrans_bytes, "classes", classes);
	return o;
}

static json_t *pairings(const struct vnft_counters *c)
{
	json_t *o = json_object();
	unsigned int i;

	for (i = 0; i < VNFT_PAIRING_NR; i++)
		json_object_set_new(o, vnft_pairing_name(i),
				    json_pack("{s:I, s:I}", "matched", (json_int_t)c->matched[i],
					      "unmatched", (json_int_t)c->unmatched[i]));
	json_object_set_new(o, "expired", json_integer((json_int_t)c->expired));
	return o;
}

static json_t *losses(const struct vnft_counters *c, char *text, size_t bytes)
{
	json_t *o = json_object();
	uint32_t cause;
	size_t n = 0;

	text[0] = '\0';
	for (cause = 0; cause < VNFT_LOST_NR; cause++) {
		json_object_set_new(o, vnft_lost_name(cause),
				    json_integer((json_int_t)c->lost[cause]));
		if (c->lost[cause] && n < bytes)
			n += (size_t)snprintf(text + n, bytes - n, "%s%s %llu", n ? ", " : "",
					      vnft_lost_name(cause),
					      (unsigned long long)c->lost[cause]);
	}
	return o;
}

static int add(const struct vnft_attachment *a, void *arg)
{
	const struct vnft_device_state *s = &a->state;
	char lost_text[256];
	json_t *row = json_object();

	json_object_set_new(row, "device", vnft_json_name(a->ifname));
	json_object_set_new(row, "observer", json_string(vnft_observer_name(a->observer)));
	json_object_set_new(row, "id", json_integer(a->id));
	json_object_set_new(row, "ifindex", json_integer(a->ifindex));
	json_object_set_new(row, "netns_inode", json_integer((json_int_t)a->netns_inode));
	json_object_set_new(row, "state", json_string(a->dead ? "device gone" :
						      a->recording ? "recording" : "counting"));
	json_object_set_new(row, "hook_in", json_string(vnft_hook_name(a->hook[VNFT_DIR_IN])));
	json_object_set_new(row, "hook_out", json_string(vnft_hook_name(a->hook[VNFT_DIR_OUT])));
	json_object_set_new(row, "in", direction(&s->counters.dir[VNFT_DIR_IN]));
	json_object_set_new(row, "out", direction(&s->counters.dir[VNFT_DIR_OUT]));
	json_object_set_new(row, "pairings", pairings(&s->counters));
	json_object_set_new(row, "malformed", json_integer((json_int_t)s->counters.malformed));
	json_object_set_new(row, "lost", losses(&s->counters, lost_text, sizeof(lost_text)));
	json_object_set_new(row, "memory_bytes", json_integer((json_int_t)s->memory_bytes));
	json_object_set_new(row, "memory_per_cpu_bytes",
			    json_integer((json_int_t)s->memory_per_cpu_bytes));
	json_object_set_new(row, "others", vnft_json_text(a->others));
	if (lost_text[0])
		json_object_set_new(row, "lost_text", json_string(lost_text));
	return json_array_append_new(arg, row) ? vnft_fail(-ENOMEM, "out of memory") : 0;
}

/* The hooks that the module can use now, as words. */
static json_t *hook_names(uint64_t hooks)
{
	json_t *names = json_array();
	uint8_t hook;

	for (hook = 1; hook < VNFT_HOOK_MAX; hook++)
		if (hooks & 1ULL << hook)
			json_array_append_new(names, json_string(vnft_hook_name(hook)));
	return names;
}

static json_t *module(void)
{
	struct vnft_module_info info;
	int err = vnft_module_info(&info);
	json_t *o;

	if (err) {
		o = json_pack("{s:b}", "loaded", err != -EOPNOTSUPP);
		vnft_json_null(o, "version", vnft_why());
		return o;
	}
	return json_pack("{s:b, s:s, s:i, s:i, s:i, s:i, s:o}", "loaded", 1, "version",
			 info.module_version, "abi", (int)info.version, "sessions",
			 (int)info.sessions, "devices", (int)info.devices, "generators",
			 (int)info.probes, "hooks", hook_names(info.hooks));
}

static const struct vnft_column module_columns[] = {
	{ "version", "version" }, { "sessions", "sessions" }, { "devices", "devices" },
	{ "generators", "generators" }, { 0 }
};
static const struct vnft_column main_columns[] = {
	{ "device", "device" }, { "observer", "observer" }, { "namespace", "netns_inode" },
	{ "state", "state" },
	{ "in", "hook_in" }, { "out", "hook_out" }, { "memory", "memory_bytes" },
	{ "per CPU", "memory_per_cpu_bytes" }, { 0 }
};
static const struct vnft_column count_columns[] = {
	{ "device", "device" }, { "observer", "observer" }, { "packets in", "in.packets" },
	{ "bytes in", "in.frame_bytes" },
	{ "packets out", "out.packets" }, { "bytes out", "out.frame_bytes" },
	{ "echoes", "pairings.echo.matched" }, { "SYN-RST", "pairings.syn-rst.matched" },
	{ "SYN-ACK", "pairings.syn-synack.matched" }, { "malformed", "malformed" }, { 0 }
};
static const struct vnft_column other_columns[] = {
	{ "device", "device" }, { "programs of others", "others" }, { 0 }
};
static const struct vnft_column lost_columns[] = {
	{ "device", "device" }, { "observer", "observer" }, { "lost", "lost_text" }, { 0 }
};
static const struct vnft_view views[] = {
	{ NULL, "attached", main_columns },
	{ "Counted", "attached", count_columns },
	{ "Beside ours, in the order in which they run", "shared", other_columns },
	{ "Lost", "lossy", lost_columns },
	{ "Module", "module", module_columns },
	{ 0 }
};

static int run(const void *config, int argc, char **argv)
{
	const struct status_config *c = config;
	json_t *attached = json_array(), *shared = json_array(), *lossy = json_array(), *row,
	       *value;
	size_t i;
	int err;

	err = vnft_attached_each(VNFT_OBSERVER_BOTH, add, attached);
	if (err) {
		json_decref(attached);
		json_decref(shared);
		json_decref(lossy);
		return vnft_exit_code(err);
	}
	json_array_foreach(attached, i, row) {
		if (json_string_length(json_object_get(row, "others")))
			json_array_append(shared, row);
		if (json_object_get(row, "lost_text"))
			json_array_append(lossy, row);
	}
	if (!c->common.json && !json_array_size(attached))
		puts("nothing is attached: `vnftrace attach DEV`");
	value = json_pack("{s:o, s:o}", "attached", attached, "module", module());
	if (!c->common.json) {	/* the same rows, picked for their tables */
		json_object_set(value, "shared", shared);
		json_object_set(value, "lossy", lossy);
	}
	json_decref(shared);
	json_decref(lossy);
	return vnft_exit_code(vnft_view_print(value, c->common.json, views));
}

static const char *const examples[] = {
	"vnftrace status\twhat is attached on this host",
	"vnftrace status -j | jq '.attached[].in.packets'\tone number of each device",
	NULL
};

const struct vnft_cmd vnft_cmd_status = {
	.name = "status",
	.summary = "show what is attached, its counters, losses and neighbours",
	.args = "",
	.text =
	"Lists the devices that `vnftrace attach` observes, in every namespace: who observes (BPF "
	"or the kernel module; a device may have one of each, and then its packets are counted by "
	"both), the hook, packets and bytes in both directions (in: from the guest), requests that "
	"met their replies, kernel memory and how much of it grows with each CPU, whether somebody "
	"records, and every loss by cause. A device that is gone stays listed until `vnftrace "
	"detach --all` takes it away.\n\n"
	"Programs of others on the same hooks are listed as HOOK/DIRECTION:NAME(ID), in the order "
	"in which the kernel runs them. One that ends the chain hides its packets from ours on "
	"egress, where ours is last.\n\n"
	"The last part is the module as a whole; that it is not loaded is no failure.\n\n"
	"Lengths are those of frames as the stack hands them over: a GSO frame once.",
	.examples = examples,
	.config_bytes = sizeof(struct status_config),
	.run = run,
};
