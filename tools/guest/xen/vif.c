/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands in a vif's configuration: MAC address, bridge and script are ours, the rest is the
 * type file's to say. xl splits it at commas, and an item that comes again replaces the first.
 */
#include "xen.h"

#include <errno.h>
#include <string.h>

#include "../../lib/text/error.h"
#include "../type/expand.h"

/* What we write, and what would make another device of it than the vifDOMID.0 that is watched. */
static const char *const ours[] = { "mac", "bridge", "script", "vifname", "devid", "backend",
				    "type", "model", NULL };

int vnft_xen_vif_check(const char *items)
{
	size_t name, bytes, i;

	for (; *items; items += bytes + (items[bytes] == ',')) {
		items += strspn(items, " ");
		bytes = strcspn(items, ",");
		name = strspn(items, "abcdefghijklmnopqrstuvwxyz");
		if (!name || items[name] != '=')
			return vnft_fail(-EBADMSG, "\"vif\" cannot hold \"%.*s\": NAME=VALUE, with "
					 "commas between", (int)(bytes < 40 ? bytes : 40), items);
		for (i = 0; ours[i]; i++)
			if (strlen(ours[i]) == name && !memcmp(ours[i], items, name))
				return vnft_fail(-EBADMSG, "\"vif\" cannot hold \"%s=\": the "
						 "driver says that", ours[i]);
	}
	return 0;
}

int vnft_xen_vif(const struct vnft_instance *in, char *to, size_t bytes)
{
	int err;

	err = vnft_type_expand(in->type->vif, in, to, bytes);
	if (err || !vnft_xen_vif_check(to))
		return err;
	/* A field's value may hold a comma. */
	return vnft_fail(-EINVAL, "%s: %s", in->type->name, vnft_why());
}
