/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests without their reply and replies without their request; private to pair.c.
 */
#ifndef VNFT_STAT_WAITING_H
#define VNFT_STAT_WAITING_H

#include <stdbool.h>
#include <stdint.h>

#include "../../../kmod/core/match.h"

#define VNFT_WAITING_NONE	0xffffffffu
/* What a half is when it is no reply. */
#define VNFT_WAITING_REQUEST	VNFT_PAIRING_NR

/**
 * struct vnft_waiting - a request without its reply, or a reply without its request
 * @flow: of the record; @seq as in vnft_match_classify(): the two that make the key
 * @dir: direction of the request, also in a reply
 * @twin: what leads from @seq to the number under which the same request waits again, modulo 2^32:
 *	of a reply to all that it carries, or to its SYN alone; 0: it waits once
 * @what: enum vnft_pairing for a reply, VNFT_WAITING_REQUEST for a request
 * @chain: next in its bucket; @younger, @older: in order of arrival
 */
struct vnft_waiting {
	uint64_t flow;
	uint64_t time_ns;
	uint32_t seq;
	uint32_t twin;
	uint16_t device;
	uint8_t dir;
	uint8_t what;
	uint32_t chain;
	uint32_t younger;
	uint32_t older;
};

/**
 * struct vnft_waiting_table - all that wait
 * @node: array of @room; @nodes of them were used, those that are free are chained from @free_list
 * @bucket: heads of chains, a power of two of them
 */
struct vnft_waiting_table {
	struct vnft_waiting *node;
	uint32_t nodes, room, free_list, oldest, youngest;
	uint32_t *bucket;
	uint32_t buckets;
};

int vnft_waiting_init(struct vnft_waiting_table *t);
void vnft_waiting_free(struct vnft_waiting_table *t);

/* First node of the chain in which @key would be, of any key; VNFT_WAITING_NONE: empty. */
uint32_t vnft_waiting_first(struct vnft_waiting_table *t, const struct vnft_waiting *key);
bool vnft_waiting_same_key(const struct vnft_waiting *a, const struct vnft_waiting *b);
/* A copy of @w waits, in the place of its key's earliest sighting when there are many of them. */
int vnft_waiting_add(struct vnft_waiting_table *t, const struct vnft_waiting *w);
/* Unlink node @i from its bucket and from the order of arrival. */
void vnft_waiting_drop(struct vnft_waiting_table *t, uint32_t i);

#endif
