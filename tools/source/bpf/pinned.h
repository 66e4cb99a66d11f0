/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent attachments in use: found, listed, taken away.
 */
#ifndef VNFT_SOURCE_BPF_PINNED_H
#define VNFT_SOURCE_BPF_PINNED_H

#include "../attachment.h"
#include "device.h"

/* A device's, named as in spec.h: -ENOENT after vnft_fail() if it has none. */
int vnft_bpf_open_device(const char *spec, struct vnft_bpf_device **d);
int vnft_bpf_pin_each(vnft_attachment_fn fn, void *arg);
/* Take it away; @spec NULL: all of every namespace. @detached: how many, may be NULL. */
int vnft_bpf_unpin(const char *spec, unsigned int *detached);

#endif
