/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From what was asked for to what is sent: where, to whom, how often, and by whom.
 */
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/host/cap.h"
#include "../../lib/text/clean.h"
#include "../../lib/text/error.h"
#include "../../source/bpf/caps.h"
#include "../../source/source.h"
#include "probe.h"

#define DEFAULT_INTERVAL_NS	1000000ULL
#define DEFAULT_COUNT		1000
#define UNTIL_RST_NS		60000000000ULL

/* What the options say about each other; the option table has checked each alone. */
int vnft_probing_check(const struct vnft_probing *o, const char *kind)
{
	const bool syn = !strcmp(kind, "syn");

	if (!syn && strcmp(kind, "icmp"))
		return vnft_fail(-EINVAL, "probe: %.32s: not one of syn|icmp", kind);
	if (o->rate && o->interval_ns)
		return vnft_fail(-EINVAL,
				 "probe: --rate and --interval say the same twice: give one");
	if (o->flood && (syn || o->rate || o->interval_ns))
		return vnft_fail(-EINVAL,
				 "probe: --flood is for icmp, without --rate and --interval");
	if (!syn && (o->until_rst || o->ready_port || o->port))
		return vnft_fail(-EINVAL,
				 "probe: --until-rst, --port and --ready-port are for syn");
	if (syn && o->size != 56)
		return vnft_fail(-EINVAL, "probe: --size is for icmp");
	if (o->force && !o->output)
		return vnft_fail(-EINVAL, "probe: --force goes with --output");
	if (o->no_observe && (o->observe || o->hook || o->output || o->observer))
		return vnft_fail(
			-EINVAL,
			"probe: --observe, --observer, --hook and --output need the hooks: "
			"not with --no-observe");
	if (o->hook && o->observer == VNFT_OBSERVER_MODULE)
		return vnft_fail(
			-EINVAL,
			"probe: --hook chooses BPF's mechanism: not with --observer module");
	if (o->ready_port && o->ready_port == (o->port ? o->port : 9))
		return vnft_fail(-EINVAL, "probe: --ready-port is another port than --port");
	return 0;
}

/* Who sends; and what only one of the two can do. */
static int choose(const struct vnft_probing *o, struct vnft_probe_config *c,
		  char why[VNFT_PROBE_WHY_BYTES])
{
	int err;

	err = vnft_probe_choose(c, o->stimulus, why);
	if (err)
		return err;
	c->until_rst = o->until_rst && c->sender == VNFT_PROBE_KERNEL;
	if (o->until_rst && o->no_observe && !c->until_rst)
		return vnft_fail(-EINVAL,
				 "probe: --until-rst with --no-observe needs --stimulus kernel: a "
				 "thread does not see the RST");
	return 0;
}

static int fill_route(const struct vnft_probing *o, const char *dev, const char *dest,
		      struct vnft_route *route)
{
	int family, err = 0;

	if (o->src) {
		err = vnft_route_parse_addr(o->src, &family, route->src);
		if (!err && family != route->family)
			err = vnft_fail(-EINVAL, "probe: --src %s is of another family than %s",
					o->src, dest);
	}
	if (!err && o->mac)
		err = vnft_route_parse_mac(o->mac, route->mac);
	if (!err && dev && strlen(dev) >= sizeof(route->ifname))
		err = vnft_fail(-ENODEV, "%.64s: no name of a device", dev);
	if (err)
		return err;
	if (dev)
		snprintf(route->ifname, sizeof(route->ifname), "%s", dev);
	return 0;
}

/*
 * Without a device the routing table chooses: who sends packets by the thousand sees first where
 * they go, and says so himself when they leave this host's own links.
 */
static int tell_way(const struct vnft_probing *o, const char *dest,
		    const struct vnft_route *route)
{
	char way[160], name[VNFT_NAME_SHOWN_BYTES(IFNAMSIZ)];

	vnft_route_way(route, way, sizeof(way));
	if (!route->by_gateway || o->yes_route) {
		vnft_note("probing %s by %s", dest, way);
		return 0;
	}
	vnft_name_show(name, sizeof(name), route->ifname);
	return vnft_fail(-EINVAL, "probe: %s lies behind a router (%s): name the device with "
			 "--dev %s, or go there with --yes-route", dest, way, name);
}

static void fill_config(const struct vnft_probing *o, const char *kind,
			const struct vnft_route *route, struct vnft_probe_config *c)
{
	const bool syn = !strcmp(kind, "syn");

	c->kind = syn ? VNFT_PROBE_SYN : o->flood ? VNFT_PROBE_ECHO_FLOOD : VNFT_PROBE_ECHO;
	c->ifname = route->ifname;
	c->family = route->family;
	memcpy(c->src, route->src, sizeof(c->src));
	memcpy(c->dst, route->dst, sizeof(c->dst));
	memcpy(c->dst_mac, route->mac, sizeof(c->dst_mac));
	c->sport = (uint16_t)o->sport;
	c->dst_port = (uint16_t)(o->port ? o->port : 9);
	c->also_port = (uint16_t)o->ready_port;
	c->echo_id = (uint16_t)getpid();
	c->interval_ns = o->rate ? 1000000000ULL / o->rate :
			 o->interval_ns ? o->interval_ns : DEFAULT_INTERVAL_NS;
	c->count = o->count;
	c->duration_ns = o->duration_ns;
	if (!c->count && !c->duration_ns && o->until_rst)
		c->duration_ns = UNTIL_RST_NS;
	else if (!c->count && !c->duration_ns)
		c->count = DEFAULT_COUNT;
	c->payload_bytes = (uint32_t)o->size;
	c->spin_ns = o->spin_ns;
	c->cpu = o->cpu == VNFT_PROBING_ANY_CPU ? -1 : (int)o->cpu;
}

/* What sending and observing need, at once. A module that is there can observe without BPF. */
static int need_caps(const struct vnft_probing *o, const struct vnft_probe_config *config)
{
	struct vnft_cap need[8] = { config->sender == VNFT_PROBE_KERNEL ?
		(struct vnft_cap) { CAP_NET_ADMIN, "use the module's generator" } :
		(struct vnft_cap) { CAP_NET_RAW, "send probes" } };
	bool bpf = !o->no_observe && (o->observer == VNFT_OBSERVER_BPF || o->hook ||
				      (o->observer == VNFT_OBSERVER_AUTO &&
				       access("/sys/module/vnftrace", F_OK)));

	for (size_t i = 0; bpf && vnft_bpf_caps[i].what_for; i++)
		need[i + 1] = vnft_bpf_caps[i];
	return vnft_need_caps(need);
}

int vnft_probing_prepare(const struct vnft_probing *o, const char *kind, const char *dev,
			 const char *dest, struct vnft_route *route,
			 struct vnft_probe_config *config,
			 char why[VNFT_PROBE_WHY_BYTES])
{
	int err;

	err = fill_route(o, dev, dest, route);
	if (!err)
		err = vnft_route_find(route);
	if (!err && !dev)
		err = tell_way(o, dest, route);
	if (err)
		return err;
	fill_config(o, kind, route, config);
	err = choose(o, config, why);
	if (err)
		return err;
	return need_caps(o, config);
}
