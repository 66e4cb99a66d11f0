/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The runs of a row, from its conditions, and which of them have a value.
 */
#include "whose.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text/error.h"
#include "../lib/text/view.h"
#include "../results/read.h"

static int by_number(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

bool vnft_run_numbers_have(const struct vnft_run_numbers *all, double run)
{
	return all->n && bsearch(&run, all->run, all->n, sizeof(run), by_number);
}

static bool has_what(const json_t *item, const char *what)
{
	const json_t *of = json_object_get(item, "what");

	return of && !strcmp(json_string_value(of), what);
}

static bool is_disturbed(const json_t *item, const char *what)
{
	(void)what;
	return json_is_true(json_object_get(item, "disturbed"));
}

/* Members "run" of the items of @list, sorted; only of those that are @wanted, unless NULL. */
static int collect(const json_t *list, bool (*wanted)(const json_t *item, const char *what),
		   const char *what, struct vnft_run_numbers *all)
{
	json_t *item;
	size_t i;

	all->n = 0;
	all->run = calloc(json_array_size(list) + 1, sizeof(*all->run));
	if (!all->run)
		return vnft_fail(-ENOMEM, "out of memory");
	json_array_foreach(list, i, item)
		if (!wanted || wanted(item, what))
			all->run[all->n++] = json_number_value(json_object_get(item, "run"));
	if (all->n)
		qsort(all->run, all->n, sizeof(*all->run), by_number);
	return 0;
}

/* Every run that was launched has its conditions; those that failed are named. */
int vnft_whose_find(struct vnft_whose *whose, const json_t *row)
{
	const json_t *conditions = json_object_get(row, "conditions");
	const json_t *rounds = json_object_get(row, "rounds");
	const json_t *first = vnft_view_at(row, "instantiation.samples_ns");
	struct vnft_run_numbers failed = { 0 };
	size_t i, n = 0;
	int err;

	*whose = (struct vnft_whose) { .row = row };
	err = collect(conditions, NULL, NULL, &whose->counted);
	if (!err)
		err = collect(conditions, is_disturbed, NULL, &whose->disturbed);
	if (!err)
		err = collect(json_object_get(row, "failed"), NULL, NULL, &failed);
	for (i = 0; !err && i < whose->counted.n; i++)
		if (!vnft_run_numbers_have(&failed, whose->counted.run[i]))
			whose->counted.run[n++] = whose->counted.run[i];
	free(failed.run);
	whose->counted.n = json_array_size(json_is_array(rounds) ? rounds : first);
	whose->known = n == whose->counted.n;
	return err;
}

void vnft_whose_free(struct vnft_whose *whose)
{
	free(whose->counted.run);
	free(whose->disturbed.run);
	*whose = (struct vnft_whose) { 0 };
}

bool vnft_whose_places(const struct vnft_whose *whose, const char *path, long *place, int *err)
{
	const char *what = vnft_results_missing_what(path);
	const size_t n = json_array_size(vnft_view_at(whose->row, path));
	const struct vnft_run_numbers *counted = &whose->counted;
	struct vnft_run_numbers without = { 0 };
	size_t i, at = 0;

	if (n == counted->n || !n || !whose->known) {
		for (i = 0; i < counted->n; i++)
			place[i] = n == counted->n ? (long)i : -1;
		return n == counted->n || !n;
	}
	if (what)
		*err = collect(json_object_get(whose->row, "missing"), has_what, what, &without);
	for (i = 0; i < counted->n; i++)
		place[i] = vnft_run_numbers_have(&without, counted->run[i]) ? -1 : (long)at++;
	free(without.run);
	for (i = 0; at != n && i < counted->n; i++)
		place[i] = -1;
	return at == n;
}
