/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A thread that watches a domain in xenstore from before it exists: it stamps the moments of its
 * launch as it hears of them, and notices its end. A stamp is taken when an event is read, before
 * the store is asked what it means.
 */
#include "xen.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <xenstore.h>

#include "../../lib/run/clock.h"
#include "../../lib/text/error.h"

#define PATH_BYTES 96

/**
 * struct vnft_xen_watch - one domain's
 * @xs: the thread's own connection
 * @quit_fd: an eventfd that ends it
 * @vif: its vif's back end in xenstore, "" while its number is unknown
 */
struct vnft_xen_watch {
	struct xs_handle *xs;
	int quit_fd;
	pthread_t thread;
	char uuid[VNFT_XEN_UUID_BYTES];
	char vif[PATH_BYTES];
	pthread_mutex_t lock;
	/* under lock */
	struct vnft_xen_seen seen;
};

/* Only the thread writes: it may read without the lock. */
static void stamp(struct vnft_xen_watch *w, enum vnft_xen_moment moment, uint64_t now_ns)
{
	if (w->seen.time_ns[moment])
		return;
	pthread_mutex_lock(&w->lock);
	w->seen.time_ns[moment] = now_ns;
	pthread_mutex_unlock(&w->lock);
}

static bool vif_says(struct vnft_xen_watch *w, const char *key, const char *text)
{
	char path[PATH_BYTES + 32];
	unsigned int len;
	char *value;
	bool is;

	snprintf(path, sizeof(path), "%s/%s", w->vif, key);
	value = xs_read(w->xs, XBT_NULL, path, &len);
	is = vnft_xen_store_is(value, len, text);
	free(value);
	return is;
}

static void look_at_vif(struct vnft_xen_watch *w, uint64_t now_ns)
{
	if (!w->seen.time_ns[VNFT_XEN_HOTPLUG] && vif_says(w, "hotplug-status", "connected"))
		stamp(w, VNFT_XEN_HOTPLUG, now_ns);
	/* XenbusStateConnected */
	if (!w->seen.time_ns[VNFT_XEN_CONNECTED] && vif_says(w, "state", "4"))
		stamp(w, VNFT_XEN_CONNECTED, now_ns);
}

static void look_at_domain(struct vnft_xen_watch *w, uint64_t now_ns)
{
	uint32_t domid;

	if (w->seen.domid)
		return;
	domid = vnft_xen_store_find(w->xs, w->uuid);
	if (!domid)
		return;
	pthread_mutex_lock(&w->lock);
	w->seen.domid = domid;
	pthread_mutex_unlock(&w->lock);
	stamp(w, VNFT_XEN_TOOLSTACK, now_ns);
	snprintf(w->vif, sizeof(w->vif), "/local/domain/0/backend/vif/%u/0", domid);
	/* Its first event comes at once. */
	if (!xs_watch(w->xs, w->vif, "vif"))
		vnft_debug("xenstore: cannot watch %s: %s", w->vif, strerror(errno));
}

static void look_at_end(struct vnft_xen_watch *w)
{
	enum vnft_xen_state state = VNFT_XEN_GONE;
	struct vnft_xen_domain d;
	int got;

	if (w->seen.state || !w->seen.time_ns[VNFT_XEN_BUILT])
		return;
	/* Shut down and crashed ones are still known to it; only xl can tell. */
	if (xs_is_domain_introduced(w->xs, w->seen.domid)) {
		got = vnft_xen_find(w->uuid, &d);
		if (got < 0) {
			/* It may have been another domain's end, and xl just too slow. */
			vnft_debug("%s: did it end? %s", w->uuid, vnft_why());
			return;
		}
		state = got ? d.state : VNFT_XEN_GONE;
	}
	pthread_mutex_lock(&w->lock);
	w->seen.state = state;
	pthread_mutex_unlock(&w->lock);
}

static void see(struct vnft_xen_watch *w, const char *token)
{
	const uint64_t now_ns = vnft_now_ns();

	if (!strcmp(token, "vm"))
		look_at_domain(w, now_ns);
	else if (!strcmp(token, "vif"))
		look_at_vif(w, now_ns);
	else if (!strcmp(token, "release"))
		look_at_end(w);
	else if (!strcmp(token, "introduce") && w->seen.domid &&
		 xs_is_domain_introduced(w->xs, w->seen.domid))
		stamp(w, VNFT_XEN_BUILT, now_ns);
}

static void *watch_thread(void *arg)
{
	struct vnft_xen_watch *w = arg;
	struct pollfd p[2] = {
		{ .fd = xs_fileno(w->xs), .events = POLLIN },
		{ .fd = w->quit_fd, .events = POLLIN },
	};

	for (;;) {
		char **event;

		if (poll(p, 2, -1) < 0)
			continue;
		if (p[1].revents)
			break;
		while ((event = xs_check_watch(w->xs))) {
			see(w, event[XS_WATCH_TOKEN]);
			free(event);
		}
		if (errno != EAGAIN || (p[0].revents & (POLLERR | POLLHUP | POLLNVAL))) {
			vnft_debug("xenstore: %s: watching %s ends", strerror(errno), w->uuid);
			break;
		}
	}
	return NULL;
}

int vnft_xen_watch_start(struct vnft_xen_watch **watch, const char *uuid)
{
	struct vnft_xen_watch *w = calloc(1, sizeof(*w));
	char vm[64];
	sigset_t all, old;
	int err = 0;

	if (!w)
		return vnft_fail(-ENOMEM, "out of memory");
	pthread_mutex_init(&w->lock, NULL);
	snprintf(w->uuid, sizeof(w->uuid), "%s", uuid);
	snprintf(vm, sizeof(vm), "/vm/%s", uuid);
	w->quit_fd = eventfd(0, EFD_CLOEXEC);
	w->xs = vnft_xen_store_open();
	if (!w->xs)
		err = -EIO;
	else if (w->quit_fd < 0 || !xs_watch(w->xs, vm, "vm") ||
		 !xs_watch(w->xs, "@introduceDomain", "introduce") ||
		 !xs_watch(w->xs, "@releaseDomain", "release"))
		err = vnft_fail(-EIO, "xenstore: cannot watch: %s", strerror(errno));
	if (!err) {
		/* Interrupts are for the thread that waits. */
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &old);
		err = -pthread_create(&w->thread, NULL, watch_thread, w);
		pthread_sigmask(SIG_SETMASK, &old, NULL);
		if (err)
			vnft_fail(err, "cannot start a thread: %s", strerror(-err));
	}
	if (err) {
		xs_close(w->xs);
		if (w->quit_fd >= 0)
			close(w->quit_fd);
		free(w);
		return err;
	}
	*watch = w;
	return 0;
}

void vnft_xen_watch_seen(struct vnft_xen_watch *w, struct vnft_xen_seen *seen)
{
	pthread_mutex_lock(&w->lock);
	*seen = w->seen;
	pthread_mutex_unlock(&w->lock);
}

void vnft_xen_watch_stop(struct vnft_xen_watch *w)
{
	if (!w)
		return;
	eventfd_write(w->quit_fd, 1);
	pthread_join(w->thread, NULL);
	xs_close(w->xs);
	close(w->quit_fd);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
