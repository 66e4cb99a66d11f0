/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Driver process: the workload as a plain process of the host, which tools/vnftrace-process.c gives
 * a network and then becomes. With a namespace of its own it is the floor under all containers;
 * on the loopback device of the host's stack it is the ceiling of everything.
 */
#include "../drivers.h"
#include "../parts.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/net/addr.h"
#include "../../lib/text/error.h"
#include "../type/words.h"

#define PROGRAM		"vnftrace-process"

static int process_check_type(struct vnft_type *type)
{
	if (strcmp(type->virtualization, "none") || (type->topology != VNFT_TOPOLOGY_VETH &&
						     type->topology != VNFT_TOPOLOGY_LO))
		return vnft_fail(-EBADMSG, "driver process needs \"virtualization = none\" and "
				 "\"topology = veth\" or \"lo\"");
	if (type->command[0])
		return 0;
	return vnft_fail(-EBADMSG, "driver process needs a \"command\": the workload");
}

static int process_check(const struct vnft_type *type)
{
	int err;

	if (geteuid())
		return vnft_fail(-EOPNOTSUPP, "%s: its network is made by root: run as root",
				 type->name);
	err = vnft_guest_helper_check(PROGRAM);
	if (!err)
		err = vnft_guest_check_command(type);
	return err ? err : vnft_guest_check_image(type, "program", type->image);
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

static const struct vnft_guest_own process_own[] = { { "topology", "lo" }, { NULL, NULL } };

const struct vnft_guest_ops vnft_guest_process = {
	.name = "process",
	.virtualization = "none",
	.own = process_own,
	.check_type = process_check_type,
	.check = process_check,
	.prepare = process_prepare,
	.start = process_start,
	.memory = vnft_guest_memory,
	.last_words = vnft_guest_helper_last_words,
	.stop = process_stop,
	.release = process_release,
	.manifest = process_manifest,
};
