/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Puts the records of all CPUs into the order of time, and hands out what came of them.
 *
 * Records of a moment lie in rings that are read one after another. So they wait here until every
 * ring was read past them.
 */
#include "path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../records/pair.h"
#include "path_parts.h"

#define RECORDS_MAX	(1u << 20)	/* 64 MB */

static struct vnft_path_tally *tally_new(const struct vnft_path_link *link)
{
	struct vnft_path_tally *s = calloc(1, sizeof(*s));
	unsigned int dir, i;

	for (dir = 0; s && dir < VNFT_DIR_NR; dir++) {
		struct vnft_path_way way = vnft_path_way_of(link->link, (enum vnft_dir)dir);

		for (i = 0; i < way.n; i++) {
			enum vnft_path_end end = vnft_path_end_of(&way.moment[i],
								  (enum vnft_dir)dir);

			if (way.moment[i].hooks & link->armed[end] && link->id[end] &&
			    !(way.moment[i].flags & VNFT_PATH_OPTIONAL))
				s->required[dir] |= (uint16_t)(1U << i);
		}
	}
	if (s)
		s->link = *link;
	return s;
}

int vnft_path_new(struct vnft_path **path, const struct vnft_path_link *links, unsigned int n)
{
	struct vnft_path *p = calloc(1, sizeof(*p));
	unsigned int i, end;
	int err = p ? vnft_path_table_init(&p->table) : -ENOMEM;

	*path = NULL;
	if (!err) {
		p->link = calloc(n ? n : 1, sizeof(struct vnft_path_tally *));
		err = p->link && n <= VNFT_PATH_LINKS_MAX ? vnft_pair_new(&p->pair) : -ENOMEM;
	}
	for (i = 0; i < n && !err; i++) {
		p->link[i] = tally_new(&links[i]);
		err = p->link[i] ? 0 : -ENOMEM;
		p->links += !err;
		for (end = 0; end < VNFT_PATH_ENDS; end++)
			if (links[i].id[end])
				p->place[links[i].id[end]] =
					(uint8_t)(i * VNFT_PATH_ENDS + end + 1);
	}
	if (err) {
		vnft_path_free(p);
		return vnft_fail(err, "out of memory for frames");
	}
	vnft_pair_watch(p->pair, vnft_path_told, p);
	*path = p;
	return 0;
}

static void tally_free(struct vnft_path_tally *s)
{
	struct vnft_path_hop **hop = &s->hop[0][0][0][0][0];
	size_t i;

	for (i = 0; i < sizeof(s->hop) / sizeof(*hop); i++)
		free(hop[i]);
	for (i = 0; i < VNFT_PAIRING_NR * VNFT_DIR_NR; i++)
		free(s->trips[i / VNFT_DIR_NR][i % VNFT_DIR_NR]);
	free(s);
}

void vnft_path_free(struct vnft_path *p)
{
	unsigned int i;

	if (!p)
		return;
	for (i = 0; i < p->links; i++)
		tally_free(p->link[i]);
	free(p->link);
	free(p->record);
	vnft_path_table_free(&p->table);
	vnft_pair_free(p->pair);
	free(p);
}

void vnft_path_begin(struct vnft_path *p, uint64_t from_ns)
{
	p->from_ns = from_ns;
}

static int by_time(const void *left, const void *right)
{
	const struct vnft_record *a = left, *b = right;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	if (a->cpu != b->cpu)
		return a->cpu < b->cpu ? -1 : 1;
	return a->seq == b->seq ? 0 : (int32_t)(a->seq - b->seq) < 0 ? -1 : 1;
}

/* The stage of a boundary stands behind the frame that passed it: one moment in two records. */
static bool is_stage_of(const struct vnft_record *packet, const struct vnft_record *stage)
{
	return stage->kind == VNFT_KIND_STAGE && stage->time_ns == packet->time_ns &&
	       stage->cpu == packet->cpu && stage->device == packet->device &&
	       stage->hook == packet->hook && stage->flow == packet->flow;
}

