/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The values of a row, one a run: of most metrics they stand in one array, those of a phase with
 * each launch.
 */
#include <stdio.h>
#include <string.h>

#include "../../lib/text/view.h"
#include "../../results/read.h"
#include "metric.h"

static bool is_phase(const json_t *phase, const char *name)
{
	const char *its = json_string_value(json_object_get(phase, "name"));

	return its && !strcmp(its, name);
}

static int durations(const char *name, const json_t *row, struct vnft_samples *to)
{
	json_t *run, *phase, *took;
	size_t i, k;
	int err = 0;

	json_array_foreach(json_object_get(row, "launches"), i, run) {
		json_array_foreach(json_object_get(run, "phases"), k, phase) {
			took = json_object_get(phase, "took_ns");
			if (!is_phase(phase, name) || !json_is_number(took))
				continue;
			err = vnft_samples_add(to, json_number_value(took));
			if (err)
				return err;
		}
	}
	return 0;
}

int vnft_metric_values(enum vnft_metric_id id, const char *phase, const json_t *row,
		       struct vnft_samples *to)
{
	const char *path = vnft_metrics[id].values;

	if (vnft_metrics[id].kind == VNFT_METRIC_SPANS)
		return durations(phase, row, to);
	return path ? vnft_results_samples(row, path, to) : 0;
}

const json_t *vnft_metric_phase(const json_t *row, const char *name)
{
	json_t *phase;
	size_t i;

	json_array_foreach(vnft_view_at(row, "instantiation.phases"), i, phase)
		if (is_phase(phase, name))
			return phase;
	return NULL;
}

/* Of a phase that the row knows, or not. */
static const char *no_duration_why(const char *name, const json_t *row)
{
	const json_t *phase = vnft_metric_phase(row, name);
	const char *why = json_string_value(json_object_get(phase, "took_median_ns_why"));

	if (!phase)
		return "its launches have no phase of that name";
	return why ? why : "no run of it has this duration";
}

/* What the row says of the bound as well. */
const char *vnft_metric_none_why(enum vnft_metric_id id, const char *phase, const json_t *row)
{
	const struct vnft_metric *metric = &vnft_metrics[id];
	const json_t *why;
	char key[96];

	if (!row)
		return "this side has no such row";
	if (metric->kind == VNFT_METRIC_SPANS)
		return no_duration_why(phase, row);
	snprintf(key, sizeof(key), "%s_why", metric->bound);
	why = vnft_view_at(row, key);
	if (json_is_string(why))
		return json_string_value(why);
	return json_number_value(json_object_get(row, "runs")) >
	       json_number_value(json_object_get(row, "invalid_runs")) ?
	       "its results.json does not say why" : "no run of it counted";
}
