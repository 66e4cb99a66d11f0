/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What xenstore says about a domain: its number, and what is left of it when it has ended. Guests
 * write there too: every value is taken as bytes of some length.
 */
#include "xen.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xenstore.h>

#include "../../lib/text/error.h"

#define DOMAINS_MAX	4096
#define BACKENDS_MAX	64
#define PATH_BYTES	160

struct xs_handle *vnft_xen_store_open(void)
{
	struct xs_handle *xs = xs_open(0);

	if (!xs)
		vnft_fail(-EIO, "xenstore does not answer (%s): is xenstored running?",
			  strerror(errno));
	return xs;
}

bool vnft_xen_store_is(const char *value, unsigned int len, const char *text)
{
	return value && len == strlen(text) && !memcmp(value, text, len);
}

static bool has(struct xs_handle *xs, const char *path)
{
	unsigned int len;
	char *value = xs_read(xs, XBT_NULL, path, &len);
	const bool there = value;

	free(value);
	return there;
}

uint32_t vnft_xen_store_find(struct xs_handle *xs, const char *uuid)
{
	unsigned int n = 0, i, len;
	char **name = xs_directory(xs, XBT_NULL, "/local/domain", &n);
	char path[PATH_BYTES], vm[64];
	uint32_t domid = 0, found = 0;

	snprintf(vm, sizeof(vm), "/vm/%s", uuid);
	for (i = 0; name && i < n && i < DOMAINS_MAX && !found; i++) {
		char *value;

		if (!vnft_xen_domid(name[i], &domid))
			continue;
		snprintf(path, sizeof(path), "/local/domain/%u/vm", domid);
		value = xs_read(xs, XBT_NULL, path, &len);
		if (vnft_xen_store_is(value, len, vm))
			found = domid;
		free(value);
	}
	free(name);
	return found;
}

/*
 * Every key of the domain: @each is called with its path until it returns true. The back ends' come
 * first: their devices go by them.
 */
static bool each_key(struct xs_handle *xs, uint32_t domid, const char *uuid,
		     bool (*each)(struct xs_handle *xs, const char *path))
{
	static const char *const fixed[] = { "/libxl/%u", "/local/domain/%u" };
	unsigned int n = 0, i;
	char **kind, path[PATH_BYTES];
	bool stop = false;

	kind = domid ? xs_directory(xs, XBT_NULL, "/local/domain/0/backend", &n) : NULL;
	for (i = 0; kind && i < n && i < BACKENDS_MAX && !stop; i++) {
		snprintf(path, sizeof(path), "/local/domain/0/backend/%.32s/%u", kind[i], domid);
		stop = each(xs, path);
	}
	free(kind);
	for (i = 0; domid && i < 2 && !stop; i++) {
		snprintf(path, sizeof(path), fixed[i], domid);
		stop = each(xs, path);
	}
	snprintf(path, sizeof(path), "/vm/%s", uuid);
	return stop || each(xs, path);
}

static _Thread_local char left_path[PATH_BYTES];

static bool is_left(struct xs_handle *xs, const char *path)
{
	if (!has(xs, path))
		return false;
	snprintf(left_path, sizeof(left_path), "%s", path);
	return true;
}

/* The name of the first device vifDOMID.N. */
static bool device_left(uint32_t domid, char *what, size_t bytes)
{
	char pattern[48];
	glob_t found = { 0 };
	bool left;

	snprintf(pattern, sizeof(pattern), "/sys/class/net/vif%u.*", domid);
	left = domid && !glob(pattern, GLOB_NOSORT, NULL, &found) && found.gl_pathc;
	if (left)
		snprintf(what, bytes, "device %s", strrchr(found.gl_pathv[0], '/') + 1);
	globfree(&found);
	return left;
}

bool vnft_xen_store_left(struct xs_handle *xs, uint32_t domid, const char *uuid, char *what,
			 size_t bytes)
{
	if (device_left(domid, what, bytes))
		return true;
	if (!each_key(xs, domid, uuid, is_left))
		return false;
	snprintf(what, bytes, "xenstore's %s", left_path);
	return true;
}

static bool remove_key(struct xs_handle *xs, const char *path)
{
	if (has(xs, path))
		xs_rm(xs, XBT_NULL, path);
	return false;
}

void vnft_xen_store_remove(struct xs_handle *xs, uint32_t domid, const char *uuid)
{
	each_key(xs, domid, uuid, remove_key);
}
