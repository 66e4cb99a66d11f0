/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An instance as xl's configuration file. In a quoted string a backslash keeps quotes and
 * backslashes; of xl's other escapes the numeric ones do not work (4.17), so that control
 * characters cannot be carried. A vif is again a list with commas, without any quoting.
 */
#include "xen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/host/place.h"
#include "../../lib/text/error.h"
#include "../type/expand.h"

/**
 * struct text - text that grows
 * @err: first failure; what comes after it is not written
 */
struct text {
	char *to;
	size_t bytes, used;
	int err;
};

static void put(struct text *t, const char *s, size_t n)
{
	if (!t->err && n >= t->bytes - t->used)
		t->err = -E2BIG;
	if (t->err)
		return;
	memcpy(t->to + t->used, s, n);
	t->used += n;
	t->to[t->used] = 0;
}

static void put_quoted(struct text *t, const char *s)
{
	for (; *s; s++) {
		const unsigned char c = (unsigned char)*s;

		if (c < ' ' || c == 0x7f)
			t->err = t->err ? t->err : -EINVAL;
		if (c == '"' || c == '\\')
			put(t, "\\", 1);
		put(t, s, 1);
	}
}

/* KEY = "VALUE" or, with @list, KEY = [ "VALUE" ]. */
static void put_text(struct text *t, const char *key, const char *value, bool list)
{
	put(t, key, strlen(key));
	put(t, list ? " = [ \"" : " = \"", list ? 6 : 4);
	put_quoted(t, value);
	put(t, list ? "\" ]\n" : "\"\n", list ? 4 : 2);
}

static void put_number(struct text *t, const char *key, uint32_t value)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "%s = %u\n", key, value);

	put(t, line, (size_t)n);
}

int vnft_xen_script(const struct vnft_type *type, char *to, size_t bytes)
{
	to[0] = 0;
	if (!type->script[0] || !strcmp(type->script, "stock"))
		return 0;
	if (!strcmp(type->script, "minimal")) {
		if (!vnft_helper_find(VNFT_XEN_VIF, to, bytes))
			return vnft_fail(-EOPNOTSUPP, "%s: no program %s: `make` puts it beside "
					 "vnftrace, `make install` puts it there", type->name, to);
	} else if ((size_t)snprintf(to, bytes, "%s", type->script) >= bytes) {
		return vnft_fail(-E2BIG, "%s: hotplug script %s: its path is too long", type->name,
				 type->script);
	}
	/* Neither xl's list of a vif's values nor the scripts' environment has a way to quote. */
	if (to[0] != '/' || strpbrk(to, ",'\"\\ \t"))
		return vnft_fail(-EINVAL, "%s: hotplug script %s: a path from / without blanks, "
				 "commas and quotes", type->name, to);
	return 0;
}

int vnft_xen_config(const struct vnft_instance *in, const char *uuid, char *to, size_t bytes)
{
	const struct vnft_type *type = in->type;
	const uint8_t *m = in->place.guest_mac;
	struct text t = { .to = to, .bytes = bytes };
	char append[1024], script[256], vif[512], line[1024];
	int err;

	if (!bytes)
		return vnft_fail(-E2BIG, "%s: no room for its configuration", type->name);
	to[0] = 0;
	err = vnft_type_expand(type->append, in, append, sizeof(append));
	if (!err)
		err = vnft_xen_script(type, script, sizeof(script));
	if (!err)
		err = vnft_xen_vif(in, vif, sizeof(vif));
	if (err)
		return err;
	put_text(&t, "type", type->machine, false);
	put_text(&t, "name", in->place.name, false);
	put_text(&t, "uuid", uuid, false);
	put_text(&t, "kernel", type->kernel, false);
	if (type->initrd[0])
		put_text(&t, "ramdisk", type->initrd, false);
	if (append[0])
		put_text(&t, "cmdline", append, false);
	put_number(&t, "memory", type->memory_mib);
	put_number(&t, "vcpus", type->vcpus);
	snprintf(line, sizeof(line), "mac=%02x:%02x:%02x:%02x:%02x:%02x,bridge=%s%s%s%s%s",
		 m[0], m[1], m[2], m[3], m[4], m[5], in->place.bridge,
		 script[0] ? ",script=" : "", script, vif[0] ? "," : "", vif);
	put_text(&t, "vif", line, true);
	if (type->image[0]) {
		/* target= takes all that follows. Read-only: every run starts from the same. */
		snprintf(line, sizeof(line), "format=raw,vdev=xvda,access=ro,target=%s",
			 type->image);
		put_text(&t, "disk", line, true);
	}
	if (t.err == -EINVAL)
		return vnft_fail(-EINVAL, "%s: a control character in one of its texts",
				 type->name);
	if (t.err)
		return vnft_fail(t.err, "%s: its configuration is longer than %zu bytes: shorten "
				 "its texts", type->name, bytes - 1);
	return 0;
}
