// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that only look: GET (one attachment, or a dump of all), HIST, STREAM. Under vnft_lock
 * an attachment that was found stays; its counters go on while they are added up.
 */
#include "authority.h"
#include "compat.h"
#include "genl_get.h"
#include "genl_reply.h"
#include "genl_who.h"
#include "state.h"
#include "table.h"
#include "vnft.h"

int vnft_genl_put_device(struct sk_buff *skb, struct vnft_device *d)
{
	const u64 read_ns = vnft_now_ns();
	struct vnft_counters sum;

	vnft_state_counters(&d->state, &sum);
	if (nla_put_u32(skb, VNFT_A_DEVICE, d->id) ||
	    nla_put_u32(skb, VNFT_A_SESSION, d->session ? d->session->id : 0) ||
	    nla_put_u32(skb, VNFT_A_IFINDEX, d->ifindex) ||
	    nla_put_string(skb, VNFT_A_IFNAME, d->ifname) ||
	    nla_put_u64_64bit(skb, VNFT_A_NETNS_INODE, d->netns_inode, VNFT_A_PAD) ||
	    nla_put_u8(skb, VNFT_A_LINK, d->link) ||
	    nla_put_u8(skb, VNFT_A_SIDE, d->side) ||
	    nla_put_u8(skb, VNFT_A_HOOK_IN, d->hook[VNFT_DIR_IN]) ||
	    nla_put_u8(skb, VNFT_A_HOOK_OUT, d->hook[VNFT_DIR_OUT]) ||
	    nla_put_u32(skb, VNFT_A_RECORD_MASK, READ_ONCE(d->record_mask)) ||
	    nla_put_u64_64bit(skb, VNFT_A_STAGES, d->stages, VNFT_A_PAD) ||
	    (d->gone && nla_put_flag(skb, VNFT_A_GONE)) ||
	    nla_put_64bit(skb, VNFT_A_COUNTERS, sizeof(sum), &sum, VNFT_A_PAD) ||
	    nla_put_u64_64bit(skb, VNFT_A_FIRST_IN_NS, READ_ONCE(d->state.first_ns[VNFT_DIR_IN]),
			      VNFT_A_PAD) ||
	    nla_put_u64_64bit(skb, VNFT_A_FIRST_OUT_NS, READ_ONCE(d->state.first_ns[VNFT_DIR_OUT]),
			      VNFT_A_PAD) ||
	    nla_put_u64_64bit(skb, VNFT_A_READ_NS, read_ns, VNFT_A_PAD) ||
	    nla_put_u64_64bit(skb, VNFT_A_MEMORY_BYTES, d->state.memory_bytes, VNFT_A_PAD) ||
	    nla_put_u64_64bit(skb, VNFT_A_MEMORY_PER_CPU_BYTES, d->state.memory_per_cpu_bytes,
			      VNFT_A_PAD))
		return -EMSGSIZE;
	return 0;
}

/*
 * One attachment and its attributes into a reply of @bytes: what GET, HIST and STREAM share. @fill
 * runs under vnft_lock.
 */
static int vnft_genl_answer(struct genl_info *info, size_t bytes,
			    int (*fill)(struct sk_buff *reply, struct vnft_device *d,
					struct genl_info *info))
{
	struct vnft_device *d;
	struct sk_buff *reply;
	void *head;
	int err;

	reply = vnft_genl_reply_new(info, bytes, &head);
	if (!reply)
		return vnft_genl_refuse(info, 0, -ENOMEM, "no memory for the answer");
	mutex_lock(&vnft_lock);
	d = vnft_table_find(nla_get_u32(info->attrs[VNFT_A_DEVICE]));
	if (d && vnft_realm_rules(vnft_genl_realm(info), d->realm))
		err = fill(reply, d, info);
	else
		err = vnft_genl_refuse(info, VNFT_A_DEVICE, -ENOENT, "no such attachment");
	mutex_unlock(&vnft_lock);
	if (err) {
		nlmsg_free(reply);
		return err == -EMSGSIZE ?
		       vnft_genl_refuse(info, 0, err, "the answer does not fit") : err;
	}
	genlmsg_end(reply, head);
	return genlmsg_reply(reply, info);
}

static int vnft_fill_get(struct sk_buff *reply, struct vnft_device *d, struct genl_info *info)
{
	return vnft_genl_put_device(reply, d);
}

int vnft_genl_get(struct sk_buff *skb, struct genl_info *info)
{
	int err = vnft_genl_need(info, VNFT_A_DEVICE);

	return err ? err : vnft_genl_answer(info, VNFT_GENL_DEVICE_BYTES, vnft_fill_get);
}

/**
 * struct vnft_dump - where a dump goes on: netlink_callback.ctx, zero at its start
 * @realm: the sender's: the first part is made in his context, the others in whoever's reads
 * @begun: @realm is known
 * @next: the lowest id that is still to come
 */
struct vnft_dump {
	u64 realm;
	u32 next;
	bool begun;
};

