/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the observer's rings into the join, until something ends it.
 */
#include <unistd.h>

#include "../../lib/run/clock.h"
#include "../../lib/run/interrupt.h"
#include "../../lib/run/ready.h"
#include "../../lib/text/error.h"
#include "path.h"

#define DRAIN_MS	5
#define LOOK_NS		1000000000ULL	/* between looks for our programs */
/* A hook that took its stamp so long ago has written its record, on a CPU that was stolen, too. */
#define WRITTEN_NS	20000000ULL
/* All ends are recorded so long before the first frame that counts. */
#define SETTLE_NS	10000000ULL

static int take(const struct vnft_record *r, void *arg)
{
	struct vnft_tracing *t = arg;

	t->records++;
	t->frames += r->kind == VNFT_KIND_PACKET && t->near[r->device];
	return vnft_path_feed(r, t->path);
}

static int drain(struct vnft_tracing *t)
{
	int got = t->source->ops->drain(t->source, take, t);

	return got < 0 ? got : 0;
}

/* Ask the kernel where our programs are. A direction that was lost once stays lost. */
static bool look(struct vnft_tracing *t)
{
	struct vnft_source_device device;
	bool some = false;
	unsigned int i;
	int dir;

	for (i = 0; i < t->links * VNFT_PATH_ENDS; i++) {
		struct vnft_traced_end *end = &t->link[i / VNFT_PATH_ENDS].end[i % VNFT_PATH_ENDS];
		const bool known = !vnft_hooked_both(end->hooked);

		if (!end->id || t->source->ops->device(t->source, end->id, &device))
			continue;
		some |= !vnft_hooked_none(device.hooked);
		for (dir = 0; dir < VNFT_DIR_NR; dir++)
			if (end->hooked[dir] == VNFT_HOOKED)
				end->hooked[dir] = device.hooked[dir];
		if (!known && vnft_hooked_lost(end->hooked))
			vnft_warn("%s: %s: frames are missing from now on", end->spec,
				  vnft_hooked_say(end->hooked, t->text, sizeof(t->text)));
	}
	return some;
}

static void record(struct vnft_tracing *t, uint32_t mask)
{
	unsigned int i;

	for (i = 0; i < t->links * VNFT_PATH_ENDS; i++) {
		uint16_t id = t->link[i / VNFT_PATH_ENDS].end[i % VNFT_PATH_ENDS].id;

		if (id)
			t->source->ops->record(t->source, id, mask);
	}
}

static bool over(const struct vnft_tracing *t, uint64_t now_ns)
{
	return vnft_interrupted() || (t->ask->count && t->frames >= t->ask->count) ||
	       (t->ask->duration_ns && now_ns - t->started_ns >= t->ask->duration_ns);
}

static int follow(struct vnft_tracing *t)
{
	uint64_t look_ns = t->started_ns, now_ns;
	int err;

	for (;;) {
		now_ns = vnft_now_ns();
		err = drain(t);
		if (!err)
			err = vnft_path_run(t->path, now_ns - WRITTEN_NS);
		if (err || over(t, now_ns))
			return err;
		if (now_ns - look_ns > LOOK_NS) {
			look_ns = now_ns;
			if (!look(t)) {
				vnft_warn("nothing is left to follow");
				return 0;
			}
		}
		vnft_sleep_ms(DRAIN_MS);
	}
}

int vnft_tracing_collect(struct vnft_tracing *t)
{
	int err;

	record(t, t->record_mask);
	vnft_sleep_ns(SETTLE_NS);
	t->started_ns = vnft_now_ns();
	vnft_path_begin(t->path, t->started_ns);
	err = vnft_ready_say(&t->ready);
	if (!err)
		err = follow(t);
	look(t);
	t->ended_ns = vnft_now_ns();
	record(t, 0);
	if (err)
		return err;
	usleep(1000);	/* a hook that saw the flag may still be writing */
	err = drain(t);
	return err ? err : vnft_path_end(t->path, t->ended_ns);
}
