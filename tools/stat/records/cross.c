/* SPDX-License-Identifier: GPL-2.0 */
/*
 * method.md, "Cross-check": "A frame of one observer is the other's when everything in the two
 * records is the same but for the stamp, the device's id and the retransmission flag, and both were
 * written on one CPU. Where several frames look alike, a frame at the second hook is the latest
 * frame at the first hook that was stamped before it and is not taken yet. What is left over is
 * matched the other way round if it lies within 1 ms, and counts as out of order."
 *
 * The hooks run one after the other in one call of the stack, hence one CPU; and hence the latest.
 */
#include "cross.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "pair.h"
#include "../stat.h"

#define SIGHTS_MAX	(1u << 24)
#define DISORDER_NS	1000000ULL

/**
 * struct sight - a frame at one observer's hook
 * @look: hash of all that makes it what it is
 * @second: this is the hook that frames of its direction reach second
 * @other_ns: stamp of the same frame at the other observer, 0: none
 */
struct sight {
	uint64_t look;
	uint64_t time_ns;
	uint64_t other_ns;
	uint8_t side, dir, class;
	bool second;
};

struct paireds {
	struct vnft_paired *item;
	size_t n, room;
};

struct vnft_cross {
	struct sight *sight;
	size_t n, room;
	struct vnft_pair *pair[VNFT_CROSS_SIDES];
	struct paireds paired[VNFT_CROSS_SIDES];
};

static int grow(void **items, size_t *room, size_t item_bytes)
{
	size_t wanted = *room ? 2 * *room : 4096;
	void *more = realloc(*items, wanted * item_bytes);

	if (!more)
		return vnft_fail(-ENOMEM, "out of memory for the cross-check");
	*items = more;
	*room = wanted;
	return 0;
}

static int take_pair(const struct vnft_paired *paired, void *arg)
{
	struct paireds *list = arg;
	int err = list->n == list->room ?
		  grow((void **)&list->item, &list->room, sizeof(*list->item)) : 0;

	if (!err)
		list->item[list->n++] = *paired;
	return err;
}

int vnft_cross_new(struct vnft_cross **cross)
{
	struct vnft_cross *c = calloc(1, sizeof(*c));
	int side, err = c ? 0 : vnft_fail(-ENOMEM, "out of memory for the cross-check");

	*cross = NULL;
	for (side = 0; !err && side < VNFT_CROSS_SIDES; side++) {
		err = vnft_pair_new(&c->pair[side]);
		if (!err)
			vnft_pair_watch(c->pair[side], take_pair, &c->paired[side]);
	}
	if (err)
		vnft_cross_free(c);
	else
		*cross = c;
	return err;
}

void vnft_cross_free(struct vnft_cross *c)
{
	int side;

	for (side = 0; c && side < VNFT_CROSS_SIDES; side++) {
		vnft_pair_free(c->pair[side]);
		free(c->paired[side].item);
	}
	if (c)
		free(c->sight);
	free(c);
}

/* Everything the two observers must agree on. */
static uint64_t look_of(const struct vnft_record *r, int dir)
{
	uint64_t words[4], look = vnft_mix64(r->flow);
	size_t i;

	memcpy(words, r->body, sizeof(words));
	look = vnft_mix64(look ^ ((uint64_t)r->len32 << 32 | (uint32_t)r->cpu << 16 |
				  (uint32_t)r->class << 8 | (uint32_t)dir));
	look = vnft_mix64(look ^ (r->flags & ~(VNFT_RF_RETRANS | VNFT_RF_MODULE)));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		look = vnft_mix64(look ^ words[i]);
	return look;
}

int vnft_cross_feed(struct vnft_cross *c, enum vnft_cross_side side, const struct vnft_record *r)
{
	int dir = vnft_hook_dir(r->hook), err;

	if (r->kind != VNFT_KIND_PACKET || dir < 0 || r->class >= VNFT_CLASS_NR)
		return 0;
	if (c->n == SIGHTS_MAX)
		return vnft_fail(-ENOSPC, "more than %u frames: a shorter --duration",
				 SIGHTS_MAX / 2);
	err = c->n == c->room ? grow((void **)&c->sight, &c->room, sizeof(*c->sight)) : 0;
	if (err)
		return err;
	c->sight[c->n++] = (struct sight) {
		.look = look_of(r, dir), .time_ns = r->time_ns, .side = (uint8_t)side,
		.dir = (uint8_t)dir, .class = r->class,
		.second = (side == VNFT_CROSS_BPF) ==
			  (vnft_hook_row(r->hook)->dir == VNFT_DIR_OUT),
	};
	return vnft_pair_feed(r, c->pair[side]);
}

