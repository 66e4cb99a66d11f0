// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that change attachments: ATTACH, DETACH, RECORD. Each reads parse, look up, lock, act,
 * out. The answer's memory is taken first: what was done is never undone for want of it.
 */
#include <linux/log2.h>
#include <linux/rtnetlink.h>

#include "authority.h"
#include "core/hooks.h"
#include "device.h"
#include "genl_device.h"
#include "genl_get.h"
#include "genl_reply.h"
#include "genl_who.h"
#include "record.h"
#include "table.h"
#include "vnft.h"

/* Stages are a mask of 64 bits, which a policy cannot hold. */
static int vnft_genl_stages(struct genl_info *info, u64 *stages)
{
	if (!info->attrs[VNFT_A_STAGES])
		return 0;
	*stages = nla_get_u64(info->attrs[VNFT_A_STAGES]);
	if (!(*stages & ~vnft_hooks_by(VNFT_BY_MODULE)))
		return 0;
	return vnft_genl_refuse(info, VNFT_A_STAGES, -EINVAL,
				"STAGES has bits that are no hook of the module");
}

/* Without locks: what STAGES asks for is armed, as far as the device that IFINDEX names has it. */
static u64 vnft_genl_arm(struct genl_info *info, u64 stages)
{
	const u32 ifindex = nla_get_u32(info->attrs[VNFT_A_IFINDEX]);
	enum vnft_link link = VNFT_LINK_OTHER;
	const struct net_device *dev;

	if (!stages)
		return 0;
	rtnl_lock();
	dev = __dev_get_by_index(genl_info_net(info), ifindex);
	if (dev)
		link = vnft_record_link(dev);
	rtnl_unlock();
	return dev ? vnft_device_arm(stages, link) : 0;
}

/* The same for the attachment that DEVICE names, whoever's it is. */
static u64 vnft_genl_arm_device(struct genl_info *info, u64 stages)
{
	enum vnft_link link = VNFT_LINK_OTHER;
	const struct vnft_device *d;

	if (!stages)
		return 0;
	mutex_lock(&vnft_lock);
	d = vnft_table_find(nla_get_u32(info->attrs[VNFT_A_DEVICE]));
	if (d)
		link = d->link;
	mutex_unlock(&vnft_lock);
	return d ? vnft_device_arm(stages, link) : 0;
}

static int vnft_genl_attach_parse(struct genl_info *info, struct vnft_attach *how)
{
	int err = vnft_genl_need(info, VNFT_A_IFINDEX);

	if (!err)
		err = vnft_genl_stages(info, &how->stages);
	if (err)
		return err;
	how->side = info->attrs[VNFT_A_SIDE];
	if (info->attrs[VNFT_A_RECORD_MASK])
		how->record_mask = nla_get_u32(info->attrs[VNFT_A_RECORD_MASK]);
	if (info->attrs[VNFT_A_MATCH_SLOTS])
		how->match_slots = nla_get_u32(info->attrs[VNFT_A_MATCH_SLOTS]);
	if (!is_power_of_2(how->match_slots))
		return vnft_genl_refuse(info, VNFT_A_MATCH_SLOTS, -EINVAL,
					"MATCH_SLOTS is not a power of two");
	if (info->attrs[VNFT_A_SESSION])
		return 0;
	if (info->attrs[VNFT_A_RECORD_MASK])
		return vnft_genl_refuse(info, VNFT_A_RECORD_MASK, -EINVAL,
					"RECORD_MASK needs a SESSION whose rings take the records");
	if (info->attrs[VNFT_A_STAGES])
		return vnft_genl_refuse(info, VNFT_A_STAGES, -EINVAL,
					"STAGES needs a SESSION whose rings take the records");
	return 0;
}

/* Under both locks: the session and the device that are named. */
static int vnft_genl_attach_to(struct genl_info *info, struct vnft_attach *how)
{
	const u32 ifindex = nla_get_u32(info->attrs[VNFT_A_IFINDEX]);
	int err = vnft_genl_session(info, &how->session);

	if (err)
		return err;
	how->dev = __dev_get_by_index(genl_info_net(info), ifindex);
	if (how->dev)
		return 0;
	return vnft_genl_refuse(info, VNFT_A_IFINDEX, -ENODEV,
				"no device of this number in the sender's network namespace");
}

