/* SPDX-License-Identifier: GPL-2.0 */
/* What the entry of a driver's function says of a frame: preemption off, under RCU. */
#ifndef VNFT_KMOD_HOOKS_ENTRY_H
#define VNFT_KMOD_HOOKS_ENTRY_H

#include <linux/skbuff.h>

#include "core/hooks.h"

struct pt_regs;

void vnft_entry_xmit(enum vnft_hook hook, struct pt_regs *regs);
void vnft_entry_tun_read(enum vnft_hook hook, struct pt_regs *regs);
void vnft_entry_tun_write(enum vnft_hook hook, struct pt_regs *regs);
void vnft_entry_veth_poll(enum vnft_hook hook, struct pt_regs *regs);
void vnft_entry_xenvif_xmit(enum vnft_hook hook, struct pt_regs *regs);
void vnft_entry_xenvif_rx(enum vnft_hook hook, struct pt_regs *regs);
void vnft_entry_xenvif_tx(enum vnft_hook hook, struct pt_regs *regs);
void vnft_entry_xenvif_zerocopy(enum vnft_hook hook, struct pt_regs *regs);

/*
 * Some functions begin before there is an skb. The frame shows at the stack's tracepoints a moment
 * later: arrived, where the driver hands it up; read, where a tap's reader gets its copy.
 */
void vnft_entry_arrived(const struct net_device *dev, const struct sk_buff *skb, const void *mac,
			u32 queue);
void vnft_entry_read(const struct net_device *dev, const struct sk_buff *skb, const void *mac,
		     u32 queue);

#endif