static int by_look(const void *left, const void *right)
{
	const struct sight *a = left, *b = right;

	if (a->look != b->look)
		return a->look < b->look ? -1 : 1;
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	return a->second - b->second;
}

static void match(struct sight *a, struct sight *b)
{
	a->other_ns = b->time_ns;
	b->other_ns = a->time_ns;
}

static uint64_t distance(const struct sight *a, const struct sight *b)
{
	return a->time_ns > b->time_ns ? a->time_ns - b->time_ns : b->time_ns - a->time_ns;
}

/* The latest that was not taken is on top of the stack @waiting. */
static void match_alike(struct sight *first, size_t n, struct sight **waiting)
{
	struct sight *alone = NULL;
	size_t i, depth = 0;

	for (i = 0; i < n; i++) {
		if (!first[i].second)
			waiting[depth++] = &first[i];
		else if (depth)
			match(waiting[--depth], &first[i]);
	}
	for (i = 0; i < n; i++) {
		if (first[i].other_ns)
			continue;
		if (alone && alone->second != first[i].second &&
		    distance(alone, &first[i]) <= DISORDER_NS) {
			match(alone, &first[i]);
			alone = NULL;
		} else {
			alone = &first[i];
		}
	}
}

static int match_all(struct vnft_cross *c)
{
	struct sight **waiting = malloc((c->n + 1) * sizeof(struct sight *));
	size_t at, end;

	if (!waiting)
		return vnft_fail(-ENOMEM, "out of memory for the cross-check");
	if (c->n)
		qsort(c->sight, c->n, sizeof(*c->sight), by_look);
	for (at = 0; at < c->n; at = end) {
		for (end = at; end < c->n && c->sight[end].look == c->sight[at].look; end++)
			c->sight[end].other_ns = 0;
		match_alike(&c->sight[at], end - at, waiting);
	}
	free(waiting);
	return 0;
}

