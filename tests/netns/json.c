/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Values out of a page of -j, also where there is no python: json FILE [--row KEY=VALUE] PATH...
 * prints each on a line, or "none". PATH "a.b[0].c", or "a[*].b" for the sum over the rows of a.
 * --row: paths begin at the first row, of any array of the page, whose KEY is VALUE.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/lib/text/view.h"

static void text(char *to, size_t bytes, const json_t *v)
{
	char *dump;

	if (json_is_string(v)) {
		snprintf(to, bytes, "%s", json_string_value(v));
		return;
	}
	dump = v ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
	snprintf(to, bytes, "%s", dump ? dump : "none");
	free(dump);
}

/* "a.b[0].c", which may be the sum over "a[*].b". */
static void print(const json_t *at, const char *path)
{
	const char *star = strstr(path, "[*].");
	json_int_t sum = 0;
	char part[256];
	json_t *row;
	size_t i;

	if (!star) {
		text(part, sizeof(part), vnft_view_at(at, path));
		puts(part);
		return;
	}
	snprintf(part, sizeof(part), "%.*s", (int)(star - path), path);
	json_array_foreach(vnft_view_at(at, part), i, row)
		sum += json_integer_value(vnft_view_at(row, star + 4));
	printf("%lld\n", (long long)sum);
}

static const json_t *find_row(const json_t *page, const char *key_value)
{
	size_t key_bytes = strcspn(key_value, "="), i;
	char key[64], value[256];
	const char *name;
	json_t *list, *row;

	snprintf(key, sizeof(key), "%.*s", (int)key_bytes, key_value);
	json_object_foreach((json_t *)page, name, list) {
		json_array_foreach(list, i, row) {
			text(value, sizeof(value), vnft_view_at(row, key));
			if (key_value[key_bytes] && !strcmp(value, key_value + key_bytes + 1))
				return row;
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	const json_t *at;
	json_error_t error;
	json_t *page;
	int i = 2;

	page = argc > 2 ? json_load_file(argv[1], 0, &error) : NULL;
	if (!page)
		return fprintf(stderr, "json: %s\n", argc > 2 ? error.text : "FILE PATH..."), 2;
	at = page;
	if (argc > 4 && !strcmp(argv[i], "--row")) {
		at = find_row(page, argv[i + 1]);
		i += 2;
	}
	for (; i < argc; i++)
		print(at, argv[i]);
	json_decref(page);
	return 0;
}
