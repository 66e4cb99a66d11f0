/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replies to requests, from records, exactly.
 *
 * method.md, "Pairing": "A reply answers the latest earlier request with its key. The key is: same
 * device and flow, opposite direction, and the echo's id and sequence number, or the SYN's sequence
 * number + 1 in the acknowledgment number. A request is answered once. When it is seen again before
 * its answer, the earlier sighting is forgotten."
 *
 * The kernel's table (kmod/core/match.h) may evict; this one keeps a request however old, because a
 * guest's queue may hold the first SYNs until it has booted. Rings are drained one after another,
 * so a reply may come here before its request: both wait for the other.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text/error.h"
#include "random.h"
#include "pair.h"
#include "stat.h"

/* Waiting for the other half; the oldest is given up beyond this (48 MB). */
#define WAITING_MAX	(1u << 20)
/* Sightings of one key kept: more than the rings can reorder, few enough to look through. */
#define SIGHTINGS_MAX	8u
#define BUCKETS_FIRST	(1u << 10)
#define NONE		0xffffffffu
/* Stamps of two CPUs are never further apart than this; an older pair is no clock's fault. */
#define SKEW_NS		1000000ULL
/* Histograms are 16 KB each; a corrupt file may name 65536 devices. */
#define HISTS_MAX	4096u
/* Requests that waited for the first reply, of one pairing: a queue is shorter. */
#define EARLY_MAX	(1u << 16)

/**
 * struct waiting - a request without its reply, or a reply without its request
 * @flow: of the record; @seq as in vnft_match_classify(): the two that make the key
 * @dir: direction of the request, also in a reply
 * @what: enum vnft_pairing for a reply, REQUEST for a request
 * @chain: next in its bucket; @younger, @older: in order of arrival
 */
struct waiting {
	uint64_t flow;
	uint64_t time_ns;
	uint32_t seq;
	uint16_t device;
	uint8_t dir;
	uint8_t what;
	uint32_t chain;
	uint32_t younger;
	uint32_t older;
};

#define REQUEST	VNFT_PAIRING_NR

/**
 * struct tally - of one pairing
 * @early: pairs whose request is older than the earliest reply seen so far. That reply may yet be
 *	undercut, by a ring that is drained later, so they are kept and looked through at the end
 */
struct tally {
	uint64_t replies, matched, backwards;
	uint64_t first_reply_ns, first_request_ns;
	struct vnft_hist *hist;
	struct early {
		uint64_t request_ns, wait_ns;
	} *early;
	uint32_t earlies, early_room;
};

/* Per device: requests by echo or SYN, the rest by pairing, both by direction of the request. */
struct device {
	uint64_t requests[2][VNFT_DIR_NR];
	struct tally tally[VNFT_PAIRING_NR][VNFT_DIR_NR];
};

struct vnft_pair {
	struct device *device[UINT16_MAX + 1];
	uint32_t hists;
	struct waiting *node;
	uint32_t nodes, room, free_list, oldest, youngest;
	uint32_t *bucket;
	uint32_t buckets;
	int (*told)(const struct vnft_paired *paired, void *arg);
	void *told_arg;
};

int vnft_hook_dir(uint8_t hook)
{
	const struct vnft_hook_row *row = vnft_hook_row(hook);

	return row->name ? row->dir : -1;
}

int vnft_pair_new(struct vnft_pair **pair)
{
	struct vnft_pair *p = calloc(1, sizeof(*p));

	if (p)
		p->bucket = malloc(BUCKETS_FIRST * sizeof(*p->bucket));
	if (!p || !p->bucket) {
		free(p);
		return vnft_fail(-ENOMEM, "out of memory for pairing");
	}
	p->buckets = BUCKETS_FIRST;
	memset(p->bucket, 0xff, BUCKETS_FIRST * sizeof(*p->bucket));
	p->free_list = NONE;
	p->oldest = NONE;
	p->youngest = NONE;
	*pair = p;
	return 0;
}

