/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One JSON value → text: sections of "label: value" lines and of aligned tables, with the reasons
 * of what is missing as footnotes.
 */
#include "view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "error.h"
#include "format.h"
#include "json.h"
#include "text.h"

#define CELL_BYTES 256
/* A value on a line of its own: a type's command, each byte of it shown as an escape. */
#define LINE_BYTES 8192
#define NOTES_MAX 64
#define COLUMNS_MAX 64

bool vnft_view_printed;

/* Reasons below a section, each once. */
struct notes {
	const char *why[NOTES_MAX];
	size_t n;
};

struct cell {
	char text[CELL_BYTES];
	bool number;
};

/* One step of a path: "name", then any number of "[index]". */
static const json_t *step(const json_t *value, const char *part, size_t len)
{
	size_t name_len = 0;
	const char *at;
	char name[128];

	if (!len)
		return NULL;
	while (name_len < len && part[name_len] != '[')
		name_len++;
	if (name_len >= sizeof(name))
		return NULL;
	if (name_len) {
		memcpy(name, part, name_len);
		name[name_len] = '\0';
		value = json_object_get(value, name);
	}
	for (at = part + name_len; value && at < part + len && *at == '['; ) {
		char *end;
		unsigned long i = strtoul(at + 1, &end, 10);

		value = *end == ']' ? json_array_get(value, i) : NULL;
		at = end + 1;
	}
	return value;
}

/*
 * The value at @path, and the object that holds it with the key of the last step. A null on the way
 * ends it: its reason is the reason of all that would be below.
 */
static const json_t *locate(const json_t *value, const char *path, const json_t **parent,
			    const char **key)
{
	*parent = NULL;
	*key = path;
	while (value && *path && !json_is_null(value)) {
		size_t len = strcspn(path, ".");

		*parent = value;
		*key = path;
		value = step(value, path, len);
		if (!value && strcspn(path, "[") < len &&
		    json_is_null(step(*parent, path, strcspn(path, "["))))
			return step(*parent, path, strcspn(path, "["));
		path += len + (path[len] == '.');
	}
	return value;
}

const json_t *vnft_view_at(const json_t *value, const char *path)
{
	while (value && *path) {
		size_t len = strcspn(path, ".");

		value = step(value, path, len);
		path += len + (path[len] == '.');
	}
	return value;
}

static size_t note(struct notes *notes, const char *why)
{
	for (size_t i = 0; i < notes->n; i++)
		if (!strcmp(notes->why[i], why))
			return i + 1;
	if (notes->n == NOTES_MAX)
		return 0;
	notes->why[notes->n++] = why;
	return notes->n;
}

/* False when there is nothing at @path at all. */
static bool fill(char *to, size_t bytes, const json_t *row, const char *path, struct notes *notes,
		 bool *number)
{
	const json_t *parent, *why = NULL;
	const char *key;
	const json_t *value = locate(row, path, &parent, &key);
	char why_key[160];

	vnft_view_format(to, bytes, key, value);
	*number = json_is_number(value);
	if (json_is_null(value) && parent) {
		snprintf(why_key, sizeof(why_key), "%.*s_why", (int)strcspn(key, "[."), key);
		why = json_object_get(parent, why_key);
	}
	if (json_is_string(why)) {
		size_t n = note(notes, json_string_value(why));

		if (n)
			snprintf(to, bytes, "- [%zu]", n);
	}
	return value;
}

static void print_notes(FILE *to, const struct notes *notes)
{
	for (size_t i = 0; i < notes->n; i++) {
		char text[1024];

		vnft_text_clean(text, sizeof(text), notes->why[i]);
		fprintf(to, "[%zu] %s\n", i + 1, text);
	}
}

static void print_object(FILE *to, const json_t *object, const struct vnft_column *columns,
			 struct notes *notes)
{
	size_t width = 0;
	char title[CELL_BYTES], text[LINE_BYTES];
	bool number;

	for (size_t i = 0; columns[i].title; i++)
		if (vnft_text_width(columns[i].title) > width)
			width = vnft_text_width(columns[i].title);
	for (size_t i = 0; columns[i].title; i++) {
		if (!fill(text, sizeof(text), object, columns[i].path, notes, &number))
			continue;
		vnft_text_clean(title, sizeof(title), columns[i].title);
		vnft_text_pad(to, title, width, false);
		fprintf(to, "  %s\n", text);
	}
}

static void print_row(FILE *to, const struct cell *row, const size_t *width, const bool *right,
		      size_t columns)
{
	for (size_t c = 0; c < columns; c++) {
		bool last = c + 1 == columns;

		/* No spaces at the end of a line. */
		vnft_text_pad(to, row[c].text, last && !right[c] ? 0 : width[c], right[c]);
		fputs(last ? "\n" : "  ", to);
	}
}

/* A table of quantities that has none: its reasons say all of it. */
static bool is_blank(const json_t *array, const struct vnft_column *columns,
		     const struct notes *notes)
{
	bool quantities = false;
	const json_t *value;
	json_t *row;
	size_t r;

	for (; columns->title; columns++) {
		if (!vnft_view_is_quantity(columns->path))
			continue;
		quantities = true;
		json_array_foreach(array, r, row) {
			value = vnft_view_at(row, columns->path);
			if (value && !json_is_null(value))
				return false;
		}
	}
	return quantities && notes->n;
}

static void print_blank(FILE *to, struct notes *notes)
{
	char text[1024];

	for (size_t i = 0; i < notes->n; i++) {
		vnft_text_clean(text, sizeof(text), notes->why[i]);
		fprintf(to, "%s%s", i ? "; " : "not measured: ", text);
	}
	fputc('\n', to);
	notes->n = 0;
}

static void print_table(FILE *to, const json_t *array, const struct vnft_column *columns,
			struct notes *notes)
{
	size_t n = 0, rows = json_array_size(array), width[COLUMNS_MAX] = { 0 };
	bool right[COLUMNS_MAX] = { false }, titled = false;
	struct cell *cells;

	while (n < COLUMNS_MAX && columns[n].title)
		titled |= columns[n++].title[0];
	cells = calloc((rows + 1) * n, sizeof(*cells));
	if (!cells)
		return;
	for (size_t c = 0; c < n; c++)
		vnft_text_clean(cells[c].text, CELL_BYTES, columns[c].title);
	for (size_t r = 1; r <= rows; r++)
		for (size_t c = 0; c < n; c++) {
			struct cell *cell = &cells[r * n + c];

			fill(cell->text, sizeof(cell->text), json_array_get(array, r - 1),
			     columns[c].path, notes, &cell->number);
			right[c] |= cell->number;
		}
	if (is_blank(array, columns, notes)) {
		print_blank(to, notes);
		free(cells);
		return;
	}
	for (size_t i = 0; i < (rows + 1) * n; i++)
		if (vnft_text_width(cells[i].text) > width[i % n])
			width[i % n] = vnft_text_width(cells[i].text);
	for (size_t r = !titled; r <= rows; r++)
		print_row(to, &cells[r * n], width, right, n);
	free(cells);
}

void vnft_view_text(FILE *to, const json_t *value, const struct vnft_view *views)
{
	bool first = true;

	for (; views->columns; views++) {
		const json_t *part = vnft_view_at(value, views->path ? views->path : "");
		struct notes notes = { .n = 0 };
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
			print_table(to, part, views->columns, &notes);
		else
			print_object(to, part, views->columns, &notes);
		print_notes(to, &notes);
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
