/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A probe, whoever sends it: what it may ask for, and which sender takes it.
 */
#include <errno.h>
#include <net/if_arp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../lib/net/link.h"
#include "../lib/net/spare_ports.h"
#include "../lib/text/error.h"
#include "../source/module/session.h"
#include "frame.h"
#include "sender.h"

/* The module's limit for VNFT_A_ECHO_BYTES. */
#define KERNEL_PAYLOAD_MAX_BYTES	1400

static int check(const struct vnft_probe_config *c, struct vnft_link_info *link)
{
	static const uint8_t zero[6];
	int err;

	if (c->family != AF_INET && c->family != AF_INET6)
		return vnft_fail(-EINVAL, "probe: address family %d is neither IPv4 nor IPv6",
				 c->family);
	if (!c->interval_ns && c->kind != VNFT_PROBE_ECHO_FLOOD)
		return vnft_fail(-EINVAL, "probe: an interval of 0 is no schedule: use a flood");
	if (c->payload_bytes > VNFT_LOAD_PAYLOAD_MAX_BYTES)
		return vnft_fail(-EINVAL, "probe: payload of %u bytes: at most %u",
				 c->payload_bytes, VNFT_LOAD_PAYLOAD_MAX_BYTES);
	if (!memcmp(c->dst_mac, zero, 6) && !c->loopback)
		return vnft_fail(-EINVAL, "%s: probe without a destination MAC", c->ifname);
	if (c->cpu >= CPU_SETSIZE)
		return vnft_fail(-EINVAL, "probe: CPU %d does not exist", c->cpu);
	err = vnft_link_get(c->ifname, link);
	if (err)
		return err;
	if (link->arphrd != (c->loopback ? ARPHRD_LOOPBACK : ARPHRD_ETHER))
		return vnft_fail(-EOPNOTSUPP, "%s: has no Ethernet header: probe a tap or veth",
				 c->ifname);
	return 0;
}

const char *vnft_probe_user_only(const struct vnft_probe_config *c)
{
	if (c->kind == VNFT_PROBE_ECHO_FLOOD)
		return "a flood is paced by its replies at the sender";
	if (c->kind == VNFT_PROBE_ECHO &&
	    (!c->payload_bytes || c->payload_bytes > KERNEL_PAYLOAD_MAX_BYTES))
		return "the kernel sends 1 to 1400 bytes of payload";
	if (c->spin_ns)
		return "busy-waiting is a thread's";
	return NULL;
}

const char *vnft_probe_sender_name(enum vnft_probe_sender sender)
{
	return sender == VNFT_PROBE_KERNEL ? "kernel" : "user";
}

int vnft_probe_choose(struct vnft_probe_config *config, enum vnft_stimulus asked,
		      char why[VNFT_PROBE_WHY_BYTES])
{
	const char *user_only = vnft_probe_user_only(config);
	int err;

	why[0] = '\0';
	config->sender = VNFT_PROBE_USER;
	if (asked != VNFT_STIMULUS_KERNEL && asked != VNFT_STIMULUS_AUTO)
		return 0;
	if (user_only && asked == VNFT_STIMULUS_KERNEL)
		return vnft_fail(-EINVAL, "--stimulus kernel: the module cannot send this: %s",
				 user_only);
	err = user_only ? 0 : vnft_module_usable();
	if (err && asked == VNFT_STIMULUS_KERNEL)
		return err;
	if (!user_only && !err)
		config->sender = VNFT_PROBE_KERNEL;
	else
		snprintf(why, VNFT_PROBE_WHY_BYTES, "%s", user_only ? user_only : vnft_why());
	return 0;
}

int vnft_probe_choose_ports(struct vnft_probe_config *config)
{
	int err;

	if (config->kind != VNFT_PROBE_SYN || config->sport)
		return 0;
	err = vnft_spare_ports("", &config->sport, &config->sports);
	if (!err && config->count && config->count < config->sports)
		config->sports = (uint16_t)config->count;
	return err;
}

int vnft_probe_start(struct vnft_load_probe **probe, const struct vnft_probe_config *config,
		     vnft_record_fn sent_fn, void *arg)
{
	static const uint8_t zero[6];
	const struct vnft_load_sender *sender = &vnft_load_user;
	struct vnft_probe_config c = *config;
	struct vnft_link_info link;
	const char *why;
	int err;

	err = check(config, &link);
	if (err)
		return err;
	if (c.sender == VNFT_PROBE_KERNEL) {
		why = vnft_probe_user_only(&c);
		if (why)
			return vnft_fail(-EOPNOTSUPP, "%s: the kernel cannot send this: %s",
					 link.name, why);
		sender = &vnft_load_kernel;
	}
	c.ifname = link.name;
	if (!memcmp(c.src_mac, zero, sizeof(zero)))
		memcpy(c.src_mac, link.mac, sizeof(c.src_mac));
	return sender->start(probe, &c, &link, sent_fn, arg);
}

void vnft_probe_drop_also_port(struct vnft_load_probe *probe)
{
	probe->sender->drop_also_port(probe);
}

bool vnft_probe_done(const struct vnft_load_probe *probe)
{
	return probe->sender->done(probe);
}

int vnft_probe_finish(struct vnft_load_probe *probe, struct vnft_probe_result *result)
{
	return probe->sender->finish(probe, result);
}
