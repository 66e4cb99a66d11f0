/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arms stages of the host, device by device. Core and driver hooks are programs of bpf/path.bpf.c,
 * which are attached while a device wants them. Stages at the boundary come from the device's own
 * programs, which write a STAGE beside each PACKET.
 */
#include "stages.h"

#include <errno.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "../../lib/net/link.h"
#include "../../lib/net/netns.h"
#include "../../lib/net/netns_find.h"
#include "../../lib/text/error.h"
#include "stages_load.h"

#define BIT(hook)	VNFT_STAGE_BIT(hook)
#define NO_PLACE	VNFT_PATH_DEVICES

static int need(struct vnft_bpf *b)
{
	struct vnft_stages *s = b->stages;

	if (s)
		return 0;
	s = calloc(1, sizeof(*s));
	if (!s || getrandom(s->secret, sizeof(s->secret), 0) != sizeof(s->secret)) {
		free(s);
		return vnft_fail(-ENOMEM, "stages: out of memory");
	}
	b->stages = s;
	return 0;
}

static uint32_t place_of(const struct vnft_stages *s, const struct vnft_bpf_device *d)
{
	uint32_t place;

	for (place = 0; place < NO_PLACE && s->owner[place] != d; place++)
		;
	return place;
}

static uint64_t key_of(const struct vnft_bpf_device *d)
{
	return VNFT_PATH_KEY(d->netns_inode, d->ifindex);
}

/* The device's place, or a free one among those where the programs look for it. */
static uint32_t take_place(struct vnft_stages *s, struct vnft_bpf_device *d)
{
	uint32_t place = place_of(s, d), way, cpu;

	for (way = 0; place == NO_PLACE && way < VNFT_PATH_WAYS; way++) {
		uint32_t at = (VNFT_PATH_PLACE(key_of(d)) + way) & (VNFT_PATH_DEVICES - 1);

		if (!s->owner[at])
			place = at;
	}
	if (place == NO_PLACE || s->owner[place] == d)
		return place;
	s->owner[place] = d;
	for (cpu = 0; cpu < s->ncpus; cpu++)
		memset(&s->memory[VNFT_PATH_MEMORY(cpu, place)], 0, sizeof(*s->memory));
	return place;
}

void vnft_bpf_stages_follow(struct vnft_bpf_device *d)
{
	uint32_t place = d->stages ? place_of(d->stages, d) : NO_PLACE;
	struct vnft_path_device *p;

	if (place == NO_PLACE || !d->stages->state)
		return;
	p = &d->stages->state->device[place];
	__atomic_store_n(&p->epoch, d->state->epoch, __ATOMIC_RELAXED);
	__atomic_store_n(&p->record_mask, d->state->record_mask, __ATOMIC_RELEASE);
}

static void rearm(struct vnft_stages *s)
{
	uint64_t work = 0;
	uint32_t place;

	if (!s->loaded)
		return;
	for (place = 0; place < NO_PLACE; place++)
		if (s->state->device[place].key)
			work |= s->state->device[place].work;
	vnft_stages_attach(s, work);
}

static void disarm(struct vnft_stages *s, struct vnft_bpf_device *d)
{
	uint32_t place = place_of(s, d);

	__atomic_store_n(&d->state->stages, 0, __ATOMIC_RELAXED);
	if (place == NO_PLACE || !s->state || !s->state->device[place].key)
		return;
	__atomic_store_n(&s->state->device[place].key, 0, __ATOMIC_RELEASE);
	rearm(s);
}

/* Ask in the device's own namespace what the device is. */
static int look(const struct vnft_bpf_device *d, struct vnft_link_info *info)
{
	int fd = vnft_netns_find(d->netns_inode), back, err;

	if (fd < 0)
		return vnft_fail(fd, "%s: its namespace is not to be found", d->ifname);
	err = vnft_netns_enter(fd, &back);
	close(fd);
	if (err)
		return err;
	err = vnft_link_get_index(d->ifindex, info);
	vnft_netns_leave(back);
	return err;
}

const char *vnft_bpf_stage_how(struct vnft_source *source, uint16_t id, enum vnft_hook hook,
			       const char **why)
{
	struct vnft_bpf *b = vnft_bpf_of(source);
	struct vnft_bpf_device *d = vnft_bpf_find(source, id);
	const char *misfit;

	*why = NULL;
	if (!d || !b->stages || hook <= VNFT_HOOK_NONE || hook >= VNFT_HOOK_MAX) {
		*why = "no stages were asked for";
		return NULL;
	}
	if (vnft_hook_row(hook)->where == VNFT_HOOK_BOUNDARY) {
		if (hook == d->hook[VNFT_DIR_IN] || hook == d->hook[VNFT_DIR_OUT])
			return "tc";
		*why = "not the mechanism at this device's boundary";
		return NULL;
	}
	misfit = vnft_stages_misfit(hook, d->link);
	*why = misfit ? misfit : b->stages->why[hook];
	return misfit ? NULL : b->stages->how[hook];
}

