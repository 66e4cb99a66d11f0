/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of bounds: between which values the truth of each number lies, and what that is mostly
 * because of (docs/method.md, "Bounds").
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../lib/text/format.h"
#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "results.h"

/* Numbers of a row in the order of the page: where they stand, and their bound's name and unit. */
static const struct {
	const char *what, *path, *name, *unit;
} numbers[] = {
	{ "first RST", "instantiation", "median", "ns" },
	{ "service ready", "service_ready", "median", "ns" },
	{ "gone (from stop)", "teardown", "median", "ns" },
	{ "RTT, flood", "rtt.flood", "mean", "ns" },
	{ "RTT, flood, sender", "rtt.flood.sender", "mean", "ns" },
	{ "RTT, fixed", "rtt.fixed", "mean", "ns" },
	{ "RTT, fixed, sender", "rtt.fixed.sender", "mean", "ns" },
	{ "tx", "throughput.tx", "median", "bps" },
	{ "rx", "throughput.rx", "median", "bps" },
};

static double side_of(const json_t *bound, size_t side)
{
	return json_number_value(json_array_get(bound, side));
}

/* The part that is the largest on its side, as text. */
static void put_mostly(json_t *line, const char *key, const json_t *parts)
{
	char size[32], text[96] = "";
	const char *name;
	double most = 0;
	json_t *part;

	json_object_foreach((json_t *)parts, name, part) {
		const double below = side_of(part, 0), above = side_of(part, 1);
		const double larger = below > above ? below : above;
		json_t *value;

		if (larger <= most)
			continue;
		most = larger;
		value = json_integer((json_int_t)llround(larger));
		vnft_view_format(size, sizeof(size), key, value);
		json_decref(value);
		snprintf(text, sizeof(text), "%.40s %s", name, size);
	}
	json_object_set_new(line, "mostly", json_string(text));
}

static void put_range(json_t *line, const char *unit, double value, const json_t *bound)
{
	const double low = value - side_of(bound, 0), high = value + side_of(bound, 1);
	char key[32];

	snprintf(key, sizeof(key), "value_%s", unit);
	json_object_set_new(line, key, json_integer((json_int_t)llround(value)));
	snprintf(key, sizeof(key), "truth_%s", unit);
	json_object_set_new(line, key, json_pack("[I, I]", (json_int_t)llround(low > 0 ? low : 0),
						 (json_int_t)llround(high)));
}

/* A text of what stands under @key, so that times and rates share a column. */
static void put_text(json_t *line, const char *to, const char *from, const char *unit)
{
	char key[32], text[96];

	snprintf(key, sizeof(key), "%s_%s", from, unit);
	vnft_view_format(text, sizeof(text), key, json_object_get(line, key));
	json_object_set_new(line, to, json_string(text));
}

void vnft_report_add_bounds(json_t *table, const json_t *row)
{
	const json_t *part, *value, *bound;
	char key[64];
	json_t *line;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		part = vnft_view_at(row, numbers[i].path);
		snprintf(key, sizeof(key), "%s_%s", numbers[i].name, numbers[i].unit);
		value = json_object_get(part, key);
		snprintf(key, sizeof(key), "%s_bound_%s", numbers[i].name, numbers[i].unit);
		bound = json_object_get(part, key);
		if (!json_is_number(value) || !json_is_array(bound))
			continue;
		line = json_object();
		if (json_object_get(row, "host"))
			json_object_set(line, "host", json_object_get(row, "host"));
		json_object_set(line, "type", json_object_get(row, "type"));
		json_object_set(line, "label", json_object_get(row, "label"));
		json_object_set_new(line, "what", json_string(numbers[i].what));
		put_range(line, numbers[i].unit, json_number_value(value), bound);
		put_text(line, "value", "value", numbers[i].unit);
		put_text(line, "truth", "truth", numbers[i].unit);
		snprintf(key, sizeof(key), "%s_bound_parts_%s", numbers[i].name, numbers[i].unit);
		put_mostly(line, key, json_object_get(part, key));
		json_array_append_new(table, line);
	}
}
