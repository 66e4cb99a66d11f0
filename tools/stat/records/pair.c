/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replies to requests, from records, exactly.
 *
 * method.md, "Pairing": "A reply answers the latest earlier request with its key. The key is: same
 * device and flow, opposite direction, and the echo's id and sequence number, or the SYN's sequence
 * number + 1 in the acknowledgment number, with or without what else the SYN carries. A request is
 * answered once. When it is seen again before its answer, the earlier sighting is forgotten."
 *
 * The kernel's table (kmod/core/match.h) may evict; this one keeps a request however old, because a
 * guest's queue may hold the first SYNs until it has booted. Rings are drained one after another,
 * so a reply may come here before its request: both wait for the other.
 */
#include "pair.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../stat.h"
#include "waiting.h"

/* Stamps of two CPUs are never further apart than this; an older pair is no clock's fault. */
#define SKEW_NS		1000000ULL
/* Histograms are 16 KB each; a corrupt file may name 65536 devices. */
#define HISTS_MAX	4096u
/* Requests that waited for the first reply, of one pairing: a queue is shorter. */
#define EARLY_MAX	(1u << 16)

/**
 * struct tally - of one pairing
 * @early: pairs whose request is older than the earliest reply so far. That reply may yet be
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
	uint32_t devices;	/* no id from this on was seen */
	uint32_t hists;
	struct vnft_waiting_table waiting;
	int (*told)(const struct vnft_paired *paired, void *arg);
	void *told_arg;
};

int vnft_pair_new(struct vnft_pair **pair)
{
	struct vnft_pair *p = calloc(1, sizeof(*p));
	int err = p ? vnft_waiting_init(&p->waiting) :
		      vnft_fail(-ENOMEM, "out of memory for pairing");

	if (err) {
		free(p);
		return err;
	}
	*pair = p;
	return 0;
}

