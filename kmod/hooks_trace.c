// SPDX-License-Identifier: GPL-2.0
/*
 * Core stages: tracepoints of the network stack, armed while somebody wants them. They see every
 * frame of the host, so a probe first looks whether its device is attached. The kernel may wait for
 * a grace period where a probe is put on or taken off, and others of its users wait behind that. So
 * who wants a stage comes without locks, and a worker takes off what nobody wants any more.
 *
 * What may be read of an skb where:
 *   net_dev_queue, net_dev_start_xmit   all; data is at the link header
 *   net_dev_xmit                        nothing: the driver may have freed it
 *   receive, netif_rx, gro              all; data is behind the link header, if there is one
 *   consume_skb, skb_copy_datagram_...  all; but any skb of the kernel passes, and some keep
 *                                       something else in the place of their device
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/if_packet.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "core/hooks.h"
#include "hooks_entry.h"
#include "hooks_stage.h"
#include "hooks_trace.h"
#include "table.h"
#include "vnft.h"

static const void *vnft_trace_mac(const struct sk_buff *skb)
{
	return skb_mac_header_was_set(skb) ? skb_mac_header(skb) : NULL;
}

static u32 vnft_trace_rx_queue(const struct sk_buff *skb)
{
	return skb_rx_queue_recorded(skb) ? skb_get_rx_queue(skb) : VNFT_NO_QUEUE;
}

static void vnft_on_queue(void *data, struct sk_buff *skb)
{
	vnft_stage(VNFT_HOOK_DEV_QUEUE, skb->dev, skb, skb->data, skb_get_queue_mapping(skb), 0);
}

static void vnft_on_start_xmit(void *data, const struct sk_buff *skb, const struct net_device *dev)
{
	vnft_stage(VNFT_HOOK_DEV_START_XMIT, dev, skb, skb->data, skb_get_queue_mapping(skb), 0);
}

static void vnft_on_xmit(void *data, struct sk_buff *skb, int rc, struct net_device *dev,
			 unsigned int len)
{
	/* A driver that is busy gets the frame again: then it counts. */
	if (dev_xmit_complete(rc))
		vnft_stage(VNFT_HOOK_DEV_XMIT, dev, skb, NULL, VNFT_NO_QUEUE, 0);
}

static void vnft_on_receive_entry(void *data, const struct sk_buff *skb)
{
	const void *mac;
	u32 queue;

	if (!skb)	/* napi_gro_frags() of nothing */
		return;
	mac = vnft_trace_mac(skb);
	queue = vnft_trace_rx_queue(skb);
	vnft_entry_arrived(skb->dev, skb, mac, queue);
	vnft_stage(VNFT_HOOK_RECEIVE_ENTRY, skb->dev, skb, mac, queue, 0);
}

static void vnft_on_receive(void *data, struct sk_buff *skb)
{
	vnft_stage(VNFT_HOOK_RECEIVE, skb->dev, skb, vnft_trace_mac(skb), vnft_trace_rx_queue(skb),
		   0);
}

static void vnft_on_rx_entry(void *data, const struct sk_buff *skb)
{
	vnft_stage(VNFT_HOOK_RX_ENTRY, skb->dev, skb, vnft_trace_mac(skb), vnft_trace_rx_queue(skb),
		   0);
}

/*
 * A frame that a tap's reader holds: neither one that came in through the tap (its skb_iif says so)
 * nor a copy for a packet socket. The device may be looked into only once it is known to be one.
 */
static bool vnft_trace_read(const struct sk_buff *skb)
{
	const struct net_device *dev = skb->dev;
	struct vnft_device *d;

	if (!dev || skb->pkt_type == PACKET_OUTGOING)
		return false;
	vnft_table_for_each(d, dev)
		return skb->skb_iif != READ_ONCE(dev->ifindex);
	return false;
}

static void vnft_on_consume(void *data, VNFT_CONSUME_SKB_ARGS)
{
	rcu_read_lock();
	/* tun takes the frame from its socket; a GSO frame cut up before it still has its own. */
	if (!skb->sk && vnft_trace_read(skb))
		vnft_stage(VNFT_HOOK_CONSUME, skb->dev, skb, vnft_trace_mac(skb),
			   skb_get_queue_mapping(skb), 0);
	rcu_read_unlock();
}

static void vnft_on_copy(void *data, const struct sk_buff *skb, int len)
{
	const void *mac;
	u32 queue;

	/* tun copies a tagged frame in two parts around the tag; the second is the frame. */
	if (skb_vlan_tag_present(skb) && len == offsetof(struct vlan_ethhdr, h_vlan_proto))
		return;
	rcu_read_lock();
	if (vnft_trace_read(skb)) {
		mac = vnft_trace_mac(skb);
		queue = skb_get_queue_mapping(skb);
		vnft_entry_read(skb->dev, skb, mac, queue);
		vnft_stage(VNFT_HOOK_COPY_DATAGRAM, skb->dev, skb, mac, queue, 0);
	}
	rcu_read_unlock();
}

