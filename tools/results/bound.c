/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of a bound, and a bound as members of JSON.
 */
#include "bound.h"

#include <math.h>
#include <stdio.h>

#include "../lib/text/json.h"

static const struct {
	const char *name, *what;
} parts[VNFT_BOUND_NR] = {
#define PART(id, name, source, what) [VNFT_BOUND_##id] = { name, what },
	VNFT_BOUND_PARTS(PART)
#undef PART
};

const char *vnft_bound_name(enum vnft_bound_part part)
{
	return parts[part].name;
}

const char *vnft_bound_what(enum vnft_bound_part part)
{
	return parts[part].what;
}

/* Rounded away from the number: a bound that is rounded down would be none. */
static json_t *pair(double below, double above)
{
	return json_pack("[I, I]", (json_int_t)ceil(below), (json_int_t)ceil(above));
}

void vnft_bound_none(json_t *to, const char *name, const char *unit, const char *why)
{
	char key[64];

	snprintf(key, sizeof(key), "%s_bound_%s", name, unit);
	vnft_json_null(to, key, why);
}

void vnft_bound_put(json_t *to, const char *name, const char *unit, const struct vnft_bound *b)
{
	double below = 0, above = 0;
	json_t *list;
	char key[64];
	int i;

	if (b->why) {
		vnft_bound_none(to, name, unit, b->why);
		return;
	}
	list = json_object();
	for (i = 0; i < VNFT_BOUND_NR; i++) {
		if (b->below[i] <= 0 && b->above[i] <= 0)
			continue;
		below += ceil(b->below[i]);
		above += ceil(b->above[i]);
		json_object_set_new(list, parts[i].name, pair(b->below[i], b->above[i]));
	}
	snprintf(key, sizeof(key), "%s_bound_%s", name, unit);
	json_object_set_new(to, key, pair(below, above));
	snprintf(key, sizeof(key), "%s_bound_parts_%s", name, unit);
	json_object_set_new(to, key, list);
}
