/* SPDX-License-Identifier: GPL-2.0 */
/*
 * LXC. It makes the veth in the launch, or the macvlan, puts the host's end on the bridge and sets
 * the address within, by itself.
 */
#include "engine.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "../../lib/text/error.h"
#include "../runtime/runtime.h"

#define CPU_PERIOD_US	100000

/* Limits for cgroup v1 and v2: LXC takes those of the hierarchy that it has. */
static void limits(const struct vnft_type *type, char *to, size_t bytes)
{
	const uint64_t memory_bytes = (uint64_t)type->memory_mib << 20;
	int n = 0;

	to[0] = 0;
	if (type->memory_mib)
		n = snprintf(to, bytes, "lxc.cgroup.memory.limit_in_bytes = %" PRIu64 "\n"
			     "lxc.cgroup2.memory.max = %" PRIu64 "\n", memory_bytes, memory_bytes);
	if (type->vcpus)
		snprintf(to + n, bytes - (size_t)n, "lxc.cgroup.cpu.cfs_quota_us = %u\n"
			 "lxc.cgroup2.cpu.max = %u %u\n", type->vcpus * CPU_PERIOD_US,
			 type->vcpus * CPU_PERIOD_US, CPU_PERIOD_US);
}

/*
 * The same container as driver oci's: a root that nobody writes to, tmpfs where programs do. All
 * its cgroups are below one of the instance's name; whoever is in it is ours.
 */
static int prepare(const struct vnft_instance *in, const struct vnft_engine_place *at)
{
	const struct vnft_place *p = &in->place;
	char text[VNFT_ENGINE_TEXT_BYTES], limit[256], device[96];
	int n;

	if (in->type->topology == VNFT_TOPOLOGY_MACVLAN)
		snprintf(device, sizeof(device), "lxc.net.0.type = macvlan\n"
			 "lxc.net.0.macvlan.mode = bridge\n");
	else
		snprintf(device, sizeof(device), "lxc.net.0.type = veth\n"
			 "lxc.net.0.veth.pair = %s\n", p->device);
	limits(in->type, limit, sizeof(limit));
	n = snprintf(text, sizeof(text),
		"lxc.uts.name = %s\n"
		"lxc.rootfs.path = dir:%s\n"
		"lxc.rootfs.options = ro\n"
		"lxc.apparmor.profile = unconfined\n"
		"lxc.autodev = 1\n"
		"lxc.tty.max = 0\n"
		"lxc.console.path = none\n"
		"lxc.mount.auto = proc:mixed sys:ro\n"
		"lxc.mount.entry = tmpfs tmp tmpfs nosuid,nodev,mode=1777,size=65536k 0 0\n"
		"lxc.mount.entry = tmpfs run tmpfs nosuid,nodev,mode=755,size=65536k 0 0\n"
		"lxc.cap.drop = mac_admin mac_override sys_time sys_module sys_rawio\n"
		"lxc.environment = PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"
		"lxc.environment = VNFT_SESSION=%s\n"
		"lxc.cgroup.dir = %s\n"
		"%s"
		"%s"
		"lxc.net.0.link = %s\n"
		"lxc.net.0.name = eth0\n"
		"lxc.net.0.hwaddr = %s\n"
		"lxc.net.0.ipv4.address = %s/%s\n"
		"lxc.net.0.ipv4.gateway = %s\n"
		"lxc.net.0.flags = up\n",
		p->name, at->image, p->journal->id, p->name, limit, device, p->bridge,
		at->say.mac, at->say.address, at->say.prefix, at->say.gateway);
	if (n < 0 || (size_t)n >= sizeof(text))
		return vnft_fail(-E2BIG, "%s: its image's path is too long", in->type->name);
	return vnft_engine_save(at, "config", text);
}

static void start(const struct vnft_instance *in, const struct vnft_engine_place *at,
		  struct vnft_engine_line *line)
{
	vnft_engine_word(line, "lxc-start");
	vnft_engine_word(line, "--foreground");
	vnft_engine_word(line, "--lxcpath=%s", at->dir);
	vnft_engine_word(line, "--rcfile=%s/config", at->dir);
	vnft_engine_word(line, "--name=%s", in->place.name);
	vnft_engine_word(line, "--");
	vnft_engine_command(line, at);
}

static void stop(const struct vnft_instance *in, const struct vnft_engine_place *at,
		 struct vnft_engine_line *line)
{
	vnft_engine_word(line, "lxc-stop");
	vnft_engine_word(line, "--kill");
	vnft_engine_word(line, "--lxcpath=%s", at->dir);
	vnft_engine_word(line, "--name=%s", in->place.name);
}

const struct vnft_engine vnft_engine_lxc = {
	.name = "lxc",
	.program = "lxc-start",
	.package = "lxc",
	.ifname = "eth0",
	.macvlan = true,
	.needs = VNFT_MOUNTS_STATE | VNFT_MOUNTS_SYS,
	.limits = true,
	.prepare = prepare,
	.start = start,
	.stop = stop,
};
