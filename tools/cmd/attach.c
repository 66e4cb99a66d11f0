/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vnftrace attach: persistent attachments, all of the named devices or none.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "../lib/cli/option.h"
#include "../lib/cli/verb.h"
#include "../lib/run/interrupt.h"
#include "../lib/text/error.h"
#include "../lib/text/json.h"
#include "../lib/text/view.h"
#include "../report/report.h"
#include "../source/attached.h"
#include "../source/module/session.h"
#include "../source/open.h"
#include "../source/spec.h"
#include "cmd.h"

struct attach_config {
	struct vnft_common common;
	int hook;
	int observer;
	int side;
};

/**
 * struct made - what is to be undone if a later one fails
 */
struct made {
	const char *spec;
	enum vnft_observer observer;
};

static const char *const hooks[] = { "auto", "tcx", "clsact", NULL };

static const struct vnft_opt opts[] = {
	{ .name = "hook", .type = VNFT_OPT_CHOICE, .offset = offsetof(struct attach_config, hook),
	  .arg = "HOOK", .choices = hooks,
	  .help = "mechanism: tcx (Linux 6.6), clsact (older), auto takes tcx where there is one" },
	VNFT_OBSERVER_OPT(offsetof(struct attach_config, observer),
			  "who observes: bpf, module, both (one attachment of each), auto takes "
			  "BPF where this kernel lets us and the module otherwise"),
	VNFT_SIDE_OPT(offsetof(struct attach_config, side)),
	{ 0 }
};

static const struct vnft_column columns[] = {
	{ "device", "device" }, { "observer", "observer" }, { "side", "side" },
	{ "because", "side_why" }, { "in", "hook_in" }, { "out", "hook_out" }, { 0 }
};
static const struct vnft_view views[] = { { NULL, "attached", columns }, { 0 } };

/* Each device by every observer that was asked for, device by device. */
static int attach_all(const struct attach_config *c, enum vnft_observer observer, int argc,
		      char **argv, json_t *attached, struct made *made, int *done)
{
	const struct vnft_source_config config = {
		.hook = (enum vnft_hook_choice)c->hook,
		.side = (enum vnft_side_choice)c->side,
	};
	enum vnft_observer who;
	struct vnft_attached how;
	int i, err;

	for (i = 0; i < argc; i++) {
		for (who = VNFT_OBSERVER_BPF; who <= VNFT_OBSERVER_MODULE; who++) {
			if (who != observer && observer != VNFT_OBSERVER_BOTH)
				continue;
			if (vnft_interrupted())
				return vnft_fail(-EINTR, "interrupted: nothing is attached");
			err = vnft_attached_add(argv[i], who, &config, &how);
			if (err)
				return err;
			made[(*done)++] = (struct made) { argv[i], who };
			json_array_append_new(attached, json_pack(
				"{s:o, s:s, s:s, s:s, s:s, s:s}",
				"device", vnft_json_typed(argv[i]),
				"observer", vnft_observer_name(who),
				"side", vnft_side_name(how.side), "side_why", how.side_why,
				"hook_in", vnft_hook_name(how.hook[VNFT_DIR_IN]),
				"hook_out", vnft_hook_name(how.hook[VNFT_DIR_OUT])));
		}
	}
	return 0;
}

/* A named hook means BPF. */
static int choose(const struct attach_config *c, enum vnft_observer *observer)
{
	enum vnft_observer asked = (enum vnft_observer)c->observer;
	int err;

	if (c->hook != VNFT_HOOK_AUTO && asked == VNFT_OBSERVER_MODULE)
		return vnft_fail(-EINVAL,
				 "attach: --hook is for the BPF observer: leave it out with "
				 "--observer module");
	if (c->hook != VNFT_HOOK_AUTO && asked == VNFT_OBSERVER_AUTO)
		asked = VNFT_OBSERVER_BPF;
	err = vnft_observer_choose(asked, observer);
	/* Before anything is attached: "both" without the module attaches nothing. */
	if (!err && *observer == VNFT_OBSERVER_BOTH)
		err = vnft_module_usable();
	return err;
}

static int run(const void *config, int argc, char **argv)
{
	const struct attach_config *c = config;
	struct made made[2 * VNFT_LIST_MAX];
	enum vnft_observer observer;
	json_t *attached;
	char why[512];
	int done = 0, err;

	err = vnft_spec_distinct(argv, (size_t)argc);
	if (!err)
		err = choose(c, &observer);
	if (err)
		return vnft_exit_code(err);
	attached = json_array();
	vnft_interrupt_catch();
	err = attach_all(c, observer, argc, argv, attached, made, &done);
	if (!err)
		return vnft_exit_code(vnft_view_print(json_pack("{s:o}", "attached", attached),
						      c->common.json, views));
	json_decref(attached);
	snprintf(why, sizeof(why), "%s", vnft_why());
	while (done--)
		vnft_attached_remove(made[done].spec, made[done].observer, NULL);
	return vnft_exit_code(vnft_fail(err, "%s", why));
}

static const char *const examples[] = {
	"vnftrace attach tap0; ping -c 100 GUEST; vnftrace report --dev tap0\tRTT that the hooks "
	"saw",
	"vnftrace attach veth1 veth2 --hook clsact\tas on a kernel without tcx",
	"vnftrace attach guests/vif1.0\ta device of the namespace `guests`",
	"vnftrace attach pid:4711/eth0\ta container's own end, by a process in it",
	"vnftrace attach tap0 --observer both\tBPF and the kernel module side by side", NULL
};

const struct vnft_cmd vnft_cmd_attach = {
	.name = "attach",
	.summary = "count and time the packets of devices until detach",
	.args = "DEV...",
	.min_args = 1,
	.max_args = VNFT_LIST_MAX,
	.complete = "dev",
	.text =
	"Puts two programs on each device, first on ingress and last on egress, and pins them "
	"under /sys/fs/bpf/vnftrace/: they count and time packets after this command has returned, "
	"until `vnftrace detach` or until the device is gone. Either all devices are attached or "
	"none.\n\n"
	"With --observer module the kernel module (`modprobe vnftrace`) does the same in "
	"netfilter's hooks at the device, after tc on ingress and before it on egress; it needs no "
	"BPF. With both, each device is attached twice, and `status` and `report --dev` show the "
	"two beside each other.\n\n"
	VNFT_DEV_TEXT "\n\n" VNFT_SIDE_TEXT "\n\n"
	"From then on packets, bytes, TCP payload, segments and retransmissions are counted, and "
	"the time from each request to its reply (ICMP echo, SYN to RST, SYN to SYN-ACK) goes to a "
	"histogram; `vnftrace status` and `vnftrace report --dev` show them. Nothing is recorded "
	"packet by packet: that is `vnftrace record`.\n\n"
	"Where a program of somebody else sits on the hook before ours and ends the chain, ours "
	"does not see the packet; `status` lists who is there. Needs CAP_BPF, CAP_PERFMON and "
	"CAP_NET_ADMIN (the module: CAP_NET_ADMIN), and CAP_SYS_ADMIN for other namespaces. Exit "
	"4: the observer that was asked for is not to be had here.",
	.examples = examples,
	.opts = opts,
	.config_bytes = sizeof(struct attach_config),
	.run = run,
};
