/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two readings of the host are what it did in between, as members of results.json.
 */
#include "conditions.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../lib/text/json.h"

/* CPU time comes in ticks; of less than this the shares would be made of rounding. */
#define LEAST_NS	300e6
#define MOST_INTERRUPTS	8u
#define OWN_STEAL	"under Xen it is what the instance itself ran, too"
#define TOO_SHORT	"less than 0.3 s of CPU time passed"

static uint64_t since(uint64_t before, uint64_t after)
{
	return after > before ? after - before : 0;
}

static void set_count(json_t *to, const char *key, uint64_t count, const char *why)
{
	if (why)
		vnft_json_null(to, key, why);
	else
		json_object_set_new(to, key, json_integer((json_int_t)count));
}

/* With one digit behind the point: the times come in ticks. */
static void set_percent(json_t *to, const char *key, double part, double whole, const char *why)
{
	if (why)
		vnft_json_null(to, key, why);
	else
		json_object_set_new(to, key, json_real(round(1000 * part / whole) / 10));
}

/**
 * struct span - between two readings
 * @strayed_ns: own time that @b does not have: of what left our tree meanwhile, or never was in it
 *	and ended; it is among others' by then, who waited for it
 * @why: why its shares are not known; NULL: they are
 */
struct span {
	const struct vnft_busy *a, *b;
	double strayed_ns;
	const char *why;
};

static double all_ns(const struct span *s)
{
	return (double)since(s->a->time_ns, s->b->time_ns) * s->b->cpus;
}

static double kernel_ns(const struct span *s)
{
	return (double)since(s->a->kernel_ns, s->b->kernel_ns);
}

static double own_ns(const struct span *s)
{
	return (double)since(s->a->own_ns, s->b->own_ns) + (double)s->b->instance_ns +
	       s->strayed_ns;
}

/*
 * Time of others: of their processes, not of the CPUs less our own. The kernel charges a CPU's time
 * by ticks and a process's time exactly; the difference of the two would be the error of both.
 */
static double others_ns(const struct span *s)
{
	const double tasks = (double)since(s->a->tasks_ns, s->b->tasks_ns);
	double others = (double)s->b->others_ns - (double)s->a->others_ns - s->strayed_ns;

	/* Where some CPUs are not the run's: no more than their own counters leave. */
	if (s->b->cpus < s->b->all_cpus)
		others = fmin(others, tasks - kernel_ns(s) - own_ns(s));
	/* Processes are read one after the other, so that a full host may seem fuller. */
	return fmin(fmax(others, 0), all_ns(s));
}

static struct span span_of(const struct vnft_busy *a, const struct vnft_busy *b)
{
	struct span s = { .a = a, .b = b, .why = a->cpus_why ? a->cpus_why : b->cpus_why };

	if (!s.why && a->cpus != b->cpus)
		s.why = "a CPU went on or off meanwhile";
	if (!s.why && all_ns(&s) < LEAST_NS)
		s.why = TOO_SHORT;
	return s;
}

static double steal_ns(const struct span *s)
{
	return (double)since(s->a->steal_ns, s->b->steal_ns);
}

static void set_shares(json_t *to, const struct vnft_results_readings *of)
{
	const struct vnft_busy *a = &of->before, *b = &of->after;
	struct span run = span_of(a, b);
	const double all = all_ns(&run);
	const char *why = run.why, *processes_why, *others_why;

	run.strayed_ns = (double)(since(b->own_ns, of->at_stop.own_ns) + of->at_stop.instance_ns);
	processes_why = why ? why : a->processes_why;
	others_why = processes_why ? processes_why :
		     of->instance && !of->at_stop.instance_seen ?
		     "the instance had ended before its CPU time was read" : of->none_why;
	set_count(to, "cpus", b->cpus, b->cpus_why);
	set_percent(to, "others_percent", others_ns(&run), all, others_why);
	set_percent(to, "own_percent", own_ns(&run), all, others_why);
	set_percent(to, "kernel_percent", kernel_ns(&run), all, processes_why);
	set_percent(to, "interrupts_percent", (double)since(a->interrupts_ns, b->interrupts_ns),
		    all, why);
	set_percent(to, "steal_percent", steal_ns(&run), all,
		    why ? why : of->own_steal ? OWN_STEAL : NULL);
	set_percent(to, "idle_percent", (double)since(a->idle_ns, b->idle_ns), all, why);
}

