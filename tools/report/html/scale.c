/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marks stand at 1, 2 and 5 times powers of ten, so that few digits name them.
 */
#include "scale.h"

#include <math.h>

/* Units are ns, bytes, bit/s and percent: what is smaller is 0 to all of them. */
#define LEAST		1e-9
/* Where values differ by more, small ones vanish on a linear axis. */
#define WIDE_RATIO	25
/* Values that differ by less are one value. */
#define SAME		1e-6

static double nice(unsigned int i)
{
	static const double of_ten[] = { 1, 2, 5 };

	return of_ten[i % 3];
}

/* The values' range; false if there is none. */
static bool range(const double *value, size_t n, double least, double *low, double *high)
{
	bool any = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!isfinite(value[i]) || value[i] < least)
			continue;
		*low = any ? fmin(*low, value[i]) : value[i];
		*high = any ? fmax(*high, value[i]) : value[i];
		any = true;
	}
	return any;
}

/* The smallest of 1, 2, 5, 10 ... that parts @span in at most VNFT_SCALE_TICKS - 2 pieces. */
static double step_of(double span)
{
	const double ten = pow(10, floor(log10(span)) - 1);
	double step = ten;
	unsigned int i;

	for (i = 0; span / step > VNFT_SCALE_TICKS - 2; i++)
		step = nice(i) * ten * pow(10, i / 3);
	return step;
}

static void fit_linear(struct vnft_scale *s, double low, double high, bool from_zero)
{
	double step;
	unsigned int i;

	if (from_zero) {
		low = fmin(low, 0);
		high = fmax(high, 0);
	}
	if (from_zero && high <= low)
		high = 1;
	if (high - low <= fmax(SAME * fmax(fabs(low), fabs(high)), LEAST)) {
		const double wide = fmax(fabs(low) * 0.05, 1);

		low = low < 0 ? low - wide : fmax(low - wide, 0);
		high += wide;
	}
	step = step_of(high - low);
	s->low = floor(low / step) * step;
	s->high = ceil(high / step) * step;
	for (i = 0; i < VNFT_SCALE_TICKS && s->low + i * step <= s->high + step / 2; i++)
		s->tick[s->ticks++] = s->low + i * step;
}

/*
 * Marks at @n numbers of @of_ten times powers of ten, of which only each @apart-th is taken. False:
 * they are too many.
 */
static bool mark(struct vnft_scale *s, const double *of_ten, unsigned int n, int apart)
{
	const int first = (int)lround(floor(log10(s->low) + SAME));
	const int last = (int)lround(ceil(log10(s->high) - SAME));
	unsigned int k;
	int at;

	s->ticks = 0;
	for (at = first; at <= last; at += apart) {
		for (k = 0; k < n; k++) {
			const double value = of_ten[k] * pow(10, at);

			if (value < s->low * (1 - SAME) || value > s->high * (1 + SAME))
				continue;
			if (s->ticks == VNFT_SCALE_TICKS)
				return false;
			s->tick[s->ticks++] = value;
		}
	}
	return true;
}

/* As many as fit. */
static void set_log_ticks(struct vnft_scale *s)
{
	static const double all[] = { 1, 2, 5 }, fewer[] = { 1, 5 };
	int apart = 1;

	if (mark(s, all, 3, 1) || mark(s, fewer, 2, 1))
		return;
	while (!mark(s, all, 1, apart))
		apart++;
}

/* The next of 1, 2, 5 at or below @value, or at or above it. */
static double nice_beside(double value, bool above)
{
	const double ten = pow(10, floor(log10(value)));
	double found = ten;
	unsigned int k;

	for (k = 0; k < 3; k++) {
		if (above && nice(k) * ten >= value * (1 - SAME))
			return nice(k) * ten;
		if (nice(k) * ten <= value * (1 + SAME))
			found = nice(k) * ten;
	}
	return above ? 10 * ten : found;
}

static void fit_log(struct vnft_scale *s, double low, double high)
{
	s->log = true;
	s->low = nice_beside(low, false);
	s->high = nice_beside(high, true);
	if (s->high < s->low * 1.5) {
		s->low = nice_beside(s->low / 2, false);
		s->high = nice_beside(s->high * 2, true);
	}
	set_log_ticks(s);
}

void vnft_scale_fit(struct vnft_scale *s, enum vnft_scale_kind kind, const double *value, size_t n)
{
	double low, high, least = 0;

	*s = (struct vnft_scale) { .low = 0, .high = 1 };
	if (kind == VNFT_SCALE_WIDE) {
		kind = range(value, n, LEAST, &least, &high) && high > WIDE_RATIO * least ?
		       VNFT_SCALE_LOG : VNFT_SCALE_ZERO;
	}
	if (!range(value, n, kind == VNFT_SCALE_LOG ? LEAST : -HUGE_VAL, &low, &high)) {
		s->log = kind == VNFT_SCALE_LOG;
		s->low = s->log ? 1 : 0;
		s->high = 10;
		return;
	}
	if (kind == VNFT_SCALE_LOG)
		fit_log(s, low, high);
	else
		fit_linear(s, low, high, kind == VNFT_SCALE_ZERO);
}

double vnft_scale_place(const struct vnft_scale *s, double value)
{
	if (!(value > s->low))	/* no number at all is no more than anything */
		return 0;
	if (value >= s->high)
		return 100;
	if (s->log)
		return 100 * (log10(value) - log10(s->low)) / (log10(s->high) - log10(s->low));
	return 100 * (value - s->low) / (s->high - s->low);
}
