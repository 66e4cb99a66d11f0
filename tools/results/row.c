/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The runs of a type become a row of results.json.
 */
#include <stdio.h>
#include <string.h>

#include "../lib/text/json.h"
#include "../source/lost.h"
#include "conditions.h"
#include "parts.h"

/* Of members that are one number a run: where in a row each stands, and why it may be missing. */
static const struct number {
	const char *path, *unit;
	const char *none_why, *bound_why;
} numbers[] = {
#define NUMBER(id, path, type, unit, why, bound_why, what)	\
	[VNFT_NUMBER_##id] = { path, unit, why, bound_why },
	VNFT_RESULTS_NUMBERS(NUMBER)
#undef NUMBER
};

static void collect_number(const struct vnft_results_row *row, enum vnft_results_number_id id,
			   struct vnft_samples *v)
{
	VNFT_RESULTS_COLLECT(row, v, r->numbers[id].measured, r->numbers[id].value);
}

/* The object that @path names without its last word, made if it is not there; and that word. */
static json_t *parent_of(json_t *to, const char *path, const char **key)
{
	const char *dot = strchr(path, '.');
	char name[64];

	if (!dot) {
		*key = path;
		return to;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(dot - path), path);
	if (!json_object_get(to, name))
		json_object_set_new(to, name, json_object());
	return parent_of(json_object_get(to, name), dot + 1, key);
}

/* All of them are memory's. */
static void set_numbers(const struct vnft_results_session *session,
			const struct vnft_results_row *row, json_t *to)
{
	const char *row_why = vnft_results_why_no(row, session->no_memory_why);
	unsigned int i;
	int id;

	for (id = 0; id < VNFT_NUMBER_NR; id++) {
		const char *why = numbers[id].none_why && !session->no_memory_why ?
				  numbers[id].none_why : row_why;
		struct vnft_samples v = { 0 };
		const char *name;
		json_t *parent = parent_of(to, numbers[id].path, &name);
		char key[64];

		for (i = 0; i < row->runs; i++)
			if (row->run[i].numbers[id].why[0])
				why = row->run[i].numbers[id].why;
		collect_number(row, id, &v);
		snprintf(key, sizeof(key), "%s_%s", name, numbers[id].unit);
		vnft_results_put_median(parent, key, &v, why);
		vnft_bound_none(parent, name, numbers[id].unit, v.n ? numbers[id].bound_why : why);
		vnft_samples_free(&v);
	}
}

/* What memory has beside its single numbers. */
static json_t *memory(const struct vnft_results_session *session,
		      const struct vnft_results_row *row)
{
	const struct vnft_bound bound = { .why = numbers[VNFT_NUMBER_TOOL_BYTES].bound_why };
	struct vnft_samples v = { 0 };
	json_t *to = json_object();

	collect_number(row, VNFT_NUMBER_TOOL_BYTES, &v);
	vnft_results_put_spread(to, "bytes", &v, &bound, session->seed,
				vnft_results_why_no(row, session->no_memory_why));
	vnft_samples_free(&v);
	return to;
}

/* The host itself, beside the runs that count (docs/method.md, "Reference"). */
static json_t *reference(const struct vnft_results_session *session,
			 const struct vnft_results_row *row)
{
	/* The same method each time: what it is off by is in both sides of a change. */
	const struct vnft_bound none = { .why = "it tells by how much the host changed, not what a "
						"launch takes" };
	struct vnft_samples launch = { 0 }, rtt = { 0 };
	struct vnft_bound_sizes sizes;
	struct vnft_bound paired;
	json_t *to = json_object(), *of_launch = json_object(), *of_rtt = json_object();
	const char *why = vnft_results_why(row);
	unsigned int i;

	for (i = 0; i < row->runs; i++)
		if (row->run[i].valid && row->run[i].reference.why[0])
			why = row->run[i].reference.why;
	VNFT_RESULTS_COLLECT(row, &launch, r->reference.measured, r->reference.launch_ns);
	VNFT_RESULTS_COLLECT(row, &rtt, r->reference.measured, r->reference.rtt_ns);
	vnft_bound_sizes_init(&sizes, session->self);
	paired = vnft_bound_of(VNFT_BOUNDED_RTT, &sizes);
	vnft_results_put_spread(of_launch, "ns", &launch, &none, session->seed, why);
	vnft_results_put_spread(of_rtt, "ns", &rtt, &paired, session->seed, why);
	json_object_set_new(to, "launch", of_launch);
	json_object_set_new(to, "rtt", of_rtt);
	vnft_samples_free(&launch);
	vnft_samples_free(&rtt);
	return to;
}

static json_t *rounds(const struct vnft_results_row *row)
{
	struct vnft_samples v = { 0 };
	json_t *list;

	VNFT_RESULTS_COLLECT(row, &v, true, r->round);
	list = vnft_results_list(&v);
	vnft_samples_free(&v);
	return list;
}

static json_t *image(const struct vnft_results_row *row)
{
	static const char none[] = "the type names no image that can be read";
	const struct vnft_bound exact = { .why = NULL };
	json_t *to = json_object();

	if (row->image_file_bytes) {
		vnft_results_put(to, "file_bytes", (double)row->image_file_bytes);
		vnft_results_put(to, "disk_bytes", (double)row->image_disk_bytes);
		vnft_bound_put(to, "size", "bytes", &exact);
	} else {
		vnft_json_null(to, "file_bytes", none);
		vnft_json_null(to, "disk_bytes", none);
		vnft_bound_none(to, "size", "bytes", none);
	}
	return to;
}

/*
 * Share of the observed time that our hooks took on some CPU: frames times their cost by test run
 * (manifest.self_overhead). An estimate from above: the loop of the test run is in it.
 */
static json_t *overhead(const struct vnft_results_session *session,
			const struct vnft_results_row *row)
{
	const double counted_ns = session->self ? (double)session->self->counted_ns : 0;
	const double recorded_ns = session->self ? (double)session->self->recorded_ns : 0;
	double frames = 0, records = 0, observed_ns = 0;
	json_t *to = json_object();
	unsigned int i;

	for (i = 0; i < row->runs; i++) {
		frames += (double)row->run[i].packets;
		records += (double)row->run[i].records;
		observed_ns += (double)row->run[i].observed_ns;
	}
	vnft_results_put(to, "frames", frames);
	vnft_results_put(to, "recorded", records);
	if (counted_ns > 0 && observed_ns > 0)
		json_object_set_new(to, "cpu_percent",
				    json_real(100 * ((frames - records) * counted_ns +
						     records * recorded_ns) / observed_ns));
	else
		vnft_json_null(to, "cpu_percent", "the hooks' cost was not measured");
	vnft_bound_none(to, "cpu", "percent", "an estimate from above: it is a bound itself");
	return to;
}

static void set_losses(const struct vnft_results_row *row, json_t *to)
{
	json_t *lost = json_object();
	unsigned int i;
	uint32_t cause;

	for (cause = 0; cause < VNFT_LOST_NR; cause++) {
		uint64_t sum = 0;

		for (i = 0; i < row->runs; i++)
			sum += row->run[i].lost[cause];
		if (!vnft_lost_in_records(cause))
			vnft_results_put(to, "table_evicted", (double)sum);
		else
			vnft_results_put(lost, vnft_lost_name(cause), (double)sum);
	}
	json_object_set_new(to, "lost", lost);
}

/* The host during each run, and whether that disturbed any. */
static void set_conditions(const struct vnft_results_row *row, json_t *to)
{
	json_t *all = json_array(), *one;
	unsigned int i;

	for (i = 0; i < row->runs; i++) {
		if (!row->run[i].conditions)
			continue;
		one = json_copy(row->run[i].conditions);
		vnft_results_put(one, "run", row->run[i].number);
		json_array_append_new(all, one);
	}
	vnft_results_set_disturbed(to, all);
	json_object_set_new(to, "conditions", all);
}

/* Of the runs whose instance said anything, where it is kept. */
static void set_consoles(const struct vnft_results_row *row, json_t *to)
{
	const struct vnft_results_console *console;
	json_t *all = json_array(), *one;
	unsigned int i;

	for (i = 0; i < row->runs; i++) {
		console = &row->run[i].console;
		if (!console->file[0] && !console->why[0])
			continue;
		one = json_object();
		vnft_results_put(one, "run", row->run[i].number);
		if (console->file[0]) {
			json_object_set_new(one, "file", json_string(console->file));
			vnft_results_put(one, "said_bytes", (double)console->said_bytes);
			vnft_results_put(one, "kept_bytes", (double)console->kept_bytes);
		} else {
			vnft_json_null(one, "file", console->why);
		}
		json_array_append_new(all, one);
	}
	json_object_set_new(to, "consoles", all);
}

static void set_verdict(const struct vnft_results_row *row, json_t *to)
{
	json_t *failed = json_array();
	unsigned int i, invalid = 0;
	char lacks[384];

	for (i = 0; i < row->runs; i++) {
		if (row->run[i].valid)
			continue;
		invalid++;
		json_array_append_new(failed, json_pack("{s:i, s:o}", "run",
							(int)row->run[i].number, "why",
							vnft_json_text(row->run[i].why)));
	}
	json_object_set_new(to, "failed", failed);
	json_object_set_new(to, "missing", vnft_results_missing(row));
	vnft_results_put(to, "invalid_runs", invalid);
	if (row->runs && !invalid && !vnft_results_lacks(row, lacks, sizeof(lacks))) {
		json_object_set_new(to, "valid", json_true());
		return;
	}
	json_object_set_new(to, "valid", json_false());
	json_object_set_new(to, "invalid_why",
			    vnft_json_text(row->runs && !invalid ? lacks : vnft_results_why(row)));
}

static void set_identity(const struct vnft_results_row *row, json_t *to)
{
	const struct vnft_results_run *last = row->runs ? &row->run[row->runs - 1] : NULL;

	json_object_set_new(to, "type", vnft_json_name(row->type));
	json_object_set_new(to, "title", vnft_json_text(row->title));
	json_object_set_new(to, "driver", json_string(row->driver));
	if (row->topology) {
		json_object_set_new(to, "topology", json_string(row->topology));
		json_object_set_new(to, "topology_is", json_string(row->topology_is));
	}
	json_object_set_new(to, "cache", json_string(row->cold ? "cold" : "warm"));
	if (row->setup)
		json_object_set(to, "setup", row->setup);
	if (last)
		json_object_set_new(to, "accel", json_string(last->accel));
	else
		vnft_json_null(to, "accel", vnft_results_why(row));
	json_object_set_new(to, "netns", json_string(last ? last->netns : ""));
	vnft_results_put(to, "runs", row->runs);
}

json_t *vnft_results_row_json(const struct vnft_results_session *session,
			      const struct vnft_results_row *row)
{
	struct vnft_samples teardown = { 0 }, create = { 0 };
	struct vnft_bound called;
	struct vnft_bound_sizes sizes;
	const char *why = vnft_results_why(row), *service_why = why;
	json_t *to = json_object(), *gone;
	unsigned int i;

	for (i = 0; i < row->runs; i++)
		if (row->run[i].service_why[0])
			service_why = row->run[i].service_why;
	VNFT_RESULTS_COLLECT(row, &create, r->create_ns, r->create_ns);
	VNFT_RESULTS_COLLECT(row, &teardown, r->teardown_ns, r->teardown_ns);
	vnft_bound_sizes_init(&sizes, session->self);
	called = vnft_bound_of(VNFT_BOUNDED_TEARDOWN, &sizes);
	set_identity(row, to);
	json_object_set_new(to, "rounds", rounds(row));
	json_object_set_new(to, "instantiation", vnft_results_launch(session, row));
	json_object_set_new(to, "service_ready",
			    vnft_results_answered(session, row, true, service_why));
	json_object_set_new(to, "create",
			    vnft_results_duration(&create, &called, session->seed,
						  "this driver creates nothing beforehand"));
	gone = vnft_results_duration(&teardown, &called, session->seed, why);
	json_object_set_new(gone, "phases", vnft_results_phases(session, row, VNFT_RESULTS_ENDING));
	json_object_set_new(to, "teardown", gone);
	json_object_set_new(to, "launches", vnft_results_spans(row, VNFT_RESULTS_LAUNCH));
	json_object_set_new(to, "endings", vnft_results_spans(row, VNFT_RESULTS_ENDING));
	json_object_set_new(to, "rtt", vnft_results_rtts(session, row));
	json_object_set_new(to, "throughput", vnft_results_rates(session, row));
	json_object_set_new(to, "image", image(row));
	json_object_set_new(to, "memory", memory(session, row));
	set_numbers(session, row, to);
	json_object_set_new(to, "reference", reference(session, row));
	json_object_set_new(to, "self_overhead", overhead(session, row));
	set_losses(row, to);
	set_conditions(row, to);
	set_consoles(row, to);
	set_verdict(row, to);
	vnft_samples_free(&create);
	vnft_samples_free(&teardown);
	return to;
}
