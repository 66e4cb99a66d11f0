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

void vnft_compare_name(const json_t *results, const json_t *row, char *to, size_t bytes)
{
	vnft_results_name(json_object_get(results, "rows"), row, to, bytes);
}

const json_t *vnft_compare_find(const json_t *results, const char *name, const char *side)
{
	const json_t *found = NULL;
	char whole[256];
	json_t *row;
	size_t i;

	/* A whole name is one row's, also where it is the type of several. */
	json_array_foreach(json_object_get(results, "rows"), i, row) {
		vnft_compare_name(results, row, whole, sizeof(whole));
		if (!strcmp(whole, name))
			return row;
	}
	json_array_foreach(json_object_get(results, "rows"), i, row) {
		if (!vnft_results_is_called(json_object_get(results, "rows"), row, name))
			continue;
		if (found) {
			vnft_compare_name(results, row, whole, sizeof(whole));
			vnft_fail(-ENOENT,
				  "compare: %s has several rows of type %s: name one in full, "
				  "such as \"DIR:%s\"",
				  side, name, whole);
			return NULL;
		}
		found = row;
	}
	if (!found)
		vnft_fail(-ENOENT, "compare: no row of type %s in %s", name, side);
	return found;
}

static bool same_kind(const json_t *a, const json_t *b)
{
	return !strcmp(text_of(a, "type"), text_of(b, "type")) &&
	       !strcmp(text_of(a, "cache"), text_of(b, "cache"));
}

static bool same_setup(const json_t *a, const json_t *b)
{
	const json_t *of_a = json_object_get(a, "setup"), *of_b = json_object_get(b, "setup");

	return of_a == of_b || json_equal(of_a, of_b);
}

const json_t *vnft_compare_like(const json_t *results, const json_t *mine, const json_t *like)
{
	size_t i, theirs = 0, ours = 0, before = 0;
	const json_t *only = NULL;
	bool passed = false;
	json_t *row;

	json_array_foreach(json_object_get(mine, "rows"), i, row) {
		if (!same_kind(row, like))
			continue;
		ours++;
		passed |= row == like;
		before += !passed && same_setup(row, like);
	}
	json_array_foreach(json_object_get(results, "rows"), i, row) {
		if (!same_kind(row, like))
			continue;
		if (same_setup(row, like) && !before--)
			return row;
		only = row;
		theirs++;
	}
	return theirs == 1 && ours == 1 ? only : NULL;
}
