/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every use of the observer begins with.
 */
#ifndef VNFT_SOURCE_BPF_CAPS_H
#define VNFT_SOURCE_BPF_CAPS_H

#include "../../lib/host/cap.h"

/* What every use of BPF needs. */
extern const struct vnft_cap vnft_bpf_caps[];
/* 0, or -EPERM after vnft_fail() that names all that are missing. */
int vnft_bpf_need_caps(void);
/* Route libbpf's chatter to vnft_debug(). */
void vnft_bpf_quiet(void);

#endif
