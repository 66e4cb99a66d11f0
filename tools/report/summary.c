/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of a record file: what was seen, where, how it pairs up, and what is missing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "../stat/pair.h"
#include "../stat/stages.h"
#include "report.h"

#define DEVICES_MAX	4096u
#define CPUS_MAX	4096u
#define OBSERVERS	2	/* each with its own sequences: VNFT_RF_MODULE */

struct seen_device {
	uint16_t id;
	bool defined;
	struct vnft_rec_device dev;
	uint64_t netns_inode;
	uint32_t ifindex;
	uint64_t packets[VNFT_DIR_NR][VNFT_CLASS_NR];
	uint64_t bytes[VNFT_DIR_NR];
};

struct summary {
	struct vnft_record manifest;
	uint64_t records, first_ns, last_ns, kind[VNFT_KIND_NR], odd;
	struct seen_device *device[DEVICES_MAX];
	size_t devices;
	uint16_t place[UINT16_MAX + 1];		/* of a device id, + 1 */
	uint64_t lost[VNFT_LOST_NR];
	struct sequence {
		bool seen;
		uint32_t last;
		uint64_t records, gaps, missing;
	} cpu[OBSERVERS][CPUS_MAX];
	struct vnft_flows flows;
	struct vnft_pair *pair;
	struct vnft_steps *steps;
};

static struct seen_device *device_of(struct summary *s, uint16_t id)
{
	if (s->place[id])
		return s->device[s->place[id] - 1];
	if (s->devices == DEVICES_MAX)
		return NULL;
	s->device[s->devices] = calloc(1, sizeof(struct seen_device));
	if (!s->device[s->devices])
		return NULL;
	s->device[s->devices]->id = id;
	s->place[id] = (uint16_t)++s->devices;
	return s->device[s->devices - 1];
}

static int see_packet(struct summary *s, const struct vnft_record *r)
{
	struct seen_device *d = device_of(s, r->device);
	int dir = vnft_hook_dir(r->hook);

	if (!d)
		return vnft_fail(-E2BIG, "more than %u devices in one record file", DEVICES_MAX);
	if (dir < 0 || r->class >= VNFT_CLASS_NR) {
		s->odd++;
		return 0;
	}
	d->packets[dir][r->class]++;
	d->bytes[dir] += r->len32;
	return vnft_pair_feed(r, s->pair);
}

/*
 * Only hooks number their records; what userspace adds (MARK, SENT, DEVICE, LOST, MANIFEST) has
 * seq 0. A step back is a new stream (something was attached again), not four billion lost records.
 */
static void see_sequence(struct summary *s, const struct vnft_record *r)
{
	struct sequence *c;
	uint32_t step;

	if (!r->seq || r->cpu >= CPUS_MAX)
		return;
	c = &s->cpu[!!(r->flags & VNFT_RF_MODULE)][r->cpu];
	step = r->seq - c->last;
	if (c->seen && step > 1 && step < 0x80000000u) {
		c->gaps++;
		c->missing += step - 1;
	}
	c->seen = true;
	c->last = r->seq;
	c->records++;
}

static int see(const struct vnft_record *r, void *arg)
{
	struct summary *s = arg;
	struct seen_device *d;
	uint8_t hook_in, hook_out;

	s->records++;
	if (r->kind >= VNFT_KIND_NR) {
		s->odd++;
		return 0;
	}
	s->kind[r->kind]++;
	see_sequence(s, r);
	if (r->kind == VNFT_KIND_PACKET || r->kind == VNFT_KIND_STAGE) {
		if (!s->first_ns || r->time_ns < s->first_ns)
			s->first_ns = r->time_ns;
		if (r->time_ns > s->last_ns)
			s->last_ns = r->time_ns;
	}
	switch (r->kind) {
	case VNFT_KIND_MANIFEST:
		s->manifest = *r;
		break;
	case VNFT_KIND_DEVICE:
		d = device_of(s, r->device);
		if (!d)
			return vnft_fail(-E2BIG, "more than %u devices in one record file",
					 DEVICES_MAX);
		d->defined = true;
		hook_in = d->dev.hook_in;
		hook_out = d->dev.hook_out;
		d->dev = r->dev;
		if (!r->dev.hook_in && !r->dev.hook_out) {	/* a later one tells of its life */
			d->dev.hook_in = hook_in;
			d->dev.hook_out = hook_out;
		}
		d->netns_inode = r->flow;
		d->ifindex = r->len32;
		break;
	case VNFT_KIND_FLOW:
		return vnft_flows_add(&s->flows, r);
	case VNFT_KIND_PACKET:
		return see_packet(s, r);
	case VNFT_KIND_STAGE:
		return vnft_steps_feed(r, s->steps);
	case VNFT_KIND_LOST:
		if (r->len32 < VNFT_LOST_NR)
			s->lost[r->len32] += r->lost.count;
		else
			s->odd++;
		break;
	}
	return 0;
}

