/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Maps that serve as rings: one mmap-ed ring per CPU, filled by every device of a session.
 */
#ifndef VNFT_SOURCE_BPF_RING_H
#define VNFT_SOURCE_BPF_RING_H

#include <stdint.h>

#include "../ring.h"

/**
 * struct vnft_bpf_rings - the maps that a session's rings are
 * @fd: by CPU; NULL while there are none
 * @outer_fd: array of maps by CPU that the session's own devices share
 */
struct vnft_bpf_rings {
	int *fd;
	int outer_fd;
};

/* Every ring of @records has the same shape, so that one can take another's place in an array. */
int vnft_ring_create_map(uint32_t records);
/* Array of maps with @ncpus entries, empty. */
int vnft_ring_create_outer(uint32_t ncpus, uint32_t records);
/* Make them, and map them into @read. */
int vnft_bpf_rings_open(struct vnft_bpf_rings *rings, struct vnft_rings *read, uint32_t ncpus,
			uint32_t records);
/* Put the rings into an outer array; remove() takes out all that are in one. */
int vnft_bpf_rings_insert(const struct vnft_bpf_rings *rings, uint32_t ncpus, int outer_fd);
void vnft_bpf_rings_remove(int outer_fd, uint32_t ncpus);
void vnft_bpf_rings_close(struct vnft_bpf_rings *rings, struct vnft_rings *read);

#endif
