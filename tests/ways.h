/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A frame's way through the host in the kernel's order, written down a second time so that a test
 * can hold the observers against it. Every device and every observer has a part of it only:
 * vnft_hooks_fit() and vnft_hooks_by() say which. net_dev_xmit is not here, because whoever gets
 * the frame may be faster than the return of the driver.
 */
#ifndef VNFT_TESTS_WAYS_H
#define VNFT_TESTS_WAYS_H

#include <stdint.h>

#include "../kmod/core/hooks.h"

static const uint8_t ways[VNFT_DIR_NR][VNFT_HOOK_MAX] = {
	[VNFT_DIR_OUT] = { VNFT_HOOK_NETFILTER_OUT, VNFT_HOOK_TCX_OUT, VNFT_HOOK_CLSACT_OUT,
			   VNFT_HOOK_DEV_QUEUE, VNFT_HOOK_DEV_START_XMIT,
			   VNFT_HOOK_VETH_XMIT,
			   VNFT_HOOK_XENVIF_XMIT, VNFT_HOOK_XENVIF_RX,
			   VNFT_HOOK_TUN_XMIT, VNFT_HOOK_TUN_READ, VNFT_HOOK_COPY_DATAGRAM,
			   VNFT_HOOK_CONSUME },
	[VNFT_DIR_IN] = { VNFT_HOOK_RX_ENTRY,
			  VNFT_HOOK_VETH_POLL,
			  VNFT_HOOK_XENVIF_TX,
			  VNFT_HOOK_TUN_GET_USER,
			  VNFT_HOOK_RECEIVE_ENTRY, VNFT_HOOK_RECEIVE,
			  VNFT_HOOK_TCX_IN, VNFT_HOOK_CLSACT_IN, VNFT_HOOK_NETFILTER_IN },
};

/*
 * Not every frame passes these: a veth whose peer does not poll queues its frames to the backlog,
 * other drivers hand theirs up themselves.
 */
#define WAYS_QUEUED	(1ULL << VNFT_HOOK_RX_ENTRY)

#endif