int vnft_genl_attach(struct sk_buff *skb, struct genl_info *info)
{
	struct vnft_attach how = {
		.match_slots = VNFT_DEFAULT_MATCH_SLOTS,
		.realm = vnft_genl_realm(info),
	};
	struct vnft_device *d;
	struct sk_buff *reply;
	LIST_HEAD(dead);
	void *head;
	int err;

	err = vnft_genl_attach_parse(info, &how);
	if (err)
		return err;
	reply = vnft_genl_reply_new(info, VNFT_GENL_DEVICE_BYTES, &head);
	if (!reply)
		return vnft_genl_refuse(info, 0, -ENOMEM, "no memory for the answer");

	d = vnft_device_new(&how, info->extack);
	if (!d) {
		nlmsg_free(reply);
		return -ENOMEM;
	}
	how.armed = vnft_genl_arm(info, how.stages);

	rtnl_lock();
	mutex_lock(&vnft_lock);
	err = vnft_genl_attach_to(info, &how);
	if (err) {
		vnft_device_free(d);
		goto out;
	}
	err = vnft_device_attach(&how, d, info->extack);
	if (err)
		goto out;
	err = vnft_genl_put_device(reply, d);
	if (err) {
		vnft_genl_refuse(info, 0, err, "the answer does not fit");
		vnft_device_unhook(d, &dead);
	}
out:
	mutex_unlock(&vnft_lock);
	rtnl_unlock();
	vnft_device_disarm(how.armed);
	vnft_device_free_list(&dead);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, head);
	return genlmsg_reply(reply, info);
}

/* The attachment that is named, if it belongs to the session that is named (or to none). */
static int vnft_genl_own_device(struct genl_info *info, struct vnft_session *session,
				struct vnft_device **device)
{
	*device = vnft_table_find(nla_get_u32(info->attrs[VNFT_A_DEVICE]));
	if (!*device || !vnft_realm_rules(vnft_genl_realm(info), (*device)->realm))
		return vnft_genl_refuse(info, VNFT_A_DEVICE, -ENOENT, "no such attachment");
	if ((*device)->session == session)
		return 0;
	return vnft_genl_refuse(info, VNFT_A_DEVICE, -EPERM,
				session ? "the attachment is not this session's" :
				"the attachment is a session's: name it, or close its file");
}

int vnft_genl_detach(struct sk_buff *skb, struct genl_info *info)
{
	struct vnft_session *session;
	struct vnft_device *d;
	LIST_HEAD(dead);
	int err;

	err = vnft_genl_need(info, VNFT_A_DEVICE);
	if (err)
		return err;

	rtnl_lock();
	mutex_lock(&vnft_lock);
	err = vnft_genl_session(info, &session);
	if (!err)
		err = vnft_genl_own_device(info, session, &d);
	if (!err)
		vnft_device_unhook(d, &dead);
	mutex_unlock(&vnft_lock);
	rtnl_unlock();
	vnft_device_free_list(&dead);
	return err;
}

int vnft_genl_record(struct sk_buff *skb, struct genl_info *info)
{
	struct vnft_session *session;
	struct vnft_device *d;
	struct sk_buff *reply;
	u64 stages = 0, armed;
	void *head;
	int err;

	err = vnft_genl_need(info, VNFT_A_DEVICE);
	if (!err)
		err = vnft_genl_need(info, VNFT_A_SESSION);
	if (!err)
		err = vnft_genl_need(info, VNFT_A_RECORD_MASK);
	if (!err)
		err = vnft_genl_stages(info, &stages);
	if (err)
		return err;
	reply = vnft_genl_reply_new(info, VNFT_GENL_DEVICE_BYTES, &head);
	if (!reply)
		return vnft_genl_refuse(info, 0, -ENOMEM, "no memory for the answer");
	armed = vnft_genl_arm_device(info, stages);

	rtnl_lock();
	mutex_lock(&vnft_lock);
	err = vnft_genl_session(info, &session);
	if (!err)
		err = vnft_genl_own_device(info, session, &d);
	if (err)
		goto out;
	if (!info->attrs[VNFT_A_STAGES])
		stages = d->stages;
	err = vnft_device_record(d, nla_get_u32(info->attrs[VNFT_A_RECORD_MASK]), stages,
				 &armed, info->extack);
	if (err)
		goto out;
	err = vnft_genl_put_device(reply, d);
	if (err)
		vnft_genl_refuse(info, 0, err, "recorded, but the answer does not fit");
out:
	mutex_unlock(&vnft_lock);
	rtnl_unlock();
	vnft_device_disarm(armed);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, head);
	return genlmsg_reply(reply, info);
}
