/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace attach: persistent attachments, all of the named devices or none.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "../lib/error.h"
#include "../lib/run.h"
#include "../lib/view.h"
#include "../report/report.h"
#include "../source/bpf_pin.h"
#include "cmd.h"

struct attach_config {
	struct vnft_common common;
	int hook;
};

static const char *const hooks[] = { "auto", "tcx", "clsact", NULL };

static const struct vnft_opt opts[] = {
	{ .name = "hook", .type = VNFT_OPT_CHOICE, .offset = offsetof(struct attach_config, hook),
	  .arg = "HOOK", .choices = hooks,
	  .help = "mechanism: tcx (Linux 6.6), clsact (older), auto takes tcx where there is one "
		  "(default auto)" },
	{ 0 }
};

static const struct vnft_column columns[] = {
	{ "device", "device" }, { "in", "hook_in" }, { "out", "hook_out" }, { 0 }
};
static const struct vnft_view views[] = { { NULL, "attached", columns }, { 0 } };

static int attach_all(const struct vnft_source_config *config, int argc, char **argv,
		      json_t *attached, int *done)
{
	uint8_t hook[VNFT_DIR_NR];
	int err = 0;

	for (*done = 0; *done < argc && !err; ) {
		if (vnft_interrupted())
			return vnft_fail(-EINTR, "interrupted: nothing is attached");
		err = vnft_bpf_pin_hook(argv[*done], config, hook);
		if (err)
			break;
		json_array_append_new(attached, json_pack("{s:s, s:s, s:s}", "device", argv[*done],
							  "hook_in", vnft_hook_name(hook[0]),
							  "hook_out", vnft_hook_name(hook[1])));
		(*done)++;
	}
	return err;
}

static int run(const void *config, int argc, char **argv)
{
	const struct attach_config *c = config;
	const struct vnft_source_config source = { .hook = (enum vnft_hook_choice)c->hook };
	json_t *attached = json_array();
	char why[512];
	int err, done;

	vnft_interrupt_catch();
	err = attach_all(&source, argc, argv, attached, &done);
	if (!err)
		return vnft_exit_code(vnft_view_print(json_pack("{s:o}", "attached", attached),
						      c->common.json, views));
	json_decref(attached);
	snprintf(why, sizeof(why), "%s", vnft_why());
	while (done--)
		vnft_bpf_unpin(argv[done], NULL);
	return vnft_exit_code(vnft_fail(err, "%s", why));
}

static const char *const examples[] = {
	"vnftrace attach tap0; ping -c 100 GUEST; vnftrace report --dev tap0\tRTT that the hooks saw",
	"vnftrace attach veth1 veth2 --hook clsact\tas on a kernel without tcx",
	"vnftrace attach guests/vif1.0\ta device of the namespace `guests`",
	NULL
};

const struct vnft_cmd vnft_cmd_attach = {
	.name = "attach",
	.summary = "count and time the packets of devices until detach",
	.args = "DEV...",
	.min_args = 1,
	.max_args = VNFT_LIST_MAX,
	.complete = "dev",
	.text =
	"Puts two programs on each device, first on ingress and last on egress, and pins them under "
	"/sys/fs/bpf/vnftrace/: they count and time packets after this command has returned, until "
	"`vnftrace detach` or until the device is gone. Either all devices are attached or none.\n\n"
	"DEV is a device of this network namespace (tap, tun, veth, bridge, vif, VLAN, lo, ...), "
	"NETNS/DEV one of a namespace that `ip netns` knows, /proc/PID/ns/net/DEV one of a "
	"process's.\n\n"
	"From then on packets, bytes, TCP payload, segments and retransmissions are counted, and the "
	"time from each request to its reply (ICMP echo, SYN to RST, SYN to SYN-ACK) goes to a "
	"histogram; `vnftrace status` and `vnftrace report --dev` show them. Nothing is recorded "
	"packet by packet: that is `vnftrace record`.\n\n"
	"Where a program of somebody else sits on the hook before ours and ends the chain, ours does "
	"not see the packet; `status` lists who is there. Needs CAP_BPF, CAP_PERFMON and "
	"CAP_NET_ADMIN, and CAP_SYS_ADMIN for other namespaces.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct attach_config),
	.run = run,
};
