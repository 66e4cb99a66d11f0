/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Snapshots of devices.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "live.h"

static struct vnft_live_shot *next(struct vnft_live_shots *s)
{
	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		void *more = reallocarray(s->at, room, sizeof(*s->at));

		if (!more)
			return NULL;
		s->at = more;
		s->room = room;
	}
	return memset(&s->at[s->n], 0, sizeof(s->at[s->n]));
}

/* A pairing that has met no reply has nothing in its histograms: they are not even asked for. */
static int take_hists(const struct vnft_followed *f, struct vnft_live_shot *shot)
{
	unsigned int pairing, dir;
	struct vnft_hist *h;
	int err;

	for (pairing = 0; pairing < VNFT_PAIRING_NR; pairing++) {
		for (dir = 0; shot->counters.matched[pairing] && dir < VNFT_DIR_NR; dir++) {
			h = malloc(sizeof(*h));
			if (!h)
				return vnft_fail(-ENOMEM, "out of memory");
			err = f->hist(f, pairing, dir, h);
			if (!err && h->count) {
				shot->hist[pairing][dir] = h;
				continue;
			}
			free(h);
			if (err)
				return err;
		}
	}
	return 0;
}

int vnft_live_shots_add(const struct vnft_followed *f, void *arg)
{
	const struct vnft_attachment *a = &f->attachment;
	struct vnft_live_shots *shots = arg;
	struct vnft_live_shot *shot = next(shots);

	if (!shot)
		return vnft_fail(-ENOMEM, "out of memory");
	shots->n++;
	shot->observer = a->observer;
	shot->life = f->life;
	shot->netns_inode = a->netns_inode;
	shot->ifindex = a->ifindex;
	memcpy(shot->ifname, a->ifname, sizeof(shot->ifname));
	shot->ifname[sizeof(shot->ifname) - 1] = '\0';
	shot->id = a->id;
	shot->side = a->side;
	memcpy(shot->hooked, a->hooked, sizeof(shot->hooked));
	shot->recording = a->recording;
	shot->read_ns = a->state.read_ns;
	shot->counters = a->state.counters;
	return take_hists(f, shot);
}

void vnft_live_shots_free(struct vnft_live_shots *shots)
{
	unsigned int pairing, dir;
	size_t i;

	for (i = 0; i < shots->n; i++)
		for (pairing = 0; pairing < VNFT_PAIRING_NR; pairing++)
			for (dir = 0; dir < VNFT_DIR_NR; dir++)
				free(shots->at[i].hist[pairing][dir]);
	free(shots->at);
	memset(shots, 0, sizeof(*shots));
}
