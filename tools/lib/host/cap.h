/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capabilities of this process.
 */
#ifndef VNFT_LIB_CAP_H
#define VNFT_LIB_CAP_H

/* 0 if the effective set has it; else -EPERM after vnft_fail() naming @cap and what needs it. */
int vnft_need_cap(int cap, const char *what_for);

#endif
