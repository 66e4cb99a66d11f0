/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables, and lists of "label: value".
 */
#include "tables.h"

#include "../../lib/text/view_cells.h"
#include "write.h"

bool vnft_html_has(const json_t *tree, const struct vnft_view *view)
{
	const json_t *part = vnft_view_at(tree, view->path ? view->path : "");

	return json_array_size(part) || json_object_size(part);
}

static void put_reasons(FILE *to, const struct vnft_reasons *reasons, bool blank)
{
	size_t i;

	for (i = 0; i < reasons->n; i++) {
		if (blank)
			fputs("<p class=\"why\">not measured: ", to);
		else
			fprintf(to, "<p class=\"why\">[%zu] ", i + 1);
		vnft_html_text(to, reasons->why[i]);
		fputs("</p>\n", to);
	}
}

static void put_row(FILE *to, const struct vnft_cells *cells, size_t row)
{
	const char *const element = row ? "td" : "th";
	size_t c;

	fputs("<tr>", to);
	for (c = 0; c < cells->columns; c++) {
		fprintf(to, "<%s%s>", element, cells->right[c] ? "" : " class=\"t\"");
		vnft_html_text(to, cells->cell[row * cells->columns + c].text);
		fprintf(to, "</%s>", element);
	}
	fputs("</tr>\n", to);
}

static void put_array(FILE *to, const json_t *array, const struct vnft_column *columns)
{
	struct vnft_cells cells;
	size_t r;

	if (!vnft_cells_make(&cells, array, columns)) {
		fputs("<p class=\"why\">no memory for this table</p>\n", to);
		return;
	}
	if (!cells.blank) {
		fputs("<div class=\"wide\"><table>\n", to);
		for (r = !cells.titled; r <= cells.rows; r++)
			put_row(to, &cells, r);
		fputs("</table></div>\n", to);
	}
	put_reasons(to, &cells.reasons, cells.blank);
	vnft_cells_free(&cells);
}

static void put_object(FILE *to, const json_t *object, const struct vnft_column *columns)
{
	struct vnft_reasons reasons = { .n = 0 };
	char text[VNFT_LINE_BYTES];
	bool number;

	fputs("<table>\n", to);
	for (; columns->title; columns++) {
		if (!vnft_view_fill(text, sizeof(text), object, columns->path, &reasons, &number))
			continue;
		fputs("<tr><th>", to);
		vnft_html_text(to, columns->title);
		fputs("</th><td>", to);
		vnft_html_text(to, text);
		fputs("</td></tr>\n", to);
	}
	fputs("</table>\n", to);
	put_reasons(to, &reasons, false);
}

void vnft_html_table(FILE *to, const json_t *tree, const struct vnft_view *view, bool folded)
{
	const json_t *part = vnft_view_at(tree, view->path ? view->path : "");

	if (!vnft_html_has(tree, view))
		return;
	if (folded)
		fputs("<details>", to);
	if (view->heading) {
		fputs(folded ? "<summary>" : "<h3>", to);
		vnft_html_text(to, view->heading);
		fputs(folded ? "</summary>\n" : "</h3>\n", to);
	}
	if (json_is_array(part))
		put_array(to, part, view->columns);
	else
		put_object(to, part, view->columns);
	if (folded)
		fputs("</details>\n", to);
}
