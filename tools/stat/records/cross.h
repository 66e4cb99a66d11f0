/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two observers at one device: did they see the same frames, and how far apart are their stamps?
 */
#ifndef VNFT_STAT_CROSS_H
#define VNFT_STAT_CROSS_H

#include <stdint.h>

#include "../../source/source.h"

enum vnft_cross_side {
	VNFT_CROSS_BPF,
	VNFT_CROSS_MODULE,
	VNFT_CROSS_SIDES
};

/**
 * struct vnft_cross_apart - distribution of the stamps' difference: the hook that a frame reaches
 * second minus the one that it reaches first (out: netfilter, tc; in: tc, netfilter)
 * @n: frames that both saw; @in_order of them have the stamps so, the others the other way round
 */
struct vnft_cross_apart {
	uint64_t n, in_order;
	int64_t min_ns, p50_ns, p90_ns, p99_ns, max_ns;
};

/**
 * struct vnft_cross_result - what came of a window of time
 * @frames: by side, direction and class
 * @only: frames that this side alone saw, by direction
 * @pairings: replies that met their request, as each side sees it
 * @equal: pairings of the same two frames on both sides; @different: of frames that both saw, on
 * one
 */
struct vnft_cross_result {
	uint64_t frames[VNFT_CROSS_SIDES][VNFT_DIR_NR][VNFT_CLASS_NR];
	uint64_t only[VNFT_CROSS_SIDES][VNFT_DIR_NR];
	struct vnft_cross_apart apart[VNFT_DIR_NR];
	uint64_t pairings[VNFT_CROSS_SIDES], equal, different;
};

struct vnft_cross;
int vnft_cross_new(struct vnft_cross **cross);
/* Records of one device, in the order of their rings. -ENOSPC when there are too many to keep. */
int vnft_cross_feed(struct vnft_cross *cross, enum vnft_cross_side side,
		    const struct vnft_record *record);
/*
 * What lies in [@from_ns, @to_ns], in which both recorded: a frame under way at an end belongs to
 * who saw it before or after it, so the ends lie inside of when both were on.
 */
int vnft_cross_run(struct vnft_cross *cross, uint64_t from_ns, uint64_t to_ns,
		   struct vnft_cross_result *result);
void vnft_cross_free(struct vnft_cross *cross);

#endif
