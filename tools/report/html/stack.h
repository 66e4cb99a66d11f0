/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bars below each other, one a run, each made of parts that stand end to end; a part has one colour
 * in all of them.
 */
#ifndef VNFT_REPORT_HTML_STACK_H
#define VNFT_REPORT_HTML_STACK_H

#include <jansson.h>
#include <stdio.h>

/* Where the time of each launch of a row goes. */
void vnft_html_launches(FILE *to, const json_t *row);

/* What the CPUs did while each run of a row lasted. */
void vnft_html_conditions(FILE *to, const json_t *row);

#endif
