/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session: plan its rows, make their runs in random order, save after each, clean up.
 */
#include "session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../kmod/core/match.h"
#include "../lib/net/netns.h"
#include "../lib/run/clock.h"
#include "../lib/run/interrupt.h"
#include "../lib/run/child.h"
#include "../lib/undo/kept.h"
#include "../results/read.h"
#include "../source/bpf/alive.h"
#include "../source/file_write.h"
#include "../source/open.h"
#include "../stat/random.h"
#include "../stat/records/ports.h"
#include "bench.h"
#include "kept/keep.h"
#include "launch.h"
#include "manifest.h"
#include "place.h"
#include "plan.h"
#include "progress.h"
#include "records.h"
#include "reference/reference.h"
#include "run.h"
#include "save.h"

/* Births of processes are BPF's: without them a session lacks two phases. */
static void start_life(struct vnft_bench *b)
{
	if (strcmp(b->source->ops->name, "bpf")) {
		snprintf(b->life_why, sizeof(b->life_why),
			 "the module stamps packets, not processes: --observer bpf");
		return;
	}
	b->life = !vnft_bpf_life_start(b->source);
	if (b->life)
		return;
	snprintf(b->life_why, sizeof(b->life_why), "%s", vnft_why());
	vnft_warn("exec and exit of processes cannot be seen: %s", vnft_why());
}

static int open_all(struct vnft_bench *b)
{
	struct vnft_source_config config = {
		.hook = (enum vnft_hook_choice)b->config->hook,
		.side = VNFT_SIDE_IS_HOST,	/* we made them */
		.record_mask = VNFT_RECORD_DEFAULT,
		/* A minute of SYNs at 1 ms, unanswered while a guest boots. */
		.match_slots = 65536,
	};
	int err;

	b->home_fd = vnft_netns_open(NULL);
	if (b->home_fd < 0)
		return b->home_fd;
	err = vnft_journal_note(&b->journal, "netns %s", b->journal.netns);
	if (!err)
		err = vnft_netns_create(b->journal.netns);
	if (err)
		return err;
	b->run_fd = vnft_netns_open(b->journal.netns);
	if (b->run_fd < 0)
		return b->run_fd;
	/* A mechanism that was named is BPF's. */
	err = vnft_source_open(&b->source, config.hook ? VNFT_OBSERVER_BPF :
			       (enum vnft_observer)b->config->observer, &config);
	if (err)
		return err;
	start_life(b);
	return vnft_ports_new(&b->ports);
}

/* What the other machine needs to know, once. */
static void tell_external(const struct vnft_bench *b)
{
	struct vnft_place place;
	char guest[INET_ADDRSTRLEN];
	struct in_addr other;

	vnft_bench_place_address(b, true, &place);
	inet_ntop(AF_INET, &place.guest_ipv4, guest, sizeof(guest));
	other.s_addr = htonl(ntohl(place.guest_ipv4) + 1);
	fprintf(stderr, "other machine: address %s/%u, neighbour %s lladdr "
		"%02x:%02x:%02x:%02x:%02x:%02x, SYN to port %u", inet_ntoa(other), place.prefix,
		guest, place.guest_mac[0], place.guest_mac[1], place.guest_mac[2],
		place.guest_mac[3], place.guest_mac[4], place.guest_mac[5],
		VNFT_BENCH_CLOSED_PORT);
	fputs(" (first RST) and to the workload's (service), then echoes\n", stderr);
}

/* A reason that no run before had: a program that is missing is said once. */
static bool is_news(const struct vnft_bench *b, const char *why)
{
	unsigned int i, k;

	for (i = 0; i < b->rows; i++)
		for (k = 0; k < b->row[i].runs; k++)
			if (!strcmp(b->row[i].run[k].why, why))
				return false;
	return *why;
}

static int run_all(struct vnft_bench *b)
{
	unsigned int i, *order, rows;
	bool news;
	int err = 0;

	order = vnft_bench_plan_order(b, &rows);
	if (!order)
		return vnft_fail(-ENOMEM, "bench: out of memory");
	b->planned = rows * (unsigned int)b->config->runs;
	if (b->config->stimulus == VNFT_STIMULUS_EXTERNAL)
		tell_external(b);
	b->started_ns = vnft_now_ns();
	for (i = 0; i < b->planned && !vnft_interrupted() && !err && !b->kept.run; i++) {
		struct vnft_bench_row *row = &b->row[order[i]];
		struct vnft_results_run *s = &row->run[row->runs];

		s->number = i + 1;
		s->round = i / rows + 1;
		vnft_bench_reference(b, row, s);
		vnft_bench_run(b, row, s);
		err = vnft_bench_broken(b);
		/* A run that was cut short says nothing of its type. */
		if (err || (vnft_interrupted() && !s->finished))
			break;
		news = is_news(b, s->why);
		row->runs++;
		b->done++;
		if (news && !b->config->common.json) {
			vnft_bench_progress_end();
			vnft_warn("run %u: %s: %s", s->number, row->label, s->why);
		}
		err = vnft_bench_save(b, NULL);
		if (!err)
			b->saved = b->done;
	}
	vnft_bench_progress_end();
	free(order);
	return err;
}

static void close_all(struct vnft_bench *b)
{
	if (b->source) {
		if (b->life)
			vnft_bpf_life_stop(b->source);
		b->source->ops->close(b->source);
	}
	if (b->run_fd >= 0)
		close(b->run_fd);
	if (!vnft_bench_keep_end(b))
		vnft_journal_end(&b->journal);
	if (b->home_fd >= 0)
		close(b->home_fd);
	vnft_ports_free(b->ports);
	vnft_bench_directory_leave(&b->directory);
	vnft_bench_plan_free(b);
	json_decref(b->manifest);
}

