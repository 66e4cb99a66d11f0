/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The createRuntime hook by which an OCI runtime gives a container its network, after its namespace
 * exists: one that existed before would answer in its place (tools/vnftrace-oci-hook.c).
 */
#include "runtime.h"

#include <errno.h>
#include <limits.h>

#include "../../lib/host/place.h"
#include "../../lib/net/veth.h"
#include "../../lib/text/error.h"
#include "../parts.h"

int vnft_guest_check_hook(const struct vnft_type *type)
{
	char path[PATH_MAX];

	if (vnft_helper_find(VNFT_OCI_HOOK, path, sizeof(path)))
		return 0;
	return vnft_fail(-EOPNOTSUPP, "%s: no program %s: `make` builds it beside vnftrace, `make "
			 "install` puts it there", type->name, path);
}

json_t *vnft_guest_hook(const struct vnft_place *place, const char *times)
{
	struct vnft_guest_veth_words say;
	char path[PATH_MAX];
	json_t *hook;

	vnft_helper_find(VNFT_OCI_HOOK, path, sizeof(path));
	vnft_guest_veth_say(place, &say);
	hook = json_pack("{s:s, s:[s, s, s, s, s, s, s], s:i}", "path", path, "args",
			 VNFT_OCI_HOOK, place->device, place->bridge, say.address, say.prefix,
			 say.gateway, say.mac, "timeout", 10);
	if (times)
		json_object_set_new(hook, "env", json_pack("[s+]", VNFT_VETH_TIMES "=", times));
	return hook;
}
