/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this kernel lets us do, tried and not guessed.
 */
#ifndef VNFT_SOURCE_BPF_PROBE_H
#define VNFT_SOURCE_BPF_PROBE_H

#include <stdbool.h>

/* Does this kernel take our kind of program from us? 0, or negative errno after vnft_fail(). */
int vnft_bpf_usable(void);

/* Which mechanisms this kernel lets us have, and the reason where it does not. */
struct vnft_bpf_probe {
	bool tcx, clsact, tracepoint, fentry;
	char tcx_why[96], clsact_why[96], tracepoint_why[96], fentry_why[96];
};
int vnft_bpf_probe(struct vnft_bpf_probe *probe);

#endif
