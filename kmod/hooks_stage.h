/* SPDX-License-Identifier: GPL-2.0 */
/* What both kinds of stage hooks share: from a net_device to the attachments that want a stage. */
#ifndef VNFT_KMOD_HOOKS_STAGE_H
#define VNFT_KMOD_HOOKS_STAGE_H

#include <linux/rculist.h>

#include "vnft.h"

#define VNFT_NO_QUEUE	(~0U)

/*
 * @dev is only compared until an attachment is found: an skb that waits in a socket keeps other
 * things in the place of its device. @skb and @mac as in vnft_observe_stage(). The stamp is taken
 * once, however many sessions look.
 */
static inline void vnft_stage(enum vnft_hook hook, const struct net_device *dev,
			      const struct sk_buff *skb, const void *mac, u32 queue, u32 peer)
{
	struct vnft_device *d;
	u64 now_ns = 0;

	rcu_read_lock();
	vnft_device_for_each(d, dev) {
		if (!(READ_ONCE(d->stages) & BIT_ULL(hook)))
			continue;
		if (!now_ns)
			now_ns = vnft_now_ns();
		vnft_observe_stage(d, hook, skb, mac, now_ns, queue, peer);
	}
	rcu_read_unlock();
}

/* ---- hooks_seen.c: at the entry of a driver's function; preemption off, under RCU ---- */

struct pt_regs;

void vnft_seen_xmit(enum vnft_hook hook, struct pt_regs *regs);
void vnft_seen_tun_read(enum vnft_hook hook, struct pt_regs *regs);
void vnft_seen_tun_write(enum vnft_hook hook, struct pt_regs *regs);
void vnft_seen_veth_poll(enum vnft_hook hook, struct pt_regs *regs);
void vnft_seen_xenvif_xmit(enum vnft_hook hook, struct pt_regs *regs);
void vnft_seen_xenvif_rx(enum vnft_hook hook, struct pt_regs *regs);
void vnft_seen_xenvif_tx(enum vnft_hook hook, struct pt_regs *regs);
void vnft_seen_xenvif_zerocopy(enum vnft_hook hook, struct pt_regs *regs);

/*
 * Some functions begin before there is an skb. The frame shows at the stack's tracepoints a moment
 * later: arrived, where the driver hands it up; read, where a tap's reader gets its copy.
 */
void vnft_seen_arrived(const struct net_device *dev, const struct sk_buff *skb, const void *mac,
		       u32 queue);
void vnft_seen_read(const struct net_device *dev, const struct sk_buff *skb, const void *mac,
		    u32 queue);

#endif
