/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Growing array of numbers, its mean, and sorted copies of it.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text/error.h"
#include "samples.h"
#include "stat.h"

int vnft_samples_add(struct vnft_samples *s, double value)
{
	size_t room = s->room ? 2 * s->room : 16;
	double *grown;

	if (!isfinite(value))
		return vnft_fail(-ERANGE, "a sample is not a number");
	if (s->n == s->room) {
		grown = reallocarray(s->value, room, sizeof(*grown));
		if (!grown)
			return vnft_fail(-ENOMEM, "out of memory for %zu samples", room);
		s->value = grown;
		s->room = room;
	}
	s->value[s->n++] = value;
	return 0;
}

void vnft_samples_free(struct vnft_samples *s)
{
	free(s->value);
	memset(s, 0, sizeof(*s));
}

double vnft_mean(const struct vnft_samples *s)
{
	double mean = 0;
	size_t i;

	/* Running mean: a sum of nanoseconds of day-long runs would lose digits. */
	for (i = 0; i < s->n; i++)
		mean += (s->value[i] - mean) / (double)(i + 1);
	return s->n ? mean : NAN;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void vnft_sort(double *value, size_t n)
{
	if (n)
		qsort(value, n, sizeof(*value), by_value);
}

double *vnft_samples_sorted(const struct vnft_samples *s)
{
	double *sorted = malloc((s->n ? s->n : 1) * sizeof(*sorted));

	if (!sorted)
		return NULL;
	if (s->n)
		memcpy(sorted, s->value, s->n * sizeof(*sorted));
	vnft_sort(sorted, s->n);
	return sorted;
}
