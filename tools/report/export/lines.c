/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The records as lines for people and for grep.
 */
#include <inttypes.h>
#include <string.h>

#include "../../lib/text/clean.h"
#include "export.h"

/* Does a key have its own place at the front of the line, or none? */
static bool has_place(const char *key)
{
	static const char *const keys[] = { "time_ns", "cpu", "seq",   "kind", "device", "dev",
					    "hook",    "dir", "class", "src",  "dst" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

/* Nothing in a record is trusted. */
static void put_text(FILE *to, const char *text)
{
	char clean[256];

	vnft_text_clean(clean, sizeof(clean), text ? text : "?");
	fputs(clean, to);
}

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

/* Time in seconds to the nanosecond, CPU, device, hook, class or kind, ends. */
static void front(FILE *to, const json_t *o)
{
	const uint64_t time_ns = (uint64_t)json_integer_value(json_object_get(o, "time_ns"));
	const char *dev = text_of(o, "dev"), *hook = text_of(o, "hook");
	const char *class = text_of(o, "class"), *src = text_of(o, "src");

	fprintf(to, "%" PRIu64 ".%09" PRIu64 " [%03" JSON_INTEGER_FORMAT "] ", time_ns / 1000000000,
		time_ns % 1000000000, json_integer_value(json_object_get(o, "cpu")));
	if (dev) {
		put_text(to, dev);
		fputc(' ', to);
	} else {
		fprintf(to, "%" JSON_INTEGER_FORMAT " ",
			json_integer_value(json_object_get(o, "device")));
	}
	if (hook)
		fprintf(to, "%s ", hook);
	fputs(class ? class : text_of(o, "kind"), to);
	if (src)
		fprintf(to, " %s > %s", src, text_of(o, "dst"));
}

static int record(struct vnft_export *x, const struct vnft_record *r)
{
	json_t *o = vnft_export_record_json(x, r), *value;
	const char *key;

	front(x->to, o);
	json_object_foreach(o, key, value) {
		if (has_place(key))
			continue;
		fprintf(x->to, " %s=", key);
		if (json_is_integer(value))
			fprintf(x->to, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		else
			put_text(x->to, json_is_true(value) ? "yes" : json_string_value(value));
	}
	fputc('\n', x->to);
	json_decref(o);
	return 0;
}

const struct vnft_export_format vnft_export_lines = {
	.name = "lines",
	.what = "a line for each record",
	.record = record,
};
