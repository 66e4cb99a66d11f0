/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A probe from its options to its page.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/net/netns.h"
#include "../../lib/text/clean.h"
#include "../../lib/text/error.h"
#include "../../lib/text/view.h"
#include "probe.h"

/*
 * Enter the namespace of "NETNS/DEV"; *@dev is then DEV. *@back leads back, for
 * vnft_netns_leave().
 */
static int enter(const char **dev, int *back)
{
	static char name[256];
	const char *slash;
	char netns[256];
	int fd, err;

	if (!*dev)
		return 0;
	if (!vnft_name_read(name, sizeof(name), *dev))
		return vnft_fail(-ENODEV, "%.64s: no name of a device", *dev);
	*dev = name;
	slash = strrchr(name, '/');

	if (!slash)
		return 0;
	snprintf(netns, sizeof(netns), "%.*s", (int)(slash - *dev), *dev);
	*dev = slash + 1;
	fd = vnft_netns_open(netns);
	if (fd < 0)
		return fd;
	err = vnft_netns_enter(fd, back);
	close(fd);
	return err;
}

static int resolve(const struct vnft_probing *o, const char *dest, struct vnft_route *route)
{
	int want = !o->src ? AF_UNSPEC : strchr(o->src, ':') ? AF_INET6 : AF_INET;
	char addr[INET6_ADDRSTRLEN];
	bool looked_up;
	int err = vnft_route_resolve(dest, want, &route->family, route->dst, &looked_up);

	if (!err && looked_up)
		vnft_note("%s is %s", dest,
			  inet_ntop(route->family, route->dst, addr, sizeof(addr)));
	return err;
}

/* In the namespace of the device @dev. */
static int session(const struct vnft_probing *o, const char *kind, const char *dev,
		   const char *dest, struct vnft_route route, bool as_json)
{
	struct vnft_probe_config c = { 0 };
	char why[VNFT_PROBE_WHY_BYTES] = "";
	struct vnft_probing_outcome *out;
	enum vnft_exit code;
	char shown[VNFT_NAME_SHOWN_BYTES(IFNAMSIZ)];
	const char *observe;
	int err;

	err = vnft_probing_prepare(o, kind, dev, dest, &route, &c, why);
	if (err)
		return vnft_exit_code(err);
	vnft_name_show(shown, sizeof(shown), route.ifname);
	observe = o->no_observe ? NULL : o->observe ? o->observe : shown;
	out = calloc(1, sizeof(*out));
	if (!out)
		return vnft_exit_code(vnft_fail(-ENOMEM, "probe: out of memory"));
	err = vnft_probing_run(o, &c, observe, out);
	if (!err)
		err = vnft_view_print(vnft_probing_page(&c, &route, observe, why, out), as_json,
				      vnft_probing_views);
	code = err ? vnft_exit_code(err) : vnft_probing_verdict(o, &c, out, dest);
	free(out);
	return code;
}

int vnft_probing(const struct vnft_probing *o, const char *kind, const char *dest, bool as_json)
{
	const char *dev = o->dev;
	struct vnft_route route = { 0 };
	int code, err, back = -1;

	err = vnft_probing_check(o, kind);
	/* Names are this namespace's, whichever the device is in. */
	if (!err)
		err = resolve(o, dest, &route);
	if (!err)
		err = enter(&dev, &back);
	if (err)
		return vnft_exit_code(err);
	code = session(o, kind, dev, dest, route, as_json);
	if (back >= 0)
		vnft_netns_leave(back);
	return code;
}
