/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace probe: SYN or ICMP echo to an address, open loop, stamped by the hooks.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/cli/verb.h"
#include "../lib/host/cap.h"
#include "../lib/net/netns.h"
#include "../lib/text/error.h"
#include "cmd.h"
#include "probe.h"

#define DEFAULT_INTERVAL_NS	1000000ULL
#define DEFAULT_COUNT		1000
#define UNTIL_RST_NS		60000000000ULL

/* What the options say about each other; the tables have checked each alone. */
static int check(const struct probe_options *o, const char *kind)
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
static int choose(const struct probe_options *o, struct vnft_probe_config *c,
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

static int fill_route(const struct probe_options *o, const char *dev, const char *dest,
		      struct vnft_route *route)
{
	int family, err;

	err = vnft_route_parse_addr(dest, &route->family, route->dst);
	if (!err && o->src) {
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

static void fill_config(const struct probe_options *o, const char *kind,
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
	c->cpu = o->cpu == PROBE_ANY_CPU ? -1 : (int)o->cpu;
}

/* Into the namespace of "NETNS/DEV"; *dev is then DEV. The process ends there. */
static int enter(const char **dev, int *back)
{
	const char *slash = *dev ? strrchr(*dev, '/') : NULL;
	char netns[256];
	int fd, err;

	if (!slash)
		return 0;
	if ((size_t)(slash - *dev) >= sizeof(netns))
		return vnft_fail(-ENODEV, "%.64s: no name of a device", *dev);
	snprintf(netns, sizeof(netns), "%.*s", (int)(slash - *dev), *dev);
	*dev = slash + 1;
	fd = vnft_netns_open(netns);
	if (fd < 0)
		return fd;
	err = vnft_netns_enter(fd, back);
	close(fd);
	return err;
}

static enum vnft_exit verdict(const struct probe_options *o, const struct vnft_probe_config *c,
		   const struct probe_outcome *out, const char *dest)
{
	const bool rst = out->pair[VNFT_PAIRING_SYN_RST].matched ||
			 (!out->observed && out->sent.answer_ns);

	if (out->gave_up)
		return vnft_exit_code(out->gave_up);
	if (probe_lost(out)) {
		vnft_fail(-ENOBUFS,
			  "probe: %llu records were lost: what is missing above may have come",
			  (unsigned long long)probe_lost(out));
		return VNFT_EXIT_INVALID;
	}
	if (o->until_rst && !rst)
		return vnft_exit_code(vnft_fail(-ETIMEDOUT, "%s: no RST came in %llu SYNs", dest,
						(unsigned long long)out->sent.sent));
	if (!out->sent.sent)
		return vnft_exit_code(
			vnft_fail(-ENOBUFS,
				  "%s: the device took none of %llu packets: is it up, "
				  "and does anybody read it?",
				  c->ifname, (unsigned long long)out->sent.failed));
	if (probe_told(c, out) && !probe_answered(c, out))
		return vnft_exit_code(vnft_fail(-ETIMEDOUT, "%s: none of %llu was answered", dest,
						(unsigned long long)out->sent.sent));
	return VNFT_EXIT_OK;
}

static int run(const void *config, int argc, char **argv)
{
	const struct probe_options *o = config;
	struct vnft_probe_config c = { 0 };
	struct probe_outcome *out;
	struct vnft_route route = { 0 };
	char why[VNFT_PROBE_WHY_BYTES] = "";
	const char *dev = o->dev, *observe;
	enum vnft_exit code;
	int err, back = -1;

	err = check(o, argv[0]);
	if (!err)
		err = enter(&dev, &back);
	if (!err)
		err = fill_route(o, dev, argv[1], &route);
	if (!err)
		err = vnft_route_find(&route);
	if (err)
		return vnft_exit_code(err);
	fill_config(o, argv[0], &route, &c);
	err = choose(o, &c, why);
	if (!err)
		err = c.sender == VNFT_PROBE_KERNEL ?
		      vnft_need_cap(CAP_NET_ADMIN, "use the module's generator") :
		      vnft_need_cap(CAP_NET_RAW, "send probes");
	if (err)
		return vnft_exit_code(err);
	observe = o->no_observe ? NULL : o->observe ? o->observe : route.ifname;
	out = calloc(1, sizeof(*out));
	if (!out)
		return vnft_exit_code(vnft_fail(-ENOMEM, "probe: out of memory"));
	err = probe_run(o, &c, observe, out);
	if (!err)
		err = vnft_view_print(probe_page(&c, &route, observe, why, out), o->common.json,
				      probe_views);
	code = err ? vnft_exit_code(err) : verdict(o, &c, out, argv[1]);
	free(out);
	if (back >= 0)
		vnft_netns_leave(back);
	return code;
}

static const char *const hooks[] = { "auto", "tcx", "clsact", NULL };
static const char *const stimuli[] = { "auto", "kernel", "user", NULL };
static const char *const observers[] = { "auto", "bpf", "module", NULL };

#define O(field) offsetof(struct probe_options, field)
static const struct vnft_opt opts[] = {
	{ .name = "dev", .letter = 'd', .type = VNFT_OPT_STRING, .offset = O(dev), .arg = "DEV",
	  .complete = "dev",
	  .help = "send on it; NETNS/DEV in another namespace (default: the route's)" },
	{ .name = "port", .letter = 'p', .type = VNFT_OPT_U64, .offset = O(port), .arg = "PORT",
	  .min = 1, .max = 65535, .help = "syn: closed port that answers RST (default 9)" },
	{ .name = "ready-port", .type = VNFT_OPT_U64, .offset = O(ready_port), .arg = "PORT",
	  .min = 1, .max = 65535,
	  .help = "syn: every second SYN goes there: SYN-ACK says the service is ready" },
	{ .name = "sport", .type = VNFT_OPT_U64, .offset = O(sport), .arg = "PORT", .min = 1,
	  .max = 65534, .help = "syn: source port (default @); --ready-port uses the next" },
	{ .name = "interval", .letter = 'i', .type = VNFT_OPT_DURATION_NS, .offset = O(interval_ns),
	  .arg = "TIME", .min = 1000, .max = 3600000000000ULL,
	  .help = "between departures (default 1ms)" },
	{ .name = "rate", .type = VNFT_OPT_U64, .offset = O(rate), .arg = "N", .min = 1,
	  .max = 1000000,
	  .help = "packets per second, instead of --interval" },
	{ .name = "count", .letter = 'c', .type = VNFT_OPT_U64, .offset = O(count), .arg = "N",
	  .min = 1,
	  .max = 1000000000, .help = "packets (default 1000 if there is no other end)" },
	{ .name = "duration", .type = VNFT_OPT_DURATION_NS, .offset = O(duration_ns), .arg = "TIME",
	  .min = 1000000, .max = 86400000000000ULL, .help = "stop sending after it" },
	{ .name = "flood", .letter = 'f', .type = VNFT_OPT_FLAG, .offset = O(flood),
	  .help = "icmp: next on reply or after 10 ms, as ping -f" },
	{ .name = "until-rst", .type = VNFT_OPT_FLAG, .offset = O(until_rst),
	  .help = "syn: stop at the first RST, or after 60 s" },
	{ .name = "size", .letter = 's', .type = VNFT_OPT_U64, .offset = O(size), .arg = "BYTES",
	  .max = 8952,
	  .help = "icmp: payload (default @)" },
	{ .name = "mac", .type = VNFT_OPT_STRING, .offset = O(mac), .arg = "MAC",
	  .help = "of the instance (default: the neighbour table's; nothing is resolved)" },
	{ .name = "src", .type = VNFT_OPT_STRING, .offset = O(src), .arg = "ADDR",
	  .help = "source address (default: the route's)" },
	{ .name = "observe", .type = VNFT_OPT_STRING, .offset = O(observe), .arg = "DEV",
	  .complete = "dev",
	  .help = "stamp on this device (default: where it is sent)" },
	{ .name = "no-observe", .type = VNFT_OPT_FLAG, .offset = O(no_observe),
	  .help = "send only; no hook, no in-kernel stamp" },
	{ .name = "hook", .type = VNFT_OPT_CHOICE, .offset = O(hook), .arg = "HOOK",
	  .choices = hooks,
	  .help = "mechanism (default @: an attachment that is there, else tcx, else clsact)" },
	{ .name = "output", .letter = 'o', .type = VNFT_OPT_STRING, .offset = O(output),
	  .arg = "FILE",
	  .complete = "file", .help = "write the raw records, departures included" },
	{ .name = "spin", .type = VNFT_OPT_DURATION_NS, .offset = O(spin_ns), .arg = "TIME",
	  .max = 1000000000,
	  .help = "user: busy-wait so long before each departure (default: sleep only)" },
	{ .name = "cpu", .type = VNFT_OPT_U64, .offset = O(cpu), .arg = "CPU", .max = 1023,
	  .help = "pin the sender to it" },
	{ .name = "stimulus", .type = VNFT_OPT_CHOICE, .offset = O(stimulus), .arg = "WHO",
	  .choices = stimuli,
	  .help = "who sends: kernel, the module; user, this process; auto, the module "
				      "where it is loaded and can" },
	{ .name = "observer", .type = VNFT_OPT_CHOICE, .offset = O(observer), .arg = "WHO",
	  .choices = observers,
	  .help = "who stamps: bpf, module, or auto: BPF where this kernel lets us" },
	{ 0 }
};
#undef O

static const struct probe_options defaults = { .size = 56, .sport = 40000, .cpu = PROBE_ANY_CPU };

static const char *const examples[] = {
	"vnftrace probe syn 198.18.0.2\t1000 SYNs, one every ms, to the closed port 9",
	"vnftrace probe syn 198.18.0.2 -d tap0 --until-rst\thow long until a booting guest answers",
	"vnftrace probe syn 198.18.0.2 --stimulus kernel --rate 1000 --duration 10s\tthe same from "
	"the module's timer",
	"vnftrace probe icmp 198.18.0.2 --rate 5000 --duration 10s\techo at a fixed rate: hooks "
	"and sender side by side",
	"vnftrace probe icmp 2001:db8::2 --flood -c 10000 -j\tas ping -f, as JSON",
	NULL
};

const struct vnft_cmd vnft_cmd_probe = {
	.name = "probe",
	.summary = "send SYN or ICMP echo on a schedule and time the answers in the kernel",
	.args = "syn|icmp DEST",
	.min_args = 2,
	.max_args = 2,
	.complete = "syn|icmp",
	.text =
	"Packets leave open loop: packet k at start + k * interval, whether the one before was "
	"late or not; every "
	"departure's lateness is in the result. A SYN has its own sequence number, so that each "
	"RST or SYN-ACK is "
	"matched to the SYN that it answers. DEST is an IPv4 or IPv6 address.\n\n"
	"The hooks of the device stamp what leaves and what comes back: the round trip is the "
	"guest's and its device's "
	"share. For icmp the sender's own view, the whole way, stands beside it. An attachment "
	"made by `vnftrace attach` is "
	"used if nobody records it; otherwise hooks are attached for the duration of the probe.\n\n"
	"The module's generator (--stimulus kernel) sends from a timer in the kernel, with less "
	"lateness and no switch "
	"to a process; what it sent stands in the page as \"stimulus\". A flood, --spin and an "
	"echo of more than 1400 "
	"bytes or none are a thread's: auto then takes it, kernel refuses. The generator counts no "
	"replies: for icmp the "
	"hooks' round trip is the only one. With --until-rst it stops itself at the first RST and "
	"says when, beside the "
	"hooks' number, and needs no hooks for that.\n\n"
	"Nothing waits for ARP: a neighbour that is not known is an error, because the kernel asks "
	"for it once a second "
	"and that would be the measurement.\n\n"
	"Time-outs: after the last departure answers are awaited for 1 s; a flood waits 10 ms for "
	"each reply; --until-rst "
	"gives up after 60 s unless --duration or --count say otherwise.\n\n"
	"Exit codes: 1 when nothing was answered, 3 when the observer or the generator lost "
	"records, 4 when the module "
	"that was asked for is not loaded, or CAP_NET_RAW (to send) or CAP_BPF, CAP_PERFMON, "
	"CAP_NET_ADMIN (to observe) "
	"are missing.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct probe_options),
	.defaults = &defaults,
	.run = run,
};
