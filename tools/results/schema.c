/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The JSON Schema of results.json, from the table of its keys. It says what this version writes;
 * members that it does not name are allowed, so that a newer file of the same schema number is no
 * error.
 */
#include <stdio.h>
#include <string.h>

#include "keys.h"

#define NAME_BYTES_MAX	64
#define ONE_LINE	"^[^\\u0000-\\u001f\\u007f]*$"
#define LICENCE		"SPDX-License-Identifier: GPL-2.0"
#define WHAT		"what vnftrace bench measured; docs/method.md defines the numbers"
#define DIALECT		"https://json-schema.org/draft/2020-12/schema"

/* Member @name of @object, made if it is not there. Borrowed. */
static json_t *below(json_t *object, const char *name)
{
	if (!json_object_get(object, name))
		json_object_set_new(object, name, json_object());
	return json_object_get(object, name);
}

static json_t *list_of(json_t *items, int least, int most)
{
	json_t *to = json_pack("{s:s, s:o}", "type", "array", "items", items);

	if (most)
		json_object_update_new(to, json_pack("{s:i, s:i}", "minItems", least, "maxItems",
						     most));
	return to;
}

static json_t *members_of(json_t *schema)
{
	return json_pack("{s:s, s:o}", "type", "object", "additionalProperties", schema);
}

static json_t *number(const char *type)
{
	return json_pack("{s:s, s:i}", "type", type, "minimum", 0);
}

static json_t *of_type(enum vnft_key_type type)
{
	switch (type) {
	case VNFT_KEY_COUNT:
	case VNFT_KEY_CPU:
	case VNFT_KEY_SEED:
		return number("integer");
	case VNFT_KEY_DELTA:
		return json_pack("{s:s}", "type", "integer");
	case VNFT_KEY_REAL:
		return number("number");
	case VNFT_KEY_BOOL:
		return json_pack("{s:s}", "type", "boolean");
	case VNFT_KEY_LINE:
		return json_pack("{s:s, s:s}", "type", "string", "pattern", ONE_LINE);
	case VNFT_KEY_TEXT:
		return json_pack("{s:s}", "type", "string");
	case VNFT_KEY_PAIR:
		return list_of(number("integer"), 2, 2);
	case VNFT_KEY_SAMPLES:
		return list_of(number("integer"), 0, 0);
	case VNFT_KEY_TEXTS:
		return list_of(json_pack("{s:s}", "type", "string"), 0, 0);
	case VNFT_KEY_OBJECTS:
		return list_of(json_pack("{s:s}", "type", "object"), 0, 0);
	case VNFT_KEY_COUNTS:
		return members_of(number("integer"));
	case VNFT_KEY_WORDS:
		return members_of(json_pack("{s:s}", "type", "string"));
	case VNFT_KEY_PAIRS:
		return members_of(list_of(number("integer"), 2, 2));
	case VNFT_KEY_OBJECT:
	case VNFT_KEY_TYPES:
		break;
	}
	return json_pack("{s:s}", "type", "object");
}

/* A null and its reason go together. */
static void allow_null(json_t *parent, const char *name, json_t *schema)
{
	char why[NAME_BYTES_MAX + 4];
	json_t *rules;

	snprintf(why, sizeof(why), "%s_why", name);
	json_object_set_new(schema, "type",
			    json_pack("[O, s]", json_object_get(schema, "type"), "null"));
	json_object_set_new(below(parent, "properties"), why,
			    json_pack("{s:s, s:o}", "type", "string", "description",
				      json_sprintf("why %s is null", name)));
	rules = json_object_get(parent, "allOf");
	if (!rules) {
		rules = json_array();
		json_object_set_new(parent, "allOf", rules);
	}
	json_array_append_new(rules, json_pack("{s:{s:{s:{s:s}}, s:[s]}, s:{s:[s]}}", "if",
					       "properties", name, "type", "null", "required", name,
					       "then", "required", why));
}

static void add(json_t *schema, const struct vnft_key *key)
{
	const char *path = key->path;
	char name[NAME_BYTES_MAX];
	json_t *parent = schema, *to;
	size_t len;

	for (;;) {
		len = strcspn(path, ".[");
		snprintf(name, sizeof(name), "%.*s", (int)len, path);
		if (!strcmp(name, "*"))
			to = below(parent, "additionalProperties");
		else
			to = below(below(parent, "properties"), name);
		path += len;
		if (!path[0])
			break;
		if (path[0] == '[') {
			to = below(to, "items");
			path += 2;
		}
		path++;
		parent = to;
	}
	json_object_update_new(to, json_pack("{s:s}", "description", key->what));
	if (key->unit[0])
		json_object_set_new(to, "unit", json_string(key->unit));
	json_object_update_new(to, of_type(key->type));
	if (key->flags & VNFT_KEY_NULL)
		allow_null(parent, name, to);
	if (key->flags & VNFT_KEY_REQUIRED) {
		if (!json_object_get(parent, "required"))
			json_object_set_new(parent, "required", json_array());
		json_array_append_new(json_object_get(parent, "required"), json_string(name));
	}
}

json_t *vnft_results_schema(void)
{
	const struct vnft_key *key;
	json_t *schema = json_pack("{s:s, s:s, s:s, s:s, s:s}", "$schema", DIALECT, "$comment",
				   LICENCE, "title", "results.json of vnftrace", "description",
				   WHAT, "type", "object");

	for (key = vnft_results_keys; key->path; key++)
		add(schema, key);
	json_object_set_new(below(below(schema, "properties"), "schema"), "const",
			    json_integer(VNFT_RESULTS_SCHEMA));
	return schema;
}
