/* SPDX-License-Identifier: GPL-2.0 */
/* What both kinds of stage hooks share: from a net_device to the attachments that want a stage. */
#ifndef VNFT_KMOD_HOOKS_STAGE_H
#define VNFT_KMOD_HOOKS_STAGE_H

#include <linux/rculist.h>

#include "stage.h"
#include "table.h"
#include "vnft.h"

#define VNFT_NO_QUEUE	(~0U)

/*
 * @dev is only compared until an attachment is found: an skb that waits in a socket keeps other
 * things in the place of its device. @skb and @mac as in vnft_stage_frame(). The stamp is taken
 * once, however many sessions look.
 */
static inline void vnft_stage(enum vnft_hook hook, const struct net_device *dev,
			      const struct sk_buff *skb, const void *mac, u32 queue, u32 peer)
{
	struct vnft_device *d;
	u64 now_ns = 0;

	rcu_read_lock();
	vnft_table_for_each(d, dev) {
		if (!(READ_ONCE(d->stages) & BIT_ULL(hook)))
			continue;
		if (!now_ns)
			now_ns = vnft_now_ns();
		vnft_stage_frame(d, hook, skb, mac, now_ns, queue, peer);
	}
	rcu_read_unlock();
}

#endif