/* Numbers of a host that was busy are numbers all the same, so the exit code stays. */
static void say_disturbed(const char *label, const json_t *row)
{
	const char *by = json_string_value(json_object_get(row, "disturbed_by"));

	if (by)
		vnft_warn("%s: %s", label, by);
}

/* What is not OK says why itself: the last vnft_fail() may be an answer that nobody minded. */
static enum vnft_exit verdict(const struct vnft_bench *b, const json_t *results)
{
	const json_t *rows = json_object_get(results, "rows");
	unsigned int i, k, invalid = 0, lacking = 0;
	const struct vnft_bench_row *unable = NULL;

	for (i = 0; i < b->rows; i++) {
		say_disturbed(b->row[i].label, json_array_get(rows, i));
		if (!b->row[i].possible && !unable)
			unable = &b->row[i];
		for (k = 0; k < b->row[i].runs; k++)
			invalid += !b->row[i].run[k].valid;
		lacking += b->row[i].possible &&
			   !json_is_true(json_object_get(json_array_get(rows, i), "valid"));
	}
	if (invalid)
		vnft_fail(-EIO,
			  "bench: %u of %u runs are lost or invalid: results.json says why, under "
			  "\"failed\"",
			  invalid, b->done);
	else if (lacking)
		vnft_fail(-EIO,
			  "bench: %u of %u rows lack a measurement that was asked for: "
			  "results.json says why, under \"invalid_why\"", lacking, b->rows);
	else if (unable)
		vnft_fail(-EOPNOTSUPP, "%s: %s", unable->label, unable->why);
	return unable || invalid || lacking ? VNFT_EXIT_INVALID : VNFT_EXIT_OK;
}

/* What an error of the session leaves, behind its reason. */
static int say_left(const struct vnft_bench *b, int err)
{
	if (!b->planned)
		return err;
	if (!b->saved)
		return vnft_fail(err, "%s: no run was finished", vnft_why());
	return vnft_fail(err, "%s: %u of %u runs are in %s/" VNFT_RESULTS_FILE, vnft_why(),
			 b->saved, b->planned, b->config->dir);
}

/* Everything between a directory and an exit code. */
static enum vnft_exit measure(struct vnft_bench *b, json_t **results)
{
	int err;

	err = vnft_bench_records_open(b);
	if (err)
		return vnft_exit_code(err);
	err = open_all(b);
	if (!err) {
		b->manifest = vnft_bench_manifest(b);
		err = run_all(b);
	}
	/* A page of nothing, and a file of nothing, would say nothing. */
	if (!err && !b->done && vnft_interrupted()) {
		vnft_file_discard(b->writer);
		b->writer = NULL;
		return vnft_exit_code(vnft_fail(-EINTR, "interrupted before a run was finished: "
						"nothing is kept"));
	}
	err = vnft_bench_records_close(b, err);
	if (!err)
		err = vnft_bench_save(b, results);
	if (err)
		return vnft_exit_code(say_left(b, err));
	if (vnft_interrupted()) {
		vnft_fail(-EINTR, "interrupted after %u of %u runs: what is finished is in %s",
			  b->done, b->planned, b->config->dir);
		return VNFT_EXIT_FAILED;
	}
	return verdict(b, *results);
}

static void mention_kept(const char *id, const char *what, void *arg)
{
	vnft_note("vnft-%s is still kept for a look (%s): `vnftrace detach --kept` ends it", id,
		  what);
}

/* Rows, and the session's own lock. */
static int plan(struct vnft_bench *b)
{
	int err;

	/* What cannot be undone now (a daemon that is down) is no reason not to measure. */
	if (vnft_journal_sweep(NULL))
		vnft_warn("an earlier run left something: %s", vnft_why());
	vnft_kept_each(mention_kept, NULL);
	err = vnft_bench_plan(b);
	if (!err)
		err = vnft_bench_plan_able(b);
	return err ? err : vnft_journal_begin(&b->journal);
}

enum vnft_exit vnft_bench_session(const struct vnft_bench_config *config, json_t **results)
{
	struct vnft_bench_config c = *config;
	struct vnft_bench b = { .config = &c, .home_fd = -1, .run_fd = -1, .directory.fd = -1 };
	struct vnft_probe_config syn = { .kind = VNFT_PROBE_SYN };
	char dir[64], why[1024];
	enum vnft_exit code;
	int err;

	*results = NULL;
	err = vnft_probe_choose(&syn, (enum vnft_stimulus)c.stimulus, b.sender_why);
	if (err)
		return vnft_exit_code(err);
	b.sender = syn.sender;
	if (!c.seed)
		c.seed = vnft_mix64(vnft_now_ns()) & VNFT_SEED_MAX;
	vnft_interrupt_catch();
	vnft_child_outlive(c.keep);
	pthread_mutex_init(&b.writer_lock, NULL);
	/* The target first, before anything else is started. */
	if (c.dir)
		err = vnft_bench_directory_take(&b.directory, c.dir);
	if (!err)
		err = plan(&b);
	if (err) {
		vnft_bench_directory_leave(&b.directory);
		return vnft_exit_code(err);
	}
	if (!c.dir) {
		snprintf(dir, sizeof(dir), "vnft-results-%s", b.journal.id);
		c.dir = dir;
		err = vnft_bench_directory_take(&b.directory, c.dir);
	}
	code = err ? vnft_exit_code(err) : measure(&b, results);
	/* What is not there any more when it is to be taken away is not what went wrong. */
	snprintf(why, sizeof(why), "%s", vnft_failed() ? vnft_why() : "");
	close_all(&b);
	vnft_fail(-EIO, "%s", why);
	return code;
}
