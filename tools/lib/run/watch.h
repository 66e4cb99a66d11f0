/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Births and deaths of devices in a network namespace.
 */
#ifndef VNFT_LIB_WATCH_H
#define VNFT_LIB_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "../net/link.h"

/**
 * vnft_link_watch - births and deaths of devices in one namespace, stamped in userspace
 *
 * A device that changes its name or its master is born again.
 *
 * open subscribes in the calling thread's namespace; the fd becomes readable; next reads one
 * event without blocking: 1 and the event, 0 for none, negative errno on failure (-ENOBUFS
 * when events were lost).
 */
struct vnft_link_event {
	uint64_t time_ns;	/* CLOCK_MONOTONIC when read */
	uint64_t before_ns;	/* when nothing was to be read before that: it came since */
	bool gone;
	struct vnft_link_info info;
};
struct vnft_link_watch;
int vnft_link_watch_open(struct vnft_link_watch **watch);
int vnft_link_watch_fd(const struct vnft_link_watch *watch);
int vnft_link_watch_next(struct vnft_link_watch *watch, struct vnft_link_event *event);
void vnft_link_watch_close(struct vnft_link_watch *watch);

#endif
