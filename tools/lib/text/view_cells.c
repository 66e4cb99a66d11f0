/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a JSON value to the cells of a table.
 */
#include "view_cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "format.h"

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

/* Of a null under @key of @parent. */
static const char *reason(const json_t *parent, const char *key)
{
	char why_key[160];

	snprintf(why_key, sizeof(why_key), "%.*s_why", (int)strcspn(key, "[."), key);
	return json_string_value(json_object_get(parent, why_key));
}

const char *vnft_view_why(const json_t *row, const char *path)
{
	const json_t *parent;
	const char *key;

	if (!json_is_null(locate(row, path, &parent, &key)) || !parent)
		return NULL;
	return reason(parent, key);
}

static size_t note(struct vnft_reasons *reasons, const char *why)
{
	for (size_t i = 0; i < reasons->n; i++)
		if (!strcmp(reasons->why[i], why))
			return i + 1;
	if (reasons->n == VNFT_REASONS_MAX)
		return 0;
	reasons->why[reasons->n++] = why;
	return reasons->n;
}

bool vnft_view_fill(char *to, size_t bytes, const json_t *row, const char *path,
		    struct vnft_reasons *reasons, bool *number)
{
	const json_t *parent;
	const char *key, *why = NULL;
	const json_t *value = locate(row, path, &parent, &key);

	vnft_view_format(to, bytes, key, value);
	*number = json_is_number(value);
	if (json_is_null(value) && parent)
		why = reason(parent, key);
	if (why) {
		size_t n = note(reasons, why);

		if (n)
			snprintf(to, bytes, "- [%zu]", n);
	}
	return value;
}

static bool is_blank(const json_t *array, const struct vnft_column *columns,
		     const struct vnft_reasons *reasons)
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
	return quantities && reasons->n;
}

bool vnft_cells_make(struct vnft_cells *cells, const json_t *array,
		     const struct vnft_column *columns)
{
	size_t n = 0, r, c;

	*cells = (struct vnft_cells) { .rows = json_array_size(array) };
	while (n < VNFT_COLUMNS_MAX && columns[n].title)
		cells->titled |= columns[n++].title[0];
	cells->columns = n;
	cells->cell = calloc((cells->rows + 1) * n, sizeof(*cells->cell));
	if (!cells->cell)
		return false;
	for (c = 0; c < n; c++)
		vnft_text_clean(cells->cell[c].text, VNFT_CELL_BYTES, columns[c].title);
	for (r = 1; r <= cells->rows; r++)
		for (c = 0; c < n; c++) {
			struct vnft_cell *cell = &cells->cell[r * n + c];

			vnft_view_fill(cell->text, sizeof(cell->text),
				       json_array_get(array, r - 1), columns[c].path,
				       &cells->reasons, &cell->number);
			cells->right[c] |= cell->number;
		}
	cells->blank = is_blank(array, columns, &cells->reasons);
	return true;
}

void vnft_cells_free(struct vnft_cells *cells)
{
	free(cells->cell);
	cells->cell = NULL;
}
