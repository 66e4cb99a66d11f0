/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rows of a results.json, for Prometheus. Members that are one number a run come from the table
 * of keys: a time becomes a histogram of the runs, what else there is a gauge of its median.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../../lib/text/view.h"
#include "../../results/keys.h"
#include "../../results/read.h"
#include "openmetrics.h"
#include "openmetrics_text.h"

#define PREFIX "vnftrace_bench_"

/* How a unit of results.json is called here; where @histogram, samples are ns. */
static const struct om_unit {
	const char *unit, *name, *om_unit;
	double per_unit;
	bool histogram;
} units[] = {
	{ "ns", "seconds", "seconds", 1e9, true },
	{ "bps", "bytes_per_second", NULL, 8, false },
	{ "pps", "packets_per_second", NULL, 1, false },
	{ "bytes", "bytes", "bytes", 1, false },
};

/**
 * struct om_row - a row that is wanted, and its label
 */
struct om_row {
	const json_t *json;
	char label[256];
};

struct om_rows {
	const char *host;
	struct om_row *row;
	size_t n;
};

static const struct om_unit *unit_of(const char *unit)
{
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(units[i].unit, unit))
			return &units[i];
	return NULL;
}

static void label_row(struct vnft_om *om, const struct om_rows *rows, size_t i)
{
	const json_t *row = rows->row[i].json;
	const char *accel = json_string_value(json_object_get(row, "accel"));

	vnft_om_no_labels(om);
	vnft_om_label(om, "host", rows->host);
	vnft_om_label(om, "type", json_string_value(json_object_get(row, "type")));
	vnft_om_label(om, "row", rows->row[i].label);
	vnft_om_label(om, "accel", accel ? accel : "");
}

/* What the object is that has the samples. */
static const char *meaning(const struct vnft_key *samples, int base_bytes)
{
	const size_t bytes = sizeof("rows[].") - 1 + (size_t)base_bytes;
	const struct vnft_key *key;

	for (key = vnft_results_keys; key->path; key++)
		if (strlen(key->path) == bytes && !strncmp(key->path, samples->path, bytes))
			return key->what;
	return samples->what;
}

static int put_histograms(struct vnft_om *om, const struct om_rows *rows, const char *path)
{
	size_t i;

	for (i = 0; i < rows->n; i++) {
		struct vnft_samples s = { 0 };
		int err = vnft_results_samples(rows->row[i].json, path, &s);

		if (!err && s.n) {
			label_row(om, rows, i);
			vnft_om_values(om, s.value, s.n);
		}
		vnft_samples_free(&s);
		if (err)
			return err;
	}
	return 0;
}

static void put_medians(struct vnft_om *om, const struct om_rows *rows, const char *path,
			double per_unit)
{
	const json_t *median;
	size_t i;

	for (i = 0; i < rows->n; i++) {
		median = vnft_view_at(rows->row[i].json, path);
		if (!json_is_number(median))
			continue;
		label_row(om, rows, i);
		vnft_om_real(om, "", NULL, json_number_value(median) / per_unit);
	}
}

static int put_sampled(struct vnft_om *om, const struct om_rows *rows)
{
	const struct vnft_key *key = vnft_results_keys;
	char name[80], help[160], median[96], *at;
	const struct om_unit *unit;
	const char *path;
	int bytes, err = 0;

	for (; !err && (key = vnft_results_sampled(key, &path, &bytes)); key++) {
		unit = unit_of(key->unit);
		if (!unit)
			continue;
		snprintf(name, sizeof(name), PREFIX "%.*s_%s", bytes, path, unit->name);
		for (at = name; (at = strchr(at, '.'));)
			*at = '_';
		snprintf(help, sizeof(help), "%s: %s.", meaning(key, bytes),
			 unit->histogram ? "one value for each run" : "median of the runs");
		vnft_om_family(om, name, unit->histogram ? "histogram" : "gauge", unit->om_unit,
			       help);
		snprintf(median, sizeof(median), "%.*s.median_%s", bytes, path, key->unit);
		if (unit->histogram)
			err = put_histograms(om, rows, path);
		else
			put_medians(om, rows, median, unit->per_unit);
	}
	return err;
}