/* The launch is short, and what disturbs it may be lost in the share of the run. */
static void set_launch(json_t *to, const struct vnft_results_readings *of)
{
	const struct vnft_busy *a = &of->before, *b = &of->launched;
	struct span launch = span_of(a, b);

	if (!b->time_ns)
		launch.why = "it was not launched";
	set_percent(to, "launch_others_percent", others_ns(&launch), all_ns(&launch), launch.why ?
		    launch.why : a->processes_why ? a->processes_why : of->none_why);
	set_percent(to, "launch_steal_percent", steal_ns(&launch), all_ns(&launch),
		    launch.why ? launch.why : of->own_steal ? OWN_STEAL : NULL);
}

static void set_pressure(json_t *to, const struct vnft_busy *a, const struct vnft_busy *b)
{
	static const char *const keys[VNFT_BUSY_PRESSURES] = {
		[VNFT_BUSY_CPU_SOME] = "cpu_some_ns", [VNFT_BUSY_IO_SOME] = "io_some_ns",
		[VNFT_BUSY_IO_FULL] = "io_full_ns", [VNFT_BUSY_MEMORY_SOME] = "memory_some_ns",
		[VNFT_BUSY_MEMORY_FULL] = "memory_full_ns",
	};
	json_t *pressure = json_object();
	unsigned int i;

	for (i = 0; i < VNFT_BUSY_PRESSURES; i++)
		set_count(pressure, keys[i], since(a->pressure_ns[i], b->pressure_ns[i]),
			  a->pressure_why[i] ? a->pressure_why[i] : b->pressure_why[i]);
	json_object_set_new(to, "pressure", pressure);
}

static void set_frequency(json_t *to, const struct vnft_busy *a, const struct vnft_busy *b)
{
	const char *why = a->frequency_why ? a->frequency_why : b->frequency_why;

	set_count(to, "frequency_low_hz", a->frequency_low_hz < b->frequency_low_hz ?
		  a->frequency_low_hz : b->frequency_low_hz, why);
	set_count(to, "frequency_high_hz", a->frequency_high_hz > b->frequency_high_hz ?
		  a->frequency_high_hz : b->frequency_high_hz, why);
}

static uint64_t count_of(const struct vnft_busy_counts *counts, const char *name)
{
	unsigned int i;

	for (i = 0; i < counts->n; i++)
		if (!strcmp(counts->of[i].name, name))
			return counts->of[i].count;
	return 0;
}

/* Those that grew, at most @most: the ones that grew most. */
static void set_counts(json_t *to, const char *key, const struct vnft_busy_counts *a,
		       const struct vnft_busy_counts *b, unsigned int most)
{
	json_t *counts = json_object();
	unsigned int i, k;

	for (k = 0; k < most; k++) {
		uint64_t best = 0;
		unsigned int at = 0;
		json_t *name;

		for (i = 0; i < b->n; i++) {
			uint64_t grew = since(count_of(a, b->of[i].name), b->of[i].count);

			name = vnft_json_name(b->of[i].name);
			if (grew > best && !json_object_get(counts, json_string_value(name))) {
				best = grew;
				at = i;
			}
			json_decref(name);
		}
		if (!best)
			break;
		name = vnft_json_name(b->of[at].name);
		json_object_set_new(counts, json_string_value(name),
				    json_integer((json_int_t)best));
		json_decref(name);
	}
	if (!a->why && !b->why) {
		json_object_set_new(to, key, counts);
		return;
	}
	json_decref(counts);
	vnft_json_null(to, key, a->why ? a->why : b->why);
}

static double percent_of(const json_t *conditions, const char *key)
{
	return json_number_value(json_object_get(conditions, key));
}

