/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace doctor --cross-check: both observers on one device and the same traffic, compared frame
 * by frame.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/run/clock.h"
#include "../../lib/run/interrupt.h"
#include "../../lib/run/output.h"
#include "../../lib/run/ready.h"
#include "../../lib/text/error.h"
#include "cross.h"
#include "../../source/module/session.h"
#include "../../source/open.h"
#include "doctor.h"

#define EVERY_CLASS	((1U << VNFT_CLASS_NR) - 1)
#define RING_RECORDS	65536U
#define DRAIN_MS	2
/* Frames that are between the two hooks when recording begins or ends are over by then. */
#define MARGIN_NS	50000000ULL
/* How often, and how far apart, we look for a moment without frames. */
#define QUIET_TRIES	100
#define QUIET_MS	5

static int each_state(struct cross_check *c, bool end)
{
	int i, err = 0;

	for (i = 0; i < VNFT_CROSS_SIDES && !err; i++) {
		struct cross_watcher *s = &c->side[i];

		err = s->source->ops->state(s->source, s->id, end ? &s->end : &s->begin);
	}
	return err;
}

/*
 * Read both counters at a moment when no frame passes: the same twice, some milliseconds apart.
 * Where there is no such moment they are read anyway, and not compared.
 */
static int read_quiet(struct cross_check *c, bool end, bool *quiet)
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
	struct cross_watcher *s = arg;

	return vnft_cross_feed(s->cross, s->which, record);
}

static int drain(struct cross_check *c)
{
	int i, got = 0;

	for (i = 0; i < VNFT_CROSS_SIDES && got >= 0; i++)
		got = c->side[i].source->ops->drain(c->side[i].source, take, &c->side[i]);
	return got < 0 ? got : 0;
}

static int record(struct cross_check *c, uint32_t mask)
{
	int i, err = 0;

	for (i = 0; i < VNFT_CROSS_SIDES && !err; i++)
		err = c->side[i].source->ops->record(c->side[i].source, c->side[i].id, mask);
	return err;
}

static int drain_until(struct cross_check *c, uint64_t until_ns)
{
	int err = 0;

	while (!err && vnft_now_ns() < until_ns && !vnft_interrupted()) {
		err = drain(c);
		vnft_sleep_ms(DRAIN_MS);
	}
	return err;
}

static int observe(struct cross_check *c, uint64_t duration_ns, struct vnft_output **ready)
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
		err = vnft_ready_say(ready);
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

static int open_sides(struct cross_check *c)
{
	const struct vnft_source_config config = {
		.side = VNFT_SIDE_IS_HOST,
		.ring_records = RING_RECORDS,
	};
	int i, err = vnft_module_usable();

	if (!err)
		err = vnft_cross_new(&c->cross);
	for (i = 0; i < VNFT_CROSS_SIDES && !err; i++) {
		struct cross_watcher *s = &c->side[i];

		s->which = (enum vnft_cross_side)i;
		s->cross = c->cross;
		err = vnft_source_open(&s->source, cross_observer(s->which), &config);
		if (!err)
			err = s->source->ops->attach(s->source, c->spec, &s->id);
	}
	return err;
}

static void close_sides(struct cross_check *c)
{
	int i;

	for (i = 0; i < VNFT_CROSS_SIDES; i++)
		if (c->side[i].source)
			c->side[i].source->ops->close(c->side[i].source);
	vnft_cross_free(c->cross);
}

static bool nothing_passed(const struct vnft_cross_result *r)
{
	return !r->apart[VNFT_DIR_IN].n && !r->apart[VNFT_DIR_OUT].n &&
	       !r->only[VNFT_CROSS_BPF][VNFT_DIR_IN] && !r->only[VNFT_CROSS_BPF][VNFT_DIR_OUT] &&
	       !r->only[VNFT_CROSS_MODULE][VNFT_DIR_IN] &&
	       !r->only[VNFT_CROSS_MODULE][VNFT_DIR_OUT];
}

static int watch(struct cross_check *c, uint64_t duration_ns, const char *ready_file)
{
	struct vnft_output *ready;
	int err = vnft_ready_take(&ready, ready_file);

	if (!err)
		err = open_sides(c);
	if (!err)
		err = observe(c, duration_ns, &ready);
	vnft_output_discard(ready);
	if (!err)
		err = vnft_cross_run(c->cross, c->from_ns, c->to_ns, &c->result);
	if (!err && nothing_passed(&c->result))
		err = vnft_fail(-ENODATA,
				"no packets passed: %s: make some meanwhile (ping), or give a "
				"longer --duration",
				c->spec);
	return err;
}

int vnft_doctor_cross(const char *spec, uint64_t duration_ns, const char *ready_file, bool as_json)
{
	struct cross_check c = { .spec = spec };
	bool agree = false;
	int err;

	vnft_interrupt_catch();
	err = watch(&c, duration_ns, ready_file);
	if (!err)
		err = cross_page(&c, as_json, &agree);
	close_sides(&c);
	if (err)
		return vnft_exit_code(err);
	if (agree)
		return VNFT_EXIT_OK;
	vnft_fail(-EIO, "%s: the observers disagree", spec);
	return VNFT_EXIT_INVALID;
}
