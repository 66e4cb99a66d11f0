/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Joins stamps to ways, and ways to round trips.
 *
 * docs/path.md, "Whose stamps belong together": "Stamps of one link and direction with one number
 * are a frame's, if flow, direction within the flow and class are the same, no moment comes twice
 * or after a later one, and none is more than 10 s behind the one before it. Else they are another
 * frame's, whose skb has the same place in memory. Only the driver's return may come late: it
 * belongs to the youngest frame that the driver was given and has not returned from."
 *
 * Requests meet their replies by the rules of kmod/core/match.h, at the near boundary.
 */
#include <errno.h>

#include "path_parts.h"

static int trip(struct vnft_path *p, uint32_t at)
{
	struct vnft_path_leg *leg = &p->table.leg[at], *other = &p->table.leg[leg->other];
	const struct vnft_path_leg *request = leg->is_request ? leg : other;
	const uint32_t other_at = leg->other;
	bool sound = true;
	int err = 0;

	if (request->first_ns >= p->from_ns)
		err = vnft_path_add_trip(p->link[leg->link], request,
					 leg->is_request ? other : leg, &sound);
	if (!sound)
		err = vnft_path_trip_lost(p, leg, request->boundary_ns);
	vnft_path_table_drop(&p->table, at);
	vnft_path_table_drop(&p->table, other_at);
	return err;
}

/* Is it half of a pair, or may it become one? */
static bool pairs(const struct vnft_path_leg *leg)
{
	return leg->in_boundary && leg->class >= VNFT_CLASS_ECHO_REQUEST &&
	       leg->class <= VNFT_CLASS_RST;
}

static int finish(struct vnft_path *p, uint32_t at)
{
	struct vnft_path_leg *leg = &p->table.leg[at];
	struct vnft_path_tally *s = p->link[leg->link];
	int err = 0;

	if (vnft_path_backwards(leg, vnft_path_way_of(s->link.link, (enum vnft_dir)leg->dir))) {
		vnft_path_conclude(p, at, leg->first_ns < p->from_ns ? VNFT_PATH_EDGE :
								       VNFT_PATH_BACKWARDS);
		return 0;
	}
	if (leg->first_ns >= p->from_ns) {
		s->count[leg->dir].followed++;
		err = vnft_path_add_frame(s, leg);
	}
	leg->complete = true;
	vnft_path_table_hide(&p->table, at);
	if (leg->other != VNFT_PATH_NONE)
		return err || !p->table.leg[leg->other].complete ? err : trip(p, at);
	if (!pairs(leg))
		vnft_path_table_drop(&p->table, at);
	return err;
}

int vnft_path_told(const struct vnft_paired *m, void *path)
{
	struct vnft_path *p = path;
	struct vnft_path_leg key = { .flow = p->flow, .dir = m->request,
				     .link = (uint8_t)((p->place[m->device] - 1) / VNFT_PATH_ENDS),
				     .boundary_ns = m->request_ns, .pairing = m->pairing,
				     .is_request = true };
	struct vnft_path_leg *request, *reply;
	uint32_t request_at = vnft_path_table_at(&p->table, &key), reply_at;

	key.dir = !m->request;
	key.boundary_ns = m->reply_ns;
	reply_at = vnft_path_table_at(&p->table, &key);
	key.dir = m->request;
	if (request_at == VNFT_PATH_NONE || reply_at == VNFT_PATH_NONE)
		return vnft_path_trip_lost(p, &key, m->request_ns);
	request = &p->table.leg[request_at];
	reply = &p->table.leg[reply_at];
	if (request->other != VNFT_PATH_NONE || reply->other != VNFT_PATH_NONE)
		return vnft_path_trip_lost(p, &key, m->request_ns);
	request->other = reply_at;
	reply->other = request_at;
	request->is_request = true;
	request->pairing = reply->pairing = m->pairing;
	return request->complete && reply->complete ? trip(p, request_at) : 0;
}

static int moment_of(struct vnft_path_way way, uint8_t hook)
{
	unsigned int i;

	for (i = 0; i < way.n; i++)
		if (way.moment[i].hooks >> hook & 1)
			return (int)i;
	return -1;
}

/* May this stamp be the leg's next? */
static bool continues(const struct vnft_path_leg *leg, const struct vnft_path_leg *s,
		      struct vnft_path_way way, unsigned int moment)
{
	uint16_t later = (uint16_t)(leg->seen >> moment);
	unsigned int i;