void vnft_pair_free(struct vnft_pair *p)
{
	uint32_t i, pairing;

	if (!p)
		return;
	for (i = 0; i <= UINT16_MAX; i++) {
		if (!p->device[i])
			continue;
		for (pairing = 0; pairing < VNFT_PAIRING_NR; pairing++) {
			free(p->device[i]->tally[pairing][VNFT_DIR_IN].hist);
			free(p->device[i]->tally[pairing][VNFT_DIR_IN].early);
			free(p->device[i]->tally[pairing][VNFT_DIR_OUT].hist);
			free(p->device[i]->tally[pairing][VNFT_DIR_OUT].early);
		}
		free(p->device[i]);
	}
	free(p->bucket);
	free(p->node);
	free(p);
}

static uint32_t *bucket_of(struct vnft_pair *p, const struct waiting *w)
{
	uint64_t key = vnft_mix64(w->flow) + w->seq + ((uint64_t)w->device << 32) +
		       ((uint64_t)w->dir << 48);

	return &p->bucket[vnft_mix64(key) & (p->buckets - 1)];
}

static bool same_key(const struct waiting *a, const struct waiting *b)
{
	return a->flow == b->flow && a->seq == b->seq && a->device == b->device &&
	       a->dir == b->dir;
}

/* Unlink node @i from its bucket and from the order of arrival. */
static void drop(struct vnft_pair *p, uint32_t i)
{
	struct waiting *w = &p->node[i];
	uint32_t *at = bucket_of(p, w);

	while (*at != i)
		at = &p->node[*at].chain;
	*at = w->chain;
	*(w->older == NONE ? &p->oldest : &p->node[w->older].younger) = w->younger;
	*(w->younger == NONE ? &p->youngest : &p->node[w->younger].older) = w->older;
	w->chain = p->free_list;
	p->free_list = i;
}

static int grow_buckets(struct vnft_pair *p)
{
	uint32_t n = p->buckets * 2, i, *at;
	uint32_t *grown = malloc(n * sizeof(*grown));

	if (!grown)
		return vnft_fail(-ENOMEM, "out of memory for pairing");
	memset(grown, 0xff, n * sizeof(*grown));
	free(p->bucket);
	p->bucket = grown;
	p->buckets = n;
	for (i = p->oldest; i != NONE; i = p->node[i].younger) {
		at = bucket_of(p, &p->node[i]);
		p->node[i].chain = *at;
		*at = i;
	}
	return 0;
}

/* Room for one more; only called while no node is free. */
static int grow_nodes(struct vnft_pair *p)
{
	uint32_t room = p->room ? 2 * p->room : BUCKETS_FIRST;
	struct waiting *grown;

	if (p->nodes < p->room)
		return 0;
	if (p->nodes == WAITING_MAX) {
		drop(p, p->oldest);
		return 0;
	}
	grown = reallocarray(p->node, room, sizeof(*grown));
	if (!grown)
		return vnft_fail(-ENOMEM, "out of memory for pairing");
	p->node = grown;
	p->room = room;
	return room > p->buckets ? grow_buckets(p) : 0;
}

/* A key that is seen again and again without an answer must not grow its bucket without end. */
static void forget_sightings(struct vnft_pair *p, const struct waiting *w)
{
	uint32_t i, seen = 0, earliest = NONE;

	for (i = *bucket_of(p, w); i != NONE; i = p->node[i].chain) {
		if (!same_key(&p->node[i], w) ||
		    (p->node[i].what == REQUEST) != (w->what == REQUEST))
			continue;
		seen++;
		if (earliest == NONE || p->node[i].time_ns < p->node[earliest].time_ns)
			earliest = i;
	}
	if (seen >= SIGHTINGS_MAX)
		drop(p, earliest);
}

static int wait_for_other(struct vnft_pair *p, const struct waiting *w)
{
	uint32_t i, *at;
	int err;

	forget_sightings(p, w);
	err = p->free_list == NONE ? grow_nodes(p) : 0;
	if (err)
		return err;
	if (p->free_list != NONE) {
		i = p->free_list;
		p->free_list = p->node[i].chain;
	} else {
		i = p->nodes++;
	}
	p->node[i] = *w;
	at = bucket_of(p, w);
	p->node[i].chain = *at;
	*at = i;
	p->node[i].younger = NONE;
	p->node[i].older = p->youngest;
	*(p->youngest == NONE ? &p->oldest : &p->node[p->youngest].younger) = i;
	p->youngest = i;
	return 0;
}

