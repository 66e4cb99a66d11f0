/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One run: place, prepare, launch, measure, tear down. Whatever happens, everything that this run
 * made is gone when it returns.
 */
#include <errno.h>
#include <sched.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/run/clock.h"
#include "../lib/text/error.h"
#include "../source/file_write.h"
#include "bench.h"

/* Every thread of the VMM or container, as far as they exist now. */
static int pin_threads(const char *name, pid_t pid, uint32_t cpu)
{
	struct dirent *entry;
	cpu_set_t cpus;
	char path[64];
	int err = 0;
	DIR *dir;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	if (!dir)
		return vnft_fail(-errno, "%s: %s", path, strerror(errno));
	while (!err && (entry = readdir(dir)))
		if (atoi(entry->d_name) > 0 &&
		    sched_setaffinity(atoi(entry->d_name), sizeof(cpus), &cpus) && errno != ESRCH)
			err = vnft_fail(-errno, "%s: thread %s cannot be pinned to CPU %u: %s",
					name, entry->d_name, cpu, strerror(errno));
	closedir(dir);
	return err;
}

static int pin_guest(const struct vnft_bench *b, const struct vnft_bench_row *row,
		     struct vnft_instance *in)
{
	const uint32_t cpu = (uint32_t)b->config->pin_guest;

	if (b->config->pin_guest == VNFT_BENCH_NO_CPU)
		return 0;
	if (row->ops->pin)
		return row->ops->pin(in, cpu);
	if (in->pid <= 0)
		return vnft_fail(-EOPNOTSUPP, "%s: no process to pin: leave --pin-guest out",
				 in->type->name);
	return pin_threads(in->type->name, in->pid, cpu);
}

/* What the host, or the hypervisor, has left for instances; 0: not known. */
static uint64_t available(const struct vnft_bench_row *row)
{
	return row->ops->available_bytes ? row->ops->available_bytes() :
					   vnft_bench_available_bytes();
}

static int measure_memory(struct vnft_bench *b, struct vnft_bench_row *row,
			  const struct vnft_bench_alive *alive, uint64_t before_bytes,
			  struct vnft_bench_sample *s)
{
	uint64_t now_bytes;
	int err;

	err = vnft_bench_alive_until(alive, alive->in->t0_ns + b->config->settle_ns);
	if (err)
		return err;
	s->idle_measured = !row->ops->memory(alive->in, &s->idle);
	if (!s->idle_measured) {
		err = vnft_bench_alive_still(alive);
		if (err)
			return err;
	}
	now_bytes = available(row);
	s->host_delta_measured = before_bytes && now_bytes;
	s->host_delta_bytes = (int64_t)before_bytes - (int64_t)now_bytes;
	return 0;
}

static int measure(struct vnft_bench *b, struct vnft_bench_row *row, struct vnft_bench_place *p,
		   struct vnft_bench_watch *w, struct vnft_instance *in, uint64_t available_bytes,
		   struct vnft_bench_sample *s)
{
	struct vnft_bench_alive alive = { .row = row, .in = in, .doing = "pinning" };
	int err = pin_guest(b, row, in);

	if (err)
		return vnft_bench_alive_or(&alive, err);
	if (!b->config->no_memory) {
		alive.doing = "memory";
		vnft_bench_progress(b, row, s, alive.doing);
		err = measure_memory(b, row, &alive, available_bytes, s);
	}
	if (!err && !b->config->no_rtt) {
		alive.doing = "RTT";
		vnft_bench_progress(b, row, s, alive.doing);
		err = vnft_bench_rtt(b, p, w, &alive, s);
	}
	if (!err && !b->config->no_throughput) {
		alive.doing = "throughput";
		vnft_bench_progress(b, row, s, alive.doing);
		err = vnft_bench_rate(b, p, w, &alive, s);
	}
	return err ? err : vnft_bench_alive(&alive);
}

static void take_losses(struct vnft_bench *b, struct vnft_bench_place *p,
			struct vnft_bench_sample *s)
{
	const uint16_t id[2] = { p->device_id, p->bridge_id };
	struct vnft_device_state state;
	int i, cause;	/* a cause of loss, or a class of frames */

