/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices that are born on the run's bridge, or under the name that the instance's must have: they
 * are attached at once.
 *
 * Until then their packets are seen at the bridge (or, with an external stimulus, at the uplink),
 * which was attached before the launch: nothing is lost between birth and attach, and the earlier
 * of both stamps is the answer's. One that never came, or hangs where no packet comes by, is told.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/net/link.h"
#include "../../lib/net/netns.h"
#include "../../lib/text/error.h"
#include "../../source/module/session.h"
#include "../../source/module/source.h"
#include "watch_parts.h"

/* The module sees every device being born, also those that nobody attached; none is kept. */
static int see_birth(const struct vnft_record *r, void *arg)
{
	struct vnft_bench_watch *w = arg;

	if (r->kind == VNFT_KIND_DEVICE && r->dev.event == VNFT_DEVICE_BORN &&
	    r->flow == w->netns_inode)
		vnft_bench_births_stamped(&w->births, r->len32, r->time_ns);
	return 0;
}

/* Beside whoever observes: a session that records nothing but births. */
void vnft_watch_births_open(struct vnft_bench_watch *w)
{
	const struct vnft_source_config config = { .births = true, .ring_records = 1024 };
	int netns = vnft_netns_open(NULL);

	if (netns < 0)
		return;
	w->netns_inode = vnft_netns_inode(netns);
	close(netns);
	if (!vnft_module_usable() && vnft_module_open(&w->newborn, &config))
		vnft_debug("births of devices are stamped by the reader: %s", vnft_why());
}

void vnft_watch_births_close(struct vnft_bench_watch *w)
{
	if (w->newborn)
		w->newborn->ops->close(w->newborn);
}

void vnft_watch_births(struct vnft_bench_watch *w)
{
	if (w->newborn)
		w->newborn->ops->drain(w->newborn, see_birth, w);
}

/*
 * Is it the instance's device? What appears on the run's bridge, or has the name that it must have.
 */
static bool is_ours(const struct vnft_bench_watch *w, const struct vnft_link_info *info)
{
	const char *uplink = w->b->config->uplink, *own = w->p->place.device;

	if (info->ifindex == w->p->bridge_ifindex || (uplink && !strcmp(info->name, uplink)))
		return false;
	return info->master_ifindex == w->p->bridge_ifindex ||
	       (own[0] && !strcmp(info->name, own)) ||
	       (w->awaited[0] && !strcmp(info->name, w->awaited));
}

static void adopt(struct vnft_bench_watch *w, const struct vnft_link_info *info)
{
	if (vnft_bench_place_attach(w->b, info->name, &w->p->device_id)) {
		vnft_debug("%s: born and gone before the attach: %s", info->name, vnft_why());
		w->p->device_id = 0;
		return;
	}
	if (vnft_bench_place_tune(w->b, info->name))
		vnft_warn("%s: %s", w->p->place.name, vnft_why());
	strcpy(w->p->device, info->name);
	w->ifindex = info->ifindex;
}

void vnft_watch_links(struct vnft_bench_watch *w)
{
	struct vnft_link_event event;
	int got;

	if (!w->p->place.bridge[0])
		return;
	while ((got = vnft_link_watch_next(w->links, &event)) > 0) {
		if (event.gone) {
			if (event.info.ifindex == w->ifindex) {
				w->seen.gone_ns = event.time_ns;
				w->seen.gone_late_ns = event.time_ns - event.before_ns;
			}
			continue;
		}
		/* Its first news is its birth; that it joins the bridge may be seconds later. */
		vnft_bench_births_heard(&w->births, event.info.ifindex, event.time_ns,
					event.before_ns);
		if (!w->p->device_id && is_ours(w, &event.info))
			adopt(w, &event.info);
		/* Seen elsewhere, and born here. */
		if (w->type->topology == VNFT_TOPOLOGY_MACVTAP && !w->ifindex &&
		    !strcmp(event.info.name, w->p->place.device))
			w->ifindex = event.info.ifindex;
	}
}

void vnft_bench_watch_device(struct vnft_bench_watch *w, const char *name)
{
	struct vnft_link_info info;

	pthread_mutex_lock(&w->lock);
	snprintf(w->awaited, sizeof(w->awaited), "%s", name);
	/* Born already, and not on the bridge: no news of it will come. */
	if (!w->p->device_id && name[0] && w->p->place.bridge[0] && !vnft_link_get(name, &info))
		adopt(w, &info);
	pthread_mutex_unlock(&w->lock);
}

/*
 * The latest device that is not on the run's bridge: it may have been meant to be. In the host's
 * namespace anybody's devices are born.
 */
static void find_other(const struct vnft_bench_watch *w, char name[16])
{
	const struct vnft_bench_birth *birth;
	struct vnft_link_info info;
	uint64_t latest_ns = 0;
	unsigned int i;

	for (i = 0; w->p->place.netns[0] && i < VNFT_BENCH_BIRTHS; i++) {
		birth = &w->births.birth[i];
		if (birth->ifindex <= 1 || birth->ifindex == w->p->bridge_ifindex ||
		    birth->reader_ns < latest_ns || vnft_link_get_index(birth->ifindex, &info) ||
		    info.master_ifindex == w->p->bridge_ifindex)
			continue;
		latest_ns = birth->reader_ns;
		snprintf(name, 16, "%s", info.name);
	}
}

void vnft_bench_watch_hang(struct vnft_bench_watch *w, const char *fix,
			   struct vnft_bench_hang *hang)
{
	const struct vnft_place *place = &w->p->place;
	struct vnft_link_info info, master;

	pthread_mutex_lock(&w->lock);
	*hang = (struct vnft_bench_hang) {
		.made_before = w->type->topology == VNFT_TOPOLOGY_TAP, .fix = fix,
	};
	snprintf(hang->named, sizeof(hang->named), "%s", place->device);
	snprintf(hang->bridge, sizeof(hang->bridge), "%s", place->bridge);
	snprintf(hang->netns, sizeof(hang->netns), "%s", place->netns);
	snprintf(hang->device, sizeof(hang->device), "%s", w->p->device);
	if (!hang->device[0]) {
		find_other(w, hang->other);
	} else if (!vnft_link_get(hang->device, &info)) {
		hang->there = true;
		hang->up = info.up;
		hang->carrier = info.carrier;
		if (info.master_ifindex && !vnft_link_get_index(info.master_ifindex, &master))
			snprintf(hang->master, sizeof(hang->master), "%s", master.name);
	}
	pthread_mutex_unlock(&w->lock);
}
