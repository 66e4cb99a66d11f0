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

/* What left our tree meanwhile, or never was in it and ended, is in the last reading alone. */
static double strayed_ns(const struct vnft_results_readings *of)
{
	return (double)(since(of->after.own_ns, of->at_stop.own_ns) + of->at_stop.instance_ns);
}

/*
 * Time of others: of their processes, not of the CPUs less our own. The kernel charges a CPU's time
 * by ticks and a process's time exactly; the difference of the two would be the error of both.
 */
static double others_ns(const struct vnft_results_readings *of, double own, double kernel)
{
	const struct vnft_busy *a = &of->before, *b = &of->after;
	const double tasks = (double)since(a->tasks_ns, b->tasks_ns);
	/* The strayed end as children of others, who waited for them. */
	double others = (double)b->others_ns - (double)a->others_ns - strayed_ns(of);

	/* Where some CPUs are not the run's: no more than their own counters leave. */
	if (b->cpus < b->all_cpus)
		others = fmin(others, tasks - kernel - own);
	return fmax(others, 0);
}

static void set_shares(json_t *to, const struct vnft_results_readings *of)
{
	const struct vnft_busy *a = &of->before, *b = &of->after;
	const double all = (double)since(a->time_ns, b->time_ns) * b->cpus;
	const double kernel = (double)since(a->kernel_ns, b->kernel_ns);
	const double own = (double)since(a->own_ns, b->own_ns) + strayed_ns(of);
	const char *why = a->cpus_why ? a->cpus_why : b->cpus_why, *others_why;

	if (!why && a->cpus != b->cpus)
		why = "a CPU went on or off meanwhile";
	if (!why && all < LEAST_NS)
		why = TOO_SHORT;
	others_why = why ? why : a->processes_why ? a->processes_why :
		     of->instance && !of->at_stop.instance_seen ?
		     "the instance had ended before its CPU time was read" : of->none_why;
	set_count(to, "cpus", b->cpus, b->cpus_why);
	/* Processes are read one after the other, so that a full host may seem fuller. */
	set_percent(to, "others_percent", fmin(others_ns(of, own, kernel), all), all, others_why);
	set_percent(to, "own_percent", own, all, others_why);
	set_percent(to, "kernel_percent", kernel, all, why ? why : a->processes_why);
	set_percent(to, "interrupts_percent", (double)since(a->interrupts_ns, b->interrupts_ns),
		    all, why);
	set_percent(to, "steal_percent", (double)since(a->steal_ns, b->steal_ns), all,
		    why ? why : of->own_steal ? OWN_STEAL : NULL);
	set_percent(to, "idle_percent", (double)since(a->idle_ns, b->idle_ns), all, why);
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

static void set_verdict(json_t *to)
{
	const double others = percent_of(to, "others_percent");
	const double steal = percent_of(to, "steal_percent");
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
		others = fmax(others, percent_of(run, "others_percent"));
		steal = fmax(steal, percent_of(run, "steal_percent"));
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
