/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Life of instances: exec and exit of processes, first vCPU entries, on the same rings. Of whom:
 * of what is started between vnft_bpf_life_begin() and vnft_bpf_life_end(), and what that starts.
 */
#ifndef VNFT_SOURCE_BPF_ALIVE_H
#define VNFT_SOURCE_BPF_ALIVE_H

#include "session.h"

int vnft_bpf_life_start(struct vnft_source *source);
void vnft_bpf_life_stop(struct vnft_source *source);

/*
 * What the first thread of the calling process starts from now on is followed, and what its
 * children start. 0, or negative errno after vnft_fail().
 */
int vnft_bpf_life_begin(struct vnft_source *source);
void vnft_bpf_life_end(struct vnft_source *source);
/* Record all processes of this name, too, whoever starts them; "": none. 0, or as above. */
int vnft_bpf_life_name(struct vnft_source *source, const char *named);

void vnft_bpf_life_close(struct vnft_bpf *b);

#endif
