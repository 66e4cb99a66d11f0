/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing results.json: a session's rows as plain numbers in, JSON out.
 */
#ifndef VNFT_RESULTS_WRITE_H
#define VNFT_RESULTS_WRITE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "run.h"

/**
 * struct vnft_results_row - a type with one of its setups and a state of the page cache
 * @setup: what could have been otherwise, as the driver says; NULL: nothing
 * @why: of a row that is not @possible
 * @slot_ns: interval at which the closed port is asked; 0: the other machine sets the pace
 * @image_file_bytes, @image_disk_bytes: 0: the type names no image that can be read
 * @run: its @runs, in the order in which they were made
 */
struct vnft_results_row {
	const char *type, *title, *driver;
	json_t *setup;
	bool cold, possible;
	const char *why;
	uint64_t slot_ns;
	uint64_t image_file_bytes, image_disk_bytes;
	const struct vnft_results_run *run;
	unsigned int runs;
};

/**
 * struct vnft_results_session - what was asked for
 * @stimulus: who sent: "kernel", "user" or "external"
 * @flood_why: why not @stimulus sent the flood; NULL: it did
 * @counted_ns, @recorded_ns: what the hooks take for a frame; 0: not measured
 */
struct vnft_results_session {
	json_t *manifest;
	uint64_t seed, echo_interval_ns;
	const char *stimulus, *flood_stimulus, *flood_why;
	uint64_t counted_ns, recorded_ns;
};

/* A row of results.json. New reference. */
json_t *vnft_results_row_json(const struct vnft_results_session *session,
			      const struct vnft_results_row *row);

/*
 * Write results.json with @rows into the directory @dir: whole or not at all. 0, or -errno after
 * vnft_fail(). @results: NULL, or receives the same value as a new reference.
 */
int vnft_results_save(const struct vnft_results_session *session,
		      const struct vnft_results_row *row, unsigned int rows, const char *dir,
		      json_t **results);

#endif
