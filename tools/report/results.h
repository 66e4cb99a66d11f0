/* SPDX-License-Identifier: GPL-2.0 */
/*
 * results.json, schema 1: reading it, and its pages. bench writes what vnft_results_check()
 * accepts.
 */
#ifndef VNFT_REPORT_RESULTS_H
#define VNFT_REPORT_RESULTS_H

#include <jansson.h>
#include <stdio.h>

#include "../lib/text/view.h"
#include "../stat/stat.h"

#define VNFT_RESULTS_SCHEMA	1
#define VNFT_RESULTS_FILE	"results.json"
#define VNFT_RECORDS_FILE	"records"

/*
 * Read @path (a results.json, or a directory that holds one) and check it. New reference, or NULL
 * after vnft_fail("FILE: where: what").
 */
json_t *vnft_results_load(const char *path);

/* The check alone; @name stands in the message. 0, or -EBADMSG after vnft_fail(). */
int vnft_results_check(const json_t *results, const char *name);

/* Name of the host that measured, "?" if the manifest does not say. */
const char *vnft_results_host(const json_t *results);

/*
 * What tells a row from the others of its type: "tinyx.xen (xl, pv, minimal)", "container.crun
 * (cold)"; the type alone where there is nothing to tell.
 */
void vnft_results_label(const json_t *row, char *to, size_t bytes);

/*
 * Hosts of results, one of each, in their order: {"host", "hostname", "kernel", "cpu", "machine",
 * "hypervisor_flag", "hypervisor", "accels"}. "host" is the hostname; the second of one name is
 * "NAME (2)". New reference.
 */
json_t *vnft_report_hosts(const json_t *const *results, size_t n);

/*
 * The page of one or more results: {"hosts", "rows", "times", "phases", "queueing", "rtt",
 * "reference", "notes"}, rows with what tables need beside. @results: objects that passed the
 * check; with several, every row has its host.
 */
json_t *vnft_report_tree(const json_t *const *results, size_t n);

/* How vnft_report_tree() looks as text. */
const struct vnft_view *vnft_report_views(const json_t *tree);

/* Both, for one result: what bench prints at its end. */
void vnft_report_table(FILE *to, const json_t *results);

/* Rows "this host beside the reference study" for the rows of a tree; new reference. */
json_t *vnft_reference_rows(const json_t *rows);

/* Numbers of an array at @path of a row into @samples; an absent or null array gives none. */
int vnft_results_samples(const json_t *row, const char *path, struct vnft_samples *samples);

#endif