/* Those that are not older than the earliest reply any more leave. */
static void drop_late(struct tally *t)
{
	uint32_t i, kept = 0;

	for (i = 0; i < t->earlies; i++)
		if (t->early[i].request_ns < t->first_reply_ns)
			t->early[kept++] = t->early[i];
	t->earlies = kept;
}

static int note_early(struct tally *t, const struct vnft_paired *m)
{
	uint32_t room = t->early_room ? 2 * t->early_room : 16;
	struct early *grown;

	if (m->request_ns >= t->first_reply_ns)
		return 0;
	if (t->earlies == t->early_room) {
		drop_late(t);
		if (t->earlies == EARLY_MAX)
			return 0;
	}
	if (t->earlies == t->early_room) {
		grown = reallocarray(t->early, room, sizeof(*grown));
		if (!grown)
			return vnft_fail(-ENOMEM, "out of memory for pairing");
		t->early = grown;
		t->early_room = room;
	}
	t->early[t->earlies++] = (struct early) { m->request_ns, m->reply_ns - m->request_ns };
	return 0;
}

static int count_match(struct vnft_pair *p, const struct vnft_paired *m)
{
	struct tally *t = &p->device[m->device]->tally[m->pairing][m->request];

	if (!t->hist) {
		if (p->hists == HISTS_MAX)
			return vnft_fail(-E2BIG, "more than %u devices with replies", HISTS_MAX);
		t->hist = calloc(1, sizeof(*t->hist));
		if (!t->hist)
			return vnft_fail(-ENOMEM, "out of memory for a histogram");
		p->hists++;
	}
	vnft_hist_add(t->hist, m->reply_ns - m->request_ns);
	if (!t->matched++ || m->reply_ns < t->first_reply_ns) {
		t->first_reply_ns = m->reply_ns;
		t->first_request_ns = m->request_ns;
	}
	if (note_early(t, m))
		return -ENOMEM;
	return p->told ? p->told(m, p->told_arg) : 0;
}

/* The reply in hand takes the latest request before it; those before that one are forgotten. */
static int feed_reply(struct vnft_pair *p, struct device *d, const struct waiting *reply)
{
	struct tally *t = &d->tally[reply->what][reply->dir];
	uint32_t i, next, best = NONE, early = NONE;
	uint64_t request_ns;

	t->replies++;
	for (i = *bucket_of(p, reply); i != NONE; i = p->node[i].chain) {
		struct waiting *w = &p->node[i];

		if (w->what != REQUEST || !same_key(w, reply))
			continue;
		if (w->time_ns > reply->time_ns)
			early = w->time_ns - reply->time_ns < SKEW_NS ? i : early;
		else if (best == NONE || w->time_ns >= p->node[best].time_ns)
			best = i;
	}
	if (best == NONE && early == NONE)
		return wait_for_other(p, reply);
	if (best == NONE) {
		t->backwards++;
		drop(p, early);
		return 0;
	}
	request_ns = p->node[best].time_ns;
	for (i = *bucket_of(p, reply); i != NONE; i = next) {
		next = p->node[i].chain;
		if (p->node[i].what == REQUEST && same_key(&p->node[i], reply) &&
		    p->node[i].time_ns <= request_ns)
			drop(p, i);
	}
	return count_match(p, &(struct vnft_paired) { reply->device, reply->what, reply->dir,
						      request_ns, reply->time_ns });
}

