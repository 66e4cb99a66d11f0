/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading results.json. What bench writes (write.h) passes vnft_results_check().
 */
#ifndef VNFT_RESULTS_READ_H
#define VNFT_RESULTS_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "../stat/stat.h"
#include "keys.h"

#define VNFT_RESULTS_FILE	"results.json"
#define VNFT_RECORDS_FILE	"records"

/*
 * Read @path (a results.json, or a directory that holds one) and check it. New reference, or NULL
 * after vnft_fail("FILE: where: what").
 */
json_t *vnft_results_load(const char *path);

/* Name of the host that measured, "?" if the manifest does not say. */
const char *vnft_results_host(const json_t *results);

/*
 * What tells a row from the others of its type: "tinyx.xen (xl, pv, minimal)", "container.crun
 * (cold)"; the type alone where there is nothing to tell.
 */
void vnft_results_label(const json_t *row, char *to, size_t bytes);

/*
 * What tells a row from all of @rows, of which it is one: its label, with its number among those of
 * that label if there are several: "container.crun#2".
 */
void vnft_results_name(const json_t *rows, const json_t *row, char *to, size_t bytes);

/* Does @row go by @name: its type, its label, or its name among @rows? */
bool vnft_results_is_called(const json_t *rows, const json_t *row, const char *name);

/* Numbers of an array at @path of a row into @samples; an absent or null array gives none. */
int vnft_results_samples(const json_t *row, const char *path, struct vnft_samples *samples);

/*
 * The next member of a row that has one number for each run, at or behind @from in the table of
 * keys; NULL: no more. @path: receives where a row has it, "throughput.tx.samples_bps";
 * @base_bytes: how much of that stands before ".samples_".
 */
const struct vnft_key *vnft_results_sampled(const struct vnft_key *from, const char **path,
					    int *base_bytes);

/*
 * missing.c: what "missing" calls the measurement whose samples stand at this path of a row; NULL:
 * it names none of them.
 */
const char *vnft_results_missing_what(const char *samples_path);

#endif
