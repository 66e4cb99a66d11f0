/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All rows beside each other, a picture for each number.
 */
#ifndef VNFT_REPORT_HTML_OVERVIEW_H
#define VNFT_REPORT_HTML_OVERVIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "../whose.h"

/*
 * @rows: of the tree, and @whose of each of them; @reference: its lines beside the study. 0, or
 * negative errno after vnft_fail().
 */
int vnft_html_overview(FILE *to, const json_t *rows, const struct vnft_whose *whose,
		       const json_t *reference);

/* Is a line of one of the tree's tables of this row? */
bool vnft_html_of_row(const json_t *line, const json_t *row);

/* Name of a row, with its host where there are several. */
void vnft_html_row_name(FILE *to, const json_t *row);

#endif
