/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From moments to hops.
 *
 * docs/path.md: "The hops of a way lie side by side: one begins where the one before it ends. So
 * the hops of a round trip add up to it, frame by frame. The driver's return is the one moment that
 * whoever takes the frame may overtake: then it counts as when the frame was taken, and the hop
 * behind it as 0."
 */
#include <errno.h>
#include <stdlib.h>

#include "../../lib/text/error.h"
#include "path_parts.h"

/**
 * struct vnft_path_row - the stamped moments of one leg
 * @moment: their places in the way, @n of them; @at_ns: when, never before the one in front
 * @overtaken: place in the row of a driver's return that was overtaken; -1: it was not
 */
struct vnft_path_row {
	unsigned int n;
	int overtaken;
	uint8_t moment[VNFT_PATH_MOMENTS_MAX];
	uint64_t at_ns[VNFT_PATH_MOMENTS_MAX];
};

/* @until_ns: the moment behind the last, 0: there is none. */
static void put_in_row(const struct vnft_path_leg *leg, struct vnft_path_way way,
		       uint64_t until_ns, struct vnft_path_row *row)
{
	unsigned int i;
	uint64_t behind_ns;

	row->n = 0;
	row->overtaken = -1;
	for (i = 0; i < way.n; i++)
		if (leg->seen & 1U << i) {
			row->moment[row->n] = (uint8_t)i;
			row->at_ns[row->n++] = leg->at_ns[i];
		}
	for (i = 0; i < row->n; i++) {
		behind_ns = i + 1 < row->n ? row->at_ns[i + 1] : until_ns;
		if (way.moment[row->moment[i]].flags & VNFT_PATH_RETURN && behind_ns &&
		    row->at_ns[i] > behind_ns) {
			row->at_ns[i] = behind_ns;
			row->overtaken = (int)i;
		}
	}
}

static bool disordered(const struct vnft_path_row *row)
{
	unsigned int i;

	for (i = 1; i < row->n; i++)
		if (row->at_ns[i] < row->at_ns[i - 1])
			return true;
	return false;
}

bool vnft_path_backwards(const struct vnft_path_leg *leg, struct vnft_path_way way)
{
	struct vnft_path_row row;

	put_in_row(leg, way, 0, &row);
	return disordered(&row);
}

/* Stamps of a leg in [from, to), as they were taken. */
static unsigned int stamps_in(const struct vnft_path_leg *leg, uint64_t from_ns, uint64_t to_ns)
{
	unsigned int i, n = 0;

	for (i = 0; i < VNFT_PATH_MOMENTS_MAX; i++)
		n += leg->seen >> i & 1 && leg->at_ns[i] >= from_ns && leg->at_ns[i] < to_ns;
	return n;
}

/* Which hop it is, and of which legs' stamps it may hold some. */
struct vnft_path_stretch {
	uint8_t pairing, dir, part, from, to;
	const char *from_name, *to_name;
	uint64_t from_ns, to_ns;
	const struct vnft_path_leg *leg, *other;
	bool overtaken;
};

static int add(struct vnft_path_tally *s, const struct vnft_path_stretch *x)
{
	struct vnft_path_hop **hop = &s->hop[x->pairing][x->dir][x->part][x->from][x->to];

	if (!*hop) {
		*hop = calloc(1, sizeof(**hop));
		if (!*hop)
			return vnft_fail(-ENOMEM, "out of memory for a histogram");
		(*hop)->pairing = x->pairing;
		(*hop)->dir = x->dir;
		(*hop)->part = x->part;
		(*hop)->from = x->from_name;
		(*hop)->to = x->to_name;
	}
	vnft_hist_add(&(*hop)->hist, x->to_ns - x->from_ns);
	(*hop)->stamps += stamps_in(x->leg, x->from_ns, x->to_ns);
	if (x->other)
		(*hop)->stamps += stamps_in(x->other, x->from_ns, x->to_ns);
	(*hop)->overtaken += x->overtaken;
	return 0;
}

