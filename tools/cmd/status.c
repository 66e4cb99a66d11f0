/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace status: what is attached, what it counted and lost, who else is on its hooks.
 */
#include <errno.h>
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "../../kmod/core/match.h"
#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../lib/net/netns_find.h"
#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "../lib/undo/kept.h"
#include "../report/report.h"
#include "../source/attached.h"
#include "../source/attachment.h"
#include "../source/lost.h"
#include "../source/module/ctl.h"
#include "../source/open.h"
#include "../source/side.h"
#include "../source/spec.h"
#include "cmd.h"
#include "top/again.h"

struct status_config {
	struct vnft_common common;
	uint64_t watch_ns;
};

static const struct vnft_opt opts[] = {
	{ .name = "watch", .type = VNFT_OPT_DURATION_NS,
	  .offset = offsetof(struct status_config, watch_ns), .arg = "TIME", .min = 100000000,
	  .max = 3600000000000ULL, .help = "show it again and again, so long after the last time" },
	{ 0 }
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
	json_object_set_new(o, "unanswered", json_integer((json_int_t)vnft_match_unanswered(c)));
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

/* Where a program of the chain stands to ours, and what that means. */
static const char *place_text(const struct vnft_attachment *a, const struct vnft_chain_place *p)
{
	if (!p->rank)
		return "ours";
	if (a->hooked[p->dir] != VNFT_HOOKED)
		return "ours is not there";
	if (p->rank > 0)
		return "behind us";
	return "before us: may hide frames from us";
}

static json_t *chain(const struct vnft_attachment *a, const char *spec)
{
	json_t *list = json_array();
	unsigned int i, order = 0;

	for (i = 0; i < a->chain_n; i++) {
		const struct vnft_chain_place *p = &a->chain[i];

		order = i && a->chain[i - 1].dir == p->dir ? order + 1 : 1;
		json_array_append_new(list, json_pack("{s:o, s:s, s:i, s:s, s:o, s:I, s:s}",
			"device", vnft_json_name(spec), "direction",
			p->dir == VNFT_DIR_IN ? "in" : "out",
			"order", (int)order, "hook", p->hook, "program",
			vnft_json_name(p->name), "program_id", (json_int_t)p->prog_id, "place",
			place_text(a, p)));
	}
	return list;
}

static bool has_others(const struct vnft_attachment *a)
{
	unsigned int i;

	for (i = 0; i < a->chain_n; i++)
		if (a->chain[i].rank)
			return true;
	return false;
}

static const char *state_text(const struct vnft_attachment *a, char *text, size_t bytes)
{
	if (vnft_hooked_lost(a->hooked))
		return "not counting";
	if (vnft_hooked_both(a->hooked) && a->recording)
		return "recording";
	return vnft_hooked_say(a->hooked, text, bytes);
}

/* What the state leaves open: which direction, and what became of it. */
static const char *programs_text(const struct vnft_attachment *a, char *text, size_t bytes)
{
	return vnft_hooked_both(a->hooked) ? "there" : vnft_hooked_say(a->hooked, text, bytes);
}

static const char *namespace_text(const struct vnft_attachment *a, char *text, size_t bytes)
{
	if (!a->netns_inode)
		return "out of reach";
	vnft_netns_name(a->netns_inode, text, bytes);
	return text[0] ? text : "this one";
}

static int add(const struct vnft_attachment *a, void *arg)
{
	char lost_text[256], spec[VNFT_SPEC_BYTES], text[VNFT_NETNS_NAME_BYTES];
	const struct vnft_device_state *s = &a->state;
	json_t *row = json_object();

	if (a->netns_inode)
		vnft_spec_of(a->netns_inode, a->ifname, spec);
	else
		snprintf(spec, sizeof(spec), "%s", a->ifname);
	json_object_set_new(row, "device", vnft_json_name(a->ifname));
	json_object_set_new(row, "spec", vnft_json_name(spec));
	json_object_set_new(row, "netns", vnft_json_name(namespace_text(a, text,
								     sizeof(text))));
	json_object_set_new(row, "observer", json_string(vnft_observer_name(a->observer)));
	json_object_set_new(row, "id", json_integer(a->id));
	json_object_set_new(row, "ifindex", json_integer(a->ifindex));
	json_object_set_new(row, "netns_inode", json_integer((json_int_t)a->netns_inode));
	json_object_set_new(row, "state", json_string(state_text(a, text, sizeof(text))));
	json_object_set_new(row, "programs", json_string(programs_text(a, text, sizeof(text))));
	json_object_set_new(row, "counts_in", json_boolean(!a->hooked[VNFT_DIR_IN]));
	json_object_set_new(row, "counts_out", json_boolean(!a->hooked[VNFT_DIR_OUT]));
	json_object_set_new(row, "side", json_string(vnft_side_name(a->side)));
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
	json_object_set_new(row, "shared", json_boolean(has_others(a)));
	json_object_set_new(row, "chain", chain(a, spec));
	if (a->chain_more)
		json_object_set_new(row, "chain_not_listed", json_integer(a->chain_more));
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

static void add_kept(const char *id, const char *what, void *arg)
{
	json_array_append_new(arg, json_pack("{s:s, s:o, s:o}", "id", id, "netns",
					     json_sprintf("vnft-%s", id), "what",
					     vnft_json_text(what)));
}

static const struct vnft_column kept_columns[] = {
	{ "session", "id" }, { "namespace", "netns" }, { "what", "what" }, { 0 }
};
static const struct vnft_column module_columns[] = {
	{ "version", "version" }, { "sessions", "sessions" }, { "devices", "devices" },
	{ "generators", "generators" }, { 0 }
};
static const struct vnft_column main_columns[] = {
	{ "device", "spec" }, { "observer", "observer" }, { "namespace", "netns" },
	{ "state", "state" }, { "programs", "programs" }, { "side", "side" },
	{ "in", "hook_in" }, { "out", "hook_out" }, { "memory", "memory_bytes" },
	{ "per CPU", "memory_per_cpu_bytes" }, { 0 }
};
static const struct vnft_column count_columns[] = {
	{ "device", "spec" }, { "observer", "observer" }, { "packets in", "in.packets" },
	{ "bytes in", "in.frame_bytes" },
	{ "packets out", "out.packets" }, { "bytes out", "out.frame_bytes" },
	{ "echoes", "pairings.echo.matched" }, { "SYN-RST", "pairings.syn-rst.matched" },
	{ "SYN-ACK", "pairings.syn-synack.matched" }, { "malformed", "malformed" }, { 0 }
};
static const struct vnft_column other_columns[] = {
	{ "device", "device" }, { "direction", "direction" }, { "", "order" }, { "hook", "hook" },
	{ "program", "program" }, { "id", "program_id" }, { "place", "place" }, { 0 }
};
static const struct vnft_column lost_columns[] = {
	{ "device", "spec" }, { "observer", "observer" }, { "lost", "lost_text" }, { 0 }
};
static const struct vnft_view views[] = {
	{ NULL, "attached", main_columns },
	{ "Counted (in: from the guest, out: to it)", "attached", count_columns },
	{ "Beside ours, in the order in which they run", "shared", other_columns },
	{ "Lost", "lossy", lost_columns },
	{ "Kept by bench --keep (`vnftrace detach --kept` ends it)", "kept", kept_columns },
	{ "Module", "module", module_columns },
	{ 0 }
};

/* Everything, as one value; NULL after vnft_fail(), whose number is in *@err. */
static json_t *whole(bool as_json, int *err)
{
	json_t *attached = json_array(), *shared = json_array(), *lossy = json_array(), *row,
	       *value = NULL, *kept;
	size_t i;

	*err = vnft_attached_each(VNFT_OBSERVER_BOTH, add, attached);
	if (*err)
		goto out;
	json_array_foreach(attached, i, row) {
		if (json_is_true(json_object_get(row, "shared")))
			json_array_extend(shared, json_object_get(row, "chain"));
		if (json_object_get(row, "lost_text"))
			json_array_append(lossy, row);
	}
	kept = json_array();
	vnft_kept_each(add_kept, kept);
	value = json_pack("{s:O, s:o, s:o}", "attached", attached, "kept", kept, "module",
			  module());
	if (!as_json) {	/* the same rows, picked for their tables */
		json_object_set(value, "shared", shared);
		json_object_set(value, "lossy", lossy);
	}
out:
	json_decref(attached);
	json_decref(shared);
	json_decref(lossy);
	return value;
}

#define NOTHING "nothing is attached: `vnftrace attach DEV`"

static bool is_empty(const json_t *value)
{
	return !json_array_size(json_object_get(value, "attached"));
}

static int make(struct vnft_again_page *page, void *arg)
{
	const struct status_config *c = arg;
	int err;

	page->value = whole(c->common.json, &err);
	page->views = views;
	page->note = page->value && is_empty(page->value) ? NOTHING : NULL;
	return err;
}

static int run(const void *config, int argc, char **argv)
{
	struct status_config c = *(const struct status_config *)config;
	const struct vnft_again_ask again = {
		.event = "status", .interval_ns = c.watch_ns, .json = c.common.json, .make = make,
		.arg = &c,
	};
	json_t *value;
	int err;

	if (c.watch_ns)
		return vnft_exit_code(vnft_again(&again));
	value = whole(c.common.json, &err);
	if (!value)
		return vnft_exit_code(err);
	if (!c.common.json && is_empty(value))
		puts(NOTHING);
	return vnft_exit_code(vnft_view_print(value, c.common.json, views));
}

static const char *const examples[] = {
	"vnftrace status\twhat is attached on this host",
	"vnftrace status --watch 2s\tthe same every two seconds",
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
	"both), the hook, packets and bytes in both directions (in: from the guest), on whose side "
	"the device is (guest: in is what it sends; `vnftrace help attach` has the rule), requests "
	"that met their replies, kernel memory and how much of it grows with each CPU, whether "
	"somebody records, and every loss by cause.\n\n"
	"The state is what the kernel says now, for both directions: `counting`; `not counting` "
	"when the program of one direction or of both was removed by somebody or has another in "
	"its place, and then the column `programs` says which (`in only, out program removed`). "
	"`device gone` stays listed until `vnftrace detach DEVICE` takes it "
	"away. A device that moved to another namespace is still counted by tcx and by the module, "
	"and is listed where it is now; filters of clsact do not survive a move. The namespace is "
	"given as `ip netns` names it, or by a process or file that leads there, and the device as "
	"`report --dev` and `detach` take it.\n\n"
	"Where programs of others are on the same hooks (XDP, tcx, clsact), all are listed in the "
	"order in which the kernel runs them, ours among them. One before us may end the chain, "
	"drop or redirect, and so hide frames from us. Whether it does cannot be known: compare "
	"the counters. What one behind us does with a frame we do not see.\n\n"
	"What `bench --keep` left for a look is listed behind them, by the id of its session: its "
	"namespace and what it is.\n\n"
	"The last part is the module as a whole; that it is not loaded is no failure.\n\n"
	"Lengths are those of frames as the stack hands them over: a GSO frame once.\n\n"
	"With --watch the page is shown again and again until Ctrl-C, or q on a terminal, where it "
	"is drawn in place and the arrows scroll. In a pipe, and where TERM or NO_COLOR want plain "
	"lines, each page is printed below the last, with -j as one object on a line. `vnftrace "
	"top` shows what happens in each interval.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct status_config),
	.run = run,
};
