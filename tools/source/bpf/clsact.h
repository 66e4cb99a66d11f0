/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Filters of clsact, for kernels without tcx.
 */
#ifndef VNFT_SOURCE_BPF_CLSACT_H
#define VNFT_SOURCE_BPF_CLSACT_H

#include "device.h"

/*
 * Can the device, of the calling thread's namespace, have a clsact? -EBUSY, without vnft_fail(), if
 * an `ingress` qdisc is in its place. vnft_clsact_refuse() is the answer to that.
 */
int vnft_clsact_fits(const struct vnft_bpf_device *d);
int vnft_clsact_refuse(const struct vnft_bpf_device *d);
int vnft_clsact_attach(struct vnft_bpf_device *d, bool persistent);
/* What is still ours of it. A filter of ours that has another program now stays. */
void vnft_clsact_detach(struct vnft_bpf_device *d);
/*
 * Take away filters whose owner died, in the calling thread's namespace. Returns the number of
 * devices that had some. What may be somebody's is left, with a warning.
 */
int vnft_clsact_sweep(void);

#endif
