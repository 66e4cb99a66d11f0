/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The end of frames that are not followed: why, and what becomes of who waits for them.
 */
#include <errno.h>

#include "path_parts.h"

/* What had its last stamp so shortly before the end may have its next one behind it. */
#define EDGE_NS		100000000ULL
/* Link header and tags in front of what the MTU counts. */
#define HEADER_BYTES	22U

int vnft_path_trip_lost(struct vnft_path *p, const struct vnft_path_leg *leg,
			uint64_t request_ns)
{
	struct vnft_path_tally *s = p->link[leg->link];
	struct vnft_path_trips *trips;

	if (request_ns < p->from_ns)
		return 0;
	trips = vnft_path_trips_of(s, leg->pairing,
				   leg->is_request ? leg->dir : !leg->dir);
	if (!trips)
		return -ENOMEM;
	trips->not_followed++;
	return 0;
}

/* Forget a leg. A complete one that waits for it waits in vain. */
static void forget(struct vnft_path *p, uint32_t at)
{
	struct vnft_path_leg *leg = &p->table.leg[at], *other;
	uint32_t other_at = leg->other;

	if (other_at != VNFT_PATH_NONE) {
		other = &p->table.leg[other_at];
		vnft_path_trip_lost(p, leg, leg->is_request ? leg->boundary_ns :
							      other->boundary_ns);
		other->other = VNFT_PATH_NONE;
		if (other->complete)
			vnft_path_table_drop(&p->table, other_at);
	}
	vnft_path_table_drop(&p->table, at);
}

void vnft_path_conclude(struct vnft_path *p, uint32_t at, enum vnft_path_cause cause)
{
	const struct vnft_path_leg *leg = &p->table.leg[at];

	p->link[leg->link]->count[leg->dir].not_followed[cause]++;
	forget(p, at);
}

enum vnft_path_cause vnft_path_cause_of(const struct vnft_path *p,
					const struct vnft_path_leg *leg)
{
	const struct vnft_path_tally *s = p->link[leg->link];
	const struct vnft_path_way way = vnft_path_way_of(s->link.link, (enum vnft_dir)leg->dir);
	const enum vnft_path_end sender = leg->dir == VNFT_DIR_OUT ? VNFT_PATH_NEAR : VNFT_PATH_FAR;
	const uint16_t missing = s->required[leg->dir] & (uint16_t)~leg->seen;
	unsigned int first = 0, last = way.n - 1, entered = 0;

	if (leg->first_ns < p->from_ns || (p->ending && leg->last_ns + EDGE_NS > p->to_ns))
		return VNFT_PATH_EDGE;
	while (!(leg->seen >> first & 1))
		first++;
	while (!(leg->seen >> last & 1))
		last--;
	while (entered < way.n && !(way.moment[entered].flags & VNFT_PATH_ENTERED))
		entered++;
	if (missing & ((1U << first) - 1))
		return first == entered ? VNFT_PATH_SEGMENT : VNFT_PATH_NO_BEGIN;
	if (missing & ((1U << last) - 1))
		return VNFT_PATH_GAP;
	if (entered == way.n || last >= entered)
		return VNFT_PATH_NOT_TAKEN;
	return s->link.mtu_bytes[sender] &&
	       leg->len_bytes > s->link.mtu_bytes[sender] + HEADER_BYTES ? VNFT_PATH_CUT :
									   VNFT_PATH_NOT_SENT;
}

void vnft_path_expire(struct vnft_path *p, uint64_t now_ns, bool one_more)
{
	struct vnft_path_table *t = &p->table;
	struct vnft_path_leg *leg;
	bool old;

	while (t->oldest != VNFT_PATH_NONE) {
		leg = &t->leg[t->oldest];
		old = leg->first_ns + VNFT_PATH_LIFE_NS < now_ns;
		if (!old && !(one_more && vnft_path_table_full(t)))
			break;
		if (leg->complete)
			forget(p, t->oldest);
		else
			vnft_path_conclude(p, t->oldest, old || leg->last_ns + EDGE_NS < now_ns ?
					vnft_path_cause_of(p, leg) : VNFT_PATH_TABLE);
	}
}

void vnft_path_close(struct vnft_path *p)
{
	while (p->table.oldest != VNFT_PATH_NONE) {
		const struct vnft_path_leg *leg = &p->table.leg[p->table.oldest];

		if (leg->complete)
			forget(p, p->table.oldest);
		else
			vnft_path_conclude(p, p->table.oldest, vnft_path_cause_of(p, leg));
	}
}
