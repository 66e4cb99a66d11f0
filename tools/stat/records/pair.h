/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replies to requests, from records: exactly, by the identity rules of kmod/core/match.h.
 */
#ifndef VNFT_STAT_PAIR_H
#define VNFT_STAT_PAIR_H

#include <stdint.h>

#include "../../../kmod/core/hist.h"
#include "../../../kmod/core/hooks.h"
#include "../../../kmod/core/match.h"

struct vnft_pair;
int vnft_pair_new(struct vnft_pair **pair);
void vnft_pair_free(struct vnft_pair *pair);

/* The next record of any CPU; records of one CPU in their order. 0, or -errno after vnft_fail(). */
int vnft_pair_feed(const struct vnft_record *record, void *pair);

/**
 * struct vnft_pair_result - of one device, pairing and direction of the request
 * @backwards: replies stamped before their request, by less than CPUs' clocks are apart
 * @hist: from request to reply, of those that @matched
 * @first_reply_ns: stamp of the earliest matched reply, 0 for none
 * @first_request_ns: stamp of the request that it answers
 * @waited: requests before that reply that were answered all the same, because something kept them;
 *	the one that it answers is among them
 * @longest_wait_ns, @shortest_wait_ns: of those
 */
struct vnft_pair_result {
	uint64_t requests, replies, matched, unmatched, backwards;
	struct vnft_hist hist;
	uint64_t first_reply_ns, first_request_ns;
	uint64_t waited, longest_wait_ns, shortest_wait_ns;
};
int vnft_pair_result(struct vnft_pair *pair, uint16_t device, enum vnft_pairing pairing,
		     enum vnft_dir request, struct vnft_pair_result *result);

/**
 * struct vnft_paired - a reply that has met its request
 * @pairing: enum vnft_pairing; @request: enum vnft_dir of the request
 */
struct vnft_paired {
	uint16_t device;
	uint8_t pairing, request;
	uint64_t request_ns, reply_ns;
};
/* @fn is told of every pair as it is found; vnft_pair_feed() hands on its non-zero return. */
void vnft_pair_watch(struct vnft_pair *pair, int (*fn)(const struct vnft_paired *paired, void *arg),
		     void *arg);

#endif
