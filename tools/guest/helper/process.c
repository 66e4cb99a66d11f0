/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Driver process: the workload as a plain process of the host, which tools/vnftrace-process.c gives
 * a network and then becomes. With a namespace of its own it is the floor under all containers;
 * on the loopback device of the host's stack it is the ceiling of everything. A VMM is such a
 * process where it has to be given its device.
 */
#include "../drivers.h"
#include "../parts.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/net/addr.h"
#include "../../lib/net/link_set.h"
#include "../../lib/text/error.h"
#include "../type/key.h"
#include "../type/words.h"

#define PROGRAM		"vnftrace-process"

static int process_check_type(struct vnft_type *type)
{
	static const char *const topologies[] = { "veth", "netkit", "macvlan", "lo", NULL };
	const bool vmm = vnft_type_has_kernel(type);
	char known[64];
	size_t i;

	if (!type->command[0])
		return vnft_fail(-EBADMSG, "driver process needs a \"command\": the workload, or "
				 "a VMM");
	if (vmm && type->topology == VNFT_TOPOLOGY_MACVTAP)
		return 0;
	for (i = 0; topologies[i] && strcmp(topologies[i], vnft_topologies[type->topology]); i++)
		;
	if (!vmm && !vnft_type_is_container(type) && topologies[i])
		return 0;
	vnft_word_list(known, sizeof(known), topologies);
	return vnft_fail(-EBADMSG, "driver process needs \"virtualization = none\" and a "
			 "\"topology\" of %s; or for a VMM, \"topology = macvtap\"", known);
}

static int process_check(const struct vnft_type *type)
{
	enum vnft_accel accel;
	int err;

	if (geteuid())
		return vnft_fail(-EOPNOTSUPP, "%s: its network is made by root: run as root",
				 type->name);
	err = vnft_guest_helper_check(PROGRAM);
	if (!err)
		err = vnft_guest_check_command(type);
	if (!err)
		err = vnft_guest_check_images(type);
	if (!err && type->topology == VNFT_TOPOLOGY_NETKIT)
		err = vnft_link_check_netkit();
	return err ? err : vnft_guest_choose_accel(type, &accel);
}

static int process_prepare(struct vnft_instance *in)
{
	return vnft_guest_helper_prepare(in, PROGRAM);
}

static int process_start(struct vnft_instance *in)
{
	return vnft_guest_helper_start(in, vnft_topologies[in->type->topology]);
}

/* A namespace of its own is gone with the process. An address on lo would answer the next run. */
static int process_stop(struct vnft_instance *in)
{
	int err = vnft_guest_helper_stop(in);

	if (err || in->type->topology != VNFT_TOPOLOGY_LO)
		return err;
	return vnft_addr_delete(in->place.device, AF_INET, &in->place.guest_ipv4,
				VNFT_PREFIX_SINGLE);
}

static void process_release(struct vnft_instance *in)
{
	if (in->priv && process_stop(in))
		vnft_warn("%s", vnft_why());
	vnft_guest_helper_release(in);
}

static json_t *process_manifest(const struct vnft_type *type)
{
	struct vnft_words words;
	char version[256] = "";

	if (!vnft_words_split(&words, type->command, NULL)) {
		if (words.n)
			vnft_guest_version(words.argv[0], "--version", version, sizeof(version));
		vnft_words_free(&words);
	}
	return json_pack("{s:s, s:o}", "command", type->command, "version",
			 version[0] ? json_string(version) : json_null());
}

static const struct vnft_guest_own process_own[] = { { "topology", "lo" },
							 { "topology", "netkit" },
							 { "topology", "macvtap" },
							 { NULL, NULL } };

const struct vnft_guest_ops vnft_guest_process = {
	.name = "process",
	.own = process_own,
	.check_type = process_check_type,
	.check = process_check,
	.prepare = process_prepare,
	.start = process_start,
	.memory = vnft_guest_memory,
	.last_words = vnft_guest_helper_last_words,
	.console_file = vnft_guest_helper_console_file,
	.stop = process_stop,
	.release = process_release,
	.manifest = process_manifest,
};
