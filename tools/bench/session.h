/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session from its options to results.json: plan, lock, runs, exit code.
 */
#ifndef VNFT_BENCH_SESSION_H
#define VNFT_BENCH_SESSION_H

#include <jansson.h>

#include "../lib/text/error.h"
#include "config.h"

/**
 * vnft_bench_session - plan, run and save what @config asks for
 * @results: what results.json holds (new reference), or NULL if it did not come to the end
 */
enum vnft_exit vnft_bench_session(const struct vnft_bench_config *config, json_t **results);

#endif
