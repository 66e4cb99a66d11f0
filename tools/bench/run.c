/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One run: place, prepare, launch, measure, tear down. Whatever happens, everything that this run
 * made is gone when it returns, unless it was to be kept.
 */
#include "run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../lib/host/accel.h"
#include "../lib/run/clock.h"
#include "../lib/text/error.h"
#include "kept/console.h"
#include "kept/keep.h"
#include "measure/image.h"
#include "launch.h"
#include "watch/mark.h"
#include "watch/own.h"
#include "measure/host.h"
#include "measure/measure.h"
#include "phases.h"
#include "pin.h"
#include "place.h"
#include "progress.h"
#include "records.h"
#include "watch/watch.h"

#define SKIP(name, doing, skip)							\
	static bool skip_##name(const struct vnft_bench_config *c)		\
	{									\
		return skip;							\
	}
VNFT_BENCH_MEASUREMENTS(SKIP)
#undef SKIP

/* Every measurement that was asked for, as long as the instance lives. */
static int measure(struct vnft_bench_subject *of, struct vnft_results_run *run)
{
	static const struct {
		const char *doing;
		bool (*skip)(const struct vnft_bench_config *c);
		int (*measure)(const struct vnft_bench_subject *of, struct vnft_results_run *run);
	} all[] = {
#define MEASUREMENT(name, doing, skip) { doing, skip_##name, vnft_bench_measure_##name },
		VNFT_BENCH_MEASUREMENTS(MEASUREMENT)
#undef MEASUREMENT
	};
	size_t i;
	int err;

	of->alive.doing = "pinning";
	err = vnft_bench_pin(of->b, of->alive.row, of->alive.in);
	for (i = 0; !err && i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i].skip(of->b->config))
			continue;
		of->alive.doing = all[i].doing;
		vnft_bench_progress(of->b, of->alive.row, of->alive.doing);
		err = all[i].measure(of, run);
	}
	/* Of a dead instance its device or a connection fails first: that is no reason to give. */
	return err ? vnft_bench_alive_or(&of->alive, err) : vnft_bench_alive(&of->alive);
}

/* Frames of the classes that we record, both ways. */
static uint64_t recorded(const struct vnft_counters *counters)
{
	uint64_t sum = 0;
	int class;

	for (class = 0; class < VNFT_CLASS_NR; class++)
		if (VNFT_RECORD_DEFAULT & (1U << class))
			sum += counters->dir[VNFT_DIR_IN].classes[class] +
			       counters->dir[VNFT_DIR_OUT].classes[class];
	return sum;
}

static void take_losses(struct vnft_bench *b, struct vnft_bench_place *p,
			struct vnft_results_run *s)
{
	const uint16_t id[2] = { p->device_id, p->bridge_id };
	struct vnft_device_state state;
	int i, cause;

	for (i = 0; i < 2; i++) {
		if (!id[i] || b->source->ops->state(b->source, id[i], &state))
			continue;
		for (cause = 0; cause < VNFT_LOST_NR; cause++)
			s->lost[cause] += state.counters.lost[cause];
		s->packets += state.counters.dir[VNFT_DIR_IN].packets +
			      state.counters.dir[VNFT_DIR_OUT].packets;
		s->records += recorded(&state.counters);
		vnft_bench_records_lost(b, id[i], &state.counters);
	}
}

/* docs/method.md, "Losses and validity". */
static void judge(struct vnft_results_run *s)
{
	static const enum vnft_lost fatal[] = { VNFT_LOST_RING_FULL, VNFT_LOST_NESTED,
						VNFT_LOST_RECURSION, VNFT_LOST_BACKWARDS,
						VNFT_LOST_UNREAD };
	uint64_t lost = 0;
	size_t i;

	if (s->why[0])
		return;
	lost = s->sent_lost + s->fixed.sent_lost;
	for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		lost += s->lost[fatal[i]];
	if (lost)
		snprintf(s->why, sizeof(s->why), "%llu records lost, 0 allowed",
			 (unsigned long long)lost);
	else if (s->lost[VNFT_LOST_FLOW_EVICTED] * 1000 > s->packets)
		snprintf(s->why, sizeof(s->why), "%llu flows lost their state in %llu packets",
			 (unsigned long long)s->lost[VNFT_LOST_FLOW_EVICTED],
			 (unsigned long long)s->packets);
	else
		s->valid = true;
}

static int teardown(struct vnft_bench *b, struct vnft_bench_row *row, struct vnft_instance *in,
		    uint16_t device_id, struct vnft_results_run *s)
{
	int err;

	vnft_bench_progress(b, row, "teardown");
	err = row->ops->stop(in);
	if (err)
		return err;
	s->teardown_ns = in->stopped_ns - in->stop_ns;
	vnft_bench_mark(b, s->number, device_id, in->stop_ns, "stop");
	vnft_bench_mark(b, s->number, device_id, in->stopped_ns, "stopped");
	return 0;
}

