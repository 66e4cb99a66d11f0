/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The section of one row: everything that its runs gave.
 */
#ifndef VNFT_REPORT_HTML_TYPE_H
#define VNFT_REPORT_HTML_TYPE_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "../whose.h"

/* @tree: the page's; @number: of the row in it. 0, or negative errno after vnft_fail(). */
int vnft_html_type(FILE *to, const json_t *tree, const struct vnft_whose *whose, size_t number);

#endif
