/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Scales of an axis: from which value to which, where a value stands, and where marks are.
 */
#ifndef VNFT_REPORT_HTML_SCALE_H
#define VNFT_REPORT_HTML_SCALE_H

#include <stdbool.h>
#include <stddef.h>

#define VNFT_SCALE_TICKS	6

/**
 * enum vnft_scale_kind - how an axis is laid
 * @VNFT_SCALE_ZERO: linear, from 0
 * @VNFT_SCALE_NEAR: linear, about the values alone
 * @VNFT_SCALE_LOG: logarithmic
 * @VNFT_SCALE_WIDE: logarithmic where the largest value is many times the smallest, else from 0
 */
enum vnft_scale_kind {
	VNFT_SCALE_ZERO,
	VNFT_SCALE_NEAR,
	VNFT_SCALE_LOG,
	VNFT_SCALE_WIDE,
};

/**
 * struct vnft_scale - an axis
 * @low, @high: its ends; @low < @high, and above 0 if @log
 * @tick: marks on it, ascending; none where there was no value
 */
struct vnft_scale {
	bool log;
	double low, high;
	double tick[VNFT_SCALE_TICKS];
	unsigned int ticks;
};

/*
 * For @n values, of which those that are no finite number, or cannot stand on a logarithmic axis,
 * are passed over; there may be none.
 */
void vnft_scale_fit(struct vnft_scale *scale, enum vnft_scale_kind kind, const double *value,
		    size_t n);

/* Where a value stands, in percent: from 0 to 100 for any value, at an end for one beyond it. */
double vnft_scale_place(const struct vnft_scale *scale, double value);

#endif
