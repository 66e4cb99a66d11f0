// SPDX-License-Identifier: GPL-2.0
/*
 * The netlink family "vnftrace": which command takes which attributes, and INFO. The manual is
 * section 5 of uapi/vnftrace.h.
 *
 * Who may: GENL_ADMIN_PERM makes the core ask netlink_capable(CAP_NET_ADMIN), which is against
 * the initial user namespace: root of a container that has one of its own is refused (-EPERM).
 * GENL_UNS_ADMIN_PERM would ask for the namespace's owner, and is not what we want. Who has passed
 * this is asked for more by genl_who.c.
 *
 * What is sent: each command has a policy of its own, as wide as all attributes, so that one
 * which the command does not know is refused by the core (NLA_UNSPEC under strict validation)
 * and info->attrs may be asked for any. parallel_ops: the core's lock would make everybody's
 * commands wait for one that sleeps; ours are rtnl and vnft_lock.
 */
#include <linux/etherdevice.h>
#include <net/genetlink.h>

#include "core/hooks.h"
#include "generator.h"
#include "genl.h"
#include "genl_device.h"
#include "genl_get.h"
#include "genl_probe.h"
#include "genl_reply.h"
#include "genl_who.h"
#include "hooks_driver.h"
#include "hooks_trace.h"
#include "prober.h"
#include "session.h"
#include "table.h"
#include "vnft.h"

#define VNFT_RECORD_ALL		((1U << VNFT_CLASS_NR) - 1)
#define VNFT_PORT		{ .type = NLA_U16 }
#define VNFT_ID			{ .type = NLA_U32 }
#define VNFT_U64		{ .type = NLA_U64 }
#define VNFT_DEVICE_ID		NLA_POLICY_FULL_RANGE(NLA_U32, &vnft_device_range)

static struct netlink_range_validation vnft_device_range = {
	.min = VNFT_MODULE_FIRST_ID,
	.max = VNFT_MODULE_FIRST_ID + VNFT_MODULE_DEVICES - 1,
};

static struct netlink_range_validation vnft_slots_range = {
	.min = 64,
	.max = 1 << 20,
};

static const struct nla_policy vnft_policy_info[VNFT_A_NR] = {
	[0] = { .strict_start_type = VNFT_A_UNSPEC + 1 },
};

static const struct nla_policy vnft_policy_attach[VNFT_A_NR] = {
	[0] = { .strict_start_type = VNFT_A_UNSPEC + 1 },
	[VNFT_A_IFINDEX]	= { .type = NLA_U32 },
	[VNFT_A_SESSION]	= VNFT_ID,
	[VNFT_A_RECORD_MASK]	= NLA_POLICY_MASK(NLA_U32, VNFT_RECORD_ALL),
	[VNFT_A_STAGES]		= VNFT_U64,
	[VNFT_A_MATCH_SLOTS]	= NLA_POLICY_FULL_RANGE(NLA_U32, &vnft_slots_range),
	[VNFT_A_SIDE]		= NLA_POLICY_MAX(NLA_U8, VNFT_SIDE_NR - 1),
};

static const struct nla_policy vnft_policy_detach[VNFT_A_NR] = {
	[0] = { .strict_start_type = VNFT_A_UNSPEC + 1 },
	[VNFT_A_DEVICE]		= VNFT_DEVICE_ID,
	[VNFT_A_SESSION]	= VNFT_ID,
};

static const struct nla_policy vnft_policy_record[VNFT_A_NR] = {
	[0] = { .strict_start_type = VNFT_A_UNSPEC + 1 },
	[VNFT_A_DEVICE]		= VNFT_DEVICE_ID,
	[VNFT_A_SESSION]	= VNFT_ID,
	[VNFT_A_RECORD_MASK]	= NLA_POLICY_MASK(NLA_U32, VNFT_RECORD_ALL),
	[VNFT_A_STAGES]		= VNFT_U64,
};

static const struct nla_policy vnft_policy_get[VNFT_A_NR] = {
	[0] = { .strict_start_type = VNFT_A_UNSPEC + 1 },
	[VNFT_A_DEVICE]		= VNFT_DEVICE_ID,
};

static const struct nla_policy vnft_policy_hist[VNFT_A_NR] = {
	[0] = { .strict_start_type = VNFT_A_UNSPEC + 1 },
	[VNFT_A_DEVICE]		= VNFT_DEVICE_ID,
	[VNFT_A_PAIRING]	= NLA_POLICY_MAX(NLA_U8, VNFT_PAIRING_NR - 1),
	[VNFT_A_DIR]		= NLA_POLICY_MAX(NLA_U8, VNFT_DIR_NR - 1),
};

static const struct nla_policy vnft_policy_stream[VNFT_A_NR] = {
	[0] = { .strict_start_type = VNFT_A_UNSPEC + 1 },
	[VNFT_A_DEVICE]		= VNFT_DEVICE_ID,
	[VNFT_A_DIR]		= NLA_POLICY_MAX(NLA_U8, VNFT_DIR_NR - 1),
};

