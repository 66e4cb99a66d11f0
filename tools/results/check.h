/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does a results.json hold what its keys (keys.h) say?
 */
#ifndef VNFT_RESULTS_CHECK_H
#define VNFT_RESULTS_CHECK_H

#include <jansson.h>

/* @name stands in the message. 0, or -EBADMSG after vnft_fail(). */
int vnft_results_check(const json_t *results, const char *name);

#endif
