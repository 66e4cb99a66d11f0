/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Do the raw records give the instantiation numbers of results.json? Computed again from SYN and
 * RST records and the MARKs that bench wrote, and compared sample by sample.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../guest/guest.h"
#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "../results/read.h"
#include "../stat/records/pair.h"
#include "../stat/records/ports.h"
#include "report.h"

/* Ten thousand of a row, and the reference beside each. */
#define RUNS_MAX	20000u
#define RUN_DEVICES_MAX	64u
#define ROW_UNKNOWN	UINT32_MAX
/*
 * Rings are drained at the latest after this time, so the file holds no record of a run later than
 * that.
 */
#define SETTLED_NS	5000000000ULL

/**
 * struct run - one run as its MARKs tell it
 * @begin_ns: its "type=" mark; records from then to the next run's are its own
 * @row: its row of results.json, ROW_UNKNOWN in files of before there was a mark of it
 * @first_rst_ns: since t0, 0 if no RST was matched
 */
struct run {
	uint32_t number, row;
	char type[VNFT_NAME_LEN];
	uint64_t begin_ns, t0_ns;
	uint64_t first_rst_ns;
	enum vnft_answerer answerer;
	uint16_t service_port;	/* 0: none */
	struct vnft_pair *pair;
	uint16_t device[RUN_DEVICES_MAX];
	unsigned int devices;
	bool used;
};

struct runs {
	struct run *run;
	size_t n, room;
	size_t settled;		/* runs before this one are computed */
	struct vnft_ports *ports;
};

static struct run *run_of(struct runs *all, uint32_t number)
{
	size_t i, room = all->room ? 2 * all->room : 64;
	struct run *grown;

	/* Marks of a run stand together: look from the end. */
	for (i = all->n; i-- > 0 && i + 4 >= all->n;)
		if (all->run[i].number == number)
			return &all->run[i];
	if (all->n == RUNS_MAX)
		return NULL;
	if (all->n == all->room) {
		grown = reallocarray(all->run, room, sizeof(*grown));
		if (!grown)
			return NULL;
		all->run = grown;
		all->room = room;
	}
	all->run[all->n] = (struct run) { .number = number, .row = ROW_UNKNOWN };
	return &all->run[all->n++];
}

static int see_mark(const struct vnft_record *r, void *arg)
{
	char name[VNFT_NAME_LEN + 1];
	struct run *run;

	if (r->kind != VNFT_KIND_MARK)
		return 0;
	memcpy(name, r->mark.name, VNFT_NAME_LEN);
	name[VNFT_NAME_LEN] = '\0';
	if (strncmp(name, "type=", 5) && strncmp(name, "row=", 4) && strncmp(name, "port=", 5) &&
	    strcmp(name, "t0"))
		return 0;
	run = run_of(arg, r->len32);
	if (!run)
		return vnft_fail(-E2BIG, "more than %u runs in one record file", RUNS_MAX);
	if (!strcmp(name, "t0")) {
		run->t0_ns = r->time_ns;
	} else if (name[0] == 'r') {
		run->row = (uint32_t)strtoul(name + 4, NULL, 10);
	} else if (name[0] == 'p') {
		run->service_port = (uint16_t)strtoul(name + 5, NULL, 10);
	} else {
		run->begin_ns = r->time_ns;
		memcpy(run->type, name + 5, strlen(name + 5) + 1);
	}
	return 0;
}

static int by_begin(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	return (x->begin_ns > y->begin_ns) - (x->begin_ns < y->begin_ns);
}

/*
 * Who may answer for each type, and not from which port, which a MARK tells unless the file is of
 * before there was one. Where the type is unknown here, anybody's answer counts.
 */
