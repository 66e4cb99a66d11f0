/* SPDX-License-Identifier: GPL-2.0 */
/* Driver stages: functions of drivers. */
#ifndef VNFT_KMOD_HOOKS_DRIVER_H
#define VNFT_KMOD_HOOKS_DRIVER_H

#include <linux/types.h>

int vnft_driver_init(void);
/* Nothing is armed any more when it returns. */
void vnft_driver_exit(void);
/* Hooks that this kernel can give now (drivers may still load): bits 1 << hook. */
u64 vnft_driver_available(void);
/* As vnft_trace_get() and vnft_trace_put(): without locks, and under any. */
u64 vnft_driver_get(u64 mask);
void vnft_driver_put(u64 mask);

#endif
