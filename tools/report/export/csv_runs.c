/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs of a results.json as a table: one line each, those that failed too. Which members are one
 * number a run the table of keys says: "rows[].throughput.tx.samples_bps" is the column
 * throughput.tx_bps.
 *
 * results.json does not say of which run a value is. Where there is one for each run that counts,
 * or "missing" names those without, the order tells it. Where it does not, no value is given away
 * to a run that it may not be of, and a warning says so.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../../lib/text/view.h"
#include "../../results/keys.h"
#include "../../results/read.h"
#include "csv.h"

#define COLUMNS_MAX	64u

/* Numbers of runs, in their order. */
struct csv_numbers {
	double *run;
	size_t n;
};

/**
 * struct csv_row - a row, as its runs are told apart
 * @counted: of the runs that count, if @known; else only how many
 */
struct csv_row {
	const json_t *json;
	char label[256];
	struct csv_numbers counted;
	bool known;
};

/* The columns of a row that are one number a run; @place: of each run's number in @samples. */
struct csv_columns {
	const json_t *samples[COLUMNS_MAX];
	long *place[COLUMNS_MAX];
	size_t n;
};

static int by_number(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool has(const struct csv_numbers *all, double run)
{
	return all->n && bsearch(&run, all->run, all->n, sizeof(run), by_number);
}

/* Members "run" of the items of @list, sorted; only of those whose "what" is @what, unless NULL. */
static int collect(const json_t *list, const char *what, struct csv_numbers *all)
{
	json_t *item, *of;
	size_t i;

	all->n = 0;
	all->run = calloc(json_array_size(list) + 1, sizeof(*all->run));
	if (!all->run)
		return vnft_fail(-ENOMEM, "out of memory");
	json_array_foreach(list, i, item) {
		of = json_object_get(item, "what");
		if (!what || (of && !strcmp(json_string_value(of), what)))
			all->run[all->n++] = json_number_value(json_object_get(item, "run"));
	}
	if (all->n)
		qsort(all->run, all->n, sizeof(*all->run), by_number);
	return 0;
}

/* Every run that was launched has its conditions; those that failed are named. */
static int find_runs(struct csv_row *row)
{
	const json_t *rounds = json_object_get(row->json, "rounds");
	const json_t *first = vnft_view_at(row->json, "instantiation.samples_ns");
	struct csv_numbers failed = { 0 };
	size_t i, n = 0;
	int err;

	err = collect(json_object_get(row->json, "conditions"), NULL, &row->counted);
	if (!err)
		err = collect(json_object_get(row->json, "failed"), NULL, &failed);
	for (i = 0; !err && i < row->counted.n; i++)
		if (!has(&failed, row->counted.run[i]))
			row->counted.run[n++] = row->counted.run[i];
	free(failed.run);
	row->counted.n = json_array_size(json_is_array(rounds) ? rounds : first);
	row->known = n == row->counted.n;
	return err;
}

/* The place of each run's value in the samples at @path, -1 for none; false: it is not known. */
static bool align(const struct csv_row *row, const char *path, long *place, int *err)
{
	const char *what = vnft_results_missing_what(path);
	const size_t n = json_array_size(vnft_view_at(row->json, path));
	struct csv_numbers without = { 0 };
	size_t i, at = 0;

	if (n == row->counted.n || !n || !row->known) {
		for (i = 0; i < row->counted.n; i++)
			place[i] = n == row->counted.n ? (long)i : -1;
		return n == row->counted.n || !n;
	}
	if (what)
		*err = collect(json_object_get(row->json, "missing"), what, &without);
	for (i = 0; i < row->counted.n; i++)
		place[i] = has(&without, row->counted.run[i]) ? -1 : (long)at++;
	free(without.run);
	for (i = 0; at != n && i < row->counted.n; i++)
		place[i] = -1;
	return at == n;
}

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

	for (i = 0; i < row->counted.n; i++) {
		put_identity(to, host, row);
		fputc(',', to);
		if (row->known)
			fprintf(to, "%.0f", row->counted.run[i]);
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
	int base_bytes, err = find_runs(row);
	size_t k;

	for (; !err && (key = vnft_results_sampled(key, &path, &base_bytes)); key++) {
		k = columns.n++;
		columns.samples[k] = vnft_view_at(row->json, path);
		columns.place[k] = calloc(row->counted.n + 1, sizeof(long));
		if (!columns.place[k])
			err = vnft_fail(-ENOMEM, "%s: out of memory", x->path);
		else if (!align(row, path, columns.place[k], &err) && !err)
			vnft_warn("%s: %s: %s: which runs have these values is not known: left out",
				  x->path, row->label, path);
	}
	if (!err) {
		put_counted(x->to, host, row, &columns);
		put_failed(x->to, host, row, columns.n);
	}
	for (k = 0; k < columns.n; k++)
		free(columns.place[k]);
	free(row->counted.run);
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
