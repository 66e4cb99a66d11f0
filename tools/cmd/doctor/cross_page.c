/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of a cross-check: what each observer saw, and whether that is the same.
 */
#include <jansson.h>
#include <stdio.h>

#include "../../lib/text/json.h"
#include "../../lib/text/view.h"
#include "../../report/report.h"
#include "../../source/lost.h"
#include "../../source/open.h"
#include "cross.h"

static json_int_t since(const struct cross_watcher *s, int dir, int class)
{
	return (json_int_t)(s->end.counters.dir[dir].classes[class] -
			    s->begin.counters.dir[dir].classes[class]);
}

static void add_row(json_t *rows, int dir, int class, json_int_t bpf, json_int_t module)
{
	if (bpf || module)
		json_array_append_new(rows, json_pack("{s:s, s:s, s:I, s:I, s:b}", "dir",
			vnft_dir_name(dir), "class", vnft_class_name((uint8_t)class), "bpf", bpf,
			"module", module, "equal", bpf == module));
}

/* Frames by direction and class: of the records in the window, or of the counters. */
static json_t *frames(const struct cross_check *c, bool counters)
{
	const struct vnft_cross_result *r = &c->result;
	json_t *rows = json_array();
	int dir, class;

	for (dir = 0; dir < VNFT_DIR_NR; dir++)
		for (class = 0; class < VNFT_CLASS_NR; class++)
			add_row(rows, dir, class,
				counters ? since(&c->side[VNFT_CROSS_BPF], dir, class) :
				(json_int_t)r->frames[VNFT_CROSS_BPF][dir][class],
				counters ? since(&c->side[VNFT_CROSS_MODULE], dir, class) :
				(json_int_t)r->frames[VNFT_CROSS_MODULE][dir][class]);
	return rows;
}

static bool all_equal(const json_t *rows)
{
	size_t i;
	json_t *row;

	json_array_foreach(rows, i, row)
		if (!json_is_true(json_object_get(row, "equal")))
			return false;
	return true;
}

static void put_rank(json_t *row, const char *key, int64_t ns, uint64_t n, uint64_t needed)
{
	char why[64];

	snprintf(why, sizeof(why), "%llu samples, %llu needed", (unsigned long long)n,
		 (unsigned long long)needed);
	if (n >= needed)
		json_object_set_new(row, key, json_integer(ns));
	else
		vnft_json_null(row, key, why);
}

static json_t *stamps(const struct vnft_cross_result *r)
{
	json_t *rows = json_array(), *row;
	int dir;

	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		const struct vnft_cross_apart *a = &r->apart[dir];

		row = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "dir", vnft_dir_name(dir),
				"order", dir == VNFT_DIR_OUT ? "netfilter, tc" : "tc, netfilter",
				"matched", (json_int_t)a->n, "only_bpf",
				(json_int_t)r->only[VNFT_CROSS_BPF][dir], "only_module",
				(json_int_t)r->only[VNFT_CROSS_MODULE][dir], "in_order",
				(json_int_t)a->in_order);
		put_rank(row, "min_ns", a->min_ns, a->n, 1);
		put_rank(row, "p50_ns", a->p50_ns, a->n, 2);
		put_rank(row, "p90_ns", a->p90_ns, a->n, 10);
		put_rank(row, "p99_ns", a->p99_ns, a->n, VNFT_MIN_SAMPLES_FOR_P99);
		put_rank(row, "max_ns", a->max_ns, a->n, 1);
		json_array_append_new(rows, row);
	}
	return rows;
}

/* What was lost between the two looks at the counters. */
static json_t *losses(const struct cross_check *c)
{
	json_t *rows = json_array();
	uint32_t cause;
	int i;

	for (i = 0; i < VNFT_CROSS_SIDES; i++)
		for (cause = 0; cause < VNFT_LOST_NR; cause++) {
			const struct cross_watcher *s = &c->side[i];
			uint64_t n = s->end.counters.lost[cause] - s->begin.counters.lost[cause];

			if (n)
				json_array_append_new(rows, json_pack("{s:s, s:s, s:I}", "observer",
					vnft_observer_name(cross_observer(s->which)), "cause",
					vnft_lost_name(cause), "count", (json_int_t)n));
		}
	return rows;
}

