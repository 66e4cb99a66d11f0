/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Filters of clsact, for kernels without tcx.
 */
#ifndef VNFT_SOURCE_BPF_CLSACT_H
#define VNFT_SOURCE_BPF_CLSACT_H

#include "device.h"

int vnft_clsact_attach(struct vnft_bpf_device *d, bool persistent);
void vnft_clsact_detach(struct vnft_bpf_device *d);
/* Are its filters still on the device? */
bool vnft_clsact_alive(const struct vnft_bpf_device *d);
/*
 * Take away filters whose owner died, in the calling thread's namespace. Returns the number of
 * devices that had some.
 */
int vnft_clsact_sweep(void);

#endif
