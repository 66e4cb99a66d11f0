/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compare DIR1 DIR2 DIR3...: a series of results.
 */
#include "series.h"

#include <errno.h>
#include <stdlib.h>

#include "../../lib/text/error.h"
#include "../../lib/text/view.h"
#include "load.h"

#define TYPE_BYTES	256

int vnft_compare_run_series(const struct vnft_compare_ask *ask, bool as_json, int n, char **argv)
{
	struct vnft_compare_point *point = calloc((size_t)n, sizeof(*point));
	json_t **results = calloc((size_t)n, sizeof(*results)), *tree = NULL;
	char (*type)[TYPE_BYTES] = calloc((size_t)n, sizeof(*type));
	struct vnft_view views[4];
	int i, err;

	err = point && results && type ? 0 : vnft_fail(-ENOMEM, "compare: out of memory");
	for (i = 0; !err && i < n; i++) {
		results[i] = vnft_compare_load(argv[i], type[i], TYPE_BYTES);
		point[i] = (struct vnft_compare_point) { argv[i], results[i], type[i] };
		err = results[i] ? 0 : -EBADMSG;
	}
	if (!err)
		tree = vnft_compare_series(ask, point, (size_t)n, &err);
	if (tree) {
		vnft_compare_series_views(ask, views);
		err = vnft_view_print(tree, as_json, views);
	}
	for (i = 0; results && i < n; i++)
		json_decref(results[i]);
	free(type);
	free(results);
	free(point);
	return err;
}