static void put(json_t *o, const char *key, uint64_t value)
{
	json_object_set_new(o, key,
			    json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value));
}

static void put_name(json_t *o, const struct seen_device *d)
{
	char name[VNFT_IFNAME_LEN + 1] = "?";
	size_t i;

	for (i = 0; d->defined && i < VNFT_IFNAME_LEN && d->dev.name[i]; i++) {
		name[i] = d->dev.name[i] > 0x20 && d->dev.name[i] < 0x7f ? d->dev.name[i] : '?';
		name[i + 1] = '\0';
	}
	json_object_set_new(o, "dev", json_string(name));
}

/* Ids say whose they are: the module's lie between those of BPF's sessions and of its pins. */
static void put_observer(json_t *o, uint16_t id)
{
	bool module = id >= VNFT_MODULE_FIRST_ID &&
		      id < VNFT_MODULE_FIRST_ID + VNFT_MODULE_DEVICES;

	json_object_set_new(o, "observer", json_string(module ? "module" : "bpf"));
}

static void put_hook(json_t *o, const char *key, uint8_t hook)
{
	if (hook)
		json_object_set_new(o, key, json_string(vnft_hook_name(hook)));
	else
		vnft_json_null(o, key, "the file does not say");
}

static json_t *devices_json(const struct summary *s)
{
	static const char *const links[] = { "other", "tap", "tun", "veth", "bridge", "vif" };
	json_t *out = json_array(), *o;
	size_t i;

	for (i = 0; i < s->devices; i++) {
		const struct seen_device *d = s->device[i];

		o = json_object();
		put(o, "device", d->id);
		put_name(o, d);
		put_observer(o, d->id);
		put_hook(o, "hook_in", d->dev.hook_in);
		put_hook(o, "hook_out", d->dev.hook_out);
		json_object_set_new(o, "link",
				    json_string(d->defined && d->dev.link <= VNFT_LINK_VIF
							? links[d->dev.link]
							: "?"));
		put(o, "netns_inode", d->netns_inode);
		put(o, "ifindex", d->ifindex);
		put(o, "in_bytes", d->bytes[VNFT_DIR_IN]);
		put(o, "out_bytes", d->bytes[VNFT_DIR_OUT]);
		json_array_append_new(out, o);
	}
	return out;
}

static json_t *classes_json(const struct summary *s)
{
	json_t *out = json_array(), *o;
	uint8_t class;
	size_t i;

	for (i = 0; i < s->devices; i++) {
		const struct seen_device *d = s->device[i];

		for (class = 0; class < VNFT_CLASS_NR; class++) {
			if (!d->packets[VNFT_DIR_IN][class] && !d->packets[VNFT_DIR_OUT][class])
				continue;
			o = json_object();
			put_name(o, d);
			put_observer(o, d->id);
			json_object_set_new(o, "class", json_string(vnft_class_name(class)));
			put(o, "in", d->packets[VNFT_DIR_IN][class]);
			put(o, "out", d->packets[VNFT_DIR_OUT][class]);
			json_array_append_new(out, o);
		}
	}
	return out;
}

static json_t *pairings_json(struct summary *s)
{
	static struct vnft_pair_result r;
	json_t *out = json_array(), *o;
	unsigned int pairing, dir;
	size_t i;

	for (i = 0; i < s->devices; i++) {
		for (pairing = 0; pairing < VNFT_PAIRING_NR; pairing++) {
			for (dir = 0; dir < VNFT_DIR_NR; dir++) {
				vnft_pair_result(s->pair, s->device[i]->id, pairing, dir, &r);
				if (!r.replies &&
				    !(r.requests && pairing != VNFT_PAIRING_SYN_SYNACK))
					continue;
				o = vnft_hist_json(&r.hist);
				put_name(o, s->device[i]);
				put_observer(o, s->device[i]->id);
				json_object_set_new(o, "pairing",
						    json_string(vnft_pairing_name(pairing)));
				json_object_set_new(o, "request",
						    json_string(vnft_dir_name((int)dir)));
				put(o, "requests", r.requests);
				put(o, "matched", r.matched);
				put(o, "unmatched", r.unmatched);
				json_array_append_new(out, o);
			}
		}
	}
	return out;
}

/* The steps, with the names of their devices. */
static json_t *stages_json(struct summary *s)
{
	json_t *steps = vnft_stages_json(s->steps), *o;
	size_t i;

	json_array_foreach(steps, i, o) {
		uint16_t id = (uint16_t)json_integer_value(json_object_get(o, "device"));
		const struct seen_device *d = device_of(s, id);

		if (d)
			put_name(o, d);
		put_observer(o, id);
	}
	return steps;
}

