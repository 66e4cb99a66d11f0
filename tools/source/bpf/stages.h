/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records frames at stages of the host (bpf/path.bpf.c) in a session.
 */
#ifndef VNFT_SOURCE_BPF_STAGES_H
#define VNFT_SOURCE_BPF_STAGES_H

#include "session.h"

/* As vnft_source_ops.stages. The object is loaded with the first call. */
int vnft_bpf_stages(struct vnft_source *source, uint16_t id, uint64_t hooks, uint64_t *armed);
/*
 * How @hook stamps the device's frames: "tp_btf", "raw_tp", "fentry", "tc". NULL if it does not:
 * *@why says why. Known once stages were asked for.
 */
const char *vnft_bpf_stage_how(struct vnft_source *source, uint16_t id, enum vnft_hook hook,
			       const char **why);
/* Call this when the device records other classes: its stages then record the same. */
void vnft_bpf_stages_follow(struct vnft_bpf_device *d);
/* Add its stages' losses of all CPUs. */
void vnft_bpf_stages_lost(const struct vnft_bpf_device *d, __u64 lost[VNFT_LOST_NR]);
void vnft_bpf_stages_drop(struct vnft_bpf *b, struct vnft_bpf_device *d);
void vnft_bpf_stages_close(struct vnft_bpf *b);

#endif
