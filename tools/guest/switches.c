/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The switches as `bench` handles them: none of this knows what one means.
 */
#include "switch.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../lib/text/error.h"
#include "guest.h"

enum kind { CHOICE, LIST };

#define ROW(id, of, name, key, how, field, arg, words, ...) \
	[VNFT_SWITCH_##id] = { of, name, key, how, words },
static const struct {
	const char *driver, *option, *parameter;
	enum kind kind;
	const char *const *choices;
} table[VNFT_SWITCH_NR] = { VNFT_GUEST_SWITCHES(ROW) };

static bool is_set(const struct vnft_guest_switches *s, unsigned int i)
{
	return s->at[i].choice || s->at[i].list.n;
}

int vnft_guest_check_switches(const struct vnft_guest_switches *s)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && vnft_guest_drivers[i]; i++)
		if (vnft_guest_drivers[i]->check_switches)
			err = vnft_guest_drivers[i]->check_switches(s);
	return err;
}

/* "--a, --b": every switch of a driver. */
static void options_of(const char *driver, char *to, size_t bytes)
{
	size_t used = 0;
	unsigned int i;

	to[0] = 0;
	for (i = 0; i < VNFT_SWITCH_NR && used < bytes; i++)
		if (!strcmp(table[i].driver, driver))
			used += (size_t)snprintf(to + used, bytes - used, "%s--%s",
						 used ? ", " : "", table[i].option);
}

int vnft_guest_need_drivers(const struct vnft_guest_switches *s,
			    bool (*has)(const char *driver, void *arg), void *arg)
{
	char options[256];
	unsigned int i;

	for (i = 0; i < VNFT_SWITCH_NR; i++) {
		if (!is_set(s, i) || has(table[i].driver, arg))
			continue;
		options_of(table[i].driver, options, sizeof(options));
		return vnft_fail(-EINVAL, "%s: none of the types is of driver %s", options,
				 table[i].driver);
	}
	return 0;
}

void vnft_guest_switches_json(const struct vnft_guest_switches *s, json_t *to)
{
	unsigned int i;
	size_t k;

	for (i = 0; i < VNFT_SWITCH_NR; i++) {
		json_t *list;

		if (table[i].kind == CHOICE) {
			json_object_set_new(to, table[i].parameter,
					    json_string(table[i].choices[s->at[i].choice]));
			continue;
		}
		list = json_array();
		for (k = 0; k < s->at[i].list.n; k++)
			json_array_append_new(list, json_string(s->at[i].list.item[k]));
		json_object_set_new(to, table[i].parameter, list);
	}
}
