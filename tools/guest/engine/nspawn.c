/* SPDX-License-Identifier: GPL-2.0 */
/*
 * systemd-nspawn, without a systemd that it would register with. It makes the veth in the launch
 * and puts its host's end on the bridge; the address within is the container's own to set, as a
 * systemd-networkd there would do. A systemd would put it into a cgroup of its own: here a shell
 * does, that becomes it.
 */
#include "engine.h"

#include <stdlib.h>

#include "../runtime/runtime.h"

#define CGROUP_BYTES	128

static int prepare(const struct vnft_instance *in, const struct vnft_engine_place *at)
{
	char cgroup[CGROUP_BYTES];

	/* Its lock is a file beside the image, which may be another's directory. */
	setenv("SYSTEMD_NSPAWN_LOCK", "0", 1);
	return vnft_guest_make_cgroup(in->place.name, cgroup, sizeof(cgroup));
}

static void start(const struct vnft_instance *in, const struct vnft_engine_place *at,
		  struct vnft_engine_line *line)
{
	char cgroup[CGROUP_BYTES];

	vnft_guest_memory_cgroup(in->place.name, cgroup, sizeof(cgroup));
	vnft_engine_word(line, "/bin/sh");
	vnft_engine_word(line, "-c");
	vnft_engine_word(line, "%s", "echo 0 >$0/cgroup.procs && exec \"$@\"");
	vnft_engine_word(line, "%s", cgroup);
	vnft_engine_word(line, "systemd-nspawn");
	vnft_engine_word(line, "--quiet");
	vnft_engine_word(line, "--register=no");
	vnft_engine_word(line, "--keep-unit");
	vnft_engine_word(line, "--settings=no");
	vnft_engine_word(line, "--link-journal=no");
	vnft_engine_word(line, "--resolv-conf=off");
	vnft_engine_word(line, "--timezone=off");
	vnft_engine_word(line, "--console=pipe");
	vnft_engine_word(line, "--read-only");
	vnft_engine_word(line, "--directory=%s", at->image);
	vnft_engine_word(line, "--machine=%s", in->place.name);
	vnft_engine_word(line, "--network-bridge=%s", in->place.bridge);
	vnft_engine_word(line, "--setenv=VNFT_SESSION=%s", in->place.journal->id);
	vnft_engine_word(line, "--");
	vnft_engine_command(line, at);
}

const struct vnft_engine vnft_engine_nspawn = {
	.name = "nspawn",
	.program = "systemd-nspawn",
	.package = "systemd-container",
	.ifname = "host0",
	.needs = VNFT_MOUNTS_STATE,
	.prepare = prepare,
	.start = start,
};
