/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A histogram as rows that fit on a screen.
 */
#include <string.h>

#include "report.h"

#define ROWS_MAX	24u
#define BAR_CHARS	40u

/*
 * Buckets are joined by powers of two until the occupied range has at most ROWS_MAX rows: one octave
 * of 64 buckets becomes 64, 32 ... 1 rows, then two octaves one row.
 */
json_t *vnft_hist_rows(const struct vnft_hist *h)
{
	json_t *rows = json_array();
	uint32_t first = 0, last = 0, shift = 0, i, k;
	uint64_t most = 0, n;
	char bar[BAR_CHARS + 1];

	if (!h->count)
		return rows;
	for (i = 0; i < VNFT_HIST_BUCKETS; i++) {
		if (!h->bucket[i])
			continue;
		if (!last && !h->bucket[first])
			first = i;
		last = i;
	}
	while ((last >> shift) - (first >> shift) >= ROWS_MAX)
		shift++;
	for (i = first >> shift; i <= last >> shift; i++) {
		for (k = 0, n = 0; k < 1u << shift && (i << shift) + k < VNFT_HIST_BUCKETS; k++)
			n += h->bucket[(i << shift) + k];
		most = n > most ? n : most;
	}
	for (i = first >> shift; i <= last >> shift; i++) {
		uint32_t end = (i + 1) << shift, chars;
		json_t *row = json_object();

		for (k = 0, n = 0; k < 1u << shift && (i << shift) + k < VNFT_HIST_BUCKETS; k++)
			n += h->bucket[(i << shift) + k];
		/* Something is never drawn as nothing. */
		chars = n ? 1 + (uint32_t)((double)n / (double)most * (BAR_CHARS - 1)) : 0;
		memset(bar, '#', chars);
		bar[chars] = '\0';
		end = end < VNFT_HIST_BUCKETS ? end : VNFT_HIST_BUCKETS;
		json_object_set_new(row, "from_ns",
				    json_integer((json_int_t)vnft_hist_lower_ns(i << shift)));
		json_object_set_new(row, "to_ns", json_integer((json_int_t)vnft_hist_lower_ns(end)));
		json_object_set_new(row, "n", json_integer((json_int_t)n));
		json_object_set_new(row, "bar", json_string(bar));
		json_array_append_new(rows, row);
	}
	return rows;
}
