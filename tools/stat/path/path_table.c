/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames that are under way, and requests whose reply is: two hashes over one pool, and a list in
 * the order of their making.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../keyed.h"
#include "path_parts.h"

#define LEGS_MAX	(1u << 17)	/* 26 MB */
#define LEGS_FIRST	(1u << 10)
#define BUCKETS		(1u << 16)

int vnft_path_table_init(struct vnft_path_table *t)
{
	memset(t, 0, sizeof(*t));
	t->number = malloc(BUCKETS * sizeof(*t->number));
	t->boundary = malloc(BUCKETS * sizeof(*t->boundary));
	if (!t->number || !t->boundary) {
		vnft_path_table_free(t);
		return vnft_fail(-ENOMEM, "out of memory for frames");
	}
	memset(t->number, 0xff, BUCKETS * sizeof(*t->number));
	memset(t->boundary, 0xff, BUCKETS * sizeof(*t->boundary));
	t->free = t->oldest = t->youngest = VNFT_PATH_NONE;
	return 0;
}

void vnft_path_table_free(struct vnft_path_table *t)
{
	free(t->leg);
	free(t->number);
	free(t->boundary);
	memset(t, 0, sizeof(*t));
}

bool vnft_path_table_full(const struct vnft_path_table *t)
{
	return t->free == VNFT_PATH_NONE && t->used == LEGS_MAX;
}

static uint32_t bucket(const struct vnft_path_leg *leg, uint64_t word)
{
	const uint64_t key[] = { word, (uint64_t)leg->link << 8 | leg->dir };

	return (uint32_t)vnft_keyed_hash(key, 2) & (BUCKETS - 1);
}

static uint32_t *by_number(const struct vnft_path_table *t, const struct vnft_path_leg *leg)
{
	return &t->number[bucket(leg, leg->number)];
}

static uint32_t *by_boundary(const struct vnft_path_table *t, const struct vnft_path_leg *leg)
{
	return &t->boundary[bucket(leg, leg->boundary_ns ^ leg->flow)];
}

static bool same_way(const struct vnft_path_leg *a, const struct vnft_path_leg *b)
{
	return a->link == b->link && a->dir == b->dir;
}

/* Room for one more. */
static int grow(struct vnft_path_table *t)
{
	uint32_t room = t->room ? 2 * t->room : LEGS_FIRST;
	struct vnft_path_leg *more;

	if (t->used < t->room)
		return 0;
	more = reallocarray(t->leg, room, sizeof(*more));
	if (!more)
		return vnft_fail(-ENOMEM, "out of memory for frames");
	t->leg = more;
	t->room = room;
	return 0;
}

uint32_t vnft_path_table_add(struct vnft_path_table *t, const struct vnft_path_leg *leg)
{
	uint32_t at = t->free, *head;

	if (at != VNFT_PATH_NONE) {
		t->free = t->leg[at].younger;
	} else {
		if (vnft_path_table_full(t) || grow(t))
			return VNFT_PATH_NONE;
		at = t->used++;
	}
	t->leg[at] = *leg;
	head = by_number(t, leg);
	t->leg[at].next_number = *head;
	t->leg[at].in_number = true;
	*head = at;
	t->leg[at].younger = VNFT_PATH_NONE;
	t->leg[at].older = t->youngest;
	*(t->youngest == VNFT_PATH_NONE ? &t->oldest : &t->leg[t->youngest].younger) = at;
	t->youngest = at;
	return at;
}

void vnft_path_table_hide(struct vnft_path_table *t, uint32_t at)
{
	struct vnft_path_leg *leg = &t->leg[at];
	uint32_t *link = by_number(t, leg);

	if (!leg->in_number)
		return;
	while (*link != at)
		link = &t->leg[*link].next_number;
	*link = leg->next_number;
	leg->in_number = false;
}

void vnft_path_table_mark(struct vnft_path_table *t, uint32_t at, uint64_t boundary_ns)
{
	struct vnft_path_leg *leg = &t->leg[at];
	uint32_t *head;

	leg->boundary_ns = boundary_ns;
	head = by_boundary(t, leg);
	leg->next_boundary = *head;
	leg->in_boundary = true;
	*head = at;
}

static void unmark(struct vnft_path_table *t, uint32_t at)
{
	struct vnft_path_leg *leg = &t->leg[at];
	uint32_t *link = by_boundary(t, leg);

	if (!leg->in_boundary)
		return;
	while (*link != at)
		link = &t->leg[*link].next_boundary;
	*link = leg->next_boundary;
	leg->in_boundary = false;
}

void vnft_path_table_drop(struct vnft_path_table *t, uint32_t at)
{
	struct vnft_path_leg *leg = &t->leg[at];

	vnft_path_table_hide(t, at);
	unmark(t, at);
	*(leg->older == VNFT_PATH_NONE ? &t->oldest : &t->leg[leg->older].younger) = leg->younger;
	*(leg->younger == VNFT_PATH_NONE ? &t->youngest : &t->leg[leg->younger].older) = leg->older;
	leg->younger = t->free;
	t->free = at;
}

uint32_t vnft_path_table_find(const struct vnft_path_table *t, const struct vnft_path_leg *like,
			      uint32_t after)
{
	uint32_t at = after == VNFT_PATH_NONE ? *by_number(t, like) : t->leg[after].next_number;

	while (at != VNFT_PATH_NONE &&
	       (t->leg[at].number != like->number || !same_way(&t->leg[at], like)))
		at = t->leg[at].next_number;
	return at;
}

uint32_t vnft_path_table_at(const struct vnft_path_table *t, const struct vnft_path_leg *like)
{
	uint32_t at = *by_boundary(t, like);

	while (at != VNFT_PATH_NONE &&
	       (t->leg[at].boundary_ns != like->boundary_ns || t->leg[at].flow != like->flow ||
		!same_way(&t->leg[at], like)))
		at = t->leg[at].next_boundary;
	return at;
}
