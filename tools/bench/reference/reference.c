/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host itself, measured beside each run: a fixed small instance is placed, launched, pinged and
 * ended as an instance of a type is, by the same functions (docs/method.md, "Reference").
 */
#include "reference.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/run/clock.h"
#include "../../lib/run/interrupt.h"
#include "../../lib/text/error.h"
#include "../launch.h"
#include "../measure/measure.h"
#include "../progress.h"
#include "../watch/mark.h"
#include "../watch/own.h"
#include "../watch/watch.h"

/* A few, after each launch: so many round trips over a veth take less than 10 ms in all. */
#define ECHOES		20
/* Marks of its launch are told from those of the run beside it by this bit of their number. */
#define NUMBER_BIT	0x80000000u

static int measure(struct vnft_bench_subject *of, struct vnft_results_run *own)
{
	int err;

	err = vnft_bench_launch(of->b, (struct vnft_bench_row *)of->alive.row, of->place,
				of->watch, of->alive.in, own);
	return err ? err : vnft_bench_ping(of, VNFT_PROBE_ECHO_FLOOD, ECHOES, &own->flood);
}

/* Launch in @p, measure, end; @own receives what a run of a type would. */
static int run_once(struct vnft_bench *b, struct vnft_bench_row *row, struct vnft_bench_place *p,
		    struct vnft_results_run *own)
{
	struct vnft_instance in = { .type = &row->type, .place = p->place };
	struct vnft_bench_subject of = {
		.b = b, .place = p, .alive = { b, row, &in, "the reference" }
	};
	int err;

	vnft_bench_mark(b, own->number, 0, vnft_now_ns(), "type=(%s)", row->label);
	err = vnft_bench_own_prepare(b, row, &in);
	if (!err)
		err = vnft_bench_watch_start(&of.watch, b, p, &row->type);
	if (!err) {
		err = measure(&of, own);
		/* What is not there any more when it is taken away is not what went wrong. */
		if (err)
			snprintf(own->why, sizeof(own->why), "%s", vnft_why());
		row->ops->stop(&in);
		vnft_bench_watch_settle(of.watch);
		vnft_bench_watch_stop(of.watch);
	}
	row->ops->release(&in);
	return err;
}

/* Once: what keeps the first from being measured keeps the others, too. */
static void say_none(const struct vnft_bench *b, const struct vnft_results_run *run)
{
	if (run->number > 1 || b->config->common.json || vnft_interrupted())
		return;
	vnft_bench_progress_end();
	vnft_warn("no reference of the host, so compare will not know what is the host's: %s",
		  run->reference.why);
}

/* Of one launch, its share of the means. */
static int add_once(struct vnft_bench *b, struct vnft_bench_row *row, struct vnft_bench_place *p,
		    struct vnft_results_run *own, struct vnft_results_reference *to)
{
	int err = run_once(b, row, p, own);

	if (err && own->why[0])
		return vnft_fail(err, "%s", own->why);
	if (!err && !own->flood.measured)
		err = vnft_fail(-ENODATA, "%s", own->flood.why);
	if (err)
		return err;
	to->launch_ns += own->instantiation_ns / VNFT_BENCH_TURNS;
	to->rtt_ns += own->flood.hooks.hist.sum_ns / own->flood.hooks.hist.count / VNFT_BENCH_TURNS;
	return 0;
}

/* All launches, on one bridge. */
static int run_all(struct vnft_bench *b, struct vnft_bench_row *row, uint32_t number,
		   struct vnft_results_reference *to)
{
	struct vnft_results_run *own = calloc(1, sizeof(*own));
	struct vnft_bench_place p;
	int err;

	if (!own)
		return vnft_fail(-ENOMEM, "out of memory");
	err = vnft_bench_place_make(b, row, number | NUMBER_BIT, &p);
	for (; !err && p.turn < VNFT_BENCH_TURNS; p.turn++) {
		memset(own, 0, sizeof(*own));
		own->number = number | NUMBER_BIT;
		err = add_once(b, row, &p, own, to);
		vnft_bench_place_empty(b, &p);
	}
	vnft_bench_place_remove(b, &p);
	free(own);
	return err;
}

void vnft_bench_reference(struct vnft_bench *b, const struct vnft_bench_row *next,
			  struct vnft_results_run *run)
{
	struct vnft_results_reference *to = &run->reference;
	struct vnft_bench_row row = { .ops = &vnft_guest_reference, .label = "reference" };

	if (b->config->no_reference || b->config->stimulus == VNFT_STIMULUS_EXTERNAL) {
		snprintf(to->why, sizeof(to->why), b->config->no_reference ?
			 "left out (--no-reference)" :
			 "the other machine's SYNs are for the type: no reference");
		return;
	}
	vnft_bench_progress(b, next, "reference");
	vnft_guest_reference_type(&row.type);
	to->measured = !run_all(b, &row, run->number, to);
	if (!to->measured) {
		snprintf(to->why, sizeof(to->why), "%.159s", vnft_why());
		say_none(b, run);
	}
}