	if (leg->flow != s->flow || leg->from_b != s->from_b || leg->class != s->class ||
	    s->first_ns - leg->last_ns > VNFT_PATH_LIFE_NS)
		return false;
	for (i = moment; later; i++, later >>= 1)
		if (later & 1 && !(way.moment[i].flags & VNFT_PATH_RETURN))
			return false;
	return true;
}

/* The leg that the driver's return belongs to, or VNFT_PATH_NONE. */
static uint32_t returned(const struct vnft_path *p, const struct vnft_path_leg *s,
			 struct vnft_path_way way, unsigned int moment)
{
	uint32_t at = VNFT_PATH_NONE, entered = 0;
	const struct vnft_path_leg *leg;

	while (entered < way.n && !(way.moment[entered].flags & VNFT_PATH_ENTERED))
		entered++;
	while ((at = vnft_path_table_find(&p->table, s, at)) != VNFT_PATH_NONE) {
		leg = &p->table.leg[at];
		if (leg->flow == s->flow && leg->from_b == s->from_b &&
		    !(leg->seen >> moment & 1) && leg->seen >> entered & 1)
			break;
	}
	return at;
}

static uint32_t leg_for(struct vnft_path *p, const struct vnft_path_leg *s,
			struct vnft_path_way way, unsigned int moment)
{
	const struct vnft_path_tally *link = p->link[s->link];
	uint32_t at = vnft_path_table_find(&p->table, s, VNFT_PATH_NONE);
	const struct vnft_path_leg *leg = at == VNFT_PATH_NONE ? NULL : &p->table.leg[at];
	unsigned int i;
	uint16_t missing;

	if (leg && continues(leg, s, way, moment))
		return at;
	/* What lacks the driver's return alone may still get it; all else gets nothing more. */
	for (missing = 0, i = 0; leg && i < way.n; i++)
		if (!(way.moment[i].flags & VNFT_PATH_RETURN))
			missing |= link->required[s->dir] & (uint16_t)(1U << i) &
				   (uint16_t)~leg->seen;
	if (missing)
		vnft_path_conclude(p, at, vnft_path_cause_of(p, leg));
	vnft_path_expire(p, s->first_ns, true);
	return vnft_path_table_add(&p->table, s);
}

int vnft_path_stamp(struct vnft_path *p, const struct vnft_record *r)
{
	const unsigned int place = p->place[r->device] - 1U;
	const uint8_t hook = r->hook & (uint8_t)~VNFT_HOOK_GUEST_SIDE;
	const bool received = vnft_hook_row(hook)->dir == VNFT_DIR_IN;
	struct vnft_path_leg s = {
		.number = r->stage.packet, .flow = r->flow, .first_ns = r->time_ns,
		.last_ns = r->time_ns, .other = VNFT_PATH_NONE, .len_bytes = r->len32,
		.link = (uint8_t)(place / VNFT_PATH_ENDS), .class = r->class,
		.dir = (place % VNFT_PATH_ENDS == VNFT_PATH_NEAR) == received ? VNFT_DIR_IN :
										VNFT_DIR_OUT,
		.from_b = r->flags & VNFT_RF_FROM_B,
	};
	const struct vnft_path_way way = vnft_path_way_of(p->link[s.link]->link.link,
							  (enum vnft_dir)s.dir);
	const int moment = moment_of(way, hook);
	struct vnft_path_leg *leg;
	uint32_t at;

	if (moment < 0)
		return 0;
	if (way.moment[moment].flags & VNFT_PATH_RETURN) {
		at = returned(p, &s, way, (unsigned int)moment);
		if (at == VNFT_PATH_NONE)
			return 0;	/* of a frame from before the beginning */
	} else {
		at = leg_for(p, &s, way, (unsigned int)moment);
		if (at == VNFT_PATH_NONE)
			return -ENOMEM;
	}
	leg = &p->table.leg[at];
	leg->seen |= (uint16_t)(1U << moment);
	leg->at_ns[moment] = r->time_ns;
	leg->last_ns = r->time_ns;
	if ((unsigned int)moment == (s.dir == VNFT_DIR_OUT ? 0 : way.n - 1))
		vnft_path_table_mark(&p->table, at, r->time_ns);
	if (p->link[s.link]->required[s.dir] & ~leg->seen)
		return 0;
	return finish(p, at);
}

int vnft_path_pair(struct vnft_path *p, const struct vnft_record *r)
{
	struct vnft_record copy = *r;

	if ((p->place[r->device] - 1) % VNFT_PATH_ENDS != VNFT_PATH_NEAR)
		return 0;
	copy.hook &= (uint8_t)~VNFT_HOOK_GUEST_SIDE;
	p->flow = r->flow;
	return vnft_pair_feed(&copy, p->pair);
}

