/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One value as text; the unit at the end of its key says how.
 */
#ifndef VNFT_LIB_FORMAT_H
#define VNFT_LIB_FORMAT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* One value as text by the unit at the end of @key: "1.23 ms", "38.9 Gbit/s", "3.5 MB", "-". */
void vnft_view_format(char *to, size_t bytes, const char *key, const json_t *value);

/* What one @unit, as pages show it ("Gbit/s"), is in the unit of @key; 0: no such unit of it. */
double vnft_view_unit(const char *key, const char *unit);

/* Does the end of @key name a unit: is its value a quantity? */
bool vnft_view_is_quantity(const char *key);

#endif
