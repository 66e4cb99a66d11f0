/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compare of more than two results.
 */
#ifndef VNFT_CMD_COMPARE_SERIES_H
#define VNFT_CMD_COMPARE_SERIES_H

#include <stdbool.h>

#include "../../report/compare/compare.h"

#define VNFT_COMPARE_SERIES_MAX	256

/* Load them and print their page. 0, or negative errno after vnft_fail(). */
int vnft_compare_run_series(const struct vnft_compare_ask *ask, bool as_json, int n, char **argv);

#endif
