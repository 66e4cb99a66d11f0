/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing results.json: a session's rows as plain numbers in, JSON out.
 */
#ifndef VNFT_RESULTS_WRITE_H
#define VNFT_RESULTS_WRITE_H

#include <jansson.h>

#include "run.h"

/*
 * Write results.json with @rows into the directory @dir: whole or not at all. 0, or -errno after
 * vnft_fail(). @results: NULL, or receives the same value as a new reference.
 */
int vnft_results_save(const struct vnft_results_session *session,
		      const struct vnft_results_row *row, unsigned int rows, const char *dir,
		      json_t **results);

#endif
