/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The random numbers of resampling: splitmix64 over a counter, so that a result can be
 * computed again from the seed that stands beside it. Not for secrets.
 */
#ifndef VNFT_STAT_RANDOM_H
#define VNFT_STAT_RANDOM_H

#include <stdint.h>

#include "../../kmod/core/match.h"

/* Seeds stand in JSON: 2^53 - 1 is the largest that every reader of it keeps as it is. */
#define VNFT_SEED_MAX	((1ULL << 53) - 1)

struct vnft_random {
	uint64_t state;
};

static inline uint64_t vnft_random_u64(struct vnft_random *r)
{
	r->state += 0x9e3779b97f4a7c15ULL;
	return vnft_mix64(r->state);
}

/*
 * Uniform in [0, n), n > 0: high half of a 32 x 32 bit product. Its bias is n / 2^32, less than a
 * millionth for any number of runs; redrawing would buy nothing here.
 */
static inline uint32_t vnft_random_below(struct vnft_random *r, uint32_t n)
{
	return (uint32_t)(((vnft_random_u64(r) >> 32) * n) >> 32);
}

/* Uniform in [0, 1) with 53 bits. */
static inline double vnft_random_unit(struct vnft_random *r)
{
	return (double)(vnft_random_u64(r) >> 11) * 0x1p-53;
}

#endif
