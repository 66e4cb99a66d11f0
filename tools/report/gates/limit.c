/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The limit of a gate: a number, and a unit that is one of its metric. Units are those that pages
 * show and durations are typed in; nothing else is guessed.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/duration.h"
#include "../../lib/text/error.h"
#include "../../lib/text/format.h"
#include "parts.h"

/* As in results.json (tools/results/check.c). */
#define NUMBER_MAX	1e18
#define DIGITS_MAX	32
#define WORD_BYTES	16

static const struct quantity {
	const char *unit, *is, *want;
} quantities[] = {
	{ "ns", "a time", "ns, us, ms, s, m or h" },
	{ "bps", "a rate of bits", "bit, kbit, Mbit, Gbit or Tbit (per second)" },
	{ "pps", "a rate of packets", "pps, kpps, Mpps or Gpps" },
	{ "bytes", "a number of bytes", "B, kB, MB, GB, TB, KiB, MiB, GiB or TiB" },
	{ "percent", "a share", "%" },
};

static const struct quantity *quantity_of(const char *unit)
{
	size_t i;

	for (i = 0; i < sizeof(quantities) / sizeof(quantities[0]); i++)
		if (!strcmp(quantities[i].unit, unit))
			return &quantities[i];
	return NULL;
}

/* "MiB" and its like, which no page shows. */
static double binary(const char *word)
{
	static const char letters[] = "KMGT";
	const char *at = word[0] ? strchr(letters, word[0]) : NULL;

	return at && !strcmp(word + 1, "iB") ? ldexp(1, 10 * (int)(at - letters + 1)) : 0;
}

/* What one @word is in @unit; 0: it is no word of it. */
static double factor_of(const char *unit, const char *word)
{
	char key[WORD_BYTES], longer[WORD_BYTES + 4];
	double factor;

	snprintf(key, sizeof(key), "limit_%s", unit);
	if (!strcmp(unit, "ns"))
		return (double)vnft_duration_unit_ns(word);
	factor = vnft_view_unit(key, word);
	if (!factor && !strcmp(unit, "bps")) {
		snprintf(longer, sizeof(longer), "%s/s", word);
		factor = vnft_view_unit(key, longer);
	}
	if (!factor && !strcmp(unit, "bytes"))
		factor = binary(word);
	return factor;
}

/* What @word is of, if it is a unit of anything. */
static const struct quantity *other_quantity(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(quantities) / sizeof(quantities[0]); i++)
		if (factor_of(quantities[i].unit, word))
			return &quantities[i];
	return NULL;
}

static int refuse_word(const char *gate, const char *word, const char *metric,
		       const struct quantity *its)
{
	const struct quantity *other = word[0] ? other_quantity(word) : NULL;
	char is[128];

	if (its)
		snprintf(is, sizeof(is), "%s is %s: want %s", metric, its->is, its->want);
	else
		snprintf(is, sizeof(is), "%s is counted: want a number alone", metric);
	if (!word[0])
		return vnft_fail(-EINVAL, "--fail-if: %s: no unit: %s", gate, is);
	if (other && !strcmp(other->unit, "percent"))
		return vnft_fail(-EINVAL, "--fail-if: %s: %% is what compare takes, and %s", gate,
				 is);
	if (other)
		return vnft_fail(-EINVAL, "--fail-if: %s: %s is of %s, and %s", gate, word,
				 other->is, is);
	return vnft_fail(-EINVAL, "--fail-if: %s: %.40s: unknown unit: %s", gate, word, is);
}

/* Bytes of the number at @text: a sign, digits, and digits behind a point; 0: there is none. */
static size_t number_bytes(const char *text)
{
	const char *at = text + (*text == '-' || *text == '+');
	const char *digits = at;

	while (isdigit((unsigned char)*at))
		at++;
	if (at == digits)
		return 0;
	if (*at == '.' && isdigit((unsigned char)at[1]))
		for (at++; isdigit((unsigned char)*at); at++)
			;
	return (size_t)(at - text);
}

int vnft_gate_limit(const char *gate, const char *text, const char *metric, const char *unit,
		    double *to)
{
	const struct quantity *its = quantity_of(unit);
	const size_t bytes = number_bytes(text);
	const char *word = text + bytes;
	char number[DIGITS_MAX + 1];
	double factor;

	if (!text[0])
		return vnft_fail(-EINVAL, "--fail-if: %s: no limit behind it: want a number%s%s",
				 gate, its ? " and its unit: " : " alone", its ? its->want : "");
	if (!bytes)
		return vnft_fail(-EINVAL, "--fail-if: %s: %.40s: not a number: want digits%s%s",
				 gate, text, its ? " and a unit: " : " alone",
				 its ? its->want : "");
	if (bytes > DIGITS_MAX)
		return vnft_fail(-EINVAL, "--fail-if: %s: more than %d digits: use a larger unit",
				 gate, DIGITS_MAX);
	word += strspn(word, " \t");
	factor = strlen(word) < WORD_BYTES ? its ? factor_of(unit, word) : !word[0] : 0;
	if (!factor)
		return refuse_word(gate, word, metric, its);
	snprintf(number, sizeof(number), "%.*s", (int)bytes, text);
	*to = strtod(number, NULL) * factor;
	if (!(fabs(*to) <= NUMBER_MAX))
		return vnft_fail(-EINVAL, "--fail-if: %s: too large: no number of results.json is "
				 "above 1e18", gate);
	return 0;
}
