/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Halves of pairs that wait: a table by key, chained, and a list in order of arrival.
 */
#include "waiting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../keyed.h"

/* Waiting for the other half; the oldest is given up beyond this (48 MB). */
#define WAITING_MAX	(1u << 20)
/* Sightings of one key kept: more than the rings can reorder, few enough to look through. */
#define SIGHTINGS_MAX	8u
#define BUCKETS_FIRST	(1u << 10)

int vnft_waiting_init(struct vnft_waiting_table *t)
{
	memset(t, 0, sizeof(*t));
	t->bucket = malloc(BUCKETS_FIRST * sizeof(*t->bucket));
	if (!t->bucket)
		return vnft_fail(-ENOMEM, "out of memory for pairing");
	t->buckets = BUCKETS_FIRST;
	memset(t->bucket, 0xff, BUCKETS_FIRST * sizeof(*t->bucket));
	t->free_list = VNFT_WAITING_NONE;
	t->oldest = VNFT_WAITING_NONE;
	t->youngest = VNFT_WAITING_NONE;
	return 0;
}

void vnft_waiting_free(struct vnft_waiting_table *t)
{
	free(t->bucket);
	free(t->node);
}

static uint32_t *bucket_of(struct vnft_waiting_table *t, const struct vnft_waiting *w)
{
	const uint64_t key[] = {
		w->flow, w->seq | (uint64_t)w->device << 32 | (uint64_t)w->dir << 48
	};

	return &t->bucket[vnft_keyed_hash(key, 2) & (t->buckets - 1)];
}

uint32_t vnft_waiting_first(struct vnft_waiting_table *t, const struct vnft_waiting *key)
{
	return *bucket_of(t, key);
}

bool vnft_waiting_same_key(const struct vnft_waiting *a, const struct vnft_waiting *b)
{
	return a->flow == b->flow && a->seq == b->seq && a->device == b->device &&
	       a->dir == b->dir;
}

void vnft_waiting_drop(struct vnft_waiting_table *t, uint32_t i)
{
	struct vnft_waiting *w = &t->node[i];
	uint32_t *at = bucket_of(t, w);

	while (*at != i)
		at = &t->node[*at].chain;
	*at = w->chain;
	*(w->older == VNFT_WAITING_NONE ? &t->oldest : &t->node[w->older].younger) = w->younger;
	*(w->younger == VNFT_WAITING_NONE ? &t->youngest : &t->node[w->younger].older) = w->older;
	w->chain = t->free_list;
	t->free_list = i;
}

static int grow_buckets(struct vnft_waiting_table *t)
{
	uint32_t n = t->buckets * 2, i, *at;
	uint32_t *grown = malloc(n * sizeof(*grown));

	if (!grown)
		return vnft_fail(-ENOMEM, "out of memory for pairing");
	memset(grown, 0xff, n * sizeof(*grown));
	free(t->bucket);
	t->bucket = grown;
	t->buckets = n;
	for (i = t->oldest; i != VNFT_WAITING_NONE; i = t->node[i].younger) {
		at = bucket_of(t, &t->node[i]);
		t->node[i].chain = *at;
		*at = i;
	}
	return 0;
}

/* Room for one more; only called while no node is free. */
static int grow_nodes(struct vnft_waiting_table *t)
{
	uint32_t room = t->room ? 2 * t->room : BUCKETS_FIRST;
	struct vnft_waiting *grown;

	if (t->nodes < t->room)
		return 0;
	if (t->nodes == WAITING_MAX) {
		vnft_waiting_drop(t, t->oldest);
		return 0;
	}
	grown = reallocarray(t->node, room, sizeof(*grown));
	if (!grown)
		return vnft_fail(-ENOMEM, "out of memory for pairing");
	t->node = grown;
	t->room = room;
	return room > t->buckets ? grow_buckets(t) : 0;
}

/* A key that is seen again and again without an answer must not grow its bucket without end. */
static void forget_sightings(struct vnft_waiting_table *t, const struct vnft_waiting *w)
{
	uint32_t i, sightings = 0, earliest = VNFT_WAITING_NONE;

	for (i = *bucket_of(t, w); i != VNFT_WAITING_NONE; i = t->node[i].chain) {
		if (!vnft_waiting_same_key(&t->node[i], w) ||
		    (t->node[i].what == VNFT_WAITING_REQUEST) != (w->what == VNFT_WAITING_REQUEST))
			continue;
		sightings++;
		if (earliest == VNFT_WAITING_NONE || t->node[i].time_ns < t->node[earliest].time_ns)
			earliest = i;
	}
	if (sightings >= SIGHTINGS_MAX)
		vnft_waiting_drop(t, earliest);
}

int vnft_waiting_add(struct vnft_waiting_table *t, const struct vnft_waiting *w)
{
	uint32_t i, *at;
	int err;

	forget_sightings(t, w);
	err = t->free_list == VNFT_WAITING_NONE ? grow_nodes(t) : 0;
	if (err)
		return err;
	if (t->free_list != VNFT_WAITING_NONE) {
		i = t->free_list;
		t->free_list = t->node[i].chain;
	} else {
		i = t->nodes++;
	}
	t->node[i] = *w;
	at = bucket_of(t, w);
	t->node[i].chain = *at;
	*at = i;
	t->node[i].younger = VNFT_WAITING_NONE;
	t->node[i].older = t->youngest;
	*(t->youngest == VNFT_WAITING_NONE ? &t->oldest : &t->node[t->youngest].younger) = i;
	t->youngest = i;
	return 0;
}