int vnft_path_run(struct vnft_path *p, uint64_t until_ns)
{
	const struct vnft_record *r;
	size_t i = 0;
	int err = 0;

	if (p->records)
		qsort(p->record, p->records, sizeof(*p->record), by_time);
	while (i < p->records && p->record[i].time_ns <= until_ns && !err) {
		r = &p->record[i++];
		if (r->kind == VNFT_KIND_STAGE) {
			err = vnft_path_stamp(p, r);
			continue;
		}
		if (i < p->records && is_stage_of(r, &p->record[i]))
			err = vnft_path_stamp(p, &p->record[i++]);
		err = err ? err : vnft_path_pair(p, r);
	}
	p->records -= i;
	if (i)
		memmove(p->record, p->record + i, p->records * sizeof(*p->record));
	if (!err && !p->ending)
		vnft_path_expire(p, until_ns, false);
	return err;
}

int vnft_path_feed(const struct vnft_record *r, void *path)
{
	struct vnft_path *p = path;
	size_t room;
	void *more;
	int err;

	if (!p->place[r->device] || vnft_hook_dir(r->hook) < 0 ||
	    (r->kind != VNFT_KIND_PACKET && (r->kind != VNFT_KIND_STAGE || !r->stage.packet)))
		return 0;
	if (p->records == RECORDS_MAX) {
		err = vnft_path_run(p, p->newest_ns);
		if (err)
			return err;
	}
	if (p->records == p->room) {
		room = p->room ? 2 * p->room : 4096;
		more = realloc(p->record, room * sizeof(*p->record));
		if (!more)
			return vnft_fail(-ENOMEM, "out of memory for records");
		p->record = more;
		p->room = room;
	}
	if (r->time_ns > p->newest_ns)
		p->newest_ns = r->time_ns;
	p->record[p->records++] = *r;
	return 0;
}

int vnft_path_end(struct vnft_path *p, uint64_t to_ns)
{
	int err;

	p->ending = true;
	p->to_ns = to_ns;
	err = vnft_path_run(p, UINT64_MAX);
	if (!err)
		vnft_path_close(p);
	return err;
}

int vnft_path_each(const struct vnft_path *p, int (*fn)(const struct vnft_path_hop *hop, void *arg),
		   void *arg)
{
	struct vnft_path_hop *const *hop;
	unsigned int i;
	size_t k;
	int err = 0;

	for (i = 0; i < p->links && !err; i++) {
		hop = &p->link[i]->hop[0][0][0][0][0];
		for (k = 0; k < sizeof(p->link[i]->hop) / sizeof(*hop) && !err; k++) {
			if (!hop[k])
				continue;
			hop[k]->link = i;
			err = fn(hop[k], arg);
		}
	}
	return err;
}

void vnft_path_trips(const struct vnft_path *p, unsigned int link, enum vnft_pairing pairing,
		     enum vnft_dir request, struct vnft_path_trips *trips)
{
	const struct vnft_path_trips *known = p->link[link]->trips[pairing][request];
	const uint16_t id = p->link[link]->link.id[VNFT_PATH_NEAR];
	struct vnft_pair_result *r = calloc(1, sizeof(*r));
	unsigned int i;

	memset(trips, 0, sizeof(*trips));
	if (known)
		*trips = *known;
	/* A SYN is one request, whichever of the two answers it has. */
	for (i = 0; r && i < VNFT_PAIRING_NR; i++) {
		if ((i == VNFT_PAIRING_ECHO) != (pairing == VNFT_PAIRING_ECHO) ||
		    vnft_pair_result(p->pair, id, i, request, r))
			continue;
		trips->requests = r->requests;
		trips->answered += r->matched + r->backwards;
	}
	free(r);
}

void vnft_path_count(const struct vnft_path *p, unsigned int link, enum vnft_dir dir,
		     struct vnft_path_count *count)
{
	*count = p->link[link]->count[dir];
}
