/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Durations with a unit, read and written without floating point.
 */
#include "duration.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

static const struct {
	const char *unit;
	uint64_t ns;
} units[] = {
	{ "h", 3600000000000ULL },
	{ "m", 60000000000ULL },
	{ "s", 1000000000ULL },
	{ "ms", 1000000ULL },
	{ "us", 1000ULL },
	{ "µs", 1000ULL },
	{ "ns", 1ULL },
};

uint64_t vnft_duration_unit_ns(const char *unit)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(unit, units[i].unit))
			return units[i].ns;
	return 0;
}

int vnft_parse_duration_ns(const char *text, uint64_t *ns)
{
	uint64_t whole = 0, part = 0, unit, total, scale = 1;
	const char *at = text;

	for (; isdigit((unsigned char)*at); at++)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, (uint64_t)(*at - '0'), &whole))
			return vnft_fail(-EINVAL, "%.40s: too large for a duration", text);
	if (at == text)
		return vnft_fail(-EINVAL, "%.40s: not a duration: a number and a unit, as in 10ms",
				 text);
	if (*at == '.' && isdigit((unsigned char)at[1]))
		for (at++; isdigit((unsigned char)*at); at++)
			if (scale < 1000000000ULL) {	/* finer digits cannot matter below 1 h */
				part = part * 10 + (uint64_t)(*at - '0');
				scale *= 10;
			}
	if (!*at)
		return vnft_fail(-EINVAL, "%.40s: no unit: ns, us, ms, s, m or h, as in %.40sms",
				 text, text);
	unit = vnft_duration_unit_ns(at);
	if (!unit)
		return vnft_fail(-EINVAL, "%.40s: unknown unit: ns, us, ms, s, m or h", text);
	if (__builtin_mul_overflow(whole, unit, &total) ||
	    __builtin_add_overflow(total, (uint64_t)((unsigned __int128)part * unit / scale),
				   &total))
		return vnft_fail(-EINVAL, "%.40s: too large for a duration", text);
	*ns = total;
	return 0;
}

void vnft_duration_text(uint64_t ns, char *to, size_t bytes)
{
	for (size_t i = 1; ns && i < sizeof(units) / sizeof(units[0]); i++)
		if (ns % units[i].ns == 0) {
			snprintf(to, bytes, "%" PRIu64 "%s", ns / units[i].ns, units[i].unit);
			return;
		}
	snprintf(to, bytes, "0s");
}