static int add_row(struct vnft_path_tally *s, struct vnft_path_stretch x, struct vnft_path_way way,
		   const struct vnft_path_row *row)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i + 1 < row->n && !err; i++) {
		x.from = row->moment[i];
		x.to = row->moment[i + 1];
		x.from_name = way.moment[x.from].name;
		x.to_name = way.moment[x.to].name;
		x.from_ns = row->at_ns[i];
		x.to_ns = row->at_ns[i + 1];
		x.overtaken = row->overtaken == (int)i;
		err = add(s, &x);
	}
	return err;
}

int vnft_path_add_frame(struct vnft_path_tally *s, const struct vnft_path_leg *leg)
{
	const struct vnft_path_way way = vnft_path_way_of(s->link.link, (enum vnft_dir)leg->dir);
	const struct vnft_path_stretch x = { .pairing = VNFT_PATH_FRAMES, .dir = leg->dir,
					     .part = VNFT_PATH_THERE, .leg = leg };
	struct vnft_path_row row;

	put_in_row(leg, way, 0, &row);
	return add_row(s, x, way, &row);
}

struct vnft_path_trips *vnft_path_trips_of(struct vnft_path_tally *s, uint8_t pairing,
					   uint8_t request)
{
	struct vnft_path_trips **trips = &s->trips[pairing][request];

	if (!*trips)
		*trips = calloc(1, sizeof(**trips));
	if (!*trips)
		vnft_fail(-ENOMEM, "out of memory for a histogram");
	return *trips;
}

/* The first moment with one of these flags, 0: it has none. */
static uint64_t first_with(const struct vnft_path_leg *leg, struct vnft_path_way way, uint8_t flag)
{
	unsigned int i;

	for (i = 0; i < way.n; i++)
		if (leg->seen & 1U << i && way.moment[i].flags & flag)
			return leg->at_ns[i];
	return 0;
}

static int add_whole(struct vnft_path_tally *s, const struct vnft_path_leg *request,
		     const struct vnft_path_leg *reply, uint64_t whole_ns)
{
	struct vnft_path_trips *trips = vnft_path_trips_of(s, request->pairing, request->dir);
	uint64_t from_ns, to_ns;

	if (!trips)
		return -ENOMEM;
	vnft_hist_add(&trips->whole, whole_ns);
	if (request->dir != VNFT_DIR_OUT)
		return 0;
	from_ns = first_with(request, vnft_path_way_of(s->link.link, VNFT_DIR_OUT),
			     VNFT_PATH_ENTERED);
	to_ns = first_with(reply, vnft_path_way_of(s->link.link, VNFT_DIR_IN), VNFT_PATH_ARRIVED);
	if (from_ns && to_ns > from_ns)
		vnft_hist_add(&trips->driver, to_ns - from_ns);
	return 0;
}

int vnft_path_add_trip(struct vnft_path_tally *s, const struct vnft_path_leg *request,
		       const struct vnft_path_leg *reply, bool *sound)
{
	const struct vnft_path_way there = vnft_path_way_of(s->link.link,
							    (enum vnft_dir)request->dir);
	const struct vnft_path_way back = vnft_path_way_of(s->link.link, (enum vnft_dir)reply->dir);
	struct vnft_path_stretch x = { .pairing = request->pairing, .dir = request->dir,
				       .leg = request, .other = reply };
	struct vnft_path_row to, fro;
	int err;

	put_in_row(reply, back, 0, &fro);
	put_in_row(request, there, fro.at_ns[0], &to);
	*sound = to.n && fro.n && !disordered(&to) && !disordered(&fro) &&
		 fro.at_ns[0] >= to.at_ns[to.n - 1];
	if (!*sound)
		return 0;
	x.part = VNFT_PATH_THERE;
	err = add_row(s, x, there, &to);
	x.part = VNFT_PATH_BETWEEN;
	x.from = to.moment[to.n - 1];
	x.to = fro.moment[0];
	x.from_name = there.moment[x.from].name;
	x.to_name = back.moment[x.to].name;
	x.from_ns = to.at_ns[to.n - 1];
	x.to_ns = fro.at_ns[0];
	x.overtaken = to.overtaken == (int)to.n - 1;
	err = err ? err : add(s, &x);
	x.part = VNFT_PATH_BACK;
	err = err ? err : add_row(s, x, back, &fro);
	return err ? err : add_whole(s, request, reply, fro.at_ns[fro.n - 1] - to.at_ns[0]);
}
