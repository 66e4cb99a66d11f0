// SPDX-License-Identifier: GPL-2.0
/*
 * The device boundary: netfilter's ingress and egress hooks of one net_device. On ingress the frame
 * has passed tcx and clsact, on egress it has both before it. We look and let everything pass.
 */
#include <linux/limits.h>
#include <linux/netfilter_netdev.h>
#include <linux/rtnetlink.h>

#include "core/hooks.h"
#include "hooks_netdev.h"
#include "observe.h"
#include "table.h"

#define VNFT_NETDEV_LACKS \
	"this kernel lacks CONFIG_NETFILTER_INGRESS or CONFIG_NETFILTER_EGRESS"

/* A function for each, so that no frame has to look for the side of its device. */
static unsigned int vnft_netdev_in(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	vnft_observe_frame(priv, skb, VNFT_DIR_IN, VNFT_DIR_IN);
	return NF_ACCEPT;
}

static unsigned int vnft_netdev_out(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	vnft_observe_frame(priv, skb, VNFT_DIR_OUT, VNFT_DIR_OUT);
	return NF_ACCEPT;
}

static unsigned int vnft_netdev_guest_in(void *priv, struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	vnft_observe_frame(priv, skb, VNFT_DIR_OUT, VNFT_DIR_IN);
	return NF_ACCEPT;
}

static unsigned int vnft_netdev_guest_out(void *priv, struct sk_buff *skb,
					  const struct nf_hook_state *state)
{
	vnft_observe_frame(priv, skb, VNFT_DIR_IN, VNFT_DIR_OUT);
	return NF_ACCEPT;
}

static void vnft_netdev_prepare(struct vnft_device *d)
{
	static const struct nf_hook_ops in = {
		.hook = vnft_netdev_in,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = INT_MIN,
	};
	static const struct nf_hook_ops out = {
		.hook = vnft_netdev_out,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_EGRESS,
		.priority = INT_MAX,
	};
	const bool guest = d->side == VNFT_SIDE_GUEST;
	int dir;

	d->ops[guest ? VNFT_DIR_OUT : VNFT_DIR_IN] = in;
	d->ops[guest ? VNFT_DIR_IN : VNFT_DIR_OUT] = out;
	if (guest) {
		d->ops[VNFT_DIR_IN].hook = vnft_netdev_guest_in;
		d->ops[VNFT_DIR_OUT].hook = vnft_netdev_guest_out;
	}
	d->hook[guest ? VNFT_DIR_OUT : VNFT_DIR_IN] = VNFT_HOOK_NETFILTER_IN;
	d->hook[guest ? VNFT_DIR_IN : VNFT_DIR_OUT] = VNFT_HOOK_NETFILTER_OUT;
	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		d->ops[dir].dev = d->dev;
		d->ops[dir].priv = d;
	}
}

int vnft_netdev_hook(struct vnft_device *d, struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	vnft_netdev_prepare(d);
	err = nf_register_net_hooks(d->net, d->ops, VNFT_DIR_NR);
	if (err == -EOPNOTSUPP)
		NL_SET_ERR_MSG(extack, VNFT_NETDEV_LACKS);
	else if (err == -E2BIG)
		NL_SET_ERR_MSG(extack, "the device has as many netfilter hooks as it can hold");
	else if (err)
		NL_SET_ERR_MSG(extack, "netfilter refused the device's hooks");
	d->hooked = !err;
	return err;
}

void vnft_netdev_unhook(struct vnft_device *d)
{
	ASSERT_RTNL();
	if (!d->hooked)
		return;
	/* netfilter warns if the device has left the namespace before its hooks did. */
	nf_unregister_net_hooks(d->net, d->ops, VNFT_DIR_NR);
	d->hooked = false;
}
