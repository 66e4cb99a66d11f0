/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A histogram as rows that fit on a screen.
 */
#include <string.h>

#include "report.h"

#define ROWS_MAX	24u
#define BAR_CHARS	40u

static uint64_t count_of(const struct vnft_hist *h, uint32_t from, uint32_t to)
{
	uint64_t n = 0;

	for (; from < to && from < VNFT_HIST_BUCKETS; from++)
		n += h->bucket[from];
	return n;
}

static void add_row(json_t *rows, const struct vnft_hist *h, uint32_t from, uint32_t to,
		    uint64_t most)
{
	uint64_t n = count_of(h, from, to);
	json_t *row = json_object();
	char bar[BAR_CHARS + 1];
	uint32_t chars;

	/* Something is never drawn as nothing. */
	chars = n ? 1 + (uint32_t)((double)n / (double)most * (BAR_CHARS - 1)) : 0;
	memset(bar, '#', chars);
	bar[chars] = '\0';
	to = to < VNFT_HIST_BUCKETS ? to : VNFT_HIST_BUCKETS;
	json_object_set_new(row, "from_ns", json_integer((json_int_t)vnft_hist_lower_ns(from)));
	json_object_set_new(row, "to_ns", json_integer((json_int_t)vnft_hist_lower_ns(to)));
	json_object_set_new(row, "n", json_integer((json_int_t)n));
	json_object_set_new(row, "bar", json_string(bar));
	json_array_append_new(rows, row);
}

/*
 * Buckets are joined by powers of two until those up to the p99 are at most ROWS_MAX - 1 rows: an
 * octave of 64 buckets becomes 64, 32 ... 1 rows, then two octaves one row. The tail is the last
 * row: one value far out would flatten everything else.
 */
json_t *vnft_hist_rows(const struct vnft_hist *h)
{
	json_t *rows = json_array();
	uint32_t first = VNFT_HIST_BUCKETS, last = 0, body, shift = 0, i;
	uint64_t most = 1;

	for (i = 0; i < VNFT_HIST_BUCKETS; i++) {
		if (!h->bucket[i])
			continue;
		first = first < i ? first : i;
		last = i;
	}
	if (first > last)
		return rows;
	body = vnft_hist_index(vnft_hist_quantile_ns(h, 0.99));
	body = body < last ? body : last;
	body = body > first ? body : first;	/* counters of a live device may not fit together */
	while ((body >> shift) - (first >> shift) + 1 >= ROWS_MAX)
		shift++;
	for (i = first >> shift; i <= body >> shift; i++) {
		uint64_t n = count_of(h, i << shift, (i + 1) << shift);

		most = n > most ? n : most;
	}
	for (i = first >> shift; i <= body >> shift; i++)
		add_row(rows, h, i << shift, (i + 1) << shift, most);
	if (last >= i << shift)
		add_row(rows, h, i << shift, last + 1, most);
	return rows;
}
