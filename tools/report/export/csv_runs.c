/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs of a results.json as a table: one line each, those that failed too. Which members are one
 * number a run the table of keys says: "rows[].throughput.tx.samples_bps" is the column
 * throughput.tx_bps.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "../../lib/text/error.h"
#include "../../lib/text/view.h"
#include "../../results/keys.h"
#include "../../results/read.h"
#include "../whose.h"
#include "csv.h"

#define COLUMNS_MAX	64u

struct csv_row {
	const json_t *json;
	char label[256];
	struct vnft_whose whose;
};

/* The columns of a row that are one number a run; @place: of each run's number in @samples. */
struct csv_columns {
	const json_t *samples[COLUMNS_MAX];
	long *place[COLUMNS_MAX];
	size_t n;
};

static void put_identity(FILE *to, const char *host, const struct csv_row *row)
{
	static const char *const words[] = { "type", "driver", "accel", "cache" };
	size_t i;

	vnft_csv_text(to, host);
	fputc(',', to);
	vnft_csv_text(to, row->label);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		fputc(',', to);
		vnft_csv_value(to, json_object_get(row->json, words[i]));
	}
}

static void put_counted(FILE *to, const char *host, const struct csv_row *row,
			const struct csv_columns *columns)
{
	const json_t *rounds = json_object_get(row->json, "rounds");
	size_t i, k;

	for (i = 0; i < row->whose.counted.n; i++) {
		put_identity(to, host, row);
		fputc(',', to);
		if (row->whose.known)
			fprintf(to, "%.0f", row->whose.counted.run[i]);
		fputc(',', to);
		vnft_csv_value(to, json_array_get(rounds, i));
		fputs(",yes,", to);
		for (k = 0; k < columns->n; k++) {
			fputc(',', to);
			if (columns->place[k][i] >= 0)
				vnft_csv_value(to, json_array_get(columns->samples[k],
								  (size_t)columns->place[k][i]));
		}
		vnft_csv_end_line(to);
	}
}

static void put_failed(FILE *to, const char *host, const struct csv_row *row, size_t columns)
{
	json_t *item;
	size_t i, k;

	json_array_foreach(json_object_get(row->json, "failed"), i, item) {
		put_identity(to, host, row);
		fputc(',', to);
		vnft_csv_value(to, json_object_get(item, "run"));
		fputs(",,no,", to);
		vnft_csv_value(to, json_object_get(item, "why"));
		for (k = 0; k < columns; k++)
			fputc(',', to);
		vnft_csv_end_line(to);
	}
}

static int put_row(struct vnft_export *x, const char *host, struct csv_row *row)
{
	struct csv_columns columns = { 0 };
	const struct vnft_key *key = vnft_results_keys;
	const char *path;
	int base_bytes, err = vnft_whose_find(&row->whose, row->json);
	size_t k;

	for (; !err && (key = vnft_results_sampled(key, &path, &base_bytes)); key++) {
		k = columns.n++;
		columns.samples[k] = vnft_view_at(row->json, path);
		columns.place[k] = calloc(row->whose.counted.n + 1, sizeof(long));
		if (!columns.place[k])
			err = vnft_fail(-ENOMEM, "%s: out of memory", x->path);
		else if (!vnft_whose_places(&row->whose, path, columns.place[k], &err) && !err)
			vnft_warn("%s: %s: %s: which runs have these values is not known: left out",
				  x->path, row->label, path);
	}
	if (!err) {
		put_counted(x->to, host, row, &columns);
		put_failed(x->to, host, row, columns.n);
	}
	for (k = 0; k < columns.n; k++)
		free(columns.place[k]);
	vnft_whose_free(&row->whose);
	return err;
}

int vnft_csv_results(struct vnft_export *x, const json_t *results)
{
	const json_t *rows = json_object_get(results, "rows");
	const struct vnft_key *key = vnft_results_keys;
	const char *path;
	int base_bytes, err = 0;
	unsigned int columns = 0;
	json_t *row;
	size_t i;

	fputs("host,row,type,driver,accel,cache,run,round,counted,why", x->to);
	for (; (key = vnft_results_sampled(key, &path, &base_bytes)); key++) {
		fprintf(x->to, ",%.*s_%s", base_bytes, path, key->unit);
		if (++columns > COLUMNS_MAX)
			return vnft_fail(-E2BIG, "more than %u columns", COLUMNS_MAX);
	}
	vnft_csv_end_line(x->to);
	json_array_foreach(rows, i, row) {
		struct csv_row one = { .json = row };

		if (!vnft_export_row(x, rows, row, one.label, sizeof(one.label)))
			continue;
		err = put_row(x, vnft_results_host(results), &one);
		if (err)
			break;
		x->records++;
	}
	return err;
}