static bool records_lost(const struct cross_check *c)
{
	static const uint8_t cause[] = { VNFT_LOST_RING_FULL, VNFT_LOST_NESTED,
					 VNFT_LOST_RECURSION };
	size_t i, k;

	for (i = 0; i < VNFT_CROSS_SIDES; i++)
		for (k = 0; k < sizeof(cause); k++)
			if (c->side[i].end.counters.lost[cause[k]] !=
			    c->side[i].begin.counters.lost[cause[k]])
				return true;
	return false;
}

static json_t *disagreements(const struct cross_check *c, const json_t *counters)
{
	const struct vnft_cross_result *r = &c->result;
	json_t *why = json_array();
	uint64_t alone = 0, disorder = 0;
	int dir;

	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		alone += r->only[VNFT_CROSS_BPF][dir] + r->only[VNFT_CROSS_MODULE][dir];
		disorder += r->apart[dir].n - r->apart[dir].in_order;
	}
	if (records_lost(c))
		json_array_append_new(why,
				      json_string("records were lost: less traffic, or a shorter "
						  "--duration"));
	if (alone)
		json_array_append_new(why,
				      json_string(
					      "one observer saw frames that the other did not"));
	if (disorder)
		json_array_append_new(why,
				      json_string("frames with stamps against the kernel's order"));
	if (r->different || r->pairings[VNFT_CROSS_BPF] != r->pairings[VNFT_CROSS_MODULE])
		json_array_append_new(why,
				      json_string("replies were paired with different requests"));
	if (c->quiet && !all_equal(counters))
		json_array_append_new(why, json_string("the counters differ"));
	return why;
}

static const struct vnft_column main_columns[] = {
	{ "device", "device" }, { "window", "duration_ns" }, { "agree", "agree" }, { 0 }
};
static const struct vnft_column why_columns[] = { { "why not", "" }, { 0 } };
static const struct vnft_column frame_columns[] = {
	{ "direction", "dir" }, { "class", "class" }, { "BPF", "bpf" }, { "module", "module" },
	{ "equal", "equal" }, { 0 }
};
static const struct vnft_column stamp_columns[] = {
	{ "direction", "dir" }, { "order", "order" }, { "matched", "matched" },
	{ "only BPF", "only_bpf" }, { "only module", "only_module" }, { "in order", "in_order" },
	{ "min", "min_ns" }, { "p50", "p50_ns" }, { "p90", "p90_ns" }, { "p99", "p99_ns" },
	{ "max", "max_ns" }, { 0 }
};
static const struct vnft_column pairing_columns[] = {
	{ "replies paired by BPF", "bpf" }, { "by the module", "module" },
	{ "of the same frames", "equal" }, { "of different ones", "different" }, { 0 }
};
static const struct vnft_column loss_columns[] = {
	{ "observer", "observer" }, { "cause", "cause" }, { "count", "count" }, { 0 }
};
static const struct vnft_view views[] = {
	{ NULL, "cross_check", main_columns },
	{ NULL, "cross_check.why", why_columns },
	{ "Frames recorded in the window", "cross_check.frames", frame_columns },
	{ "Frames counted between two quiet moments", "cross_check.counters", frame_columns },
	{ "From the first hook to the second", "cross_check.stamps", stamp_columns },
	{ "Round trips", "cross_check.pairings", pairing_columns },
	{ "Lost", "cross_check.losses", loss_columns },
	{ 0 }
};

int cross_page(const struct cross_check *c, bool as_json, bool *agree)
{
	const struct vnft_cross_result *r = &c->result;
	json_t *counters = frames(c, true), *why = disagreements(c, counters), *value;

	*agree = !json_array_size(why);
	value = json_pack("{s:o, s:I, s:b, s:o, s:o, s:o, s:{s:I, s:I, s:I, s:I}, s:o}",
		"device", vnft_json_typed(c->spec),
		"duration_ns", (json_int_t)(c->to_ns - c->from_ns),
		"agree", *agree, "why", why, "frames", frames(c, false), "stamps", stamps(r),
		"pairings", "bpf", (json_int_t)r->pairings[VNFT_CROSS_BPF],
		"module", (json_int_t)r->pairings[VNFT_CROSS_MODULE],
		"equal", (json_int_t)r->equal, "different", (json_int_t)r->different,
		"losses", losses(c));
	if (c->quiet)
		json_object_set(value, "counters", counters);
	else
		vnft_json_null(value, "counters",
			       "frames never stopped passing: compare those recorded");
	json_decref(counters);
	return vnft_view_print(json_pack("{s:o}", "cross_check", value), as_json, views);
}