void vnft_pair_free(struct vnft_pair *p)
{
	uint32_t i, pairing;

	if (!p)
		return;
	for (i = 0; i < p->devices; i++) {
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
	vnft_waiting_free(&p->waiting);
	free(p);
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

/* A request that waits under two numbers leaves both. */
static void drop_request(struct vnft_waiting_table *table, uint32_t at)
{
	struct vnft_waiting twin = table->node[at];
	uint32_t i;

	twin.seq += twin.twin;
	vnft_waiting_drop(table, at);
	if (!twin.twin)
		return;
	for (i = vnft_waiting_first(table, &twin); i != VNFT_WAITING_NONE; i = table->node[i].chain)
		if (table->node[i].what == VNFT_WAITING_REQUEST &&
		    vnft_waiting_same_key(&table->node[i], &twin) &&
		    table->node[i].time_ns == twin.time_ns)
			break;
	if (i != VNFT_WAITING_NONE)
		vnft_waiting_drop(table, i);
}

/* The requests of a reply's key up to the one that it answers. */
static void drop_requests(struct vnft_waiting_table *table, const struct vnft_waiting *reply,
			  uint64_t until_ns)
{
	uint32_t i = vnft_waiting_first(table, reply);

	while (i != VNFT_WAITING_NONE) {
		if (table->node[i].what != VNFT_WAITING_REQUEST ||
		    !vnft_waiting_same_key(&table->node[i], reply) ||
		    table->node[i].time_ns > until_ns) {
			i = table->node[i].chain;
			continue;
		}
		drop_request(table, i);	/* and perhaps the next one with it */
		i = vnft_waiting_first(table, reply);
	}
}

/* The reply in hand takes the latest request before it; those before that one are forgotten. */
static int feed_reply(struct vnft_pair *p, struct device *d, const struct vnft_waiting *reply)
{
	struct tally *t = &d->tally[reply->what][reply->dir];
	struct vnft_waiting_table *table = &p->waiting;
	uint32_t i, best = VNFT_WAITING_NONE, early = VNFT_WAITING_NONE;
	uint64_t request_ns;

	t->replies++;
	for (i = vnft_waiting_first(table, reply); i != VNFT_WAITING_NONE;
	     i = table->node[i].chain) {
		struct vnft_waiting *w = &table->node[i];

		if (w->what != VNFT_WAITING_REQUEST || !vnft_waiting_same_key(w, reply))
			continue;
		if (w->time_ns > reply->time_ns)
			early = w->time_ns - reply->time_ns < SKEW_NS ? i : early;
		else if (best == VNFT_WAITING_NONE || w->time_ns >= table->node[best].time_ns)
			best = i;
	}
	if (best == VNFT_WAITING_NONE && early == VNFT_WAITING_NONE)
		return vnft_waiting_add(table, reply);
	if (best == VNFT_WAITING_NONE) {
		t->backwards++;
		drop_request(table, early);
		return 0;
	}
	request_ns = table->node[best].time_ns;
	drop_requests(table, reply, request_ns);
	return count_match(p, &(struct vnft_paired) { reply->device, reply->what, reply->dir,
						      request_ns, reply->time_ns });
}

/* The reply that waits for @request: the earliest one behind it, or one within a clock's fault. */
static uint32_t waiting_reply(struct vnft_waiting_table *table, const struct vnft_waiting *request)
{
	uint32_t i, best = VNFT_WAITING_NONE, early = VNFT_WAITING_NONE;

	for (i = vnft_waiting_first(table, request); i != VNFT_WAITING_NONE;
	     i = table->node[i].chain) {
		struct vnft_waiting *w = &table->node[i];

		if (w->what == VNFT_WAITING_REQUEST || !vnft_waiting_same_key(w, request))
			continue;
		if (w->time_ns < request->time_ns)
			early = request->time_ns - w->time_ns < SKEW_NS ? i : early;
		else if (best == VNFT_WAITING_NONE || w->time_ns < table->node[best].time_ns)
			best = i;
	}
	return best == VNFT_WAITING_NONE ? early : best;
}

/* The request in hand was overtaken by its reply on another ring, or waits. */
static int feed_request(struct vnft_pair *p, struct device *d, const struct vnft_waiting *request)
{
	struct vnft_waiting_table *table = &p->waiting;
	struct vnft_paired m = { .device = request->device, .request = request->dir,
				 .request_ns = request->time_ns };
	struct vnft_waiting twin = *request;
	uint32_t i = waiting_reply(table, request);
	int err;

	twin.seq += twin.twin;
	twin.twin = 0 - twin.twin;
	if (i == VNFT_WAITING_NONE && twin.twin)
		i = waiting_reply(table, &twin);
	if (i == VNFT_WAITING_NONE) {
		err = vnft_waiting_add(table, request);
		return err || !twin.twin ? err : vnft_waiting_add(table, &twin);
	}
	m.pairing = table->node[i].what;
	m.reply_ns = table->node[i].time_ns;
	vnft_waiting_drop(table, i);
	if (m.reply_ns < m.request_ns) {
		d->tally[m.pairing][m.request].backwards++;
		return 0;
	}
	return count_match(p, &m);
}

/* The record as half of a pair; false if it is none. */
static bool half_of_pair(const struct vnft_record *r, struct vnft_waiting *w)
{
	int dir = vnft_hook_dir(r->hook);

	if (r->kind != VNFT_KIND_PACKET || dir < 0)
		return false;
	*w = (struct vnft_waiting) { .flow = r->flow, .time_ns = r->time_ns, .device = r->device };
	switch (r->class) {
	case VNFT_CLASS_ECHO_REQUEST:
	case VNFT_CLASS_ECHO_REPLY:
		w->seq = r->packet.tcp_seq & 0xffff;
		w->what = r->class == VNFT_CLASS_ECHO_REPLY ? VNFT_PAIRING_ECHO :
							      VNFT_WAITING_REQUEST;
		break;
	case VNFT_CLASS_SYN:
		w->twin = 0 - vnft_match_more(r->packet.payload_bytes, r->packet.tcp_flags);
		w->seq = r->packet.tcp_seq + 1 - w->twin;
		w->what = VNFT_WAITING_REQUEST;
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
	w->dir = (uint8_t)(w->what == VNFT_WAITING_REQUEST ? dir : !dir);
	return true;
}

int vnft_pair_feed(const struct vnft_record *record, void *pair)
{
	struct vnft_pair *p = pair;
	struct device **d;
	struct vnft_waiting w;

	if (!half_of_pair(record, &w))
		return 0;
	d = &p->device[w.device];
	if (!*d)
		*d = calloc(1, sizeof(**d));
	if (!*d)
		return vnft_fail(-ENOMEM, "out of memory for pairing");
	if (w.device >= p->devices)
		p->devices = w.device + 1U;
	if (w.what != VNFT_WAITING_REQUEST)
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
	for (i = 0; i < t->earlies; i++) {
		if (t->early[i].wait_ns > result->longest_wait_ns)
			result->longest_wait_ns = t->early[i].wait_ns;
		if (!i || t->early[i].wait_ns < result->shortest_wait_ns)
			result->shortest_wait_ns = t->early[i].wait_ns;
	}
	return 0;
}
