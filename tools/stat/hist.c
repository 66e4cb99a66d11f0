/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histograms of durations in results.json.
 */
#include <stdio.h>

#include "../lib/text/json.h"
#include "stat.h"

/*
 * method.md, "Quantile": "A quantile q is given from 1 / (1 - q) samples on: a p99 needs 100. Below
 * that it is null with the reason."
 */
static void set_quantile(json_t *out, const char *key, const struct vnft_hist *h, double q,
			 uint64_t need)
{
	char why[64];

	if (h->count >= need) {
		json_object_set_new(out, key,
				    json_integer((json_int_t)vnft_hist_quantile_ns(h, q)));
		return;
	}
	snprintf(why, sizeof(why), "%llu samples, %llu needed", (unsigned long long)h->count,
		 (unsigned long long)need);
	vnft_json_null(out, key, why);
}

json_t *vnft_hist_json(const struct vnft_hist *h)
{
	static const char *const always[] = { "mean_ns", "min_ns", "p50_ns", "p90_ns", "p99_ns",
					      "p999_ns", "max_ns" };
	json_t *out = json_object();
	size_t i;

	json_object_set_new(out, "n", json_integer((json_int_t)h->count));
	if (!h->count) {
		for (i = 0; i < sizeof(always) / sizeof(always[0]); i++)
			vnft_json_null(out, always[i], "no samples");
		return out;
	}
	json_object_set_new(out, "mean_ns", json_integer((json_int_t)
			    (h->sum_ns / h->count + (h->sum_ns % h->count * 2 >= h->count))));
	json_object_set_new(out, "min_ns", json_integer((json_int_t)h->min_ns));
	set_quantile(out, "p50_ns", h, 0.5, 1);
	set_quantile(out, "p90_ns", h, 0.9, 10);
	set_quantile(out, "p99_ns", h, 0.99, VNFT_MIN_SAMPLES_FOR_P99);
	set_quantile(out, "p999_ns", h, 0.999, 1000);
	json_object_set_new(out, "max_ns", json_integer((json_int_t)h->max_ns));
	return out;
}
