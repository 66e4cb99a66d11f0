/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Life of instances: exec and exit of processes, first vCPU entries, on the same rings.
 */
#ifndef VNFT_SOURCE_BPF_ALIVE_H
#define VNFT_SOURCE_BPF_ALIVE_H

#include "session.h"

int vnft_bpf_life_start(struct vnft_source *source);
void vnft_bpf_life_stop(struct vnft_source *source);

void vnft_bpf_life_close(struct vnft_bpf *b);

#endif
