/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one filter between what results say and a browser.
 */
#include "write.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/text/format.h"
#include "../../lib/text/markup.h"
#include "../../lib/text/view.h"
#include "../../lib/text/view_cells.h"

void vnft_html_text(FILE *to, const char *text)
{
	vnft_markup_text(to, text, strlen(text));
}

void vnft_html_lines(FILE *to, const char *text)
{
	size_t bytes;

	for (;; text += bytes + 1) {
		bytes = strcspn(text, "\n");
		vnft_markup_text(to, text, bytes);
		if (!text[bytes])
			return;
		fputc('\n', to);
	}
}

/* A number, or numbers. */
static bool is_exact(const json_t *value)
{
	return json_is_number(value) || json_is_number(json_array_get(value, 0));
}

static void put_exact(FILE *to, const json_t *value)
{
	size_t i;

	if (json_is_integer(value))
		fprintf(to, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		fprintf(to, "%.15g", json_real_value(value));
	for (i = 0; i < json_array_size(value); i++) {
		fputs(i ? " " : "", to);
		put_exact(to, json_array_get(value, i));
	}
}

bool vnft_html_value(FILE *to, const json_t *row, const char *path)
{
	struct vnft_reasons reasons = { .n = 0 };
	const char *why = vnft_view_why(row, path);
	char text[VNFT_CELL_BYTES];
	const json_t *value;
	bool number;

	if (!vnft_view_fill(text, sizeof(text), row, path, &reasons, &number))
		return false;
	if (!strcmp(text, "-") || why) {
		fputs("<span class=\"none\" title=\"", to);
		vnft_html_text(to, path);
		fputs("\">not measured: ", to);
		vnft_html_text(to, why ? why : "nobody said why");
		fputs("</span>", to);
		return true;
	}
	value = vnft_view_at(row, path);
	fputs(is_exact(value) ? "<data title=\"" : "<span title=\"", to);
	vnft_html_text(to, path);
	if (is_exact(value)) {
		fputs("\" value=\"", to);
		put_exact(to, value);
	}
	fputs("\">", to);
	vnft_html_text(to, text);
	fputs(is_exact(value) ? "</data>" : "</span>", to);
	return true;
}

void vnft_html_beside(FILE *to, const char *what, const json_t *row, const char *path)
{
	const json_t *value = vnft_view_at(row, path);

	if (!value || json_is_null(value))
		return;
	fputs(" <span class=\"beside\">", to);
	vnft_html_text(to, what);
	fputc(' ', to);
	vnft_html_value(to, row, path);
	fputs("</span>", to);
}
