// SPDX-License-Identifier: GPL-2.0
/*
 * Commands of the generator: PROBE_START, PROBE_SET, PROBE_STOP, PROBE_GET. What may be asked of
 * a generator is checked here.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>

#include "authority.h"
#include "core/frame.h"
#include "generator.h"
#include "genl_probe.h"
#include "genl_reply.h"
#include "genl_who.h"
#include "prober.h"
#include "table.h"
#include "vnft.h"

static u16 vnft_genl_u16(struct genl_info *info, int attr)
{
	return info->attrs[attr] ? nla_get_u16(info->attrs[attr]) : 0;
}

static u64 vnft_genl_u64(struct genl_info *info, int attr)
{
	return info->attrs[attr] ? nla_get_u64(info->attrs[attr]) : 0;
}

static int vnft_genl_need_all(struct genl_info *info, const u8 *attr, int n)
{
	int i, err = 0;

	for (i = 0; i < n && !err; i++)
		err = vnft_genl_need(info, attr[i]);
	return err;
}

static int vnft_genl_addresses(struct genl_info *info, struct vnft_probe_setup *how)
{
	struct nlattr *src = info->attrs[VNFT_A_SRC], *dst = info->attrs[VNFT_A_DST];

	if (nla_len(src) != 4 && nla_len(src) != 16)
		return vnft_genl_refuse(info, VNFT_A_SRC, -EINVAL,
					"SRC is an address of 4 or 16 bytes");
	if (nla_len(dst) != nla_len(src))
		return vnft_genl_refuse(info, VNFT_A_DST, -EINVAL,
					"DST is not of the same family as SRC");
	how->addr_bytes = nla_len(src);
	memcpy(how->src, nla_data(src), how->addr_bytes);
	memcpy(how->dst, nla_data(dst), how->addr_bytes);
	ether_addr_copy(how->src_mac, nla_data(info->attrs[VNFT_A_SRC_MAC]));
	ether_addr_copy(how->dst_mac, nla_data(info->attrs[VNFT_A_DST_MAC]));
	if (!is_valid_ether_addr(how->src_mac))
		return vnft_genl_refuse(info, VNFT_A_SRC_MAC, -EINVAL,
					"SRC_MAC is zero or a group's address");
	if (is_zero_ether_addr(how->dst_mac))
		return vnft_genl_refuse(info, VNFT_A_DST_MAC, -EINVAL, "DST_MAC is zero");
	return 0;
}

static int vnft_genl_ports(struct genl_info *info, struct vnft_probe_setup *how)
{
	static const u8 syn[] = { VNFT_A_SPORT, VNFT_A_DPORT };

	how->sport = vnft_genl_u16(info, VNFT_A_SPORT);
	how->sports = vnft_genl_u16(info, VNFT_A_SPORTS);
	how->dport = vnft_genl_u16(info, VNFT_A_DPORT);
	how->also_port = vnft_genl_u16(info, VNFT_A_ALSO_PORT);
	how->echo_id = vnft_genl_u16(info, VNFT_A_ECHO_ID);
	how->until_rst = info->attrs[VNFT_A_UNTIL_RST];
	how->echo_bytes = info->attrs[VNFT_A_ECHO_BYTES] ?
			  nla_get_u32(info->attrs[VNFT_A_ECHO_BYTES]) : VNFT_ECHO_BYTES;
	if (how->sport + max_t(u32, how->sports, 1) > U16_MAX + 1)
		return vnft_genl_refuse(info, VNFT_A_SPORTS, -ERANGE,
					"SPORTS: SPORT and those behind it go beyond 65535");
	if (how->kind == VNFT_PROBE_KIND_SYN)
		return vnft_genl_need_all(info, syn, ARRAY_SIZE(syn));
	if (how->until_rst)
		return vnft_genl_refuse(info, VNFT_A_UNTIL_RST, -EINVAL,
					"UNTIL_RST: no RST answers an echo request");
	if (how->also_port)
		return vnft_genl_refuse(info, VNFT_A_ALSO_PORT, -EINVAL,
					"ALSO_PORT: an echo request has no port");
	return 0;
}

static int vnft_genl_schedule(struct genl_info *info, struct vnft_probe_setup *how)
{
	how->interval_ns = vnft_genl_u64(info, VNFT_A_INTERVAL_NS);
	how->count = vnft_genl_u64(info, VNFT_A_COUNT);
	how->duration_ns = vnft_genl_u64(info, VNFT_A_DURATION_NS);
	if (how->interval_ns && how->interval_ns < VNFT_PROBE_MIN_NS)
		return vnft_genl_refuse(info, VNFT_A_INTERVAL_NS, -ERANGE,
					"INTERVAL_NS is below 1000; 0 is as fast as the CPU goes");
	if (how->interval_ns > VNFT_PROBE_MAX_NS)
		return vnft_genl_refuse(info, VNFT_A_INTERVAL_NS, -ERANGE,
					"INTERVAL_NS is longer than an hour");
	how->cpu = -1;
	if (!info->attrs[VNFT_A_CPU])
		return 0;
	if (nla_get_u32(info->attrs[VNFT_A_CPU]) >= nr_cpu_ids ||
	    !cpu_online(nla_get_u32(info->attrs[VNFT_A_CPU])))
		return vnft_genl_refuse(info, VNFT_A_CPU, -EINVAL, "no such CPU, or it is offline");
	how->cpu = nla_get_u32(info->attrs[VNFT_A_CPU]);
	return 0;
}

static int vnft_genl_probe_parse(struct genl_info *info, struct vnft_probe_setup *how)
{
	static const u8 needed[] = { VNFT_A_SESSION, VNFT_A_IFINDEX, VNFT_A_KIND, VNFT_A_SRC,
				     VNFT_A_DST, VNFT_A_SRC_MAC, VNFT_A_DST_MAC,
				     VNFT_A_INTERVAL_NS };
	int err = vnft_genl_need_all(info, needed, ARRAY_SIZE(needed));

	if (err)
		return err;
	how->kind = nla_get_u8(info->attrs[VNFT_A_KIND]);
	err = vnft_genl_addresses(info, how);
	if (!err)
		err = vnft_genl_ports(info, how);
	return err ? err : vnft_genl_schedule(info, how);
}

/* DEVICE, the id in SENT records: an attachment of this session, or one without a session. */
static int vnft_genl_probe_device(struct genl_info *info, struct vnft_probe_setup *how)
{
	struct vnft_device *d;

	if (!info->attrs[VNFT_A_DEVICE])
		return 0;
	d = vnft_table_find(nla_get_u32(info->attrs[VNFT_A_DEVICE]));
	if (!d)
		return vnft_genl_refuse(info, VNFT_A_DEVICE, -ENOENT, "no such attachment");
	if (d->session && d->session != how->session)
		return vnft_genl_refuse(info, VNFT_A_DEVICE, -EPERM,
					"the attachment is not this session's");
	how->device = d->id;
	return 0;
}

