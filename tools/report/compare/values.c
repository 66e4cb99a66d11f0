/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The values of a row that are compared: of most metrics they stand in one array, those of a phase
 * with each launch.
 */
#include <stdio.h>
#include <string.h>

#include "../../lib/text/view.h"
#include "../../results/read.h"
#include "parts.h"

static bool is_phase(const struct vnft_compare_ask *ask, const json_t *phase)
{
	const char *name = json_string_value(json_object_get(phase, "name"));

	return name && !strcmp(name, ask->phase);
}

static int durations(const struct vnft_compare_ask *ask, const json_t *row,
		     struct vnft_samples *to)
{
	json_t *run, *phase, *took;
	size_t i, k;
	int err = 0;

	json_array_foreach(json_object_get(row, "launches"), i, run) {
		json_array_foreach(json_object_get(run, "phases"), k, phase) {
			took = json_object_get(phase, "took_ns");
			if (!is_phase(ask, phase) || !json_is_number(took))
				continue;
			err = vnft_samples_add(to, json_number_value(took));
			if (err)
				return err;
		}
	}
	return 0;
}

int vnft_compare_values(const struct vnft_compare_ask *ask, const json_t *row,
			struct vnft_samples *to)
{
	const char *path = vnft_compare_metric_table[ask->metric].path;

	return path ? vnft_results_samples(row, path, to) : durations(ask, row, to);
}

/* Of a phase that the row knows, or not. */
static const char *no_duration_why(const struct vnft_compare_ask *ask, const json_t *row)
{
	json_t *phase;
	size_t i;

	json_array_foreach(vnft_view_at(row, "instantiation.phases"), i, phase) {
		const char *why = json_string_value(json_object_get(phase, "took_median_ns_why"));

		if (is_phase(ask, phase))
			return why ? why : "no run of it has this duration";
	}
	return "its launches have no phase of that name";
}

/* What the row says of the bound as well. */
const char *vnft_compare_none_why(const struct vnft_compare_ask *ask, const json_t *row)
{
	const struct vnft_compare_metric *metric = &vnft_compare_metric_table[ask->metric];
	const json_t *why;
	char key[64];

	if (!row)
		return "this side has no such row";
	if (!metric->path)
		return no_duration_why(ask, row);
	snprintf(key, sizeof(key), "%s_why", metric->bound);
	why = vnft_view_at(row, key);
	if (json_is_string(why))
		return json_string_value(why);
	return json_number_value(json_object_get(row, "runs")) >
	       json_number_value(json_object_get(row, "invalid_runs")) ?
	       "its results.json does not say why" : "no run of it counted";
}
