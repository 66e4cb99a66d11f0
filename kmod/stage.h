/* SPDX-License-Identifier: GPL-2.0 */
/* A frame at a stage inside the host. */
#ifndef VNFT_KMOD_STAGE_H
#define VNFT_KMOD_STAGE_H

#include <linux/skbuff.h>

#include "core/hooks.h"
#include "table.h"

/*
 * A frame, or the moment before one is known (@skb NULL), at a stage: any context. @mac: where the
 * link header begins, NULL if the skb cannot be read any more (it was freed: @skb is only a name).
 * @queue ~0: unknown.
 */
void vnft_stage_frame(struct vnft_device *d, enum vnft_hook hook, const struct sk_buff *skb,
		      const void *mac, u64 time_ns, u32 queue, u32 peer);

#endif