static void find_answerers(struct runs *all)
{
	struct vnft_type type;
	size_t i, k;

	for (i = 0; i < all->n; i++) {
		for (k = 0; k < i && strcmp(all->run[k].type, all->run[i].type); k++)
			;
		if (k < i) {
			all->run[i].answerer = all->run[k].answerer;
			if (!all->run[i].service_port)
				all->run[i].service_port = all->run[k].service_port;
		} else if (!strchr(all->run[i].type, '/') &&
			   !vnft_type_load(&type, all->run[i].type)) {
			all->run[i].answerer = type.answerer;
			if (!all->run[i].service_port)
				all->run[i].service_port = type.port;
		}
	}
}

/*
 * The earliest matched RST at any device. Answers to SYNs that left through a device come first;
 * only if there are none, those to SYNs that came in (at an uplink).
 */
static void settle(struct run *run)
{
	static struct vnft_pair_result result;
	uint64_t first_ns[VNFT_DIR_NR] = { 0 }, first;
	unsigned int i, dir;

	if (!run->pair)
		return;
	for (i = 0; i < run->devices; i++) {
		for (dir = 0; dir < VNFT_DIR_NR; dir++) {
			vnft_pair_result(run->pair, run->device[i], VNFT_PAIRING_SYN_RST, dir,
					 &result);
			if (result.first_reply_ns &&
			    (!first_ns[dir] || result.first_reply_ns < first_ns[dir]))
				first_ns[dir] = result.first_reply_ns;
		}
	}
	first = first_ns[VNFT_DIR_OUT] ? first_ns[VNFT_DIR_OUT] : first_ns[VNFT_DIR_IN];
	if (first > run->t0_ns)
		run->first_rst_ns = first - run->t0_ns;
	vnft_pair_free(run->pair);
	run->pair = NULL;
}

/* Last run that began at or before @time_ns, NULL if none did. */
static struct run *run_at(struct runs *all, uint64_t time_ns)
{
	size_t low = 0, high = all->n, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (all->run[middle].begin_ns <= time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &all->run[low - 1] : NULL;
}

/* A RST of somebody else, or of the service's port. */
static bool no_answer(const struct runs *all, const struct run *run, const struct vnft_record *r)
{
	return vnft_answer_is_foreign(run->answerer, r) ||
	       (run->service_port && vnft_ports_sender(all->ports, r) == run->service_port);
}

static int see_packet(const struct vnft_record *r, void *arg)
{
	struct runs *all = arg;
	struct run *run;
	unsigned int i;
	int err;

	if (r->kind == VNFT_KIND_FLOW)
		return vnft_ports_feed(r, all->ports);
	if (r->kind != VNFT_KIND_PACKET ||
	    (r->class != VNFT_CLASS_SYN && r->class != VNFT_CLASS_RST))
		return 0;
	run = run_at(all, r->time_ns);
	if (!run || !run->t0_ns || (size_t)(run - all->run) < all->settled ||
	    (r->class == VNFT_CLASS_RST && no_answer(all, run, r)))
		return 0;
	for (; &all->run[all->settled] < run &&
	     r->time_ns > all->run[all->settled + 1].begin_ns + SETTLED_NS; all->settled++)
		settle(&all->run[all->settled]);
	if (!run->pair) {
		err = vnft_pair_new(&run->pair);
		if (err)
			return err;
	}
	for (i = 0; i < run->devices && run->device[i] != r->device; i++)
		;
	if (i == RUN_DEVICES_MAX)
		return 0;
	if (i == run->devices)
		run->device[run->devices++] = r->device;
	return vnft_pair_feed(r, run->pair);
}

static bool failed(const json_t *row, uint32_t number)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(row, "failed"), i, item)
		if (json_number_value(json_object_get(item, "run")) == number)
			return true;
	return false;
}

/* Without a mark of the row, runs of two rows of one type are told apart by their samples only. */
static size_t rows_of_type(const json_t *rows, const char *type)
{
	json_t *row;
	size_t i, n = 0;

	json_array_foreach(rows, i, row)
		n += !strcmp(json_string_value(json_object_get(row, "type")), type);
	return n;
}

