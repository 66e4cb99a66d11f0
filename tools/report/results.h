/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pages of results.json (tools/results/read.h reads it).
 */
#ifndef VNFT_REPORT_RESULTS_H
#define VNFT_REPORT_RESULTS_H

#include <jansson.h>
#include <stdio.h>

#include "../lib/text/view.h"

/*
 * Hosts of results, one of each, in their order: {"host", "hostname", "kernel", "cpu", "machine",
 * "hypervisor_flag", "hypervisor", "accels"}. "host" is the hostname; the second of one name is
 * "NAME (2)". New reference.
 */
json_t *vnft_report_hosts(const json_t *const *results, size_t n);

/*
 * The page of one or more results: {"hosts", "rows", "times", "phases", "teardown", "launches",
 * "endings", "queueing", "rtt", "bounds", "reference", "orders", "notes"}, rows with what tables
 * need beside. @results: objects that passed the check; with several, every row has its host.
 */
json_t *vnft_report_tree(const json_t *const *results, size_t n);

/* table_bounds.c: lines of the table of bounds for a row, which has its label. */
void vnft_report_add_bounds(json_t *table, const json_t *row);

/* How vnft_report_tree() looks as text; of the latest tree that it was called for. */
const struct vnft_view *vnft_report_views(const json_t *tree);

/* Both, for one result: what bench prints at its end. */
void vnft_report_table(FILE *to, const json_t *results);

/* Rows "this host beside the reference study" for the rows of a tree; new reference. */
json_t *vnft_reference_rows(const json_t *rows);

/*
 * For each host, of each number: how the order of its rows agrees with the study's, of the rows
 * that both have (docs/method.md, "The reference study"); new reference.
 */
json_t *vnft_reference_orders(const json_t *rows);

#endif