/* What of its end the watch has seen by now; @pid: of the process that was it. */
static void see_end(struct vnft_bench *b, struct vnft_bench_watch *w,
		    const struct vnft_instance *in, pid_t pid, struct vnft_results_run *s)
{
	struct vnft_bench_seen seen;

	if (!s->teardown_ns)
		return;
	vnft_bench_watch_end(w, pid, in->stop_ns, &seen);
	vnft_bench_endings(b, in, &seen, s);
}

/* Whose records follow: rows of one type have the same name. */
static void mark_row(struct vnft_bench *b, const struct vnft_bench_row *row, unsigned int number,
		     uint64_t time_ns)
{
	vnft_bench_mark(b, number, 0, time_ns, "type=%s", row->type.name);
	vnft_bench_mark(b, number, 0, time_ns, "row=%u", (unsigned int)(row - b->row));
	if (row->type.port)
		vnft_bench_mark(b, number, 0, time_ns, "port=%u", row->type.port);
	if (strcmp(row->label, row->type.name))
		vnft_bench_mark(b, number, 0, time_ns, "setup=%s",
				row->label + strlen(row->type.name) + 1);
}

/* The first reason of a run is the one that counts. */
static void keep_why(const struct vnft_bench_row *row, struct vnft_results_run *s, int err)
{
	const char *why = vnft_why_of(row->label);

	if (why == vnft_why())
		why = vnft_why_of(row->type.name);
	if (err && !s->why[0])
		snprintf(s->why, sizeof(s->why), "%s", why);
}

/* What is missing because of a lost hook is no other fault's. */
static void blame_hooks(struct vnft_results_run *s, const char *lost)
{
	char why[sizeof(s->why)];

	memcpy(why, s->why, sizeof(why));
	snprintf(s->why, sizeof(s->why), "%s%s%.90s", lost, why[0] ? "; " : "", why);
}

void vnft_bench_run(struct vnft_bench *b, struct vnft_bench_row *row, struct vnft_results_run *s)
{
	struct vnft_instance in = { .type = &row->type };
	struct vnft_bench_watch *w = NULL;
	struct vnft_bench_place p;
	struct vnft_bench_subject of = { .b = b, .place = &p, .alive = { b, row, &in, NULL } };
	const uint64_t begun_ns = vnft_now_ns();
	struct vnft_results_readings *readings;
	char lost[VNFT_BENCH_HOOKS_BYTES];
	pid_t pid;
	int err;

	vnft_bench_progress(b, row, "prepare");
	mark_row(b, row, s->number, begun_ns);
	vnft_bench_page_cache(&row->type, row->cold);
	of.before_bytes = vnft_bench_available_bytes(row->ops);
	err = vnft_bench_place_make(b, row, s->number, &p);
	if (err)
		goto out_place;
	in.place = p.place;
	strcpy(in.device, p.device);
	err = vnft_bench_own_prepare(b, row, &in);
	if (err)
		goto out_release;
	err = vnft_bench_watch_start(&w, b, &p, &row->type);
	if (err)
		goto out_release;

	of.watch = w;
	readings = vnft_bench_host_begin();
	vnft_bench_progress(b, row, "instantiation");
	err = vnft_bench_launch(b, row, &p, w, &in, s);
	if (!err) {
		vnft_bench_host_launched(readings, &in);
		err = measure(&of, s);
	}
	s->finished = !err;
	/* At once: who asks about a device that is gone is told why not, in the same place. */
	keep_why(row, s, err);
	vnft_bench_watch_hooks(w, lost);
	if (lost[0])
		blame_hooks(s, lost);
	vnft_bench_host_stop(readings, &in);
	vnft_bench_console(b, row, &in, s);
	pid = in.process.pid;
	/* Without t0 it was not started. */
	if (vnft_bench_keep_wanted(b, &in, err)) {
		vnft_bench_keep(b, row, &in, s);
	} else if (in.t0_ns && teardown(b, row, &in, p.device_id, s) && !err) {
		err = -EIO;
		keep_why(row, s, err);
	}
	s->conditions = vnft_bench_host_end(readings);
	vnft_bench_watch_settle(w);
	see_end(b, w, &in, pid, s);
	vnft_bench_watch_queueing(w, &s->queueing);
	vnft_bench_watch_asking(w, VNFT_PAIRING_SYN_RST, &s->rst_asking);
	vnft_bench_watch_asking(w, VNFT_PAIRING_SYN_SYNACK, &s->service_asking);
	take_losses(b, &p, s);
	vnft_bench_watch_stop(w);
out_release:
	keep_why(row, s, err);
	if (!b->kept.run)
		row->ops->release(&in);
out_place:
	keep_why(row, s, err);
	s->accel = vnft_accel_name(in.accel);
	s->netns = p.in_host ? "host" : "private";
	if (b->kept.run)
		vnft_bench_place_leave(b, &p);
	else
		vnft_bench_place_remove(b, &p);
	s->observed_ns = vnft_now_ns() - begun_ns;
	judge(s);
}
