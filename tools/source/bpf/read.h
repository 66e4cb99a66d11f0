/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a device's hooks know, and whether they record.
 */
#ifndef VNFT_SOURCE_BPF_READ_H
#define VNFT_SOURCE_BPF_READ_H

#include "device.h"

/* Record these classes from now on, at the boundary and at the device's stages. */
void vnft_bpf_device_record(struct vnft_bpf_device *d, uint32_t record_mask);
void vnft_bpf_device_read(const struct vnft_bpf_device *d, struct vnft_device_state *state);
int vnft_bpf_device_hist(const struct vnft_bpf_device *d, enum vnft_pairing pairing,
			 enum vnft_dir request, struct vnft_hist *sum);
int vnft_bpf_device_stream(const struct vnft_bpf_device *d, enum vnft_dir dir,
			   struct vnft_stream *stream);

#endif
