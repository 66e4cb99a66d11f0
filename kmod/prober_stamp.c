// SPDX-License-Identifier: GPL-2.0
/*
 * The generator's eyes. At the hand-over to the driver (tracepoint net_dev_start_xmit, armed while
 * there is a generator) our frames are known by their bytes, their number is counted back from
 * the last that departed, and a SENT record is written. At the ingress of the device, while
 * somebody waits for it, the RST that acknowledges one of our SYNs ends its generator.
 */
#include <linux/hashtable.h>
#include <linux/netfilter_netdev.h>
#include <linux/tracepoint.h>

#include "core/frame.h"
#include "core/hooks.h"
#include "core/match.h"
#include "generator.h"
#include "parse.h"
#include "prober_stamp.h"
#include "session.h"
#include "vnft.h"

#define NO_NUMBER	(~0ULL)

static DEFINE_HASHTABLE(vnft_probing, 6);
static struct tracepoint *vnft_start_xmit;
/* Arming and disarming may wait for a grace period: under no lock that others need. */
static DEFINE_MUTEX(vnft_stamp_lock);
static unsigned int vnft_stamp_users;

/* The number of the packet whose lower bits are @low: the last one so, of those that departed. */
static u64 vnft_probe_number(const struct vnft_generator *p, u32 low, u32 mask)
{
	u64 last = READ_ONCE(p->next) - 1;	/* of none: NO_NUMBER */
	u32 back = ((u32)last - low) & mask;

	return last == NO_NUMBER || back > last ? NO_NUMBER : last - back;
}

static u16 vnft_probe_sport(const struct vnft_generator *p, u64 n)
{
	return vnft_frame_sport(p->how.sport, p->how.sports, n);
}

static void vnft_probe_sent(struct vnft_generator *p, u64 n, u16 sport, u16 dport, u32 seq,
			    u64 now_ns)
{
	const bool syn = p->how.kind == VNFT_PROBE_KIND_SYN;
	struct vnft_packet packet = {
		.src = p->src,
		.dst = p->dst,
		.sport = sport,
		.dport = dport,
		.proto = p->form.proto,
	};
	struct vnft_record r = {
		.time_ns = now_ns,
		.device = p->how.device,
		.kind = VNFT_KIND_SENT,
		.hook = VNFT_HOOK_DEV_START_XMIT,
		.class = syn ? VNFT_CLASS_SYN : VNFT_CLASS_ECHO_REQUEST,
		.flags = p->form.ipv6 ? VNFT_RF_IPV6 : 0,
		.len32 = (u32)n,
	};
	u8 from_b;

	r.flow = vnft_flow_id(&packet, &from_b);
	if (from_b)
		r.flags |= VNFT_RF_FROM_B;
	/* As fast as the CPU goes is no schedule: meant when it happened. */
	r.sent.intended_ns = p->how.interval_ns ? p->start_ns + n * p->how.interval_ns : now_ns;
	r.sent.tcp_seq = syn ? seq : (u32)sport << 16 | seq;
	vnft_session_emit(p->session, &r);
	atomic64_inc(&p->stamped);
}

static void vnft_probe_look(struct vnft_generator *p, const struct sk_buff *skb)
{
	const bool syn = p->how.kind == VNFT_PROBE_KIND_SYN;
	u64 now_ns = vnft_now_ns(), n;
	u16 sport, dport;
	u32 seq;

	/* Ours are linear; of another's only the head may be read, and it need not reach so far. */
	if (skb->len != p->form.len_bytes || skb_headlen(skb) != skb->len ||
	    !vnft_frame_read(&p->form, p->frame, skb->data, &sport, &dport, &seq))
		return;
	n = syn ? vnft_probe_number(p, seq - p->seq_base, ~0U) : vnft_probe_number(p, seq, 0xffff);
	if (n == NO_NUMBER || sport != (syn ? vnft_probe_sport(p, n) : p->how.echo_id))
		return;
	if (xchg(&p->stamped_last[n % VNFT_PROBE_STAMPED], n + 1) == n + 1)
		return;	/* the driver was busy, and gets it once more */
	vnft_probe_sent(p, n, sport, dport, seq, now_ns);
}