/* Of the run or of its launch alone, whichever is more. */
static double most_of(const json_t *conditions, const char *key)
{
	char launch[64];

	snprintf(launch, sizeof(launch), "launch_%s", key);
	return fmax(percent_of(conditions, key), percent_of(conditions, launch));
}

static void set_verdict(json_t *to)
{
	const double others = most_of(to, "others_percent");
	const double steal = most_of(to, "steal_percent");
	const char *why = json_string_value(json_object_get(to, "others_percent_why"));
	char by[160] = "";

	if (others > VNFT_DISTURBED_OTHERS_PERCENT)
		snprintf(by, sizeof(by), "other work took %.0f %% of the CPUs", others);
	if (steal > VNFT_DISTURBED_STEAL_PERCENT)
		snprintf(by + strlen(by), sizeof(by) - strlen(by), "%sthe hypervisor took %.0f %%",
			 by[0] ? ", " : "", steal);
	if (!by[0] && why) {
		vnft_json_null(to, "disturbed", why);
		return;
	}
	json_object_set_new(to, "disturbed", json_boolean(by[0]));
	if (by[0])
		json_object_set_new(to, "disturbed_by", json_string(by));
}

json_t *vnft_results_conditions(const struct vnft_results_readings *of)
{
	const struct vnft_busy *a = &of->before, *b = &of->after;
	json_t *to = json_object();

	set_count(to, "observed_ns", since(a->time_ns, b->time_ns), NULL);
	set_shares(to, of);
	set_launch(to, of);
	if (a->load_why)
		vnft_json_null(to, "load", a->load_why);
	else
		json_object_set_new(to, "load", json_real(a->load));
	set_count(to, "other_vms", a->vms, a->processes_why);
	set_pressure(to, a, b);
	set_frequency(to, a, b);
	set_count(to, "interrupts", since(a->interrupts.total, b->interrupts.total),
		  a->interrupts.why ? a->interrupts.why : b->interrupts.why);
	set_counts(to, "most_interrupts", &a->interrupts, &b->interrupts, MOST_INTERRUPTS);
	set_counts(to, "softirqs", &a->softirqs, &b->softirqs, VNFT_BUSY_COUNTS);
	set_counts(to, "idle_state_ns", &a->idle_state_ns, &b->idle_state_ns, VNFT_BUSY_COUNTS);
	set_counts(to, "idle_state_entries", &a->idle_state_entries, &b->idle_state_entries,
		   VNFT_BUSY_COUNTS);
	set_verdict(to);
	return to;
}

void vnft_results_set_disturbed(json_t *row, const json_t *conditions)
{
	unsigned int disturbed = 0, known = 0;
	double others = 0, steal = 0;
	const char *why = NULL;
	char by[192];
	json_t *run;
	size_t i;

	json_array_foreach(conditions, i, run) {
		known += !json_is_null(json_object_get(run, "disturbed"));
		if (!why)
			why = json_string_value(json_object_get(run, "disturbed_why"));
		if (!json_is_true(json_object_get(run, "disturbed")))
			continue;
		disturbed++;
		others = fmax(others, most_of(run, "others_percent"));
		steal = fmax(steal, most_of(run, "steal_percent"));
	}
	if (!known) {
		vnft_json_null(row, "disturbed_runs", why ? why : "no run was launched");
		return;
	}
	json_object_set_new(row, "disturbed_runs", json_integer(disturbed));
	if (!disturbed)
		return;
	snprintf(by, sizeof(by), "%u of %zu runs disturbed:", disturbed,
		 json_array_size(conditions));
	if (others > VNFT_DISTURBED_OTHERS_PERCENT)
		snprintf(by + strlen(by), sizeof(by) - strlen(by),
			 " other work took up to %.0f %% of the CPUs%s", others,
			 steal > VNFT_DISTURBED_STEAL_PERCENT ? "," : "");
	if (steal > VNFT_DISTURBED_STEAL_PERCENT)
		snprintf(by + strlen(by), sizeof(by) - strlen(by),
			 " the hypervisor took up to %.0f %%", steal);
	json_object_set_new(row, "disturbed_by", json_string(by));
}