static json_t *cpus_json(const struct summary *s)
{
	json_t *out = json_array(), *o;
	const struct sequence *c;
	uint32_t i;
	int module;

	for (i = 0; i < CPUS_MAX; i++) {
		for (module = 0; module < OBSERVERS; module++) {
			c = &s->cpu[module][i];
			if (!c->seen)
				continue;
			o = json_object();
			put(o, "cpu", i);
			json_object_set_new(o, "observer", json_string(module ? "module" : "bpf"));
			put(o, "records", c->records);
			put(o, "gaps", c->gaps);
			put(o, "missing", c->missing);
			json_array_append_new(out, o);
		}
	}
	return out;
}

static json_t *lost_json(const struct summary *s)
{
	json_t *out = json_array(), *o;
	uint32_t i;

	for (i = 0; i < VNFT_LOST_NR; i++) {
		if (!s->lost[i])
			continue;
		o = json_object();
		json_object_set_new(o, "cause", json_string(vnft_lost_name(i)));
		put(o, "count", s->lost[i]);
		json_array_append_new(out, o);
	}
	return out;
}

static json_t *file_json(const struct summary *s, const char *path)
{
	json_t *o = json_object();
	char tool[sizeof(s->manifest.manifest.tool) + 1] = "";
	uint32_t i;
	uint64_t gaps = 0, lost = 0;

	for (i = 0; i < CPUS_MAX; i++)
		gaps += s->cpu[0][i].gaps + s->cpu[1][i].gaps;
	for (i = 0; i < VNFT_LOST_NR; i++)
		lost += s->lost[i];
	for (i = 0; i < sizeof(s->manifest.manifest.tool) && s->manifest.manifest.tool[i]; i++)
		tool[i] = s->manifest.manifest.tool[i] > 0x20 && s->manifest.manifest.tool[i] < 0x7f
				  ? s->manifest.manifest.tool[i]
				  : '?';
	if (json_object_set_new(o, "file", json_string(path)))
		json_object_set_new(o, "file", json_string("?"));
	json_object_set_new(o, "tool", json_string(tool));
	json_object_set_new(o, "finished", json_boolean(!vnft_records_unfinished(path, NULL, 0)));
	put(o, "records", s->records);
	put(o, "packets", s->kind[VNFT_KIND_PACKET]);
	put(o, "stages", s->kind[VNFT_KIND_STAGE]);
	put(o, "marks", s->kind[VNFT_KIND_MARK]);
	put(o, "flows", s->flows.n);
	put(o, "duration_ns", s->last_ns - s->first_ns);
	put(o, "sequence_gaps", gaps);
	put(o, "lost", lost);
	put(o, "not_understood", s->odd);
	return o;
}

static const struct vnft_column file_columns[] = {
	{ "file", "file" }, { "written by vnftrace", "tool" }, { "finished", "finished" },
	{ "records", "records" },
	{ "packets", "packets" }, { "flows", "flows" }, { "marks", "marks" },
	{ "first to last packet", "duration_ns" }, { "gaps in sequences", "sequence_gaps" },
	{ "lost", "lost" }, { "not understood", "not_understood" }, { NULL, NULL }
};
static const struct vnft_column device_columns[] = {
	{ "device", "dev" }, { "id", "device" }, { "observer", "observer" },
	{ "hook in", "hook_in" }, { "hook out", "hook_out" }, { "link", "link" },
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
	{ "CPU", "cpu" },   { "observer", "observer" }, { "records", "records" },
	{ "gaps", "gaps" }, { "missing", "missing" },	{ NULL, NULL }
};
static const struct vnft_column lost_columns[] = {
	{ "lost by", "cause" }, { "count", "count" }, { NULL, NULL }
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
	{ NULL, NULL, NULL }
};

json_t *vnft_records_tree(const char *path)
{
	struct summary *s = calloc(1, sizeof(*s));
	json_t *tree = NULL, *stages = NULL;
	size_t i;

	if (!s) {
		vnft_fail(-ENOMEM, "out of memory");
		return NULL;
	}
	if (!vnft_pair_new(&s->pair) && !vnft_steps_new(&s->steps) &&
	    !vnft_records_each(path, see, s))
		stages = stages_json(s);
	if (stages)
		tree = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "file", file_json(s, path),
				 "devices", devices_json(s), "classes", classes_json(s), "pairings",
				 pairings_json(s), "stages", stages, "cpus", cpus_json(s), "losses",
				 lost_json(s));
	for (i = 0; i < s->devices; i++)
		free(s->device[i]);
	vnft_flows_free(&s->flows);
	vnft_pair_free(s->pair);
	vnft_steps_free(s->steps);
	free(s);
	return tree;
}
