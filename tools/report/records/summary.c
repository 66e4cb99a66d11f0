/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Adding up the records of a file: devices, frames, pairs, stages, gaps and losses.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../../stat/records/pair.h"
#include "../../stat/records/stages.h"
#include "summary.h"

const char *vnft_summary_observer(uint16_t id)
{
	return id >= VNFT_MODULE_FIRST_ID && id < VNFT_MODULE_FIRST_ID + VNFT_MODULE_DEVICES ?
	       "module" : "bpf";
}

struct summary_device *vnft_summary_device_of(struct summary *s, uint16_t id)
{
	if (s->place[id])
		return s->device[s->place[id] - 1];
	if (s->devices == SUMMARY_DEVICES)
		return NULL;
	s->device[s->devices] = calloc(1, sizeof(struct summary_device));
	if (!s->device[s->devices])
		return NULL;
	s->device[s->devices]->id = id;
	s->place[id] = (uint16_t)++s->devices;
	return s->device[s->devices - 1];
}

static int count_packet(struct summary *s, const struct vnft_record *r)
{
	struct summary_device *d = vnft_summary_device_of(s, r->device);
	int dir = vnft_hook_dir(r->hook);

	if (!d)
		return vnft_fail(-E2BIG, "more than %u devices in one record file",
				 SUMMARY_DEVICES);
	if (dir < 0 || r->class >= VNFT_CLASS_NR) {
		s->odd++;
		return 0;
	}
	d->packets[dir][r->class]++;
	d->bytes[dir] += r->len32;
	return vnft_pair_feed(r, s->pair);
}

/*
 * Only hooks number their records; what userspace adds (MARK, SENT, DEVICE, LOST, MANIFEST) has
 * seq 0. A step back is a new stream (something was attached again), not four billion lost records.
 */
static void follow(struct summary *s, const struct vnft_record *r)
{
	struct summary_sequence *c;
	uint32_t step;

	if (!r->seq || r->cpu >= SUMMARY_CPUS)
		return;
	c = &s->cpu[!!(r->flags & VNFT_RF_MODULE)][r->cpu];
	step = r->seq - c->last;
	if (c->begun && step > 1 && step < 0x80000000u) {
		c->gaps++;
		c->missing += step - 1;
	}
	c->begun = true;
	c->last = r->seq;
	c->records++;
}

int vnft_summary_add(const struct vnft_record *r, void *summary)
{
	struct summary *s = summary;
	struct summary_device *d;
	uint8_t hook_in, hook_out;

	s->records++;
	if (r->kind >= VNFT_KIND_NR) {
		s->odd++;
		return 0;
	}
	s->kind[r->kind]++;
	follow(s, r);
	if (r->kind == VNFT_KIND_PACKET || r->kind == VNFT_KIND_STAGE) {
		if (!s->first_ns || r->time_ns < s->first_ns)
			s->first_ns = r->time_ns;
		if (r->time_ns > s->last_ns)
			s->last_ns = r->time_ns;
	}
	switch (r->kind) {
	case VNFT_KIND_MANIFEST:
		s->manifest = *r;
		break;
	case VNFT_KIND_DEVICE:
		d = vnft_summary_device_of(s, r->device);
		if (!d)
			return vnft_fail(-E2BIG, "more than %u devices in one record file",
					 SUMMARY_DEVICES);
		d->defined = true;
		hook_in = d->dev.hook_in;
		hook_out = d->dev.hook_out;
		d->dev = r->dev;
		/* Later DEVICE records tell of its life, and name no hooks. */
		if (!r->dev.hook_in && !r->dev.hook_out) {
			d->dev.hook_in = hook_in;
			d->dev.hook_out = hook_out;
		}
		d->netns_inode = r->flow;
		d->ifindex = r->len32;
		break;
	case VNFT_KIND_FLOW:
		return vnft_flows_add(&s->flows, r);
	case VNFT_KIND_PACKET:
		return count_packet(s, r);
	case VNFT_KIND_STAGE:
		return vnft_steps_feed(r, s->steps);
	case VNFT_KIND_LOST:
		if (r->len32 < VNFT_LOST_NR)
			s->lost[r->len32] += r->lost.count;
		else
			s->odd++;
		break;
	}
	return 0;
}

struct summary *vnft_summary_new(void)
{
	struct summary *s = calloc(1, sizeof(*s));

	if (!s) {
		vnft_fail(-ENOMEM, "out of memory");
		return NULL;
	}
	if (!vnft_pair_new(&s->pair) && !vnft_steps_new(&s->steps))
		return s;
	vnft_summary_free(s);
	return NULL;
}

void vnft_summary_free(struct summary *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->devices; i++)
		free(s->device[i]);
	vnft_flows_free(&s->flows);
	vnft_pair_free(s->pair);
	vnft_steps_free(s->steps);
	free(s);
}
