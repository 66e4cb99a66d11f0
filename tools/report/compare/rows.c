/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which row of one results.json answers to which of another.
 */
#include <errno.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../../results/read.h"
#include "parts.h"

static const char *text_of(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text ? text : "";
}

/* Does @row go by @name: its type, or its type with what tells it from others? */
static bool is_called(const json_t *row, const char *name)
{
	char label[256];

	vnft_results_label(row, label, sizeof(label));
	return !strcmp(text_of(row, "type"), name) || !strcmp(label, name);
}

const json_t *vnft_compare_find(const json_t *results, const char *name, const char *side)
{
	const json_t *found = NULL;
	char label[256];
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(results, "rows"), i, row) {
		if (!is_called(row, name))
			continue;
		if (found) {
			vnft_results_label(row, label, sizeof(label));
			vnft_fail(-ENOENT,
				  "compare: %s has several rows of type %s: name one in full, "
				  "such as \"DIR:%s\"",
				  side, name, label);
			return NULL;
		}
		found = row;
	}
	if (!found)
		vnft_fail(-ENOENT, "compare: no row of type %s in %s", name, side);
	return found;
}

const json_t *vnft_compare_like(const json_t *results, const json_t *mine, const json_t *like)
{
	const json_t *only = NULL, *setup = json_object_get(like, "setup");
	size_t i, theirs = 0, ours = 0;
	json_t *row;

	json_array_foreach(json_object_get(mine, "rows"), i, row)
		ours += !strcmp(text_of(row, "type"), text_of(like, "type")) &&
			!strcmp(text_of(row, "cache"), text_of(like, "cache"));
	json_array_foreach(json_object_get(results, "rows"), i, row) {
		if (strcmp(text_of(row, "type"), text_of(like, "type")) ||
		    strcmp(text_of(row, "cache"), text_of(like, "cache")))
			continue;
		if (json_equal(json_object_get(row, "setup"), setup) ||
		    (!setup && !json_object_get(row, "setup")))
			return row;
		only = row;
		theirs++;
	}
	return theirs == 1 && ours == 1 ? only : NULL;
}
