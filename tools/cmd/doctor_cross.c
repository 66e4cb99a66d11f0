/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace doctor --cross-check: both observers on one device and the same traffic, compared frame
 * by frame.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/run/clock.h"
#include "../lib/run/interrupt.h"
#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "../report/report.h"
#include "../stat/cross.h"
#include "doctor.h"

#define EVERY_CLASS	((1U << VNFT_CLASS_NR) - 1)
#define RING_RECORDS	65536U
#define DRAIN_MS	2
/* Frames that are between the two hooks when recording begins or ends are over by then. */
#define MARGIN_NS	50000000ULL
/* How often, and how far apart, we look for a moment without frames. */
#define QUIET_TRIES	100
#define QUIET_MS	5

static const enum vnft_observer observer[VNFT_CROSS_SIDES] = {
	VNFT_OBSERVER_BPF, VNFT_OBSERVER_MODULE
};

/**
 * struct side - one observer
 * @begin, @end: its counters around the recording
 */
struct side {
	struct vnft_source *source;
	uint16_t id;
	struct vnft_device_state begin, end;
	struct vnft_cross *cross;
	enum vnft_cross_side which;
};

/**
 * struct check - the cross-check of a device
 * @quiet: no frame passed while the counters were read, at both ends
 */
struct check {
	const char *spec;
	struct side side[VNFT_CROSS_SIDES];
	struct vnft_cross *cross;
	struct vnft_cross_result result;
	uint64_t from_ns, to_ns;
	bool quiet;
};

static int each_state(struct check *c, bool end)
{
	int i, err = 0;

	for (i = 0; i < VNFT_CROSS_SIDES && !err; i++) {
		struct side *s = &c->side[i];

		err = s->source->ops->state(s->source, s->id, end ? &s->end : &s->begin);
	}
	return err;
}

/*
 * Read both counters at a moment when no frame passes: the same twice, some milliseconds apart.
 * Where there is no such moment they are read anyway, and not compared.
 */
static int read_quiet(struct check *c, bool end, bool *quiet)
{
	struct vnft_counters before[VNFT_CROSS_SIDES];
	int tries, i, err = each_state(c, end);

	*quiet = false;
	for (tries = 0; !err && !*quiet && tries < QUIET_TRIES; tries++) {
		for (i = 0; i < VNFT_CROSS_SIDES; i++)
			before[i] = end ? c->side[i].end.counters : c->side[i].begin.counters;
		usleep(QUIET_MS * 1000);	/* also behind a Ctrl-C: half a second in all */
		err = each_state(c, end);
		for (*quiet = true, i = 0; i < VNFT_CROSS_SIDES; i++)
			*quiet &= !memcmp(&before[i], end ? &c->side[i].end.counters :
					  &c->side[i].begin.counters, sizeof(before[i]));
	}
	return err;
}

static int take(const struct vnft_record *record, void *arg)
{
	struct side *s = arg;

	return vnft_cross_feed(s->cross, s->which, record);
}

static int drain(struct check *c)
{
	int i, got = 0;

	for (i = 0; i < VNFT_CROSS_SIDES && got >= 0; i++)
		got = c->side[i].source->ops->drain(c->side[i].source, take, &c->side[i]);
	return got < 0 ? got : 0;
}

static int record(struct check *c, uint32_t mask)
{
	int i, err = 0;

	for (i = 0; i < VNFT_CROSS_SIDES && !err; i++)
		err = c->side[i].source->ops->record(c->side[i].source, c->side[i].id, mask);
	return err;
}

static int drain_until(struct check *c, uint64_t until_ns)
{
	int err = 0;

	while (!err && vnft_now_ns() < until_ns && !vnft_interrupted()) {
		err = drain(c);
		vnft_sleep_ms(DRAIN_MS);
	}
	return err;
}

