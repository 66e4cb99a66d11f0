/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the method may be off by, on both sides of a comparison.
 *
 * method.md, "Comparison": "A difference that the bounds of both sides can make up is not called
 * faster or slower."
 */
#include <stdio.h>

#include "../../lib/text/json.h"
#include "parts.h"

void vnft_compare_set_bound(const struct vnft_metric *metric, const json_t *row,
			    json_t *side)
{
	const json_t *bound = vnft_view_at(row, metric->bound), *why;
	char key[64];

	if (!metric->bound[0]) {
		snprintf(key, sizeof(key), "median_bound_%s", metric->unit);
		vnft_json_null(side, key, "a duration between two moments has no bound of its own");
		return;
	}
	snprintf(key, sizeof(key), "median_bound_%s", metric->unit);
	if (json_is_array(bound)) {
		json_object_set(side, key, (json_t *)bound);
		return;
	}
	snprintf(key, sizeof(key), "%s_why", metric->bound);
	why = vnft_view_at(row, key);
	snprintf(key, sizeof(key), "median_bound_%s", metric->unit);
	vnft_json_null(side, key, json_is_string(why) ? json_string_value(why) :
		       "its results.json has no bound");
}

/* How far the truth may lie below (@i 0) or above (@i 1) a side's median; unknown: no distance. */
static double reach(const struct vnft_metric *metric, const json_t *row, size_t i)
{
	return json_number_value(json_array_get(vnft_view_at(row, metric->bound), i));
}

bool vnft_compare_within_bounds(const struct vnft_metric *metric, const json_t *row_a,
				const json_t *row_b, const struct vnft_comparison *c)
{
	if (c->median_b > c->median_a)
		return c->median_b - reach(metric, row_b, 0) <=
		       c->median_a + reach(metric, row_a, 1);
	return c->median_b + reach(metric, row_b, 1) >= c->median_a - reach(metric, row_a, 0);
}

bool vnft_compare_bounds_may_be_worse(const struct vnft_metric *metric,
				      const json_t *row_a, const json_t *row_b,
				      const struct vnft_comparison *c, double noise_ratio)
{
	const double least_a = c->median_a - reach(metric, row_a, 0);
	const double most_a = c->median_a + reach(metric, row_a, 1);
	const double least_b = c->median_b - reach(metric, row_b, 0);
	const double most_b = c->median_b + reach(metric, row_b, 1);

	return metric->more_is_better ? least_b * (1 + noise_ratio) < most_a :
					most_b > least_a * (1 + noise_ratio);
}