static int vnft_genl_dump_check(struct netlink_callback *cb)
{
	struct nlattr **attrs = vnft_dump_attrs(cb);
	struct vnft_dump *dump = (void *)cb->ctx;
	const char *why;
	int err;

	BUILD_BUG_ON(sizeof(struct vnft_dump) > sizeof(cb->ctx));
	if (dump->begun)
		return 0;
	err = vnft_authority_netlink(cb->skb, &dump->realm, &why);
	if (err) {
		/* The macro wants a text that stands here. */
		if (cb->extack)
			cb->extack->_msg = why;
		return err;
	}
	dump->begun = true;
	if (!attrs || !attrs[VNFT_A_DEVICE])
		return 0;
	NL_SET_ERR_MSG_ATTR(cb->extack, attrs[VNFT_A_DEVICE],
			    "a dump is of all attachments: DEVICE belongs to a plain GET");
	return -EINVAL;
}

/*
 * By id, so that one which comes or goes between two messages moves nobody else's place. The
 * generation tells the reader (NLM_F_DUMP_INTR) that this happened.
 */
int vnft_genl_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vnft_dump *dump = (void *)cb->ctx;
	struct vnft_device *d;
	void *head;
	int err;

	/* Not in the callback that starts a dump: 6.1 has no extended ack there. */
	err = vnft_genl_dump_check(cb);
	if (err)
		return err;
	mutex_lock(&vnft_lock);
	cb->seq = vnft_table_generation();
	while ((d = vnft_table_next(dump->next))) {
		dump->next = d->id;
		if (!vnft_realm_rules(dump->realm, d->realm)) {
			dump->next++;
			continue;
		}
		head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				   &vnft_genl_family, NLM_F_MULTI, VNFT_CMD_GET);
		err = head ? vnft_genl_put_device(skb, d) : -EMSGSIZE;
		if (err) {
			if (head)
				genlmsg_cancel(skb, head);
			break;
		}
		genl_dump_check_consistent(cb, head);
		genlmsg_end(skb, head);
		dump->next = d->id + 1;
	}
	mutex_unlock(&vnft_lock);
	/* Something is in it: the rest comes in the next message. Nothing: none would ever fit. */
	return skb->len ? skb->len : err;
}

static int vnft_fill_hist(struct sk_buff *reply, struct vnft_device *d, struct genl_info *info)
{
	struct vnft_hist *sum = kvzalloc(sizeof(*sum), GFP_KERNEL);
	int err;

	if (!sum)
		return vnft_genl_refuse(info, 0, -ENOMEM, "no memory for the histogram");
	vnft_state_hist(&d->state, nla_get_u8(info->attrs[VNFT_A_PAIRING]),
			nla_get_u8(info->attrs[VNFT_A_DIR]), sum);
	err = nla_put_64bit(reply, VNFT_A_HIST, sizeof(*sum), sum, VNFT_A_PAD);
	kvfree(sum);
	return err;
}

int vnft_genl_hist(struct sk_buff *skb, struct genl_info *info)
{
	int err = vnft_genl_need(info, VNFT_A_DEVICE);

	if (!err)
		err = vnft_genl_need(info, VNFT_A_PAIRING);
	if (!err)
		err = vnft_genl_need(info, VNFT_A_DIR);
	return err ? err : vnft_genl_answer(info, nla_total_size_64bit(sizeof(struct vnft_hist)),
					    vnft_fill_hist);
}

static int vnft_fill_stream(struct sk_buff *reply, struct vnft_device *d, struct genl_info *info)
{
	struct vnft_stream_slot best;

	if (!vnft_state_stream(&d->state, nla_get_u8(info->attrs[VNFT_A_DIR]), &best))
		return vnft_genl_refuse(info, 0, -ENOENT,
					"no TCP stream passed in this direction");
	if (nla_put_u64_64bit(reply, VNFT_A_FLOW, best.flow, VNFT_A_PAD) ||
	    nla_put_u64_64bit(reply, VNFT_A_PAYLOAD_BYTES, best.payload_bytes, VNFT_A_PAD) ||
	    nla_put_u64_64bit(reply, VNFT_A_FIRST_NS, best.first_ns, VNFT_A_PAD) ||
	    nla_put_u64_64bit(reply, VNFT_A_LAST_NS, best.last_ns, VNFT_A_PAD) ||
	    nla_put_u64_64bit(reply, VNFT_A_OVER_NS, best.over_ns, VNFT_A_PAD))
		return -EMSGSIZE;
	return 0;
}

int vnft_genl_stream(struct sk_buff *skb, struct genl_info *info)
{
	int err = vnft_genl_need(info, VNFT_A_DEVICE);

	if (!err)
		err = vnft_genl_need(info, VNFT_A_DIR);
	return err ? err : vnft_genl_answer(info, 4 * nla_total_size_64bit(sizeof(u64)),
					    vnft_fill_stream);
}