/* The request in hand was overtaken by its reply on another ring, or waits. */
static int feed_request(struct vnft_pair *p, struct device *d, const struct waiting *request)
{
	uint32_t i, best = NONE, early = NONE;
	struct vnft_paired m = { .device = request->device, .request = request->dir,
				 .request_ns = request->time_ns };

	for (i = *bucket_of(p, request); i != NONE; i = p->node[i].chain) {
		struct waiting *w = &p->node[i];

		if (w->what == REQUEST || !same_key(w, request))
			continue;
		if (w->time_ns < request->time_ns)
			early = request->time_ns - w->time_ns < SKEW_NS ? i : early;
		else if (best == NONE || w->time_ns < p->node[best].time_ns)
			best = i;
	}
	if (best == NONE && early == NONE)
		return wait_for_other(p, request);
	i = best == NONE ? early : best;
	m.pairing = p->node[i].what;
	m.reply_ns = p->node[i].time_ns;
	drop(p, i);
	if (best == NONE) {
		d->tally[m.pairing][m.request].backwards++;
		return 0;
	}
	return count_match(p, &m);
}

/* The record as half of a pair; false if it is none. */
static bool half_of_pair(const struct vnft_record *r, struct waiting *w)
{
	int dir = vnft_hook_dir(r->hook);

	if (r->kind != VNFT_KIND_PACKET || dir < 0)
		return false;
	*w = (struct waiting) { .flow = r->flow, .time_ns = r->time_ns, .device = r->device };
	switch (r->class) {
	case VNFT_CLASS_ECHO_REQUEST:
	case VNFT_CLASS_ECHO_REPLY:
		w->seq = r->packet.tcp_seq & 0xffff;
		w->what = r->class == VNFT_CLASS_ECHO_REQUEST ? REQUEST : VNFT_PAIRING_ECHO;
		break;
	case VNFT_CLASS_SYN:
		w->seq = r->packet.tcp_seq + 1;
		w->what = REQUEST;
		break;
	case VNFT_CLASS_SYNACK:
		w->seq = r->packet.tcp_ack;
		w->what = VNFT_PAIRING_SYN_SYNACK;
		break;
	case VNFT_CLASS_RST:
		if (!(r->packet.tcp_flags & VNFT_TCP_ACK))
			return false;
		w->seq = r->packet.tcp_ack;
		w->what = VNFT_PAIRING_SYN_RST;
		break;
	default:
		return false;
	}
	w->dir = (uint8_t)(w->what == REQUEST ? dir : !dir);
	return true;
}

int vnft_pair_feed(const struct vnft_record *record, void *pair)
{
	struct vnft_pair *p = pair;
	struct device **d;
	struct waiting w;

	if (!half_of_pair(record, &w))
		return 0;
	d = &p->device[w.device];
	if (!*d)
		*d = calloc(1, sizeof(**d));
	if (!*d)
		return vnft_fail(-ENOMEM, "out of memory for pairing");
	if (w.what != REQUEST)
		return feed_reply(p, *d, &w);
	(*d)->requests[record->class == VNFT_CLASS_SYN][w.dir]++;
	return feed_request(p, *d, &w);
}

void vnft_pair_watch(struct vnft_pair *p, int (*fn)(const struct vnft_paired *paired, void *arg),
		     void *arg)
{
	p->told = fn;
	p->told_arg = arg;
}

int vnft_pair_result(struct vnft_pair *p, uint16_t device, enum vnft_pairing pairing,
		     enum vnft_dir request, struct vnft_pair_result *result)
{
	struct device *d = p->device[device];
	struct tally *t;
	uint32_t i;

	memset(result, 0, sizeof(*result));
	if ((unsigned int)pairing >= VNFT_PAIRING_NR || (unsigned int)request >= VNFT_DIR_NR)
		return vnft_fail(-EINVAL, "no such pairing");
	if (!d)
		return 0;
	t = &d->tally[pairing][request];
	result->requests = d->requests[pairing != VNFT_PAIRING_ECHO][request];
	result->replies = t->replies;
	result->matched = t->matched;
	result->backwards = t->backwards;
	result->unmatched = t->replies - t->matched - t->backwards;
	result->first_reply_ns = t->first_reply_ns;
	result->first_request_ns = t->first_request_ns;
	if (t->hist)
		result->hist = *t->hist;
	drop_late(t);
	result->waited = t->earlies;
	for (i = 0; i < t->earlies; i++)
		if (t->early[i].wait_ns > result->longest_wait_ns)
			result->longest_wait_ns = t->early[i].wait_ns;
	return 0;
}