/* Under rtnl: the device that IFINDEX names, if such frames can leave through it. */
static int vnft_genl_probe_netdev(struct genl_info *info, struct vnft_probe_setup *how)
{
	const u32 bytes = vnft_frame_ip_bytes(how->addr_bytes) +
			  vnft_frame_l4_bytes(how->kind, how->echo_bytes);

	how->dev = __dev_get_by_index(genl_info_net(info),
				      nla_get_u32(info->attrs[VNFT_A_IFINDEX]));
	if (!how->dev)
		return vnft_genl_refuse(info, VNFT_A_IFINDEX, -ENODEV,
				"no device of this number in the sender's network namespace");
	if (how->dev->type != ARPHRD_ETHER)
		return vnft_genl_refuse(info, VNFT_A_IFINDEX, -EOPNOTSUPP,
					"the device has no Ethernet header: probe a tap or veth");
	if (bytes > how->dev->mtu)
		return vnft_genl_refuse(info, VNFT_A_ECHO_BYTES, -EMSGSIZE,
					"the frame is longer than the device's MTU");
	return 0;
}

int vnft_genl_probe_start(struct sk_buff *skb, struct genl_info *info)
{
	struct vnft_probe_setup how = { 0 };
	struct vnft_generator *p;
	struct sk_buff *reply;
	u64 start_ns;
	void *head;
	u32 id;
	int err;

	if (vnft_genl_realm(info) != VNFT_REALM_HOST)
		return vnft_genl_refuse(info, 0, -EPERM,
				"generators are the host's: no cgroup holds their threads");
	err = vnft_genl_probe_parse(info, &how);
	if (err)
		return err;
	reply = vnft_genl_reply_new(info, NLMSG_DEFAULT_SIZE - GENL_HDRLEN, &head);
	if (!reply)
		return vnft_genl_refuse(info, 0, -ENOMEM, "no memory for the answer");

	p = vnft_probe_new(&how, info->extack);
	if (IS_ERR(p)) {
		nlmsg_free(reply);
		return PTR_ERR(p);
	}
	id = p->id;

	rtnl_lock();
	mutex_lock(&vnft_lock);
	err = vnft_genl_session(info, &how.session);
	if (!err)
		err = vnft_genl_probe_device(info, &how);
	if (!err)
		err = vnft_genl_probe_netdev(info, &how);
	if (!err)
		err = vnft_probe_start(p, &how, &start_ns, info->extack);
	mutex_unlock(&vnft_lock);
	rtnl_unlock();
	if (err)
		vnft_probe_free(p);
	/* Two small attributes in a page: they fit. */
	if (!err && (nla_put_u32(reply, VNFT_A_PROBE, id) ||
		     nla_put_u64_64bit(reply, VNFT_A_START_NS, start_ns, VNFT_A_PAD)))
		err = vnft_genl_refuse(info, 0, -EMSGSIZE, "the answer does not fit");
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, head);
	return genlmsg_reply(reply, info);
}

