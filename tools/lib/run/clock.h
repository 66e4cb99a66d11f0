/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock of every stamp.
 */
#ifndef VNFT_LIB_CLOCK_H
#define VNFT_LIB_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC: the clock that the observers stamp with. */
uint64_t vnft_now_ns(void);

#endif