/* Those of @hooks that fit the device and that this kernel gives. */
static uint64_t choose(const struct vnft_stages *s, const struct vnft_bpf_device *d,
		       uint64_t hooks)
{
	uint64_t chosen = 0;
	uint32_t hook, other;

	for (hook = 0; hook < VNFT_HOOK_MAX; hook++) {
		uint64_t work = vnft_stages_needs(BIT(hook));

		if (!(hooks & BIT(hook)) || vnft_stages_misfit(hook, d->link))
			continue;
		for (other = 0; other < VNFT_HOOK_MAX; other++)
			if (work & BIT(other) && !s->how[other])
				break;
		if (other == VNFT_HOOK_MAX)
			chosen |= BIT(hook);
	}
	return chosen;
}

/* Since it has stages, of any device: whose they were nobody knows. */
static uint64_t missed(const struct vnft_bpf_device *d)
{
	return d->missed + vnft_stages_missed(d->stages, d->watched) - d->missed_before;
}

static int arm(struct vnft_bpf *b, struct vnft_bpf_device *d, uint64_t hooks, uint64_t *armed)
{
	struct vnft_stages *s = b->stages;
	struct vnft_path_device *p;
	struct vnft_link_info info;
	uint32_t place;
	int err;

	err = vnft_bpf_need_outer(b);
	if (!err)
		err = vnft_stages_load(s, &b->session.rings, b->rings.outer_fd);
	if (!err)
		err = look(d, &info);
	if (err)
		return err;
	place = take_place(s, d);
	if (place == NO_PLACE)
		return vnft_fail(-ENOSPC, "%s: too many devices with stages in this session",
				 d->ifname);
	d->missed = d->stages ? missed(d) : 0;
	d->stages = s;
	d->link = info.link;
	p = &s->state->device[place];
	p->id = d->member.id;
	p->side = vnft_hook_at(0, d->side);
	p->l2_bytes = info.arphrd == ARPHRD_ETHER || info.arphrd == ARPHRD_LOOPBACK ?
		      VNFT_ETH_BYTES : 0;
	/* Choose twice: a hook that refuses to be attached is no choice any more. */
	p->stages = choose(s, d, hooks);
	p->work = vnft_stages_needs(p->stages);
	vnft_bpf_stages_follow(d);
	__atomic_store_n(&p->key, key_of(d), __ATOMIC_RELEASE);
	rearm(s);
	p->stages = choose(s, d, hooks);
	p->work = vnft_stages_needs(p->stages);
	rearm(s);
	d->watched = p->work;
	d->missed_before = vnft_stages_missed(s, d->watched);
	*armed |= p->stages;
	return 0;
}

int vnft_bpf_stages(struct vnft_source *source, uint16_t id, uint64_t hooks, uint64_t *armed)
{
	struct vnft_bpf *b = vnft_bpf_of(source);
	struct vnft_bpf_device *d = vnft_bpf_find(source, id);
	uint64_t boundary = 0, inside;
	int err, dir;

	*armed = 0;
	if (!d)
		return -ENOENT;
	err = need(b);
	if (err)
		return err;
	if (!hooks) {
		disarm(b->stages, d);
		return 0;
	}
	inside = hooks & ~vnft_hooks_boundary(hooks);
	if (inside)
		err = arm(b, d, inside, armed);
	else
		disarm(b->stages, d);
	if (err)
		return err;
	for (dir = 0; dir < VNFT_DIR_NR; dir++)
		boundary |= hooks & BIT(d->hook[dir]);
	memcpy(d->state->secret, b->stages->secret, sizeof(d->state->secret));
	__atomic_store_n(&d->state->stages, boundary, __ATOMIC_RELEASE);
	*armed |= boundary;
	return 0;
}

void vnft_bpf_stages_lost(const struct vnft_bpf_device *d, __u64 lost[VNFT_LOST_NR])
{
	const struct vnft_stages *s = d->stages;
	uint32_t place = s ? place_of(s, d) : NO_PLACE, cpu, cause;

	if (place == NO_PLACE || !s->memory)
		return;
	for (cpu = 0; cpu < s->ncpus; cpu++)
		for (cause = 0; cause < VNFT_LOST_NR; cause++)
			lost[cause] += __atomic_load_n(
				&s->memory[VNFT_PATH_MEMORY(cpu, place)].lost[cause],
				__ATOMIC_RELAXED);
	lost[VNFT_LOST_NESTED] += missed(d);
}

void vnft_bpf_stages_drop(struct vnft_bpf *b, struct vnft_bpf_device *d)
{
	uint32_t place = b->stages ? place_of(b->stages, d) : NO_PLACE;

	if (!b->stages)
		return;
	disarm(b->stages, d);
	if (place != NO_PLACE)
		b->stages->owner[place] = NULL;
	d->stages = NULL;
}

void vnft_bpf_stages_close(struct vnft_bpf *b)
{
	struct vnft_member *m;

	if (!b->stages)
		return;
	for (m = b->session.members; m; m = m->next)
		vnft_bpf_stages_drop(b, (struct vnft_bpf_device *)m);
	vnft_stages_unload(b->stages);
	free(b->stages);
	b->stages = NULL;
}
