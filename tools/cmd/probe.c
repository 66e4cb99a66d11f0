/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace probe: SYN or ICMP echo to an address, open loop, stamped by the hooks.
 */
#include <stddef.h>

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "cmd.h"
#include "probe/probe.h"

struct probe_config {
	struct vnft_common common;
	struct vnft_probing probe;
};

static const char *const hooks[] = { "auto", "tcx", "clsact", NULL };
static const char *const stimuli[] = { "auto", "kernel", "user", NULL };
static const char *const observers[] = { "auto", "bpf", "module", NULL };

#define O(field) offsetof(struct probe_config, probe.field)
static const struct vnft_opt opts[] = {
	{ .name = "dev", .letter = 'd', .type = VNFT_OPT_STRING, .offset = O(dev), .arg = "DEV",
	  .complete = "dev",
	  .help = "send on it; NETNS/DEV in another namespace (default: the route's, on this "
		  "host's own links)" },
	{ .name = "yes-route", .type = VNFT_OPT_FLAG, .offset = O(yes_route),
	  .help = "without --dev: send through a router, too" },
	{ .name = "port", .old_letter = 'p', .type = VNFT_OPT_U64, .offset = O(port), .arg = "PORT",
	  .min = 1, .max = 65535, .help = "syn: closed port that answers RST (default 9)" },
	{ .name = "ready-port", .type = VNFT_OPT_U64, .offset = O(ready_port), .arg = "PORT",
	  .min = 1, .max = 65535,
	  .help = "syn: every second SYN goes there: SYN-ACK says the service is ready" },
	{ .name = "sport", .type = VNFT_OPT_U64, .offset = O(sport), .arg = "PORT", .min = 1,
	  .max = 65535,
	  .help = "syn: one source port for all (default: each SYN has its own)" },
	{ .name = "interval", .letter = 'i', .type = VNFT_OPT_DURATION_NS, .offset = O(interval_ns),
	  .arg = "TIME", .min = 1000, .max = 3600000000000ULL,
	  .help = "between departures (default 1ms)" },
	{ .name = "rate", .type = VNFT_OPT_U64, .offset = O(rate), .arg = "N", .min = 1,
	  .max = 1000000,
	  .help = "packets per second, instead of --interval" },
	{ .name = "count", .letter = 'c', .type = VNFT_OPT_U64, .offset = O(count), .arg = "N",
	  .min = 1,
	  .max = 1000000000, .help = "packets (default 1000 if there is no other end)" },
	{ .name = "duration", .letter = 't', .type = VNFT_OPT_DURATION_NS,
	  .offset = O(duration_ns), .arg = "TIME",
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
	  .complete = "file",
	  .help = "write the raw records, departures included; - is standard output" },
	{ .name = "force", .type = VNFT_OPT_FLAG, .offset = O(force),
	  .help = "replace FILE if it exists, once the new one is finished" },
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

static const struct probe_config defaults = {
	.probe = { .size = 56, .cpu = VNFT_PROBING_ANY_CPU }
};

static int run(const void *arg, int argc, char **argv)
{
	const struct probe_config *config = arg;

	return vnft_probing(&config->probe, argv[0], argv[1], config->common.json);
}

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
	"late or not; every departure's lateness is in the result. A SYN has its own sequence "
	"number, so that each RST or SYN-ACK is matched to the SYN that it answers. DEST is an "
	"IPv4 or IPv6 address, or a name: then the first address that the resolver knows is taken "
	"and said.\n\n"
	"Without --dev the routing table says where the packets go, and a line on standard error "
	"says it before the first one leaves. An address behind a router is refused unless --dev "
	"names the device or --yes-route agrees to the way.\n\n"
	"The hooks of the device stamp what leaves and what comes back: the round trip is the "
	"guest's and its device's share. For icmp the sender's own view, the whole way, stands "
	"beside it, and beside each mean its bound: so far the truth may lie below and above, "
	"which is measured when the probe is over, in 0.2 s. An attachment made by `vnftrace "
	"attach` is used if nobody records it; otherwise hooks are attached for the duration of "
	"the probe.\n\n"
	"The module's generator (--stimulus kernel) sends from a timer in the kernel, with less "
	"lateness and no switch to a process; what it sent stands in the page as \"stimulus\". It "
	"cannot flood, spin (--spin), or send an echo without payload or with more than 1400 "
	"bytes: then auto takes a thread of this process, and kernel refuses. The generator counts "
	"no replies: for icmp the hooks' round trip is the only one. With --until-rst it stops "
	"itself at the first RST and says when, beside the hooks' number, and needs no hooks for "
	"that.\n\n"
	"Nothing waits for ARP: a neighbour that is not known is an error, because the kernel asks "
	"for it once a second and that would be the measurement.\n\n"
	VNFT_RECORD_FILE_TEXT "\n\n"
	"Time-outs: after the last departure answers are awaited for 1 s; a flood waits 10 ms for "
	"each reply; --until-rst gives up after 60 s unless --duration or --count say "
	"otherwise.\n\n"
	"Exit codes: 1 when nothing was answered, 3 when the observer or the generator lost "
	"records, 4 when the module that was asked for is not loaded, or CAP_NET_RAW (to send) or "
	"CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN (to observe) are missing.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct probe_config),
	.defaults = &defaults,
	.run = run,
};
