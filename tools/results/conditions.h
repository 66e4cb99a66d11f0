/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host during a run: from readings of it before and after, what it did meanwhile, and whether
 * that disturbed the run (docs/method.md, "The host during a run").
 */
#ifndef VNFT_RESULTS_CONDITIONS_H
#define VNFT_RESULTS_CONDITIONS_H

#include <jansson.h>
#include <stdbool.h>

#include "../lib/host/busy.h"

/* Beyond these a run is disturbed: share of the CPU time of the run's CPUs. */
#define VNFT_DISTURBED_OTHERS_PERCENT	20.0
#define VNFT_DISTURBED_STEAL_PERCENT	2.0

/**
 * struct vnft_results_readings - of one run
 * @cpus: the run's
 * @before, @after: of everything; @before's instance does not exist yet
 * @launched: of processes and of the CPUs' time, right behind the launch; time 0: there was none
 * @at_stop: of processes: the last of a running instance
 * @instance: is it a process that could be seen? Else @none_why
 * @own_steal: what the hypervisor took may be for the instance itself (Xen)
 */
struct vnft_results_readings {
	struct vnft_busy_cpus cpus;
	struct vnft_busy before, launched, at_stop, after;
	bool instance, own_steal;
	const char *none_why;
};

/* A member of rows[].conditions[], without the run's number. New reference. */
json_t *vnft_results_conditions(const struct vnft_results_readings *of);

/*
 * Of a row with these conditions: disturbed_runs, and where there are any disturbed_by: how many
 * runs, and the most that was taken.
 */
void vnft_results_set_disturbed(json_t *row, const json_t *conditions);

#endif
