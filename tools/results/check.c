/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whatever a file says, what passes here has the types that the pages count on.
 *
 * A member may be absent (an older or failed run did not get there) or null (with its reason
 * beside it), never of another type. Members that this version does not know are let through, but
 * within a row their texts are checked as well: pages print some of them.
 */
#include "check.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../lib/text/error.h"
#include "keys.h"

#define ROWS_MAX	1000
#define ITEMS_MAX	1000000
#define TEXT_BYTES_MAX	4096
#define NUMBER_MAX	1e18
#define DEPTH_MAX	16
#define NAME_BYTES_MAX	64

/**
 * struct place - where in a file the check is
 * @file: its name; @at: path so far
 */
struct place {
	const char *file;
	char at[256];
};

static bool is_number(const json_t *v, double least)
{
	double d = json_number_value(v);

	return json_is_number(v) && isfinite(d) && d >= least && d <= NUMBER_MAX;
}

/* One line that cannot talk to a terminal. */
static bool is_line(const char *text)
{
	size_t i;

	for (i = 0; text[i]; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return i <= TEXT_BYTES_MAX;
}

static bool all_items(const json_t *array, size_t least, size_t most,
		      bool (*fits)(const json_t *item))
{
	size_t i;

	if (!json_is_array(array) || json_array_size(array) < least ||
	    json_array_size(array) > most)
		return false;
	for (i = 0; i < json_array_size(array); i++)
		if (!fits(json_array_get(array, i)))
			return false;
	return true;
}

static bool all_members(const json_t *object, bool (*fits)(const json_t *member))
{
	const char *key;
	json_t *member;

	if (!json_is_object(object))
		return false;
	json_object_foreach((json_t *)object, key, member)
		if (!fits(member))
			return false;
	return true;
}

static bool is_count(const json_t *v)
{
	return is_number(v, 0);
}

static bool is_pair(const json_t *v)
{
	return all_items(v, 2, 2, is_count);
}

static bool is_text(const json_t *v)
{
	return json_is_string(v);
}

static bool is_object(const json_t *v)
{
	return json_is_object(v);
}

static bool fits(const json_t *v, enum vnft_key_type type)
{
	switch (type) {
	case VNFT_KEY_COUNT:
	case VNFT_KEY_REAL:
		return is_count(v);
	case VNFT_KEY_SEED:
		return json_is_integer(v) && json_integer_value(v) >= 0;
	case VNFT_KEY_DELTA:
		return is_number(v, -NUMBER_MAX);
	case VNFT_KEY_CPU:
		return is_number(v, -1);
	case VNFT_KEY_BOOL:
		return json_is_boolean(v);
	case VNFT_KEY_LINE:
		return json_is_string(v) && is_line(json_string_value(v));
	case VNFT_KEY_TEXT:
		return is_text(v);
	case VNFT_KEY_PAIR:
		return is_pair(v);
	case VNFT_KEY_SAMPLES:
		return all_items(v, 0, ITEMS_MAX, is_count);
	case VNFT_KEY_TEXTS:
		return all_items(v, 0, ITEMS_MAX, is_text);
	case VNFT_KEY_OBJECT:
		return is_object(v);
	case VNFT_KEY_OBJECTS:
		return all_items(v, 0, ITEMS_MAX, is_object);
	case VNFT_KEY_COUNTS:
		return all_members(v, is_count);
	case VNFT_KEY_WORDS:
		return all_members(v, is_text);
	case VNFT_KEY_PAIRS:
		return all_members(v, is_pair);
	case VNFT_KEY_TYPES:
		break;
	}
	return false;
}

static int check_below(const json_t *parent, const char *path, const struct vnft_key *key,
		       struct place *place);

/* @v is at the place; @path is what is left of the key's below it. */
static int check_value(const json_t *v, const char *path, const struct vnft_key *key,
		       struct place *place)
{
	const size_t used = strlen(place->at);
	json_t *item;
	size_t i;
	int err = 0;

	if (!strncmp(path, "[]", 2)) {
		json_array_foreach(v, i, item) {
			snprintf(place->at + used, sizeof(place->at) - used, "[%zu]", i);
			err = check_value(item, path + 2, key, place);
			if (err)
				break;
		}
		place->at[used] = '\0';
		return err;
	}
	if (path[0])
		return check_below(v, path + 1, key, place);
	if (json_is_null(v) ? key->flags & VNFT_KEY_NULL : fits(v, key->type))
		return 0;
	return vnft_fail(-EBADMSG, "%s: %s is not %s", place->file, place->at,
			 vnft_key_type_words[key->type]);
}

static int check_below(const json_t *parent, const char *path, const struct vnft_key *key,
		       struct place *place)
{
	const size_t used = strlen(place->at), len = strcspn(path, ".[");
	const char *name;
	char one[NAME_BYTES_MAX];
	json_t *v;
	int err = 0;

	snprintf(one, sizeof(one), "%.*s", (int)len, path);
	v = json_object_get(parent, one);
	if (!v && !path[len] && json_is_object(parent) && (key->flags & VNFT_KEY_REQUIRED))
		return vnft_fail(-EBADMSG, "%s: %s has no %s", place->file,
				 used ? place->at : "it", one);
	snprintf(place->at + used, sizeof(place->at) - used, "%s%s", used ? "." : "", one);
	if (!strcmp(one, "*")) {
		json_object_foreach((json_t *)parent, name, v) {
			err = check_value(v, path + len, key, place);
			if (err)
				break;
		}
	} else if (v) {
		err = check_value(v, path + len, key, place);
	}
	place->at[used] = '\0';
	return err;
}

/* Reasons, names of losses and members that this version does not know are printed as well. */
static int check_texts(const json_t *v, unsigned int depth, const struct place *place)
{
	const char *key;
	json_t *item;
	size_t i;

	if (depth > DEPTH_MAX)
		return vnft_fail(-EBADMSG, "%s: %s is nested too deeply", place->file, place->at);
	if (json_is_string(v) && (!is_line(json_string_value(v)) ||
				  strlen(json_string_value(v)) != json_string_length(v)))
		return vnft_fail(-EBADMSG, "%s: %s holds a text with control characters",
				 place->file, place->at);
	json_object_foreach((json_t *)v, key, item) {
		if (!is_line(key))
			return vnft_fail(-EBADMSG, "%s: %s has a key with control characters",
					 place->file, place->at);
		if (check_texts(item, depth + 1, place))
			return -EBADMSG;
	}
	json_array_foreach(v, i, item)
		if (check_texts(item, depth + 1, place))
			return -EBADMSG;
	return 0;
}

/* Is it ours, of a shape that we know, and no larger than we want to walk? */
static int check_shape(const json_t *results, const char *name)
{
	const json_t *schema = json_object_get(results, "schema");

	if (!json_is_object(results) || !json_is_integer(schema))
		return vnft_fail(-EBADMSG, "%s: no results of vnftrace: there is no schema number",
				 name);
	if (json_integer_value(schema) != VNFT_RESULTS_SCHEMA)
		return vnft_fail(-EBADMSG, "%s: schema %lld, this vnftrace reads schema %d", name,
				 (long long)json_integer_value(schema), VNFT_RESULTS_SCHEMA);
	if (json_array_size(json_object_get(results, "rows")) > ROWS_MAX)
		return vnft_fail(-EBADMSG, "%s: more than %d rows", name, ROWS_MAX);
	return 0;
}

int vnft_results_check(const json_t *results, const char *name)
{
	struct place place = { .file = name };
	const struct vnft_key *key;
	json_t *row;
	size_t i;

	if (check_shape(results, name))
		return -EBADMSG;
	for (key = vnft_results_keys; key->path; key++)
		if (check_below(results, key->path, key, &place))
			return -EBADMSG;
	json_array_foreach(json_object_get(results, "rows"), i, row) {
		snprintf(place.at, sizeof(place.at), "rows[%zu]", i);
		if (check_texts(row, 0, &place))
			return -EBADMSG;
	}
	return 0;
}
