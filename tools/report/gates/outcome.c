/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Outcomes as objects and as text.
 */
#include "outcome.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "../../lib/text/format.h"
#include "../../lib/text/json.h"

static const char *const words[] = {
	[VNFT_OUTCOME_PASSED] = "passed", [VNFT_OUTCOME_VIOLATED] = "violated",
	[VNFT_OUTCOME_UNMEASURED] = "not measured", [VNFT_OUTCOME_INVALID] = "not valid",
	[VNFT_OUTCOME_NO_ROW] = "no such row", [VNFT_OUTCOME_CANNOT_TELL] = "cannot tell",
};

json_t *vnft_outcome(const struct vnft_gate *gate, const char *type, const char *label,
		     enum vnft_outcome what, const char *fmt, ...)
{
	json_t *to = json_object();
	char note[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(note, sizeof(note), fmt, ap);
	va_end(ap);
	if (type)
		json_object_set_new(to, "type", vnft_json_text(type));
	else
		vnft_json_null(to, "type", "there is no such row");
	json_object_set_new(to, "label", vnft_json_text(label));
	json_object_set_new(to, "gate", vnft_json_text(gate->text));
	json_object_set_new(to, "passed", json_boolean(what == VNFT_OUTCOME_PASSED));
	json_object_set_new(to, "because", json_string(words[what]));
	json_object_set_new(to, "note", vnft_json_text(note));
	return to;
}

json_t *vnft_outcome_no_row(const struct vnft_gate *gate)
{
	json_t *to = vnft_outcome(gate, NULL, gate->row[0] ? gate->row : "each row",
				  VNFT_OUTCOME_NO_ROW, "there is no such row");

	vnft_json_null(to, "is", "there is no such row");
	return to;
}

static void key_of(char *to, size_t bytes, const char *key, const char *unit)
{
	snprintf(to, bytes, "%s%s%s", key, unit[0] ? "_" : "", unit);
}

/* Whole numbers of results.json stay whole. */
static json_t *number(double value)
{
	if (value == rint(value) && fabs(value) < 9e15)
		return json_integer((json_int_t)value);
	return json_real(value);
}

void vnft_outcome_set_number(json_t *outcome, const char *key, const char *unit, double value)
{
	char name[32];

	key_of(name, sizeof(name), key, unit);
	json_object_set_new(outcome, name, number(value));
}

void vnft_outcome_say(char *to, size_t bytes, const char *unit, double value)
{
	json_t *v = number(value);
	char key[32];

	key_of(key, sizeof(key), "value", unit);
	vnft_view_format(to, bytes, key, v);
	json_decref(v);
}

void vnft_outcome_set_value(json_t *outcome, const char *unit, double value, const char *why)
{
	char text[64], key[32];

	key_of(key, sizeof(key), "value", unit);
	if (isnan(value)) {
		vnft_json_null(outcome, "is", why);
		vnft_json_null(outcome, key, why);
		return;
	}
	vnft_outcome_say(text, sizeof(text), unit, value);
	json_object_set_new(outcome, "is", json_string(text));
	vnft_outcome_set_number(outcome, "value", unit, value);
}

void vnft_outcome_line(const json_t *outcome, char *to, size_t bytes)
{
	const char *host = json_string_value(json_object_get(outcome, "host"));

	snprintf(to, bytes, "%s%s%s: %s: %s", host ? host : "", host ? ": " : "",
		 json_string_value(json_object_get(outcome, "label")),
		 json_string_value(json_object_get(outcome, "gate")),
		 json_string_value(json_object_get(outcome, "note")));
}

static const struct vnft_column columns[] = {
	{ "host", "host" },
	{ "type", "label" },
	{ "fails if", "gate" },
	{ "it is", "is" },
	{ "passed", "passed" },
	{ "because", "because" },
	{ NULL, NULL }
};

const struct vnft_view *vnft_outcome_views(bool hosts)
{
	static const struct vnft_view of_one[] = { { "Gates", "gates", columns + 1 }, { 0 } };
	static const struct vnft_view of_many[] = { { "Gates", "gates", columns }, { 0 } };

	return hosts ? of_many : of_one;
}
