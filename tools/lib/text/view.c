/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One JSON value → text: sections of "label: value" lines and of aligned tables, with the reasons
 * of what is missing as footnotes.
 */
#include "view.h"

#include <errno.h>
#include <string.h>

#include "clean.h"
#include "error.h"
#include "json.h"
#include "text.h"
#include "view_cells.h"

bool vnft_view_printed;

static void print_notes(FILE *to, const struct vnft_reasons *reasons)
{
	for (size_t i = 0; i < reasons->n; i++) {
		char text[1024];

		vnft_text_clean(text, sizeof(text), reasons->why[i]);
		fprintf(to, "[%zu] %s\n", i + 1, text);
	}
}

static void print_object(FILE *to, const json_t *object, const struct vnft_column *columns)
{
	struct vnft_reasons reasons = { .n = 0 };
	size_t width = 0;
	char title[VNFT_CELL_BYTES], text[VNFT_LINE_BYTES];
	bool number;

	for (size_t i = 0; columns[i].title; i++)
		if (vnft_text_width(columns[i].title) > width)
			width = vnft_text_width(columns[i].title);
	for (size_t i = 0; columns[i].title; i++) {
		if (!vnft_view_fill(text, sizeof(text), object, columns[i].path, &reasons,
				    &number))
			continue;
		vnft_text_clean(title, sizeof(title), columns[i].title);
		vnft_text_pad(to, title, width, false);
		fprintf(to, "  %s\n", text);
	}
	print_notes(to, &reasons);
}

static void print_row(FILE *to, const struct vnft_cell *row, const size_t *width,
		      const bool *right, size_t columns)
{
	for (size_t c = 0; c < columns; c++) {
		bool last = c + 1 == columns;

		/* No spaces at the end of a line. */
		vnft_text_pad(to, row[c].text, last && !right[c] ? 0 : width[c], right[c]);
		fputs(last ? "\n" : "  ", to);
	}
}

/* Of a table of quantities that has none. */
static void print_blank(FILE *to, const struct vnft_reasons *reasons)
{
	char text[1024];

	for (size_t i = 0; i < reasons->n; i++) {
		vnft_text_clean(text, sizeof(text), reasons->why[i]);
		fprintf(to, "%s%s", i ? "; " : "not measured: ", text);
	}
	fputc('\n', to);
}

static void print_table(FILE *to, const json_t *array, const struct vnft_column *columns)
{
	size_t width[VNFT_COLUMNS_MAX] = { 0 };
	struct vnft_cells cells;

	if (!vnft_cells_make(&cells, array, columns))
		return;
	if (cells.blank) {
		print_blank(to, &cells.reasons);
		vnft_cells_free(&cells);
		return;
	}
	for (size_t i = 0; i < (cells.rows + 1) * cells.columns; i++)
		if (vnft_text_width(cells.cell[i].text) > width[i % cells.columns])
			width[i % cells.columns] = vnft_text_width(cells.cell[i].text);
	for (size_t r = !cells.titled; r <= cells.rows; r++)
		print_row(to, &cells.cell[r * cells.columns], width, cells.right, cells.columns);
	print_notes(to, &cells.reasons);
	vnft_cells_free(&cells);
}

void vnft_view_text(FILE *to, const json_t *value, const struct vnft_view *views)
{
	bool first = true;

	for (; views->columns; views++) {
		const json_t *part = vnft_view_at(value, views->path ? views->path : "");
		char heading[1024];

		if (!(json_is_array(part) && json_array_size(part)) &&
		    !(json_is_object(part) && json_object_size(part)))
			continue;
		if (!first)
			fputc('\n', to);
		first = false;
		if (views->heading) {
			vnft_text_clean(heading, sizeof(heading), views->heading);
			fprintf(to, "%s\n", heading);
		}
		if (json_is_array(part))
			print_table(to, part, views->columns);
		else
			print_object(to, part, views->columns);
	}
}

static bool to_stderr;

void vnft_view_use_stderr(void)
{
	to_stderr = true;
}

FILE *vnft_view_stream(void)
{
	return to_stderr ? stderr : stdout;
}

void vnft_view_gap(void)
{
	fputc('\n', vnft_view_stream());
}

int vnft_view_print(json_t *value, bool as_json, const struct vnft_view *views)
{
	FILE *to = vnft_view_stream();
	int err = 0;

	vnft_view_printed = true;
	if (!as_json)
		vnft_view_text(to, value, views);
	else if (vnft_json_print(value, to, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) ||
		 fputc('\n', to) == EOF)
		err = -EIO;
	json_decref(value);
	if (fflush(to) || ferror(to))
		err = -EIO;
	return err ? vnft_fail(err, "%s: cannot write: %s", to_stderr ? "stderr" : "stdout",
			       strerror(errno)) : 0;
}
