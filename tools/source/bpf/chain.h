/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every program that a device's frames meet on the hooks where ours are, and our place among them.
 */
#ifndef VNFT_SOURCE_BPF_CHAIN_H
#define VNFT_SOURCE_BPF_CHAIN_H

#include "../attachment.h"
#include "device.h"

/* Fill @a->chain, for a device that is where @a says. */
void vnft_bpf_chain(const struct vnft_bpf_device *d, struct vnft_attachment *a);

#endif