static struct vnft_trace {
	enum vnft_hook hook;
	const char *name;	/* if it is not the hook's */
	void *probe;
	struct tracepoint *tp;
	bool armed;
} vnft_traces[] = {
	{ VNFT_HOOK_DEV_QUEUE, .probe = vnft_on_queue },
	{ VNFT_HOOK_DEV_START_XMIT, .probe = vnft_on_start_xmit },
	{ VNFT_HOOK_DEV_XMIT, .probe = vnft_on_xmit },
	{ VNFT_HOOK_RECEIVE_ENTRY, .probe = vnft_on_receive_entry },
	/* The other ways of a driver to hand a frame up: it takes one of them. */
	{ VNFT_HOOK_RECEIVE_ENTRY, "netif_receive_skb_list_entry", vnft_on_receive_entry },
	{ VNFT_HOOK_RECEIVE_ENTRY, "napi_gro_receive_entry", vnft_on_receive_entry },
	{ VNFT_HOOK_RECEIVE_ENTRY, "napi_gro_frags_entry", vnft_on_receive_entry },
	{ VNFT_HOOK_RECEIVE, .probe = vnft_on_receive },
	{ VNFT_HOOK_RX_ENTRY, .probe = vnft_on_rx_entry },
	{ VNFT_HOOK_CONSUME, .probe = vnft_on_consume },
	{ VNFT_HOOK_COPY_DATAGRAM, .probe = vnft_on_copy },
};

#define VNFT_TRACES_END (vnft_traces + ARRAY_SIZE(vnft_traces))

/* Held while a grace period is waited for: never asked for by who has rtnl or vnft_lock. */
static DEFINE_MUTEX(vnft_trace_lock);
/* By hook; becomes more under vnft_trace_lock, and less under none. */
static atomic_t vnft_trace_uses[VNFT_HOOK_MAX];

u64 vnft_trace_available(void)
{
	u64 mask = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(vnft_traces); i++)
		if (vnft_traces[i].tp)
			mask |= BIT_ULL(vnft_traces[i].hook);
	return mask;
}

static void vnft_trace_disarm(enum vnft_hook hook)
{
	struct vnft_trace *t;

	for (t = vnft_traces; t < VNFT_TRACES_END; t++) {
		if (t->hook != hook || !t->armed)
			continue;
		tracepoint_probe_unregister(t->tp, t->probe, NULL);
		t->armed = false;
	}
}

static bool vnft_trace_arm(enum vnft_hook hook)
{
	struct vnft_trace *t;
	int err;

	for (t = vnft_traces; t < VNFT_TRACES_END; t++) {
		if (t->hook != hook || !t->tp || t->armed)
			continue;
		err = tracepoint_probe_register(t->tp, t->probe, NULL);
		if (err) {
			pr_warn("tracepoint %s refused (%d)\n", t->tp->name, err);
			vnft_trace_disarm(hook);
			return false;
		}
		t->armed = true;
	}
	return true;
}

u64 vnft_trace_get(u64 mask)
{
	unsigned int hook;
	u64 got = 0;

	lockdep_assert_not_held(&vnft_lock);
	mask &= vnft_trace_available();
	if (!mask)
		return 0;
	mutex_lock(&vnft_trace_lock);
	for (hook = 0; hook < VNFT_HOOK_MAX; hook++) {
		if (!(mask & BIT_ULL(hook)) || !vnft_trace_arm(hook))
			continue;
		atomic_inc(&vnft_trace_uses[hook]);
		got |= BIT_ULL(hook);
	}
	mutex_unlock(&vnft_trace_lock);
	return got;
}

static void vnft_trace_disarm_unused(struct work_struct *work)
{
	unsigned int hook;

	mutex_lock(&vnft_trace_lock);
	for (hook = 0; hook < VNFT_HOOK_MAX; hook++)
		if (!atomic_read(&vnft_trace_uses[hook]))
			vnft_trace_disarm(hook);
	mutex_unlock(&vnft_trace_lock);
}

static DECLARE_WORK(vnft_trace_disarmer, vnft_trace_disarm_unused);

void vnft_trace_put(u64 mask)
{
	unsigned int hook;
	int uses;

	mask &= vnft_trace_available();
	for (hook = 0; hook < VNFT_HOOK_MAX; hook++) {
		if (!(mask & BIT_ULL(hook)))
			continue;
		uses = atomic_dec_return(&vnft_trace_uses[hook]);
		WARN_ON_ONCE(uses < 0);
		if (!uses)
			queue_work(system_unbound_wq, &vnft_trace_disarmer);
	}
}

static void vnft_trace_found(struct tracepoint *tp, void *data)
{
	struct vnft_trace *t;

	for (t = vnft_traces; t < VNFT_TRACES_END; t++)
		if (!strcmp(tp->name, t->name ?: vnft_hook_row(t->hook)->name))
			t->tp = tp;
}

void vnft_trace_init(void)
{
	for_each_kernel_tracepoint(vnft_trace_found, NULL);
}

void vnft_trace_exit(void)
{
	cancel_work_sync(&vnft_trace_disarmer);
	vnft_trace_disarm_unused(NULL);
	/* A probe that began before it was taken off may still be running. */
	tracepoint_synchronize_unregister();
}
