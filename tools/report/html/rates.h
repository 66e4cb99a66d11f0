/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Throughput of a row, run by run; and the sizes of its memory and image.
 */
#ifndef VNFT_REPORT_HTML_RATES_H
#define VNFT_REPORT_HTML_RATES_H

#include <jansson.h>
#include <stdio.h>

#include "../whose.h"

/* 0, or negative errno after vnft_fail(). */
int vnft_html_rates(FILE *to, const struct vnft_whose *whose);

void vnft_html_sizes(FILE *to, const json_t *row);

#endif
