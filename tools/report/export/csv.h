/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cells of a CSV file (RFC 4180): csv.c writes records, csv_runs.c runs.
 *
 * A cell with anything but letters, digits and harmless marks is quoted. Quotes do not keep a
 * spreadsheet from running a cell that begins with = + - or @, and names in a file are anybody's.
 * Such a text gets an apostrophe in front, as does one that begins with an apostrophe, so that a
 * reader who takes one off has the text. Numbers get none.
 */
#ifndef VNFT_REPORT_EXPORT_CSV_H
#define VNFT_REPORT_EXPORT_CSV_H

#include <jansson.h>
#include <stdio.h>

#include "export.h"

void vnft_csv_text(FILE *to, const char *text);
/* A string, number or true; nothing for anything else. */
void vnft_csv_value(FILE *to, const json_t *value);
void vnft_csv_end_line(FILE *to);

/* csv_runs.c: a line for each run of each row. */
int vnft_csv_results(struct vnft_export *x, const json_t *results);

#endif
