/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where snapshots come from: all that is attached, or devices that were named.
 */
#ifndef VNFT_REPORT_LIVE_FEED_H
#define VNFT_REPORT_LIVE_FEED_H

#include "../../source/attachment.h"

/**
 * struct vnft_live_ask - which devices
 * @specs: @n of them, as in spec.h; none: all that is attached
 * @observer: of those that are named AUTO is one, of those that are attached both
 * @hook, @side: of named devices that are not attached
 */
struct vnft_live_ask {
	char *const *specs;
	size_t n;
	enum vnft_observer observer;
	enum vnft_hook_choice hook;
	enum vnft_side_choice side;
};

struct vnft_live_feed;

/*
 * A named device that is attached is read as it is. Any other gets programs, or an attachment of
 * the module, that go when the feed is closed or this process ends. 0, or negative errno after
 * vnft_fail() with nothing left behind.
 */
int vnft_live_feed_open(struct vnft_live_feed **feed, const struct vnft_live_ask *ask);
/* Hand every device to @fn, as it is now; not 0 ends it. */
int vnft_live_feed_each(struct vnft_live_feed *feed, vnft_followed_fn fn, void *arg);
void vnft_live_feed_close(struct vnft_live_feed *feed);

#endif
