/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent attachments that stay open between looks: what attached.h says of them.
 */
#ifndef VNFT_SOURCE_BPF_FOLLOW_H
#define VNFT_SOURCE_BPF_FOLLOW_H

#include "../attachment.h"

struct vnft_bpf_follow;

int vnft_bpf_follow_open(struct vnft_bpf_follow **follow);
int vnft_bpf_follow_each(struct vnft_bpf_follow *follow, vnft_followed_fn fn, void *arg);
void vnft_bpf_follow_close(struct vnft_bpf_follow *follow);

#endif