/* All echoes of a row: results.json has their quantiles, not their buckets. */
static void put_echoes(struct vnft_om *om, const struct om_rows *rows)
{
	static const char *const loads[] = { "flood", "fixed" };
	static const char *const quantiles[][2] = {
		{ "p50_ns", "quantile=\"0.5\"" }, { "p90_ns", "quantile=\"0.9\"" },
		{ "p99_ns", "quantile=\"0.99\"" }, { "p999_ns", "quantile=\"0.999\"" },
	};
	size_t i, k, q;

	vnft_om_family(om, PREFIX "echo_seconds", "summary", "seconds",
		       "Round trips of ICMP echoes at the hook of the device, of all runs.");
	for (i = 0; i < rows->n; i++) {
		for (k = 0; k < sizeof(loads) / sizeof(loads[0]); k++) {
			const json_t *rtt = json_object_get(json_object_get(rows->row[i].json,
									    "rtt"), loads[k]);
			const json_t *n = json_object_get(rtt, "n");
			const json_t *mean = json_object_get(rtt, "mean_ns");

			if (!json_is_number(n) || !json_is_number(mean))
				continue;
			label_row(om, rows, i);
			vnft_om_label(om, "load", loads[k]);
			for (q = 0; q < sizeof(quantiles) / sizeof(quantiles[0]); q++) {
				const json_t *ns = json_object_get(rtt, quantiles[q][0]);

				if (json_is_number(ns))
					vnft_om_real(om, "", quantiles[q][1],
						     json_number_value(ns) / 1e9);
			}
			vnft_om_real(om, "_count", NULL, json_number_value(n));
			vnft_om_real(om, "_sum", NULL,
				     json_number_value(n) * json_number_value(mean) / 1e9);
		}
	}
}

static void put_verdicts(struct vnft_om *om, const struct om_rows *rows)
{
	const char *cause;
	json_t *count;
	size_t i;

	vnft_om_family(om, PREFIX "runs", "gauge", NULL, "Runs that were made.");
	for (i = 0; i < rows->n; i++) {
		label_row(om, rows, i);
		vnft_om_real(om, "", NULL,
			     json_number_value(json_object_get(rows->row[i].json, "runs")));
	}
	vnft_om_family(om, PREFIX "valid", "gauge", NULL, "1 if there were runs and none failed.");
	for (i = 0; i < rows->n; i++) {
		label_row(om, rows, i);
		vnft_om_count(om, "", NULL,
			      json_is_true(json_object_get(rows->row[i].json, "valid")));
	}
	vnft_om_family(om, PREFIX "lost_records", "counter", NULL,
		       "Records and states that were lost, by cause.");
	for (i = 0; i < rows->n; i++) {
		json_object_foreach(json_object_get(rows->row[i].json, "lost"), cause, count) {
			label_row(om, rows, i);
			vnft_om_label(om, "cause", cause);
			vnft_om_real(om, "_total", NULL, json_number_value(count));
		}
	}
}

int vnft_openmetrics_results(struct vnft_export *x, const json_t *results)
{
	const json_t *all = json_object_get(results, "rows");
	struct om_rows rows = { .host = vnft_results_host(results) };
	struct vnft_om om = { .to = x->to };
	json_t *row;
	size_t i;
	int err;

	rows.row = calloc(json_array_size(all) + 1, sizeof(*rows.row));
	if (!rows.row)
		return vnft_fail(-ENOMEM, "%s: out of memory", x->path);
	json_array_foreach(all, i, row) {
		if (!vnft_export_row(x, all, row, rows.row[rows.n].label,
				     sizeof(rows.row[0].label)))
			continue;
		rows.row[rows.n++].json = row;
	}
	x->records = rows.n;
	err = put_sampled(&om, &rows);
	put_echoes(&om, &rows);
	put_verdicts(&om, &rows);
	vnft_om_end(x->to);
	free(rows.row);
	return err;
}
