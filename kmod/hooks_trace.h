/* SPDX-License-Identifier: GPL-2.0 */
/* Core stages: tracepoints. */
#ifndef VNFT_KMOD_HOOKS_TRACE_H
#define VNFT_KMOD_HOOKS_TRACE_H

#include <linux/types.h>

void vnft_trace_init(void);
/* Nothing is armed; no hook runs any more when it returns. */
void vnft_trace_exit(void);
/* Hooks that this kernel can give: bits 1 << hook. */
u64 vnft_trace_available(void);
/*
 * One use more of each hook in @mask, armed with the first. Without rtnl and vnft_lock: it may wait
 * for a grace period. Return: the hooks of @mask that are armed now, each to be put once.
 */
u64 vnft_trace_get(u64 mask);
/* Under any lock: the last use of a hook is gone, and it is disarmed soon. */
void vnft_trace_put(u64 mask);

#endif