static const struct nla_policy vnft_policy_probe_start[VNFT_A_NR] = {
	[0] = { .strict_start_type = VNFT_A_UNSPEC + 1 },
	[VNFT_A_SESSION]	= VNFT_ID,
	[VNFT_A_DEVICE]		= VNFT_DEVICE_ID,
	[VNFT_A_IFINDEX]	= { .type = NLA_U32 },
	[VNFT_A_KIND]		= NLA_POLICY_MAX(NLA_U8, VNFT_PROBE_KIND_ECHO),
	[VNFT_A_SRC]		= NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[VNFT_A_DST]		= NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[VNFT_A_SRC_MAC]	= NLA_POLICY_EXACT_LEN(ETH_ALEN),
	[VNFT_A_DST_MAC]	= NLA_POLICY_EXACT_LEN(ETH_ALEN),
	[VNFT_A_SPORT]		= VNFT_PORT,
	[VNFT_A_SPORTS]		= VNFT_PORT,
	[VNFT_A_DPORT]		= VNFT_PORT,
	[VNFT_A_ALSO_PORT]	= VNFT_PORT,
	[VNFT_A_ECHO_ID]	= VNFT_PORT,
	[VNFT_A_INTERVAL_NS]	= VNFT_U64,
	[VNFT_A_COUNT]		= VNFT_U64,
	[VNFT_A_DURATION_NS]	= VNFT_U64,
	[VNFT_A_ECHO_BYTES]	= NLA_POLICY_MAX(NLA_U32, VNFT_ECHO_MAX_BYTES),
	[VNFT_A_CPU]		= { .type = NLA_U32 },
	[VNFT_A_UNTIL_RST]	= { .type = NLA_FLAG },
};

static const struct nla_policy vnft_policy_probe_set[VNFT_A_NR] = {
	[0] = { .strict_start_type = VNFT_A_UNSPEC + 1 },
	[VNFT_A_SESSION]	= VNFT_ID,
	[VNFT_A_PROBE]		= VNFT_ID,
	[VNFT_A_ALSO_PORT]	= VNFT_PORT,
};

/* STOP and GET. */
static const struct nla_policy vnft_policy_probe[VNFT_A_NR] = {
	[0] = { .strict_start_type = VNFT_A_UNSPEC + 1 },
	[VNFT_A_SESSION]	= VNFT_ID,
	[VNFT_A_PROBE]		= VNFT_ID,
};

static int vnft_genl_info(struct sk_buff *skb, struct genl_info *info)
{
	u64 hooks = vnft_hooks_boundary(vnft_hooks_by(VNFT_BY_MODULE));
	const u64 realm = vnft_genl_realm(info);
	u32 sessions, devices, probes;
	struct sk_buff *reply;
	void *head;

	reply = vnft_genl_reply_new(info, NLMSG_DEFAULT_SIZE - GENL_HDRLEN, &head);
	if (!reply)
		return vnft_genl_refuse(info, 0, -ENOMEM, "no memory for the answer");
	hooks |= vnft_trace_available() | vnft_driver_available();
	mutex_lock(&vnft_lock);
	sessions = vnft_session_count(realm);
	devices = vnft_table_count(realm);
	probes = vnft_probe_count(realm);
	mutex_unlock(&vnft_lock);
	if (nla_put_u32(reply, VNFT_A_VERSION, VNFT_ABI_VERSION) ||
	    nla_put_string(reply, VNFT_A_MODULE_VERSION, VNFT_KMOD_VERSION) ||
	    nla_put_u32(reply, VNFT_A_NCPUS, nr_cpu_ids) ||
	    nla_put_u64_64bit(reply, VNFT_A_HOOKS, hooks, VNFT_A_PAD) ||
	    nla_put_u32(reply, VNFT_A_SESSIONS, sessions) ||
	    nla_put_u32(reply, VNFT_A_DEVICES, devices) ||
	    nla_put_u32(reply, VNFT_A_PROBES, probes)) {
		nlmsg_free(reply);
		return vnft_genl_refuse(info, 0, -EMSGSIZE, "the answer does not fit");
	}
	genlmsg_end(reply, head);
	return genlmsg_reply(reply, info);
}

#define VNFT_OP(name, policy_, doit_) {			\
	.cmd = VNFT_CMD_##name,				\
	.flags = GENL_ADMIN_PERM,			\
	.policy = (policy_),				\
	.maxattr = VNFT_A_NR - 1,			\
	.doit = (doit_),				\
}

static const struct genl_ops vnft_genl_ops[] = {
	VNFT_OP(INFO, vnft_policy_info, vnft_genl_info),
	VNFT_OP(ATTACH, vnft_policy_attach, vnft_genl_attach),
	VNFT_OP(DETACH, vnft_policy_detach, vnft_genl_detach),
	VNFT_OP(RECORD, vnft_policy_record, vnft_genl_record),
	{
		.cmd = VNFT_CMD_GET,
		.flags = GENL_ADMIN_PERM,
		.policy = vnft_policy_get,
		.maxattr = VNFT_A_NR - 1,
		.doit = vnft_genl_get,
		.dumpit = vnft_genl_dump,
	},
	VNFT_OP(HIST, vnft_policy_hist, vnft_genl_hist),
	VNFT_OP(STREAM, vnft_policy_stream, vnft_genl_stream),
	VNFT_OP(PROBE_START, vnft_policy_probe_start, vnft_genl_probe_start),
	VNFT_OP(PROBE_SET, vnft_policy_probe_set, vnft_genl_probe_set),
	VNFT_OP(PROBE_STOP, vnft_policy_probe, vnft_genl_probe_stop),
	VNFT_OP(PROBE_GET, vnft_policy_probe, vnft_genl_probe_get),
};

int __init vnft_genl_init(void)
{
	vnft_genl_family.pre_doit = vnft_genl_before;
	vnft_genl_family.post_doit = vnft_genl_after;
	vnft_genl_family.ops = vnft_genl_ops;
	vnft_genl_family.n_ops = ARRAY_SIZE(vnft_genl_ops);
	return genl_register_family(&vnft_genl_family);
}

void vnft_genl_exit(void)
{
	genl_unregister_family(&vnft_genl_family);
}