static int say_ready(const char *path)
{
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;

	if (path && fd < 0)
		return vnft_fail(-errno, "%s: cannot create it: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return 0;
}

static int observe(struct check *c, uint64_t duration_ns, const char *ready_file)
{
	bool quiet_begin, quiet_end;
	int err;

	err = read_quiet(c, false, &quiet_begin);
	if (!err)
		err = record(c, EVERY_CLASS);
	if (err)
		return err;
	c->from_ns = vnft_now_ns() + MARGIN_NS;
	err = drain_until(c, c->from_ns);
	if (!err)
		err = say_ready(ready_file);
	if (!err)
		err = drain_until(c, c->from_ns + duration_ns);
	c->to_ns = vnft_now_ns();
	if (!err)
		err = drain_until(c, c->to_ns + MARGIN_NS);
	if (vnft_interrupted())		/* what came before it is whole */
		c->to_ns -= MARGIN_NS;
	if (!err)
		err = record(c, 0);
	usleep(1000);			/* a hook that saw the mask may still be writing */
	if (!err)
		err = drain(c);
	if (!err)
		err = read_quiet(c, true, &quiet_end);
	c->quiet = !err && quiet_begin && quiet_end;
	return err;
}

static int open_sides(struct check *c)
{
	const struct vnft_source_config config = { .ring_records = RING_RECORDS };
	int i, err = vnft_module_usable();

	if (!err)
		err = vnft_cross_new(&c->cross);
	for (i = 0; i < VNFT_CROSS_SIDES && !err; i++) {
		struct side *s = &c->side[i];

		s->which = (enum vnft_cross_side)i;
		s->cross = c->cross;
		err = vnft_source_open(&s->source, observer[i], &config);
		if (!err)
			err = s->source->ops->attach(s->source, c->spec, &s->id);
	}
	return err;
}

static void close_sides(struct check *c)
{
	int i;

	for (i = 0; i < VNFT_CROSS_SIDES; i++)
		if (c->side[i].source)
			c->side[i].source->ops->close(c->side[i].source);
	vnft_cross_free(c->cross);
}

/* ---- the page ---- */

static json_int_t since(const struct side *s, int dir, int class)
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
static json_t *frames(const struct check *c, bool counters)
{
	const struct vnft_cross_result *r = &c->result;
	json_t *rows = json_array();
	int dir, class;

	for (dir = 0; dir < VNFT_DIR_NR; dir++)
		for (class = 0; class < VNFT_CLASS_NR; class++)
			add_row(rows, dir, class,
				counters ? since(&c->side[VNFT_CROSS_BPF], dir, class) :
				(json_int_t)r->seen[VNFT_CROSS_BPF][dir][class],
				counters ? since(&c->side[VNFT_CROSS_MODULE], dir, class) :
				(json_int_t)r->seen[VNFT_CROSS_MODULE][dir][class]);
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
static json_t *losses(const struct check *c)
{
	json_t *rows = json_array();
	uint32_t cause;
	int i;

	for (i = 0; i < VNFT_CROSS_SIDES; i++)
		for (cause = 0; cause < VNFT_LOST_NR; cause++) {
			const struct side *s = &c->side[i];
			uint64_t n = s->end.counters.lost[cause] - s->begin.counters.lost[cause];

			if (n)
				json_array_append_new(rows, json_pack("{s:s, s:s, s:I}", "observer",
					vnft_observer_name(observer[i]), "cause",
					vnft_lost_name(cause), "count", (json_int_t)n));
		}
	return rows;
}

static bool records_lost(const struct check *c)
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

static json_t *disagreements(const struct check *c, const json_t *counters)
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

static int page(const struct check *c, bool as_json)
{
	const struct vnft_cross_result *r = &c->result;
	json_t *counters = frames(c, true), *why = disagreements(c, counters), *value;
	bool agree = !json_array_size(why);
	int err;

	value = json_pack("{s:s, s:I, s:b, s:o, s:o, s:o, s:{s:I, s:I, s:I, s:I}, s:o}",
		"device", c->spec, "duration_ns", (json_int_t)(c->to_ns - c->from_ns),
		"agree", agree, "why", why, "frames", frames(c, false), "stamps", stamps(r),
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
	err = vnft_view_print(json_pack("{s:o}", "cross_check", value), as_json, views);
	if (err)
		return vnft_exit_code(err);
	if (!agree)
		vnft_fail(-EIO, "%s: the observers disagree", c->spec);
	return agree ? VNFT_EXIT_OK : VNFT_EXIT_INVALID;
}

static bool nothing_passed(const struct vnft_cross_result *r)
{
	return !r->apart[VNFT_DIR_IN].n && !r->apart[VNFT_DIR_OUT].n &&
	       !r->only[VNFT_CROSS_BPF][VNFT_DIR_IN] && !r->only[VNFT_CROSS_BPF][VNFT_DIR_OUT] &&
	       !r->only[VNFT_CROSS_MODULE][VNFT_DIR_IN] &&
	       !r->only[VNFT_CROSS_MODULE][VNFT_DIR_OUT];
}

int vnft_doctor_cross(const struct doctor_config *config)
{
	struct check c = { .spec = config->cross_check };
	int err, code;

	if (config->ready_file)
		unlink(config->ready_file);
	vnft_interrupt_catch();
	err = open_sides(&c);
	if (!err)
		err = observe(&c, config->duration_ns, config->ready_file);
	if (!err)
		err = vnft_cross_run(c.cross, c.from_ns, c.to_ns, &c.result);
	if (!err && nothing_passed(&c.result))
		err = vnft_fail(-ENODATA,
				"no packets passed: %s: make some meanwhile (ping), or give a "
				"longer --duration",
				c.spec);
	code = err ? (int)vnft_exit_code(err) : page(&c, config->common.json);
	close_sides(&c);
	return code;
}