	for (i = 0; i < 2; i++) {
		if (!id[i] || b->source->ops->state(b->source, id[i], &state))
			continue;
		for (cause = 0; cause < VNFT_LOST_NR; cause++)
			s->lost[cause] += state.counters.lost[cause];
		s->packets += state.counters.dir[VNFT_DIR_IN].packets +
			      state.counters.dir[VNFT_DIR_OUT].packets;
		for (cause = 0; cause < VNFT_CLASS_NR; cause++)
			if (VNFT_RECORD_DEFAULT & (1U << cause))
				s->records += state.counters.dir[VNFT_DIR_IN].classes[cause] +
					      state.counters.dir[VNFT_DIR_OUT].classes[cause];
		pthread_mutex_lock(&b->writer_lock);
		vnft_file_write_lost(b->writer, id[i], &state.counters);
		pthread_mutex_unlock(&b->writer_lock);
	}
}

/* docs/method.md, "Losses and validity". */
static void judge(struct vnft_bench_sample *s)
{
	static const enum vnft_lost fatal[] = { VNFT_LOST_RING_FULL, VNFT_LOST_NESTED,
						VNFT_LOST_RECURSION, VNFT_LOST_BACKWARDS,
						VNFT_LOST_UNREAD };
	uint64_t lost = 0;
	size_t i;

	if (s->why[0])
		return;
	lost = s->sent_lost + s->fixed.sender.sent_lost;
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
		    uint16_t device_id, struct vnft_bench_sample *s)
{
	int err;

	vnft_bench_progress(b, row, s, "teardown");
	err = row->ops->stop(in);
	if (err)
		return err;
	s->teardown_ns = in->stopped_ns - in->stop_ns;
	vnft_bench_mark(b, s->number, device_id, in->stop_ns, "stop");
	vnft_bench_mark(b, s->number, device_id, in->stopped_ns, "stopped");
	return 0;
}

/* Whose records follow: rows of one type have the same name. */
static void mark_row(struct vnft_bench *b, const struct vnft_bench_row *row, unsigned int number,
		     uint64_t time_ns)
{
	vnft_bench_mark(b, number, 0, time_ns, "type=%s", row->type.name);
	vnft_bench_mark(b, number, 0, time_ns, "row=%u", (unsigned int)(row - b->row));
	if (strcmp(row->label, row->type.name))
		vnft_bench_mark(b, number, 0, time_ns, "setup=%s",
				row->label + strlen(row->type.name) + 1);
}

void vnft_bench_run(struct vnft_bench *b, struct vnft_bench_row *row, struct vnft_bench_sample *s)
{
	struct vnft_instance in = { .type = &row->type };
	struct vnft_bench_watch *w = NULL;
	struct vnft_bench_place p;
	uint64_t available_bytes, begun_ns = vnft_now_ns();
	bool started = false;
	int err;

	vnft_bench_progress(b, row, s, "prepare");
	mark_row(b, row, s->number, begun_ns);
	vnft_bench_page_cache(&row->type, row->cold);
	available_bytes = available(row);
	err = vnft_bench_place_make(b, row, s->number, &p);
	if (err)
		goto out_place;
	in.place = p.place;
	strcpy(in.device, p.device);
	err = row->ops->prepare(&in);
	if (err)
		goto out_release;
	err = vnft_bench_watch_start(&w, b, &p, &row->type);
	if (err)
		goto out_release;

	vnft_bench_progress(b, row, s, "instantiation");
	started = true;
	err = vnft_bench_launch(b, row, &p, w, &in, s);
	s->accel = in.accel;
	if (!err)
		err = measure(b, row, &p, w, &in, available_bytes, s);
	s->finished = !err;
	if (err)
		snprintf(s->why, sizeof(s->why), "%s", vnft_why());
	if (started && in.t0_ns && teardown(b, row, &in, p.device_id, s) && !err) {
		err = -EIO;
		snprintf(s->why, sizeof(s->why), "%s", vnft_why());
	}
	vnft_bench_watch_settle(w);
	vnft_bench_watch_queueing(w, &s->queueing);
	take_losses(b, &p, s);
	vnft_bench_watch_stop(w);
out_release:
	if (err && !s->why[0])
		snprintf(s->why, sizeof(s->why), "%s", vnft_why());
	row->ops->release(&in);
out_place:
	if (err && !s->why[0])
		snprintf(s->why, sizeof(s->why), "%s", vnft_why());
	snprintf(s->netns, sizeof(s->netns), "%s", p.in_host ? "host" : "private");
	vnft_bench_place_remove(b, &p);
	s->observed_ns = vnft_now_ns() - begun_ns;
	judge(s);
}
