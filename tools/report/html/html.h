/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Results, or what a record file holds, as one page for a browser: no script, nothing fetched, the
 * pictures drawn into it (docs/report-html.md). Streams are the caller's to look after.
 */
#ifndef VNFT_REPORT_HTML_HTML_H
#define VNFT_REPORT_HTML_HTML_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "../../lib/text/view.h"

/**
 * struct vnft_html_ask - results to make a page of
 * @tree: vnft_report_tree() of @results, with what the records gave
 * @views: vnft_report_views() of it
 * @results: of which @tree is
 * @path: where each of them was read
 */
struct vnft_html_ask {
	const json_t *tree;
	const struct vnft_view *views;
	const json_t *const *results;
	char *const *path;
	size_t n;
};

/* 0, or negative errno after vnft_fail(). */
int vnft_html_results(FILE *to, const struct vnft_html_ask *ask);

/* The page of a record file: what vnft_records_tree() says of it. */
void vnft_html_records(FILE *to, const json_t *tree, const struct vnft_view *views,
		       const char *path);

#endif
