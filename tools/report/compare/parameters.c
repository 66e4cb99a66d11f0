/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the two sessions of a comparison were told differently: a difference of the rows may be no
 * more than that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* Not how something was measured, but how often, in which order, and for how long at most. */
static const char *const passed_over[] = { "runs", "seed", "timeout_ns", "reference" };

static bool is_passed_over(const char *key)
{
	const char *end = strrchr(key, '_');
	size_t i;

	for (i = 0; i < sizeof(passed_over) / sizeof(passed_over[0]); i++)
		if (!strcmp(key, passed_over[i]))
			return true;
	return end && !strcmp(end, "_why");
}

/* "KEY A against B", or nothing where memory is short. */
static void say(json_t *notes, const char *key, const json_t *a, const json_t *b)
{
	char *left = a ? json_dumps(a, JSON_ENCODE_ANY | JSON_COMPACT) : strdup("unknown");
	char *right = b ? json_dumps(b, JSON_ENCODE_ANY | JSON_COMPACT) : strdup("unknown");
	char text[320];

	if (left && right) {
		snprintf(text, sizeof(text), "A and B were measured differently: %.60s is %.80s "
			 "in A and %.80s in B", key, left, right);
		json_array_append_new(notes, json_pack("{s:s}", "text", text));
	}
	free(left);
	free(right);
}

void vnft_compare_parameters(const json_t *results_a, const json_t *results_b, json_t *notes)
{
	json_t *a = json_object_get(json_object_get(results_a, "manifest"), "parameters");
	json_t *b = json_object_get(json_object_get(results_b, "manifest"), "parameters");
	const char *key;
	json_t *value;

	if (!json_is_object(a) || !json_is_object(b))
		return;
	json_object_foreach(a, key, value)
		if (!is_passed_over(key) && !json_equal(value, json_object_get(b, key)))
			say(notes, key, value, json_object_get(b, key));
	json_object_foreach(b, key, value)
		if (!is_passed_over(key) && !json_object_get(a, key))
			say(notes, key, NULL, value);
}
