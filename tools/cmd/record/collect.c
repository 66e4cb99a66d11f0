/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the observers' rings into the file, until something ends the recording.
 */
#include <unistd.h>

#include "../../lib/run/clock.h"
#include "../../lib/run/interrupt.h"
#include "../../lib/text/error.h"
#include "../../source/attachment.h"
#include "../../source/file_write.h"
#include "record.h"

#define DRAIN_MS	5
#define LOOK_NS		1000000000ULL	/* between looks for our programs */

static bool enough(const struct vnft_recording_side *side)
{
	return side->recording->ask->count && side->packets >= side->recording->ask->count;
}

/* An observer that gave what was asked for is not written any more, so that no gap shows. */
static int take(const struct vnft_record *record, void *arg)
{
	struct vnft_recording_side *side = arg;
	struct vnft_recording *r = side->recording;
	struct vnft_record copy = *record;

	if (enough(side))
		return 0;
	if (side->observer == VNFT_OBSERVER_MODULE)
		copy.flags |= VNFT_RF_MODULE;
	r->records++;
	if (record->kind == VNFT_KIND_PACKET) {
		side->packets++;
		r->packets++;
		if (r->by_id[record->device])
			r->dev[r->by_id[record->device] - 1].packets++;
	}
	return vnft_file_write(&copy, r->writer);
}

static int drain(struct vnft_recording *r)
{
	int i, got = 0;

	for (i = 0; i < r->sides && got >= 0; i++)
		got = r->side[i].source->ops->drain(r->side[i].source, take, &r->side[i]);
	return got < 0 ? got : 0;
}

/* Ask the kernel where our programs are. A direction that was lost once stays lost. */
static bool look(struct vnft_recording *r)
{
	struct vnft_source_device device;
	bool some = false;
	int i, dir;

	for (i = 0; i < r->devices; i++) {
		struct vnft_recorded *dev = &r->dev[i];
		const bool known = !vnft_hooked_both(dev->hooked);

		if (dev->observer->source->ops->device(dev->observer->source, dev->id, &device))
			continue;
		some |= !vnft_hooked_none(device.hooked);
		for (dir = 0; dir < VNFT_DIR_NR; dir++)
			if (dev->hooked[dir] == VNFT_HOOKED)
				dev->hooked[dir] = device.hooked[dir];
		if (!known && vnft_hooked_lost(dev->hooked))
			vnft_warn("%s: %s: frames are missing from now on", dev->spec,
				  vnft_hooked_say(dev->hooked, r->text, sizeof(r->text)));
	}
	return some;
}

static bool over(const struct vnft_recording *r, uint64_t now_ns)
{
	int i;

	for (i = 0; i < r->sides; i++)
		if (enough(&r->side[i]))
			return true;
	return vnft_interrupted() || (r->ask->duration_ns &&
				      now_ns - r->started_ns >= r->ask->duration_ns);
}

int vnft_recording_collect(struct vnft_recording *r)
{
	uint64_t look_ns = r->started_ns, now_ns;
	int i, err;

	for (;;) {
		now_ns = vnft_now_ns();
		err = drain(r);
		if (!err)
			err = vnft_file_tick(r->writer);
		if (err)
			return err;
		if (over(r, now_ns))
			break;
		if (now_ns - look_ns > LOOK_NS) {
			look_ns = now_ns;
			if (!look(r)) {
				vnft_warn("nothing is left to record: recording ends");
				break;
			}
		}
		vnft_sleep_ms(DRAIN_MS);
	}
	look(r);
	r->ended_ns = vnft_now_ns();
	for (i = 0; i < r->devices; i++) {
		struct vnft_source *s = r->dev[i].observer->source;

		s->ops->record(s, r->dev[i].id, 0);
	}
	/* A hook that saw the flag may still be writing. */
	usleep(1000);
	return drain(r);
}
