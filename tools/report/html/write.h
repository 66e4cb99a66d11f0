/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text and numbers into a page. What is no literal of ours comes through here.
 */
#ifndef VNFT_REPORT_HTML_WRITE_H
#define VNFT_REPORT_HTML_WRITE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/*
 * Text as text, between tags and in attributes alike: cleaned as for a terminal (lib/text/clean.h),
 * and without a character that markup is made of.
 */
void vnft_html_text(FILE *to, const char *text);
/* The same of several lines: a line feed stays one. */
void vnft_html_lines(FILE *to, const char *text);

/*
 * The value at @path of @row: as the text page prints it, with the exact one and its place in
 * results.json beside it, or the reason why there is none. False if there is nothing at @path.
 */
bool vnft_html_value(FILE *to, const json_t *row, const char *path);
/* " WHAT VALUE", or nothing where there is no value. */
void vnft_html_beside(FILE *to, const char *what, const json_t *row, const char *path);

#endif
