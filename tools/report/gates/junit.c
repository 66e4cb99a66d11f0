/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JUnit XML, as Jenkins, GitLab and the like read it: a testsuite for each results.json, a testcase
 * for each gate on each row.
 *
 * Texts come from results.json, which anybody may have written: lib/text/markup.h leaves no
 * character that XML 1.0 forbids.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/format.h"
#include "../../lib/text/json.h"
#include "../../lib/text/markup.h"
#include "parts.h"

#define DEPTH_MAX		4
#define PROPERTIES_MAX		256u
#define NAME_BYTES		256
#define VALUE_BYTES		1024

static void put_attribute(FILE *to, const char *name, const char *value)
{
	fprintf(to, " %s=\"", name);
	vnft_markup_text(to, value, strlen(value));
	fputc('"', to);
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* A list as its items, one behind the other. */
static void value_text(const json_t *value, char *to, size_t bytes)
{
	size_t i, used = 0;
	json_t *item;

	to[0] = '\0';
	if (!json_is_array(value)) {
		vnft_view_format(to, bytes, "", value);
		return;
	}
	json_array_foreach(value, i, item) {
		char text[VALUE_BYTES];

		vnft_view_format(text, sizeof(text), "", item);
		if (used < bytes)
			used += (size_t)snprintf(to + used, bytes - used, "%s%s", i ? " " : "",
						 text);
	}
}

static void add(json_t *properties, const char *name, const json_t *value, unsigned int depth)
{
	char text[VALUE_BYTES], below[NAME_BYTES];
	const char *key;
	json_t *member;

	if (json_object_size(properties) >= PROPERTIES_MAX)
		return;
	if (!json_is_object(value)) {
		value_text(value, text, sizeof(text));
		json_object_set_new(properties, name, vnft_json_text(text));
		return;
	}
	if (depth == DEPTH_MAX)
		return;
	json_object_foreach((json_t *)value, key, member) {
		snprintf(below, sizeof(below), "%s.%s", name, key);
		add(properties, below, member, depth + 1);
	}
}

void vnft_junit_properties(json_t *properties, const char *prefix, const json_t *manifest)
{
	add(properties, prefix, manifest, 0);
}

static void count(const json_t *outcomes, size_t *tests, size_t *failures)
{
	const json_t *one;
	size_t i;

	json_array_foreach(outcomes, i, one)
		*failures += !json_is_true(json_object_get(one, "passed"));
	*tests += json_array_size(outcomes);
}

static void put_counts(FILE *to, size_t tests, size_t failures)
{
	fprintf(to, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\"", tests, failures);
}

static void put_case(FILE *to, const json_t *one)
{
	const char *type = text_of(one, "type"), *label = text_of(one, "label");
	const char *gate = text_of(one, "gate"), *note = text_of(one, "note");
	char name[2048];

	/* Of one type there may be several rows, and a row that is not there has no type. */
	snprintf(name, sizeof(name), "%s%s%s", strcmp(type, label) && type[0] ? label : "",
		 strcmp(type, label) && type[0] ? ": " : "", gate);
	fputs("    <testcase", to);
	put_attribute(to, "classname", type[0] ? type : label);
	put_attribute(to, "name", name);
	fputs(">\n", to);
	if (json_is_true(json_object_get(one, "passed"))) {
		fputs("      <system-out>", to);
		vnft_markup_text(to, note, strlen(note));
		fputs("</system-out>\n", to);
	} else {
		fputs("      <failure", to);
		put_attribute(to, "type", text_of(one, "because"));
		put_attribute(to, "message", note);
		fputc('>', to);
		snprintf(name, sizeof(name), "%s: %s: %s", label, gate, note);
		vnft_markup_text(to, name, strlen(name));
		fputs("</failure>\n", to);
	}
	fputs("    </testcase>\n", to);
}

static void put_suite(FILE *to, const json_t *suite)
{
	const json_t *outcomes = json_object_get(suite, "outcomes"), *one;
	json_t *properties = json_object_get(suite, "properties"), *value;
	size_t i, tests = 0, failures = 0;
	const char *key;

	count(outcomes, &tests, &failures);
	fputs("  <testsuite", to);
	put_attribute(to, "name", text_of(suite, "name"));
	put_attribute(to, "hostname", text_of(suite, "hostname"));
	if (text_of(suite, "timestamp")[0])
		put_attribute(to, "timestamp", text_of(suite, "timestamp"));
	put_counts(to, tests, failures);
	fputs(">\n    <properties>\n", to);
	json_object_foreach(properties, key, value) {
		fputs("      <property", to);
		put_attribute(to, "name", key);
		put_attribute(to, "value", json_string_value(value));
		fputs("/>\n", to);
	}
	fputs("    </properties>\n", to);
	json_array_foreach(outcomes, i, one)
		put_case(to, one);
	fputs("  </testsuite>\n", to);
}

void vnft_junit_write(FILE *to, const json_t *suites)
{
	size_t i, tests = 0, failures = 0;
	const json_t *suite;

	json_array_foreach(suites, i, suite)
		count(json_object_get(suite, "outcomes"), &tests, &failures);
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"vnftrace\"", to);
	put_counts(to, tests, failures);
	fputs(">\n", to);
	json_array_foreach(suites, i, suite)
		put_suite(to, suite);
	fputs("</testsuites>\n", to);
}
