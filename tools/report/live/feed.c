/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that is attached is followed where attachments are kept. Devices that were named are read
 * through sources, whoever observes.
 */
#include "feed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../../source/attached.h"
#include "../../source/open.h"
#include "../../source/spec.h"

/**
 * struct live_named - a device that was named, by one observer
 * @own: @source is its own: of an attachment that was there. Else it is the observer's session
 */
struct live_named {
	struct vnft_source *source;
	enum vnft_observer observer;
	uint16_t id;
	bool own;
};

/**
 * struct vnft_live_feed - one of both
 * @follow: all that is attached, or NULL
 * @named: @n devices; @session: what attached those that were not, by observer, or NULL
 */
struct vnft_live_feed {
	struct vnft_follow *follow;
	struct live_named *named;
	size_t n;
	struct vnft_source *session[VNFT_OBSERVER_BOTH];
};

/* Attach it for our own life. */
static int attach(struct vnft_live_feed *f, const struct vnft_live_ask *ask, const char *spec,
		  struct live_named *named)
{
	const struct vnft_source_config config = {
		.hook = named->observer == VNFT_OBSERVER_BPF ? ask->hook : VNFT_HOOK_AUTO,
		.side = ask->side,
		.ring_records = VNFT_RECORDS_PER_PAGE,	/* nothing is recorded */
	};
	struct vnft_source **session = &f->session[named->observer];
	int err = *session ? 0 : vnft_source_open(session, named->observer, &config);

	named->source = *session;
	return err ? err : named->source->ops->attach(named->source, spec, &named->id);
}

static int open_named(struct vnft_live_feed *f, const struct vnft_live_ask *ask, const char *spec,
		      enum vnft_observer observer)
{
	struct live_named *named = &f->named[f->n];
	int err;

	named->observer = observer;
	err = vnft_attached_open(&named->source, spec, observer, &named->id);
	named->own = !err;
	/* None, or of another user whose pins we may not see. */
	if (err == -ENOENT || err == -EPERM)
		err = attach(f, ask, spec, named);
	f->n += !err;
	return err;
}

static int open_all_named(struct vnft_live_feed *f, const struct vnft_live_ask *ask)
{
	enum vnft_observer asked = ask->observer, one;
	size_t i;
	int err;

	if (asked == VNFT_OBSERVER_AUTO && ask->hook != VNFT_HOOK_AUTO)
		asked = VNFT_OBSERVER_BPF;
	err = vnft_spec_distinct(ask->specs, ask->n);
	if (!err)
		err = vnft_observer_choose(asked, &asked);
	if (err)
		return err;
	f->named = calloc(2 * ask->n, sizeof(*f->named));
	if (!f->named)
		return vnft_fail(-ENOMEM, "out of memory");
	for (i = 0; i < ask->n; i++)
		for (one = VNFT_OBSERVER_BPF; !err && one < VNFT_OBSERVER_BOTH; one++)
			if (asked == one || asked == VNFT_OBSERVER_BOTH)
				err = open_named(f, ask, ask->specs[i], one);
	return err;
}

int vnft_live_feed_open(struct vnft_live_feed **feed, const struct vnft_live_ask *ask)
{
	struct vnft_live_feed *f = calloc(1, sizeof(*f));
	char why[512];
	int err;

	*feed = NULL;
	if (!f)
		return vnft_fail(-ENOMEM, "out of memory");
	err = ask->n ? open_all_named(f, ask) : vnft_attached_follow(&f->follow, ask->observer);
	if (err) {
		snprintf(why, sizeof(why), "%s", vnft_why());
		vnft_live_feed_close(f);
		return vnft_fail(err, "%s", why);
	}
	*feed = f;
	return 0;
}

static int named_hist(const struct vnft_followed *followed, enum vnft_pairing pairing,
		      enum vnft_dir request, struct vnft_hist *sum)
{
	const struct live_named *named = followed->device;

	return named->source->ops->hist(named->source, named->id, pairing, request, sum);
}

/* One that its observer does not know any more is left out: it is gone. */
static int hand(const struct live_named *named, uint64_t life, vnft_followed_fn fn, void *arg)
{
	struct vnft_followed one = { .life = life, .hist = named_hist, .device = named };
	struct vnft_attachment *a = &one.attachment;
	struct vnft_source_device device;
	struct vnft_source *s = named->source;
	int err = s->ops->device(s, named->id, &device);

	if (!err)
		err = s->ops->state(s, named->id, &a->state);
	if (err)
		return err == -ENOENT || err == -ENODEV ? 0 : err;
	a->observer = named->observer;
	a->id = named->id;
	a->netns_inode = device.netns_inode;
	a->ifindex = device.ifindex;
	memcpy(a->ifname, device.ifname, sizeof(a->ifname));
	a->side = device.side;
	memcpy(a->hook, device.hook, sizeof(a->hook));
	memcpy(a->hooked, device.hooked, sizeof(a->hooked));
	return fn(&one, arg);
}

int vnft_live_feed_each(struct vnft_live_feed *f, vnft_followed_fn fn, void *arg)
{
	size_t i;
	int err = 0;

	if (f->follow)
		return vnft_attached_look(f->follow, fn, arg);
	for (i = 0; !err && i < f->n; i++)
		err = hand(&f->named[i], i + 1, fn, arg);
	return err;
}

void vnft_live_feed_close(struct vnft_live_feed *f)
{
	size_t i;

	if (!f)
		return;
	vnft_attached_unfollow(f->follow);
	for (i = 0; i < f->n; i++)
		if (f->named[i].own)
			f->named[i].source->ops->close(f->named[i].source);
	for (i = 0; i < VNFT_OBSERVER_BOTH; i++)
		if (f->session[i])
			f->session[i]->ops->close(f->session[i]);
	free(f->named);
	free(f);
}
