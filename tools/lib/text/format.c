/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One value as text; the unit at the end of its key says how.
 */
#include "format.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "clean.h"

struct scale {
	double from;
	const char *unit;
};

static const struct scale scale_ns[] = {
	{ 1e9, "s" }, { 1e6, "ms" }, { 1e3, "µs" }, { 1, "ns" }, { 0, NULL }
};
static const struct scale scale_bytes[] = {
	{ 1e12, "TB" }, { 1e9, "GB" }, { 1e6, "MB" }, { 1e3, "kB" }, { 1, "B" }, { 0, NULL }
};
static const struct scale scale_bps[] = {
	{ 1e12, "Tbit/s" }, { 1e9, "Gbit/s" }, { 1e6, "Mbit/s" }, { 1e3, "kbit/s" }, { 1, "bit/s" },
	{ 0, NULL }
};
static const struct scale scale_pps[] = {
	{ 1e9, "Gpps" }, { 1e6, "Mpps" }, { 1e3, "kpps" }, { 1, "pps" }, { 0, NULL }
};
static const struct scale scale_percent[] = { { 1, "%" }, { 0, NULL } };
static const struct scale scale_mib[] = { { 1, "MiB" }, { 0, NULL } };
static const struct scale scale_s[] = { { 1, "s" }, { 0, NULL } };

static const struct {
	const char *suffix;
	const struct scale *scale;
} units[] = {
	{ "_ns", scale_ns },		{ "_bytes", scale_bytes },	{ "_bps", scale_bps },
	{ "_pps", scale_pps },		{ "_percent", scale_percent },	{ "_mib", scale_mib },
	{ "_s", scale_s },
};

static const struct scale *unit_of(const char *key)
{
	size_t len = strcspn(key, "[");

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t n = strlen(units[i].suffix);

		if (len > n && !strncmp(key + len - n, units[i].suffix, n))
			return units[i].scale;
	}
	return NULL;
}

bool vnft_view_is_quantity(const char *key)
{
	return unit_of(key);
}

double vnft_view_unit(const char *key, const char *unit)
{
	const struct scale *scale = unit_of(key);

	for (; scale && scale->unit; scale++)
		if (!strcmp(scale->unit, unit))
			return scale->from;
	return 0;
}

/* Three significant digits; whole numbers of the smallest unit as they are. */
static void scaled(char *to, size_t bytes, const struct scale *scale, double value, bool integer)
{
	double size = fabs(value), shown;
	int digits;

	/* 999.6 µs is shown as 1.00 ms, not as 1000 µs. */
	while (scale[1].unit && size < scale->from * 0.9995)
		scale++;
	shown = value / scale->from;
	digits = fabs(shown) >= 99.95 ? 0 : fabs(shown) >= 9.995 ? 1 : 2;
	if ((integer && !scale[1].unit) || shown == 0)
		digits = 0;
	snprintf(to, bytes, "%.*f %s", digits, shown, scale->unit);
}

/* [below, above] of a value: "-1.04 ms +31 ns". */
static void sides(char *to, size_t bytes, const char *key, const json_t *array)
{
	char below[64], above[64];

	vnft_view_format(below, sizeof(below), key, json_array_get(array, 0));
	vnft_view_format(above, sizeof(above), key, json_array_get(array, 1));
	snprintf(to, bytes, "-%s +%s", below, above);
}

static void join(char *to, size_t bytes, const char *key, const json_t *array)
{
	bool interval = unit_of(key) && json_array_size(array) == 2;
	size_t used = 0, i;
	json_t *item;

	if (interval && strstr(key, "_bound_")) {
		sides(to, bytes, key, array);
		return;
	}
	to[0] = '\0';
	json_array_foreach(array, i, item) {
		char text[256];

		vnft_view_format(text, sizeof(text), key, item);
		if (used + 1 < bytes)
			used += (size_t)snprintf(to + used, bytes - used, "%s%s",
						 !i ? "" : interval ? " – " : ", ", text);
	}
}

void vnft_view_format(char *to, size_t bytes, const char *key, const json_t *value)
{
	const struct scale *scale = unit_of(key);

	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_NULL:
		snprintf(to, bytes, "-");
		break;
	case JSON_TRUE:
		snprintf(to, bytes, "yes");
		break;
	case JSON_FALSE:
		snprintf(to, bytes, "no");
		break;
	case JSON_STRING:
		vnft_text_clean(to, bytes, json_string_value(value));
		break;
	case JSON_INTEGER:
		if (scale)
			scaled(to, bytes, scale, (double)json_integer_value(value), true);
		else
			snprintf(to, bytes, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	case JSON_REAL:
		if (scale)
			scaled(to, bytes, scale, json_real_value(value), false);
		else
			snprintf(to, bytes, "%.4g", json_real_value(value));
		break;
	case JSON_ARRAY:
		join(to, bytes, key, value);
		break;
	case JSON_OBJECT:
		snprintf(to, bytes, "{%zu}", json_object_size(value));
		break;
	}
}
