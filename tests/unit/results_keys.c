/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of keys of results.json: it is sound, and the schema in the tree is what it gives.
 */
#include <string.h>

#include "../../tools/results/keys.h"
#include "unit.h"

#define SCHEMA "tools/results/results.schema.json"

static const struct vnft_key *find(const char *path, size_t bytes)
{
	const struct vnft_key *key;

	for (key = vnft_results_keys; key->path; key++)
		if (strlen(key->path) == bytes && !memcmp(key->path, path, bytes))
			return key;
	return NULL;
}

/* The unit is the last word of the name, so that text forms fit (tools/lib/text/view.h). */
static bool unit_fits(const struct vnft_key *key)
{
	static const char *const units[] = { "ns", "bytes", "bps", "pps", "percent", "hz" };
	const char *last = strrchr(key->path, '_'), *dot = strrchr(key->path, '.');
	const char *word = last && last > dot ? last + 1 : "";
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(word, units[i]))
			return !strcmp(key->unit, word);
	return !key->unit[0];
}

static bool parent_fits(const struct vnft_key *key)
{
	const char *dot = strrchr(key->path, '.');
	const struct vnft_key *parent;
	size_t bytes = dot ? (size_t)(dot - key->path) : 0;

	if (!dot)
		return true;
	if (bytes > 2 && !strncmp(dot - 2, "[]", 2)) {
		parent = find(key->path, bytes - 2);
		return parent && parent < key && parent->type == VNFT_KEY_OBJECTS;
	}
	parent = find(key->path, bytes);
	return parent && parent < key && parent->type == VNFT_KEY_OBJECT;
}

static void test_table(void)
{
	const struct vnft_key *key;

	for (key = vnft_results_keys; key->path; key++) {
		QUIET(find(key->path, strlen(key->path)) == key, "%s stands twice", key->path);
		QUIET(key->what && key->what[0], "%s says nothing", key->path);
		QUIET(unit_fits(key), "%s has the unit %s", key->path, key->unit);
		QUIET(parent_fits(key), "%s has no parent before it", key->path);
		QUIET(key->type < VNFT_KEY_TYPES && vnft_key_type_words[key->type],
		      "the type of %s has no words", key->path);
	}
	CHECK(key - vnft_results_keys > 100, "a table of keys");
}

static void test_schema(void)
{
	json_t *schema = vnft_results_schema(), *file = json_load_file(SCHEMA, 0, NULL);

	CHECK(file && json_equal(schema, file),
	      SCHEMA " is what the table gives (else: make schema)");
	json_decref(schema);
	json_decref(file);
}

int main(void)
{
	test_table();
	test_schema();
	return unit_done();
}
