/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sections of the text page as tables of HTML: the same cells (lib/text/view_cells.h).
 */
#ifndef VNFT_REPORT_HTML_TABLES_H
#define VNFT_REPORT_HTML_TABLES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "../../lib/text/view.h"

/* Does the tree have anything of this section? */
bool vnft_html_has(const json_t *tree, const struct vnft_view *view);

/* Its heading and its table; @folded: to be opened by who wants it. */
void vnft_html_table(FILE *to, const json_t *tree, const struct vnft_view *view, bool folded);

#endif
