/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs onto hooks, in the calling thread's namespace.
 */
#ifndef VNFT_SOURCE_BPF_ATTACH_H
#define VNFT_SOURCE_BPF_ATTACH_H

#include "device.h"

/* Which mechanism @choice means for this device: fills d->hook. */
int vnft_bpf_choose_hook(struct vnft_bpf_device *d, enum vnft_hook_choice choice);
/* @persistent: they outlive this process (for tcx, the caller pins the links). */
int vnft_bpf_attach_hooks(struct vnft_bpf_device *d, bool persistent);
/* May be called in any namespace: d->netns_fd leads to the device's. */
void vnft_bpf_detach_hooks(struct vnft_bpf_device *d);

#endif
