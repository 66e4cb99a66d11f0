/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ending a domain: by xl whichever toolstack made it, until its devices and keys are gone; and the
 * domains that a killed session left.
 */
#include "xen.h"
#include "../parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xenstore.h>

#include "../../lib/run/clock.h"
#include "../../lib/undo/ours.h"
#include "../../lib/text/error.h"

#define DESTROY_MS	60000
#define GONE_MS		20000
#define LOOK_EVERY_MS	5
/* Back ends that nobody closes are removed after so long: their toolstack was killed. */
#define PATIENCE_MS	3000

/* Clean-up goes on after an interrupt: not vnft_sleep_ms(). */
static void nap(void)
{
	const struct timespec ts = { .tv_nsec = LOOK_EVERY_MS * 1000000L };

	nanosleep(&ts, NULL);
}

static int wait_gone(struct xs_handle *xs, const char *name, const char *uuid, uint32_t domid,
		     uint64_t *gone_ns)
{
	const uint64_t begun_ns = vnft_now_ns();
	bool removed = false;
	char what[200];

	for (;;) {
		struct vnft_xen_domain d;
		uint64_t now_ns = vnft_now_ns();

		*gone_ns = now_ns;
		if (!vnft_xen_store_left(xs, domid, uuid, what, sizeof(what))) {
			int got = vnft_xen_find(uuid, &d);

			if (got <= 0)
				return got;
			snprintf(what, sizeof(what), "domain %u itself", d.domid);
		} else if (now_ns - begun_ns > PATIENCE_MS * 1000000ULL && !removed) {
			removed = true;
			if (vnft_xen_find(uuid, &d) == 0)
				vnft_xen_store_remove(xs, domid, uuid);
		}
		if (now_ns - begun_ns > GONE_MS * 1000000ULL)
			return vnft_fail(-ETIMEDOUT, "%s: %s is still there %d s after it was "
					 "destroyed", name, what, GONE_MS / 1000);
		nap();
	}
}

int vnft_xen_wait_gone(const char *name, const char *uuid, uint32_t domid, uint64_t *gone_ns)
{
	struct xs_handle *xs = vnft_xen_store_open();
	int err;

	if (!xs)
		return -EIO;
	err = wait_gone(xs, name, uuid, domid, gone_ns);
	xs_close(xs);
	return err;
}

/* Its number, 0 if it is no more; without any key it is known to the hypervisor alone. */
static int find_domid(struct xs_handle *xs, const char *uuid, uint32_t *domid)
{
	struct vnft_xen_domain d;
	int got;

	*domid = vnft_xen_store_find(xs, uuid);
	if (*domid)
		return 0;
	got = vnft_xen_find(uuid, &d);
	if (got == 1)
		*domid = d.domid;
	return got < 0 ? got : 0;
}

int vnft_xen_destroy(const char *name, const char *uuid, uint32_t domid, uint64_t *gone_ns)
{
	struct xs_handle *xs = vnft_xen_store_open();
	char number[12], out[4096], said[200] = "";
	char *const argv[] = { "xl", "destroy", number, NULL };
	int err = 0;

	if (!xs)
		return -EIO;
	*gone_ns = vnft_now_ns();
	if (!domid)
		err = find_domid(xs, uuid, &domid);
	if (err || (!domid && !vnft_xen_store_left(xs, 0, uuid, out, sizeof(out))))
		goto out;
	snprintf(number, sizeof(number), "%u", domid);
	if (domid && vnft_xen_xl(argv, DESTROY_MS, out, sizeof(out)))
		vnft_xen_words(out, said, sizeof(said));
	/* One that ended by itself cannot be destroyed, and need not. */
	err = wait_gone(xs, name, uuid, domid, gone_ns);
	if (err == -ETIMEDOUT && said[0])
		vnft_fail(err, "%s: it cannot be destroyed: %s", name, said);
out:
	xs_close(xs);
	return err;
}

static void console_log(const char *name, char to[256])
{
	snprintf(to, 256, "/var/log/xen/console/guest-%.64s.log", name);
}

void vnft_xen_console_words(const char *name, char *to, size_t bytes)
{
	char path[256], said[256];

	console_log(name, path);
	if (access(path, R_OK))
		snprintf(to, bytes, "its console is unknown (xenconsoled --log=guest keeps it)");
	else if (vnft_said_console(path, said, sizeof(said)))
		snprintf(to, bytes, "its console: %s", said);
	else
		snprintf(to, bytes, "nothing on its console");
}

int vnft_xen_console(const char *name, struct vnft_guest_console *to)
{
	char path[256];

	console_log(name, path);
	return vnft_said_keep_file(to, path);
}

void vnft_xen_console_file(const char *name, struct vnft_guest_console_file *to)
{
	console_log(name, to->path);
	snprintf(to->why, sizeof(to->why), "xenconsoled keeps no log of it (--log=guest)");
}

void vnft_xen_console_remove(const char *name)
{
	char path[256];

	if (!vnft_undo_is_ours(name))
		return;
	console_log(name, path);
	unlink(path);
}

int vnft_xen_undo(const char *rest)
{
	char toolstack[16], name[64], uuid[VNFT_XEN_UUID_BYTES];
	uint64_t gone_ns;
	int err = 0, got, end = 0;

	if (sscanf(rest, "%15s %63s %36s%n", toolstack, name, uuid, &end) != 3 || rest[end] ||
	    !vnft_undo_is_ours(name) || strlen(uuid) != 36 ||
	    strspn(uuid, "0123456789abcdef-") != 36)
		return vnft_fail(-EBADMSG, "\"xen %.60s\" is not one of ours", rest);
	got = vnft_xen_destroy(name, uuid, 0, &gone_ns);
	if (!strcmp(toolstack, "libvirt")) {
		err = vnft_xen_undefine(name);
		vnft_xen_log_remove(name);
	}
	vnft_xen_console_remove(name);
	return got ? got : err;
}
