/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every verb that prints builds one JSON value (jansson) and hands it over once: -j prints the
 * value, text is drawn from the same value, so the two cannot diverge. A key carries its
 * unit (_ns, _bytes, _bps, _pps, _percent), and the unit picks the text form.
 *
 * A value that could not be measured is null, with its reason under KEY_why.
 */
#ifndef VNFT_LIB_VIEW_H
#define VNFT_LIB_VIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/**
 * struct vnft_column - a column of a text table; a NULL title ends the list. Where all titles are
 *	"", the lines stand without them
 * @path: dotted path into each row, "instantiation.median_ns"; "a.b[0]" for array items
 */
struct vnft_column {
	const char *title;
	const char *path;
};

/**
 * struct vnft_view - how a value looks as text, sections from first to last
 * @heading: printed before, or NULL
 * @path: of an object (printed as "label: value" by @columns) or an array (a table); "" is
 *        the value itself. A section whose path is absent or empty is left out.
 */
struct vnft_view {
	const char *heading;
	const char *path;
	const struct vnft_column *columns;
};

/**
 * vnft_view_print() - print @value on stdout (vnft_view_stream()) as JSON or as text
 * @views: ended by an entry without columns
 *
 * Takes over the reference to @value.
 * Return: 0, or -EIO if stdout failed.
 */
int vnft_view_print(json_t *value, bool as_json, const struct vnft_view *views);

/* From now on pages go to stderr, because stdout carries what the verb writes. */
void vnft_view_use_stderr(void);
/* Where pages go. */
FILE *vnft_view_stream(void);

/* An empty line there, between two pages. */
void vnft_view_gap(void);

/* Has vnft_view_print() been called? Then an error must not become a second JSON value. */
extern bool vnft_view_printed;

/* The same text on any stream; borrows @value. */
void vnft_view_text(FILE *to, const json_t *value, const struct vnft_view *views);

/* Value at a dotted path, or NULL. */
const json_t *vnft_view_at(const json_t *value, const char *path);

#endif