static int by_difference(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static int64_t rank_of(const int64_t *sorted, size_t n, double q)
{
	size_t rank = (size_t)(q * (double)n);

	return sorted[rank < n ? rank : n - 1];
}

static void measure(const struct vnft_cross *c, enum vnft_dir dir, uint64_t from_ns, uint64_t to_ns,
		    int64_t *apart, struct vnft_cross_apart *out)
{
	size_t i, n = 0;

	for (i = 0; i < c->n; i++) {
		const struct sight *s = &c->sight[i];

		if (s->second || s->dir != dir || !s->other_ns || s->time_ns < from_ns ||
		    s->time_ns > to_ns)
			continue;
		apart[n] = (int64_t)(s->other_ns - s->time_ns);
		out->in_order += apart[n++] >= 0;
	}
	out->n = n;
	if (!n)
		return;
	qsort(apart, n, sizeof(*apart), by_difference);
	out->min_ns = apart[0];
	out->p50_ns = rank_of(apart, n, 0.5);
	out->p90_ns = rank_of(apart, n, 0.9);
	out->p99_ns = rank_of(apart, n, 0.99);
	out->max_ns = apart[n - 1];
}

/* By side, direction and stamp: to find a frame of a pairing again. */
static int by_stamp(const void *left, const void *right)
{
	const struct sight *a = left, *b = right;

	if (a->side != b->side)
		return a->side - b->side;
	if (a->dir != b->dir)
		return a->dir - b->dir;
	return a->time_ns < b->time_ns ? -1 : a->time_ns > b->time_ns;
}

/* Frames with this stamp, @n of them: two CPUs may stamp at one moment. */
static const struct sight *at_stamp(const struct vnft_cross *c, int side, int dir, uint64_t time_ns,
				    size_t *n)
{
	const struct sight key = { .side = (uint8_t)side, .dir = (uint8_t)dir, .time_ns = time_ns };
	const struct sight *end = c->sight + c->n, *first, *last;

	first = c->n ? bsearch(&key, c->sight, c->n, sizeof(key), by_stamp) : NULL;
	*n = 0;
	if (!first)
		return NULL;
	while (first > c->sight && !by_stamp(first - 1, &key))
		first--;
	for (last = first; last < end && !by_stamp(last, &key); last++)
		(*n)++;
	return first;
}

static int by_pairing(const void *left, const void *right)
{
	const struct vnft_paired *a = left, *b = right;

	if (a->pairing != b->pairing)
		return a->pairing - b->pairing;
	if (a->request != b->request)
		return a->request - b->request;
	if (a->request_ns != b->request_ns)
		return a->request_ns < b->request_ns ? -1 : 1;
	return a->reply_ns < b->reply_ns ? -1 : a->reply_ns > b->reply_ns;
}

/* A frame that both saw lies where its first hook does, so that both sides count it or neither. */
static uint64_t place_ns(const struct sight *s)
{
	return s->second && s->other_ns ? s->other_ns : s->time_ns;
}

enum verdict { UNKNOWN, EQUAL, DIFFERENT };

/*
 * Does the other side pair the same two frames? Unknown if it did not see them. @request_ns and
 * @reply_ns say where the two lie.
 */
static enum verdict compare(const struct vnft_cross *c, int side, const struct vnft_paired *mine,
			    uint64_t *request_ns, uint64_t *reply_ns)
{
	const struct paireds *others = &c->paired[!side];
	struct vnft_paired there = *mine;
	enum verdict verdict = UNKNOWN;
	size_t requests, replies, i, k;
	const struct sight *request = at_stamp(c, side, mine->request, mine->request_ns, &requests);
	const struct sight *reply = at_stamp(c, side, !mine->request, mine->reply_ns, &replies);

	*request_ns = mine->request_ns;
	*reply_ns = mine->reply_ns;
	for (i = 0; i < requests; i++) {
		for (k = 0; k < replies; k++) {
			*request_ns = place_ns(&request[i]);
			*reply_ns = place_ns(&reply[k]);
			there.request_ns = request[i].other_ns;
			there.reply_ns = reply[k].other_ns;
			if (!there.request_ns || !there.reply_ns)
				continue;
			verdict = DIFFERENT;
			if (others->n && bsearch(&there, others->item, others->n, sizeof(there),
						 by_pairing))
				return EQUAL;
		}
	}
	return verdict;
}

static void compare_pairings(const struct vnft_cross *c, int side, uint64_t from_ns, uint64_t to_ns,
			     struct vnft_cross_result *out)
{
	const struct paireds *mine = &c->paired[side];
	uint64_t request_ns, reply_ns;
	enum verdict verdict;
	size_t i;

	for (i = 0; i < mine->n; i++) {
		verdict = compare(c, side, &mine->item[i], &request_ns, &reply_ns);
		if (request_ns < from_ns || reply_ns > to_ns)
			continue;
		out->pairings[side]++;
		out->different += verdict == DIFFERENT;
		out->equal += verdict == EQUAL && side == VNFT_CROSS_BPF;
	}
}

static void count(const struct vnft_cross *c, uint64_t from_ns, uint64_t to_ns,
		  struct vnft_cross_result *out)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		const struct sight *s = &c->sight[i];
		uint64_t time_ns = place_ns(s);

		if (time_ns < from_ns || time_ns > to_ns)
			continue;
		out->frames[s->side][s->dir][s->class]++;
		out->only[s->side][s->dir] += !s->other_ns;
	}
}

int vnft_cross_run(struct vnft_cross *c, uint64_t from_ns, uint64_t to_ns,
		   struct vnft_cross_result *out)
{
	int64_t *apart;
	int err, i;

	memset(out, 0, sizeof(*out));
	err = match_all(c);
	apart = err ? NULL : malloc((c->n + 1) * sizeof(*apart));
	if (!apart)
		return err ? err : vnft_fail(-ENOMEM, "out of memory for the cross-check");
	for (i = 0; i < VNFT_DIR_NR; i++)
		measure(c, (enum vnft_dir)i, from_ns, to_ns, apart, &out->apart[i]);
	free(apart);
	count(c, from_ns, to_ns, out);
	if (c->n)
		qsort(c->sight, c->n, sizeof(*c->sight), by_stamp);
	for (i = 0; i < VNFT_CROSS_SIDES; i++)
		if (c->paired[i].n)
			qsort(c->paired[i].item, c->paired[i].n, sizeof(struct vnft_paired),
			      by_pairing);
	for (i = 0; i < VNFT_CROSS_SIDES; i++)
		compare_pairings(c, i, from_ns, to_ns, out);
	return 0;
}
