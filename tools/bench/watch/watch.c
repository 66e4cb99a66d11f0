/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The thread beside a run: it drains the rings, has what they hold kept and understood, and takes
 * snapshots of the device.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/run/clock.h"
#include "../../lib/text/error.h"
#include "../../source/attachment.h"
#include "../../stat/records/pair.h"
#include "../records.h"
#include "watch_parts.h"

#define DRAIN_MS	5
#define HOOKS_NS	1000000000ULL

static void take_slot(struct vnft_bench_watch *w)
{
	struct vnft_device_state state;
	const uint64_t now_ns = vnft_now_ns();

	if (!w->slots || !w->p->device_id || now_ns < w->slot_ns + VNFT_BENCH_SLOT_NS)
		return;
	if (w->b->source->ops->state(w->b->source, w->p->device_id, &state) ||
	    vnft_rate_add(w->slots, &state, w->slots_dir))
		vnft_debug("%s: a snapshot was not taken: %s", w->p->device, vnft_why());
	w->slot_ns = now_ns;
}

/* Whatever goes wrong here would go wrong at every pass. */
static void drain(struct vnft_bench_watch *w)
{
	int got;

	if (vnft_bench_broken(w->b))
		return;
	got = w->b->source->ops->drain(w->b->source, vnft_watch_record, w);
	if (got < 0)
		vnft_bench_break(w->b, got);
	vnft_bench_records_tick(w->b);
}

/* The device first: what the bridge lacks matters only until that is born. */
static void look_at_hooks(struct vnft_bench_watch *w)
{
	const uint16_t id[] = { w->p->device_id, w->p->bridge_id };
	char text[VNFT_HOOKED_TEXT_BYTES];
	struct vnft_source_device device;
	size_t i;

	w->hooks_ns = vnft_now_ns();
	for (i = 0; i < sizeof(id) / sizeof(id[0]) && !w->hooks_lost[0]; i++)
		if (id[i] && !w->b->source->ops->device(w->b->source, id[i], &device) &&
		    vnft_hooked_lost(device.hooked))
			snprintf(w->hooks_lost, sizeof(w->hooks_lost),
				 "%s: %s while it was observed", device.ifname,
				 vnft_hooked_say(device.hooked, text, sizeof(text)));
}

static void *watch_thread(void *arg)
{
	struct vnft_bench_watch *w = arg;
	bool stop;

	do {
		pthread_mutex_lock(&w->lock);
		stop = w->stop;
		vnft_watch_births(w);
		vnft_watch_links(w);
		drain(w);
		take_slot(w);
		if (vnft_now_ns() - w->hooks_ns > HOOKS_NS)
			look_at_hooks(w);
		w->passes++;
		pthread_mutex_unlock(&w->lock);
		if (!stop)
			usleep(DRAIN_MS * 1000);
	} while (!stop);
	return NULL;
}

static void release(struct vnft_bench_watch *w)
{
	vnft_watch_console_stop(w);
	vnft_watch_births_close(w);
	vnft_link_watch_close(w->links);
	vnft_pair_free(w->echo);
	vnft_pair_free(w->syn);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

int vnft_bench_watch_start(struct vnft_bench_watch **watch, struct vnft_bench *b,
			   struct vnft_bench_place *p, const struct vnft_type *type)
{
	struct vnft_bench_watch *w;
	int err;

	w = calloc(1, sizeof(*w));
	if (!w)
		return vnft_fail(-ENOMEM, "bench: out of memory");
	w->b = b;
	w->p = p;
	w->type = type;
	w->console.fd = -1;
	vnft_watch_births_open(w);
	pthread_mutex_init(&w->lock, NULL);
	err = vnft_link_watch_open(&w->links);
	if (!err)
		err = vnft_pair_new(&w->syn);
	if (!err)
		err = vnft_pair_new(&w->echo);
	if (!err && pthread_create(&w->thread, NULL, watch_thread, w))
		err = vnft_fail(-EAGAIN, "bench: cannot start a thread");
	if (err) {
		release(w);
		return err;
	}
	*watch = w;
	return 0;
}

void vnft_bench_watch_t0(struct vnft_bench_watch *w, uint64_t t0_ns)
{
	pthread_mutex_lock(&w->lock);
	w->t0_ns = t0_ns;
	pthread_mutex_unlock(&w->lock);
}

void vnft_bench_watch_hooks(struct vnft_bench_watch *w, char why[VNFT_BENCH_HOOKS_BYTES])
{
	pthread_mutex_lock(&w->lock);
	look_at_hooks(w);
	memcpy(why, w->hooks_lost, VNFT_BENCH_HOOKS_BYTES);
	pthread_mutex_unlock(&w->lock);
}

void vnft_bench_watch_settle(struct vnft_bench_watch *w)
{
	uint64_t until, now;

	pthread_mutex_lock(&w->lock);
	until = w->passes + 2;
	pthread_mutex_unlock(&w->lock);
	do {
		usleep(DRAIN_MS * 1000);
		pthread_mutex_lock(&w->lock);
		now = w->passes;
		pthread_mutex_unlock(&w->lock);
	} while (now < until);
}

void vnft_bench_watch_slots(struct vnft_bench_watch *w, enum vnft_dir dir, struct vnft_rate *to)
{
	pthread_mutex_lock(&w->lock);
	w->slots = to;
	w->slots_dir = dir;
	w->slot_ns = 0;
	pthread_mutex_unlock(&w->lock);
}

void vnft_bench_watch_stop(struct vnft_bench_watch *w)
{
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	release(w);
}