static int vnft_genl_no_probe(struct genl_info *info)
{
	return vnft_genl_refuse(info, VNFT_A_PROBE, -ENOENT,
				"this session has no such generator");
}

int vnft_genl_probe_set(struct sk_buff *skb, struct genl_info *info)
{
	static const u8 needed[] = { VNFT_A_SESSION, VNFT_A_PROBE, VNFT_A_ALSO_PORT };
	struct vnft_session *session;
	int err = vnft_genl_need_all(info, needed, ARRAY_SIZE(needed));

	if (err)
		return err;

	mutex_lock(&vnft_lock);
	err = vnft_genl_session(info, &session);
	if (err)
		goto out;
	err = vnft_probe_set(session, nla_get_u32(info->attrs[VNFT_A_PROBE]),
			     nla_get_u16(info->attrs[VNFT_A_ALSO_PORT]));
	if (err == -ENOENT)
		vnft_genl_no_probe(info);
	else if (err)
		vnft_genl_refuse(info, VNFT_A_ALSO_PORT, err,
				 "ALSO_PORT: an echo request has no port");
out:
	mutex_unlock(&vnft_lock);
	return err;
}

#define VNFT_GENL_PROBE_BYTES	(nla_total_size_64bit(sizeof(struct vnft_hist)) + 256)

static int vnft_genl_put_probe(struct sk_buff *skb, const struct vnft_probe_state *state)
{
	if (nla_put_u32(skb, VNFT_A_PROBE, state->id) ||
	    nla_put_u8(skb, VNFT_A_RUNNING, state->running) ||
	    nla_put_u64_64bit(skb, VNFT_A_SENT, state->sent, VNFT_A_PAD) ||
	    nla_put_u64_64bit(skb, VNFT_A_FAILED, state->failed, VNFT_A_PAD) ||
	    nla_put_u64_64bit(skb, VNFT_A_START_NS, state->start_ns, VNFT_A_PAD) ||
	    nla_put_u64_64bit(skb, VNFT_A_FIRST_NS, state->first_ns, VNFT_A_PAD) ||
	    nla_put_u64_64bit(skb, VNFT_A_LAST_NS, state->last_ns, VNFT_A_PAD) ||
	    nla_put_u64_64bit(skb, VNFT_A_ANSWER_NS, state->answer_ns, VNFT_A_PAD) ||
	    nla_put_64bit(skb, VNFT_A_LATENESS, sizeof(state->lateness), &state->lateness,
			  VNFT_A_PAD))
		return -EMSGSIZE;
	return 0;
}

/* GET and STOP answer the same; both memories are taken before anything is stopped. */
static int vnft_genl_probe_answer(struct genl_info *info, bool stop)
{
	static const u8 needed[] = { VNFT_A_SESSION, VNFT_A_PROBE };
	struct vnft_probe_state *state;
	struct vnft_session *session;
	struct sk_buff *reply;
	void *head;
	u32 id;
	int err;

	err = vnft_genl_need_all(info, needed, ARRAY_SIZE(needed));
	if (err)
		return err;
	id = nla_get_u32(info->attrs[VNFT_A_PROBE]);
	state = kvzalloc(sizeof(*state), GFP_KERNEL);
	reply = vnft_genl_reply_new(info, VNFT_GENL_PROBE_BYTES, &head);
	if (!state || !reply) {
		err = vnft_genl_refuse(info, 0, -ENOMEM, "no memory for the answer");
		goto out;
	}

	mutex_lock(&vnft_lock);
	err = vnft_genl_session(info, &session);
	if (!err && !stop) {
		err = vnft_probe_get(session, id, state);
		if (err)
			vnft_genl_no_probe(info);
	}
	mutex_unlock(&vnft_lock);
	if (!err && stop) {
		err = vnft_probe_stop(session, id, state);
		if (err)
			vnft_genl_no_probe(info);
	}
	if (err)
		goto out;
	err = vnft_genl_put_probe(reply, state);
	if (err) {
		vnft_genl_refuse(info, 0, err, "the answer does not fit");
		goto out;
	}
	genlmsg_end(reply, head);
	kvfree(state);
	return genlmsg_reply(reply, info);
out:
	if (reply)
		nlmsg_free(reply);
	kvfree(state);
	return err;
}

int vnft_genl_probe_stop(struct sk_buff *skb, struct genl_info *info)
{
	return vnft_genl_probe_answer(info, true);
}

int vnft_genl_probe_get(struct sk_buff *skb, struct genl_info *info)
{
	return vnft_genl_probe_answer(info, false);
}
