/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Direction of a hook, for readers of records.
 */
#ifndef VNFT_STAT_PAIR_H
#define VNFT_STAT_PAIR_H

#include "../../kmod/core/hooks.h"
#include "../../kmod/core/match.h"
#include <stdint.h>

/* enum vnft_dir of a hook, or -1 for a number that is none. */
int vnft_hook_dir(uint8_t hook);

#endif