static void vnft_on_start_xmit(void *data, const struct sk_buff *skb, const struct net_device *dev)
{
	struct vnft_generator *p;

	rcu_read_lock();
	hash_for_each_possible_rcu(vnft_probing, p, hashed, (unsigned long)dev)
		if (READ_ONCE(p->dev) == dev)
			vnft_probe_look(p, skb);
	rcu_read_unlock();
}

static unsigned int vnft_on_ingress(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	struct vnft_generator *p = priv;
	struct vnft_packet r;
	u64 n;

	if (READ_ONCE(p->answer_ns) ||
	    vnft_parse_boundary(&r, skb, VNFT_DIR_IN, VNFT_ETH_BYTES) != VNFT_VERDICT_OK ||
	    r.class != VNFT_CLASS_RST || !(r.tcp_flags & VNFT_TCP_ACK) ||
	    memcmp(&r.src, &p->dst, sizeof(r.src)) || memcmp(&r.dst, &p->src, sizeof(r.dst)))
		return NF_ACCEPT;
	if (r.sport != p->how.dport && r.sport != READ_ONCE(p->also_port))
		return NF_ACCEPT;
	/* It acknowledges the SYN itself, at the port that this one came from. */
	n = vnft_probe_number(p, r.ack - 1 - p->seq_base, ~0U);
	if (n == NO_NUMBER || r.dport != vnft_probe_sport(p, n))
		return NF_ACCEPT;
	if (!cmpxchg64(&p->answer_ns, 0, vnft_now_ns()))
		WRITE_ONCE(p->stop, true);
	return NF_ACCEPT;
}

int vnft_probe_rst_hook(struct vnft_generator *p)
{
	int err;

	p->rst_hook = (struct nf_hook_ops) {
		.hook = vnft_on_ingress,
		.dev = p->dev,
		.priv = p,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = INT_MIN,	/* before a rule could drop it */
	};
	err = nf_register_net_hook(dev_net(p->dev), &p->rst_hook);
	p->rst_hooked = !err;
	return err;
}

void vnft_probe_rst_unhook(struct vnft_generator *p)
{
	if (p->rst_hooked)
		nf_unregister_net_hook(dev_net(p->dev), &p->rst_hook);
	p->rst_hooked = false;
}

int vnft_probe_stamp_get(void)
{
	int err = 0;

	mutex_lock(&vnft_stamp_lock);
	if (!vnft_stamp_users)
		err = tracepoint_probe_register(vnft_start_xmit, vnft_on_start_xmit, NULL);
	vnft_stamp_users += !err;
	mutex_unlock(&vnft_stamp_lock);
	return err;
}

void vnft_probe_stamp_put(void)
{
	mutex_lock(&vnft_stamp_lock);
	if (!--vnft_stamp_users)
		tracepoint_probe_unregister(vnft_start_xmit, vnft_on_start_xmit, NULL);
	mutex_unlock(&vnft_stamp_lock);
}

void vnft_probe_stamp_add(struct vnft_generator *p)
{
	hash_add_rcu(vnft_probing, &p->hashed, (unsigned long)p->dev);
}

void vnft_probe_stamp_del(struct vnft_generator *p)
{
	hash_del_rcu(&p->hashed);
}

static void vnft_find_tracepoint(struct tracepoint *tp, void *priv)
{
	if (!strcmp(tp->name, "net_dev_start_xmit"))
		vnft_start_xmit = tp;
}

int vnft_probe_stamp_init(void)
{
	for_each_kernel_tracepoint(vnft_find_tracepoint, NULL);
	return vnft_start_xmit ? 0 : -ENOENT;
}
