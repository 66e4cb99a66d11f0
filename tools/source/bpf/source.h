/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The BPF observer as a source.
 */
#ifndef VNFT_SOURCE_BPF_SOURCE_H
#define VNFT_SOURCE_BPF_SOURCE_H

#include "../source.h"

/* A session. What it attached is gone when it is closed or its process is killed. */
int vnft_bpf_open(struct vnft_source **source, const struct vnft_source_config *config);


/*
 * A persistent attachment for state, hist and, while it lives, record and drain (-EBUSY when
 * somebody else records it). @spec as in spec.h.
 */
int vnft_bpf_open_pinned(struct vnft_source **source, const char *spec, uint16_t *id,
			 const struct vnft_source_config *config);

#endif
