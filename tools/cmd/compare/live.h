/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compare --live: both sides are measured now, in one bench.
 */
#ifndef VNFT_CMD_COMPARE_LIVE_H
#define VNFT_CMD_COMPARE_LIVE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "../../lib/cli/option.h"
#include "../../lib/text/error.h"

/* In which A and B are not the same, if they are one type. */
enum vnft_compare_vary {
	VNFT_VARY_NOTHING,
	VNFT_VARY_CACHE,
	VNFT_VARY_VHOST,
};
/* Their words, ended by NULL. */
extern const char *const vnft_compare_varied[];

/**
 * struct vnft_compare_live - what is measured
 * @type: of A and of B: names or .conf files; the second is NULL with @vary
 * @rtt, @throughput, @memory: what is measured beside launches (vnft_compare_live_needs())
 * @dir: NULL: as bench chooses
 */
struct vnft_compare_live {
	const char *type[2];
	enum vnft_compare_vary vary;
	bool rtt, throughput, memory;
	uint64_t runs;
	const char *dir;
	struct vnft_common common;
};

/* @metric is one of vnft_compare_metrics[]: what it needs is measured. */
void vnft_compare_live_needs(struct vnft_compare_live *live, const char *metric);

/*
 * Rounds of a run of each, in random order. *@results (new reference) has the rows of A and B, in
 * this order; NULL after vnft_fail() if the bench did not come to its end. Returns bench's code.
 */
enum vnft_exit vnft_compare_live(const struct vnft_compare_live *live, json_t **results);

#endif
