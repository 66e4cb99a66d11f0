/* SPDX-License-Identifier: GPL-2.0 */
/*
 * report --html: the file that the page goes to.
 */
#ifndef VNFT_CMD_REPORT_PAGE_H
#define VNFT_CMD_REPORT_PAGE_H

#include <stdbool.h>
#include <stdio.h>

struct vnft_output;

/**
 * struct vnft_report_page - a page under way
 * @to: where it is written; NULL: no page was asked for
 */
struct vnft_report_page {
	FILE *to;
	const char *path;
	struct vnft_output *out;
};

/* Check the target and take it. 0, or negative errno after vnft_fail(). */
int vnft_report_page_open(struct vnft_report_page *page, const char *path, bool force);

/*
 * It is written, unless @err: then nothing of it stays. Says what became of it, as JSON if @json.
 * @err, 0, or negative errno after vnft_fail().
 */
int vnft_report_page_close(struct vnft_report_page *page, int err, bool json);

#endif
