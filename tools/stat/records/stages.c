/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Puts the stamps of a frame together, and measures the time from one to the next.
 *
 * method.md, "Path": "A frame's stamps are those of one device, direction and packet number, in the
 * order of time. The number is the skb's, and the kernel uses it again. A new frame begins with a
 * stage that was passed already, with a stage that lies before the last one, or more than 10 s
 * after the last stamp. A step is the time between two stamps of a frame that follow each other."
 *
 * Stamps are collected until there are many. Then all frames but the youngest are worked off.
 */
#include "stages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../../kmod/core/hooks.h"
#include "../../lib/text/error.h"
#include "pair.h"

#define GAP_NS		10000000000ULL
/* A frame with a younger stamp may have more stamps in rings that were not read yet. */
#define YOUNG_NS	1000000000ULL
#define STAMPS_MAX	(1u << 22)
/* Histograms are 16 KB each; a corrupt file may name 65536 devices. */
#define STEPS_MAX	4096u

struct stamp {
	uint64_t packet;
	uint64_t time_ns;
	uint32_t seq;
	uint16_t device;
	uint16_t cpu;
	uint8_t dir;
	uint8_t hook;
};

struct vnft_steps {
	struct stamp *stamp;
	size_t n, room;
	uint64_t newest_ns, frames, alone;
	struct vnft_step **step;
	size_t steps;
};

/* Where a stage is on the way through the host. Stages of one rank come in any order. */
static int rank(uint8_t hook)
{
	return vnft_hook_row(hook)->rank;
}

int vnft_steps_new(struct vnft_steps **steps)
{
	*steps = calloc(1, sizeof(**steps));
	return *steps ? 0 : vnft_fail(-ENOMEM, "out of memory for stages");
}

void vnft_steps_free(struct vnft_steps *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->steps; i++)
		free(s->step[i]);
	free(s->step);
	free(s->stamp);
	free(s);
}

static int by_frame(const void *left, const void *right)
{
	const struct stamp *a = left, *b = right;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	if (a->dir != b->dir)
		return a->dir < b->dir ? -1 : 1;
	if (a->packet != b->packet)
		return a->packet < b->packet ? -1 : 1;
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	if (a->cpu == b->cpu && a->seq != b->seq)
		return (int32_t)(a->seq - b->seq) < 0 ? -1 : 1;
	return rank(a->hook) - rank(b->hook);
}

static struct vnft_step *find(struct vnft_steps *s, const struct stamp *a, const struct stamp *b)
{
	struct vnft_step *step;
	void *more;
	size_t i;

	for (i = s->steps; i--; ) {
		step = s->step[i];
		if (step->device == a->device && step->dir == a->dir && step->from == a->hook &&
		    step->to == b->hook)
			return step;
	}
	if (s->steps == STEPS_MAX) {
		vnft_fail(-E2BIG, "more than %u kinds of steps in one record file", STEPS_MAX);
		return NULL;
	}
	more = realloc(s->step, (s->steps + 1) * sizeof(struct vnft_step *));
	step = more ? calloc(1, sizeof(*step)) : NULL;
	s->step = more ? more : s->step;
	if (!step) {
		vnft_fail(-ENOMEM, "out of memory for stages");
		return NULL;
	}
	s->step[s->steps++] = step;
	step->device = a->device;
	step->dir = a->dir;
	step->from = a->hook;
	step->to = b->hook;
	return step;
}

static bool same_name(const struct stamp *a, const struct stamp *b)
{
	return a->device == b->device && a->dir == b->dir && a->packet == b->packet;
}

/* How many stamps from @at on belong to one frame. */
static size_t frame_at(const struct vnft_steps *s, size_t at)
{
	uint64_t passed = 0;
	int reached = -1;
	size_t i;

	for (i = at; i < s->n; i++) {
		const struct stamp *here = &s->stamp[i];

		if (i > at && (!same_name(&s->stamp[at], here) ||
			       here->time_ns - s->stamp[i - 1].time_ns > GAP_NS))
			break;
		if (passed & 1ULL << here->hook || rank(here->hook) < reached)
			break;
		passed |= 1ULL << here->hook;
		reached = rank(here->hook);
	}
	return i - at;
}

static int add_frame(struct vnft_steps *s, size_t at, size_t n)
{
	struct vnft_step *step;
	size_t i;

	s->frames += n > 1;
	s->alone += n == 1;
	for (i = at; i + 1 < at + n; i++) {
		step = find(s, &s->stamp[i], &s->stamp[i + 1]);
		if (!step)
			return -E2BIG;
		vnft_hist_add(&step->hist, s->stamp[i + 1].time_ns - s->stamp[i].time_ns);
	}
	return 0;
}

/* Work off what is old enough. */
static int work_off(struct vnft_steps *s, uint64_t young_ns)
{
	size_t at, n, kept = 0;
	uint64_t last_ns;
	int err = 0;

	if (s->n)
		qsort(s->stamp, s->n, sizeof(*s->stamp), by_frame);
	for (at = 0; at < s->n && !err; at += n) {
		n = frame_at(s, at);
		last_ns = s->stamp[at + n - 1].time_ns;
		if (last_ns + young_ns > s->newest_ns && young_ns) {
			memmove(&s->stamp[kept], &s->stamp[at], n * sizeof(*s->stamp));
			kept += n;
		} else {
			err = add_frame(s, at, n);
		}
	}
	s->n = kept;
	return err;
}

int vnft_steps_feed(const struct vnft_record *r, void *steps)
{
	struct vnft_steps *s = steps;
	int dir = vnft_hook_dir(r->hook), err;

	/* Number 0 is a moment that belongs to no known frame. */
	if (r->kind != VNFT_KIND_STAGE || dir < 0 || !r->stage.packet)
		return 0;
	if (s->n == STAMPS_MAX) {
		err = work_off(s, YOUNG_NS);
		if (!err && s->n > STAMPS_MAX / 2)	/* so many in a second: no time to wait */
			err = work_off(s, 0);
		if (err)
			return err;
	}
	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 4096;
		void *more = realloc(s->stamp, room * sizeof(*s->stamp));

		if (!more)
			return vnft_fail(-ENOMEM, "out of memory for stages");
		s->stamp = more;
		s->room = room;
	}
	if (r->time_ns > s->newest_ns)
		s->newest_ns = r->time_ns;
	s->stamp[s->n++] = (struct stamp) { r->stage.packet, r->time_ns, r->seq, r->device, r->cpu,
					    (uint8_t)dir,
					    r->hook & (uint8_t)~VNFT_HOOK_GUEST_SIDE };
	return 0;
}

static int by_way(const void *left, const void *right)
{
	const struct vnft_step *a = *(struct vnft_step *const *)left;
	const struct vnft_step *b = *(struct vnft_step *const *)right;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	if (a->dir != b->dir)
		return a->dir < b->dir ? -1 : 1;
	if (a->from != b->from)
		return rank(a->from) != rank(b->from) ?
		       rank(a->from) - rank(b->from) : a->from - b->from;
	return a->to - b->to;
}

int vnft_steps_each(struct vnft_steps *s, int (*fn)(const struct vnft_step *step, void *arg),
		    void *arg)
{
	int err = work_off(s, 0);
	size_t i;

	if (s->steps)
		qsort(s->step, s->steps, sizeof(s->step[0]), by_way);
	for (i = 0; i < s->steps && !err; i++)
		err = fn(s->step[i], arg);
	return err;
}

uint64_t vnft_steps_frames(const struct vnft_steps *s, uint64_t *alone)
{
	*alone = s->alone;
	return s->frames;
}
