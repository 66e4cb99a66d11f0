/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The two halves of the format: openmetrics.c of records, openmetrics_runs.c of results.
 */
#ifndef VNFT_REPORT_EXPORT_OPENMETRICS_H
#define VNFT_REPORT_EXPORT_OPENMETRICS_H

#include "export.h"

int vnft_openmetrics_results(struct vnft_export *x, const json_t *results);

#endif
