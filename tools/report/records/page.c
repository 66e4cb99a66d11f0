/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of a record file: what was recorded, where, how it pairs up, and what is missing.
 */

#include "../../../kmod/core/link.h"
#include "../../lib/text/error.h"
#include "../../lib/text/json.h"
#include "../../results/bound.h"
#include "../../source/lost.h"
#include "../../source/side.h"
#include "../../stat/records/pair.h"
#include "../../stat/records/stages.h"
#include "summary.h"

static void put(json_t *o, const char *key, uint64_t value)
{
	json_object_set_new(o, key,
			    json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value));
}

static void put_name(json_t *o, const struct summary_device *d)
{
	char name[VNFT_IFNAME_LEN + 1] = "?";

	if (d->defined && d->dev.name[0])
		snprintf(name, sizeof(name), "%.*s", VNFT_IFNAME_LEN, d->dev.name);
	json_object_set_new(o, "dev", vnft_json_name(name));
}

static void put_observer(json_t *o, uint16_t id)
{
	json_object_set_new(o, "observer", json_string(vnft_summary_observer(id)));
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
	json_t *out = json_array(), *o;
	size_t i;

	for (i = 0; i < s->devices; i++) {
		const struct summary_device *d = s->device[i];

		o = json_object();
		put(o, "device", d->id);
		put_name(o, d);
		put_observer(o, d->id);
		json_object_set_new(o, "side", json_string(vnft_side_name(d->dev.side)));
		put_hook(o, "hook_in", d->dev.hook_in);
		put_hook(o, "hook_out", d->dev.hook_out);
		json_object_set_new(o, "link",
				    json_string(d->defined ? vnft_link_kind(d->dev.link)->name :
						"?"));
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
		const struct summary_device *d = s->device[i];

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

/* A file may be another host's, and does not say what the stamps are off by there. */
static json_t *hist_json(const struct vnft_hist *hist)
{
	json_t *o = vnft_hist_json(hist);

	vnft_bound_none(o, "mean", "ns", "the file does not say what its host's stamps are off by");
	return o;
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
				o = hist_json(&r.hist);
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

static int add_step(const struct vnft_step *step, void *arg)
{
	json_t *o = hist_json(&step->hist);

	json_object_set_new(o, "device", json_integer(step->device));
	json_object_set_new(o, "dir", json_string(vnft_dir_name(step->dir)));
	json_object_set_new(o, "from", json_string(vnft_hook_name(step->from)));
	json_object_set_new(o, "to", json_string(vnft_hook_name(step->to)));
	return json_array_append_new(arg, o);
}

/* From stage to stage, with the names of the devices. NULL after vnft_fail(). */
static json_t *stages_json(struct summary *s)
{
	json_t *steps = json_array(), *o;
	size_t i;

	if (vnft_steps_each(s->steps, add_step, steps)) {
		json_decref(steps);
		return NULL;
	}
	json_array_foreach(steps, i, o) {
		uint16_t id = (uint16_t)json_integer_value(json_object_get(o, "device"));
		const struct summary_device *d = vnft_summary_device_of(s, id);

		if (d)
			put_name(o, d);
		put_observer(o, id);
	}
	return steps;
}

static json_t *cpus_json(const struct summary *s)
{
	json_t *out = json_array(), *o;
	const struct summary_sequence *c;
	uint32_t i;
	int module;

	for (i = 0; i < SUMMARY_CPUS; i++) {
		for (module = 0; module < SUMMARY_OBSERVERS; module++) {
			c = &s->cpu[module][i];
			if (!c->begun)
				continue;
			o = json_object();
			put(o, "cpu", i);
			json_object_set_new(o, "observer", json_string(module ? "module" : "bpf"));
			put(o, "hook_records", c->records);
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
		if (!s->lost[i] || !vnft_lost_in_records(i))
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
	char tool[sizeof(s->manifest.manifest.tool) + 1];
	uint32_t i;
	uint64_t gaps = 0, lost = 0, of_hooks = 0;

	for (i = 0; i < SUMMARY_CPUS; i++) {
		gaps += s->cpu[0][i].gaps + s->cpu[1][i].gaps;
		of_hooks += s->cpu[0][i].records + s->cpu[1][i].records;
	}
	for (i = 0; i < VNFT_LOST_NR; i++)
		lost += vnft_lost_in_records(i) ? s->lost[i] : 0;
	snprintf(tool, sizeof(tool), "%.*s", (int)sizeof(s->manifest.manifest.tool),
		 s->manifest.manifest.tool);
	json_object_set_new(o, "file", vnft_json_name(path));
	json_object_set_new(o, "tool", vnft_json_text(tool));
	json_object_set_new(o, "finished", json_boolean(!vnft_records_unfinished(path, NULL, 0)));
	json_object_set_new(o, "anonymized", json_boolean(vnft_records_anonymized()));
	put(o, "records", s->records);
	put(o, "hook_records", of_hooks);
	put(o, "packets", s->kind[VNFT_KIND_PACKET]);
	put(o, "stages", s->kind[VNFT_KIND_STAGE]);
	put(o, "marks", s->kind[VNFT_KIND_MARK]);
	put(o, "flows", s->flows.n);
	put(o, "duration_ns", s->last_ns - s->first_ns);
	put(o, "sequence_gaps", gaps);
	put(o, "lost", lost);
	put(o, "table_evicted", s->lost[VNFT_LOST_EVICTED]);
	put(o, "not_understood", s->odd);
	return o;
}

json_t *vnft_records_tree(const char *path)
{
	struct summary *s = vnft_summary_new();
	json_t *tree = NULL, *stages = NULL;

	if (s && !vnft_records_each(path, vnft_summary_add, s))
		stages = stages_json(s);
	if (stages)
		tree = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "file",
				 file_json(s, path), "devices", devices_json(s), "classes",
				 classes_json(s), "pairings", pairings_json(s), "stages", stages,
				 "cpus", cpus_json(s), "losses", lost_json(s), "contents",
				 vnft_summary_contents(s));
	vnft_summary_free(s);
	return tree;
}