/* Is the run one of row @number, of @type? MARKs hold 31 characters of "type=NAME". */
static bool of_row(const struct run *run, size_t number, const char *type)
{
	return !strncmp(run->type, type, VNFT_NAME_LEN - 6) &&
	       (run->row == ROW_UNKNOWN || run->row == number);
}

static struct run *take(struct runs *all, size_t number, const char *type, double sample)
{
	size_t i;

	for (i = 0; i < all->n; i++) {
		struct run *run = &all->run[i];

		if (!run->used && of_row(run, number, type) && run->first_rst_ns &&
		    fabs((double)run->first_rst_ns - sample) < 1.5)
			return run;
	}
	return NULL;
}

static int check_row(struct runs *all, const json_t *rows, size_t number, const char *host,
		     json_t *table)
{
	const json_t *row = json_array_get(rows, number);
	const char *type = json_string_value(json_object_get(row, "type"));
	struct vnft_samples said = { 0 }, found = { 0 };
	bool only = rows_of_type(rows, type) == 1;
	json_t *line = json_object();
	size_t i, missing = 0, extra = 0;
	char label[256];
	struct run *run;
	int err;

	err = vnft_results_samples(row, "instantiation.samples_ns", &said);
	/* More samples than runs cannot agree: no need to look for each. */
	for (i = 0; !err && i < said.n && missing <= all->n; i++) {
		run = take(all, number, type, said.value[i]);
		if (!run) {
			missing++;
			continue;
		}
		run->used = true;
		err = vnft_samples_add(&found, (double)run->first_rst_ns);
	}
	for (i = 0; !err && i < all->n; i++) {
		run = &all->run[i];
		if (run->used || !run->first_rst_ns || failed(row, run->number) ||
		    !of_row(run, number, type) || (!only && run->row == ROW_UNKNOWN))
			continue;
		extra++;
		err = vnft_samples_add(&found, (double)run->first_rst_ns);
	}
	vnft_results_name(rows, row, label, sizeof(label));
	if (host)
		json_object_set_new(line, "host", json_string(host));
	json_object_set_new(line, "type", json_string(type));
	json_object_set_new(line, "label", json_string(label));
	json_object_set_new(line, "runs", json_integer((json_int_t)said.n));
	if (said.n)
		json_object_set_new(line, "results_median_ns",
				    json_integer((json_int_t)llround(vnft_quantile(&said, 0.5))));
	else
		vnft_json_null(line, "results_median_ns", "no run of it counted");
	if (found.n)
		json_object_set_new(line, "records_median_ns",
				    json_integer((json_int_t)llround(vnft_quantile(&found, 0.5))));
	else
		vnft_json_null(line, "records_median_ns", "the records hold no run of it");
	json_object_set_new(line, "differ",
			    json_integer((json_int_t)(missing > extra ? missing : extra)));
	json_object_set_new(line, "agree", json_boolean(!missing && !extra));
	json_array_append_new(table, line);
	vnft_samples_free(&said);
	vnft_samples_free(&found);
	return err;
}

int vnft_runs_check(const char *path, const json_t *rows, const char *host, json_t *table)
{
	struct runs all = { 0 };
	size_t i;
	int err;

	err = vnft_ports_new(&all.ports);
	if (!err)
		err = vnft_records_each(path, see_mark, &all);
	if (!err && all.n) {
		qsort(all.run, all.n, sizeof(*all.run), by_begin);
		find_answerers(&all);
		err = vnft_records_each(path, see_packet, &all);
	}
	for (i = all.settled; i < all.n; i++)
		settle(&all.run[i]);
	for (i = 0; !err && i < json_array_size(rows); i++)
		err = check_row(&all, rows, i, host, table);
	for (i = 0; i < all.n; i++)
		vnft_pair_free(all.run[i].pair);
	vnft_ports_free(all.ports);
	free(all.run);
	return err;
}
