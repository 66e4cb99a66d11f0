/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cells of a view's tables, as text and with the reasons of what is missing. Every form of a
 * page (text, HTML) is drawn from these, so that no two of them say different numbers.
 */
#ifndef VNFT_LIB_VIEW_CELLS_H
#define VNFT_LIB_VIEW_CELLS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "view.h"

#define VNFT_CELL_BYTES		256
/* A value on a line of its own: a type's command, each byte of it shown as an escape. */
#define VNFT_LINE_BYTES		8192
#define VNFT_REASONS_MAX	64
#define VNFT_COLUMNS_MAX	64

/**
 * struct vnft_reasons - the reasons below a section, each once; not cleaned
 */
struct vnft_reasons {
	const char *why[VNFT_REASONS_MAX];
	size_t n;
};

/**
 * struct vnft_cell - one value of a table, cleaned
 * @number: it stands at the right of its column
 */
struct vnft_cell {
	char text[VNFT_CELL_BYTES];
	bool number;
};

/**
 * struct vnft_cells - a table
 * @cell: (@rows + 1) * @columns of them, the titles first
 * @right: of each column: it holds numbers
 * @titled: some title is not ""
 * @blank: a table of quantities that has none: its reasons say all of it
 */
struct vnft_cells {
	size_t rows, columns;
	struct vnft_cell *cell;
	bool right[VNFT_COLUMNS_MAX];
	bool titled, blank;
	struct vnft_reasons reasons;
};

/*
 * The value at @path of @row as text; "- [2]" for one that is missing for the second reason. False
 * when there is nothing at @path at all.
 */
bool vnft_view_fill(char *to, size_t bytes, const json_t *row, const char *path,
		    struct vnft_reasons *reasons, bool *number);

/* Why the value at @path of @row is null, not cleaned; NULL: it is not, or nobody says. */
const char *vnft_view_why(const json_t *row, const char *path);

/* The table of @array, which lives as long. False without memory; else vnft_cells_free() it. */
bool vnft_cells_make(struct vnft_cells *cells, const json_t *array,
		     const struct vnft_column *columns);
void vnft_cells_free(struct vnft_cells *cells);

#endif
