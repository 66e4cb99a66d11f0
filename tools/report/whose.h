/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which run of a row each of its values is of. results.json does not say: where there is one for
 * each run that counts, or "missing" names those without, the order tells it. Where it does not, no
 * value is given away to a run that it may not be of.
 */
#ifndef VNFT_REPORT_WHOSE_H
#define VNFT_REPORT_WHOSE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Numbers of runs, ascending. */
struct vnft_run_numbers {
	double *run;
	size_t n;
};

/**
 * struct vnft_whose - the runs of a row
 * @counted: those that count, if @known; else only how many
 * @disturbed: those that the host disturbed
 */
struct vnft_whose {
	const json_t *row;
	struct vnft_run_numbers counted, disturbed;
	bool known;
};

/* 0, or negative errno after vnft_fail(); vnft_whose_free() in any case. */
int vnft_whose_find(struct vnft_whose *whose, const json_t *row);
void vnft_whose_free(struct vnft_whose *whose);

/*
 * The place of each counted run's value in the samples at @path of the row, -1 for none; @place has
 * room for @counted.n. False: it is not known, and all are -1. @err: as of vnft_whose_find().
 */
bool vnft_whose_places(const struct vnft_whose *whose, const char *path, long *place, int *err);

bool vnft_run_numbers_have(const struct vnft_run_numbers *all, double run);

#endif
