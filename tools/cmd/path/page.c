/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of `vnftrace path`: docs/path.md says how each line is read.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../../kmod/core/link.h"
#include "../../lib/text/json.h"
#include "../../lib/text/view.h"
#include "../../report/report.h"
#include "../../source/bpf/stages.h"
#include "../../source/lost.h"
#include "page.h"

json_t *vnft_tracing_count(uint64_t n)
{
	return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

void vnft_tracing_put(json_t *o, const char *key, uint64_t n)
{
	json_object_set_new(o, key, vnft_tracing_count(n));
}

void vnft_tracing_own(const struct vnft_tracing *t, json_t *o, const char *key, double ns)
{
	if (t->stamp.ns > 0)
		json_object_set_new(o, key, json_real(ns));
	else
		vnft_json_null(o, key, t->stamp_why);
}

static json_t *links_json(const struct vnft_tracing *t)
{
	char text[VNFT_HOOKED_TEXT_BYTES];
	json_t *out = json_array(), *o;
	unsigned int i, end;

	for (i = 0; i < t->links; i++) {
		const struct vnft_traced *link = &t->link[i];
		const struct vnft_traced_end *far = &link->end[VNFT_PATH_FAR];
		const uint8_t *hooked = link->end[VNFT_PATH_NEAR].hooked;

		o = json_object();
		json_object_set_new(o, "device", vnft_tracing_device(t, i));
		json_object_set_new(o, "link", json_string(vnft_link_kind(link->link)->name));
		if (far->spec[0])
			json_object_set_new(o, "far_end", vnft_json_typed(far->spec));
		else
			vnft_json_null(o, "far_end", link->link == VNFT_LINK_VETH ? far->why :
				       "the guest's side of a tap is who reads its file");
		for (end = 0; end < VNFT_PATH_ENDS; end++)
			if (vnft_hooked_lost(link->end[end].hooked))
				hooked = link->end[end].hooked;
		json_object_set_new(o, "programs", json_string(vnft_hooked_both(hooked) ? "there" :
				    vnft_hooked_say(hooked, text, sizeof(text))));
		json_array_append_new(out, o);
	}
	return out;
}

static json_t *not_followed_json(const struct vnft_tracing *t, uint64_t *frames)
{
	json_t *out = json_array();
	struct vnft_path_count count;
	unsigned int i, dir, cause;

	for (i = 0; i < t->links; i++)
		for (dir = VNFT_DIR_NR; dir--;) {
			vnft_path_count(t->path, i, dir, &count);
			for (cause = 0; cause < VNFT_PATH_CAUSES; cause++) {
				if (!count.not_followed[cause])
					continue;
				*frames += count.not_followed[cause];
				json_array_append_new(out, json_pack("{s:o, s:s, s:s, s:s, s:o}",
					"device", vnft_tracing_device(t, i),
					"way", vnft_tracing_way((uint8_t)dir),
					"cause", vnft_path_cause_name(cause),
					"means", vnft_path_cause_text(cause),
					"count", vnft_tracing_count(count.not_followed[cause])));
			}
		}
	return out;
}

static json_t *stage_json(const struct vnft_tracing *t, const struct vnft_traced_end *end,
			  enum vnft_hook hook)
{
	const char *why, *how = vnft_bpf_stage_how(t->source, end->id, hook, &why);
	const bool driver = vnft_hook_row(hook)->where == VNFT_HOOK_DRIVER;
	json_t *o = json_object();

	json_object_set_new(o, "device", vnft_json_typed(end->spec));
	json_object_set_new(o, "stage", json_string(vnft_hook_name(hook)));
	if (end->armed >> hook & 1 && how) {
		json_object_set_new(o, "by", json_string(how));
		return o;
	}
	vnft_json_null(o, "by", why && why[0] ? why : "a hook that it needs is not to be had");
	json_object_set_new(o, "shown_by", json_string(driver ?
		"a kernel that allows fentry on this driver; `vnftrace record --stages "
		"--observer module` where the module is loaded" : "a kernel with this "
		"tracepoint"));
	return o;
}

static json_t *stages_json(const struct vnft_tracing *t)
{
	json_t *out = json_array();
	unsigned int i, hook;

	for (i = 0; i < t->links * VNFT_PATH_ENDS; i++) {
		const struct vnft_traced_end *end = &t->link[i / VNFT_PATH_ENDS]
							   .end[i % VNFT_PATH_ENDS];

		for (hook = 1; hook < VNFT_HOOK_MAX && end->id; hook++)
			if (end->asked >> hook & 1)
				json_array_append_new(out, stage_json(t, end,
								      (enum vnft_hook)hook));
	}
	return out;
}

/* Fills what of the records was lost, too. */
static json_t *losses_json(struct vnft_tracing *t)
{
	struct vnft_device_state state;
	json_t *out = json_array();
	unsigned int i, cause;

	for (i = 0; i < t->links * VNFT_PATH_ENDS; i++) {
		const struct vnft_traced_end *end = &t->link[i / VNFT_PATH_ENDS]
							   .end[i % VNFT_PATH_ENDS];

		if (!end->id || t->source->ops->state(t->source, end->id, &state))
			continue;
		t->lost += state.counters.lost[VNFT_LOST_RING_FULL] +
			   state.counters.lost[VNFT_LOST_UNREAD];
		for (cause = 0; cause < VNFT_LOST_NR; cause++)
			if (state.counters.lost[cause] && vnft_lost_in_records(cause))
				json_array_append_new(out, json_pack("{s:o, s:s, s:o}",
					"device", vnft_json_typed(end->spec),
					"cause", vnft_lost_name(cause),
					"count", vnft_tracing_count(state.counters.lost[cause])));
	}
	return out;
}

static const struct vnft_traced_end *robbed(const struct vnft_tracing *t)
{
	unsigned int i;

	for (i = 0; i < t->links * VNFT_PATH_ENDS; i++)
		if (vnft_hooked_lost(t->link[i / VNFT_PATH_ENDS].end[i % VNFT_PATH_ENDS].hooked))
			return &t->link[i / VNFT_PATH_ENDS].end[i % VNFT_PATH_ENDS];
	return NULL;
}

static const struct vnft_column main_columns[] = {
	{ "followed for", "duration_ns" }, { "frames followed", "frames_followed" },
	{ "frames not followed", "frames_not_followed" },
	{ "round trips followed", "trips_followed" },
	{ "round trips not followed", "trips_not_followed" },
	{ "one of our stamps takes", "own_stamp_ns" },
	{ "the same after a rest", "own_stamp_rested_ns" }, { "records", "records" },
	{ "lost records", "lost_records" }, { "valid", "valid" }, { 0 }
};
static const struct vnft_column link_columns[] = {
	{ "device", "device" }, { "link", "link" }, { "far end", "far_end" },
	{ "programs", "programs" }, { 0 }
};
#define QUANTILES \
	{ "n", "n" }, { "p50", "p50_ns" }, { "p90", "p90_ns" }, { "p99", "p99_ns" }, \
	{ "p99.9", "p999_ns" }, { "max", "max_ns" }
static const struct vnft_column trip_columns[] = {
	{ "device", "device" }, { "pairing", "pairing" }, { "request", "request" }, QUANTILES,
	{ "driver p50", "driver.p50_ns" }, { 0 }
};
static const struct vnft_column hop_columns[] = {
	{ "part", "way" }, { "from", "from" }, { "to", "to" }, QUANTILES,
	{ "share", "share_percent" }, { "own", "own_ns" }, { "rested", "own_rested_ns" }, { 0 }
};
static const struct vnft_column frame_columns[] = {
	{ "from", "from" }, { "to", "to" }, QUANTILES, { "own", "own_ns" },
	{ "rested", "own_rested_ns" }, { 0 }
};
static const struct vnft_column not_followed_columns[] = {
	{ "device", "device" }, { "way", "way" }, { "cause", "cause" }, { "count", "count" },
	{ "what it means", "means" }, { 0 }
};
static const struct vnft_column stage_columns[] = {
	{ "device", "device" }, { "stage", "stage" }, { "by", "by" }, { 0 }
};
static const struct vnft_column loss_columns[] = {
	{ "device", "device" }, { "cause", "cause" }, { "count", "count" }, { 0 }
};

/* Kinds of round trips, frames by direction, and the sections that are always there. */
#define VIEWS_MAX	(VNFT_PATH_LINKS_MAX * (VNFT_PAIRING_NR + 1) * VNFT_DIR_NR + 8)
#define HEADING_BYTES	(VNFT_SPEC_BYTES + 120)

/**
 * struct vnft_tracing_views - sections of a page, a table of hops each of its own
 * @heading, @path: what the entries of @view point to
 */
struct vnft_tracing_views {
	struct vnft_view view[VIEWS_MAX + 1];
	char heading[VIEWS_MAX][HEADING_BYTES], path[VIEWS_MAX][32];
	unsigned int n;
};

static void add_view(struct vnft_tracing_views *v, const char *heading, const char *path,
		     const struct vnft_column *columns)
{
	v->view[v->n++] = (struct vnft_view) { heading, path, columns };
}

static const char *word(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "?";
}

static void add_hops(struct vnft_tracing_views *v, const json_t *page, const char *array,
		     const struct vnft_column *columns)
{
	const bool trips = columns == hop_columns;
	const json_t *o;
	size_t i;

	json_array_foreach(json_object_get(page, array), i, o) {
		char *heading = v->heading[v->n];

		if (v->n == VIEWS_MAX)
			return;
		if (trips)
			snprintf(heading, HEADING_BYTES, "%s: where the time of %s goes, request "
				 "%s (own: our stamps' part, not subtracted; rested: after a rest)",
				 word(o, "device"), word(o, "pairing"), word(o, "request"));
		else
			snprintf(heading, HEADING_BYTES, "%s: all frames %s", word(o, "device"),
				 word(o, "way"));
		snprintf(v->path[v->n], sizeof(v->path[0]), "%s[%zu].hops", array, i);
		add_view(v, heading, v->path[v->n], columns);
	}
}

static int print(json_t *page, bool as_json)
{
	struct vnft_tracing_views *v = calloc(1, sizeof(*v));
	int err;

	if (!v) {
		json_decref(page);
		return vnft_fail(-ENOMEM, "out of memory for a page");
	}
	add_view(v, NULL, "", main_columns);
	add_view(v, "Links", "links", link_columns);
	add_view(v, "Round trips", "trips", trip_columns);
	add_hops(v, page, "trips", hop_columns);
	add_hops(v, page, "frames", frame_columns);
	add_view(v, "Not followed", "not_followed", not_followed_columns);
	add_view(v, "Stamped by", "stages", stage_columns);
	add_view(v, "Lost", "losses", loss_columns);
	err = vnft_view_print(page, as_json, v->view);
	free(v);
	return err;
}

static json_t *page_json(struct vnft_tracing *t, bool *valid)
{
	uint64_t followed = 0, not_followed = 0, trips = 0, trips_lost = 0;
	json_t *trips_json = vnft_tracing_trips(t, &trips, &trips_lost);
	json_t *frames_json = vnft_tracing_frames(t, &followed);
	json_t *lost_json = not_followed_json(t, &not_followed);
	json_t *o = json_object(), *losses = losses_json(t);

	*valid = t->lost * 1000 <= t->records + t->lost && !robbed(t);
	vnft_tracing_put(o, "duration_ns", t->ended_ns - t->started_ns);
	vnft_tracing_put(o, "frames_followed", followed);
	vnft_tracing_put(o, "frames_not_followed", not_followed);
	vnft_tracing_put(o, "trips_followed", trips);
	vnft_tracing_put(o, "trips_not_followed", trips_lost);
	vnft_tracing_own(t, o, "own_stamp_ns", t->stamp.ns);
	vnft_tracing_own(t, o, "own_stamp_rested_ns", t->stamp.rested_ns);
	vnft_tracing_put(o, "records", t->records);
	vnft_tracing_put(o, "lost_records", t->lost);
	json_object_set_new(o, "valid", json_boolean(*valid));
	json_object_set_new(o, "links", links_json(t));
	json_object_set_new(o, "trips", trips_json);
	json_object_set_new(o, "frames", frames_json);
	json_object_set_new(o, "not_followed", lost_json);
	json_object_set_new(o, "stages", stages_json(t));
	json_object_set_new(o, "losses", losses);
	return o;
}

enum vnft_exit vnft_tracing_page(struct vnft_tracing *t, bool as_json)
{
	const struct vnft_traced_end *end = robbed(t);
	bool valid;
	json_t *page = page_json(t, &valid);
	int err = print(page, as_json);

	if (err)
		return vnft_exit_code(err);
	if (end)
		vnft_fail(-EIO, "%s: %s while its frames were followed: some are missing",
			  end->spec, vnft_hooked_say(end->hooked, t->text, sizeof(t->text)));
	else if (!valid)
		vnft_fail(-EIO, "%llu of %llu records found no room: fewer devices, --only some "
			  "classes, or larger --ring-records", (unsigned long long)t->lost,
			  (unsigned long long)(t->records + t->lost));
	return valid ? VNFT_EXIT_OK : VNFT_EXIT_INVALID;
}
