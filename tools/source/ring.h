/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reader's side of the rings (kmod/uapi/vnftrace.h, section 2), whoever fills them: where each
 * is mapped, and how far it was read.
 */
#ifndef VNFT_SOURCE_RING_H
#define VNFT_SOURCE_RING_H

#include <stddef.h>
#include <stdint.h>

#include "source.h"

/**
 * struct vnft_rings - rings of one session, by CPU
 * @records: in each, a power of two
 * @memory: vnft_ring_bytes() from its page 0; page 0 is writable; NULL while it is not mapped
 */
struct vnft_rings {
	uint32_t ncpus;
	uint32_t records;
	struct vnft_ring {
		void *memory;
		uint64_t tail;
	} *ring;
};

static inline size_t vnft_ring_bytes(uint32_t records)
{
	return ((size_t)VNFT_RING_DATA_RECORD + records) * VNFT_RECORD_BYTES;
}

/* Room for @ncpus rings, none of them mapped yet. */
int vnft_rings_new(struct vnft_rings *rings, uint32_t ncpus, uint32_t records);
/* Hand out what is there: number of records, or @fn's first non-zero return. */
int vnft_rings_drain(struct vnft_rings *rings, vnft_record_fn fn, void *arg);
/* Records that found no room, all CPUs. */
uint64_t vnft_rings_lost(const struct vnft_rings *rings);
/* Unmap, and forget. */
void vnft_rings_free(struct vnft_rings *rings);

#endif
