/* SPDX-License-Identifier: GPL-2.0 */
/* One CPU's ring of one session. */
#ifndef VNFT_KMOD_RING_H
#define VNFT_KMOD_RING_H

#include <linux/types.h>

#include "uapi/vnftrace.h"

/**
 * struct vnft_cpu_ring - uapi/vnftrace.h, section 2
 * @memory: vnft_ring_bytes() of pages, on the CPU's node
 */
struct vnft_cpu_ring {
	void *memory;
	struct vnft_ring_consumer *consumer;
	struct vnft_ring_producer *producer;
	struct vnft_record *record;
	u32 mask;
};

static inline u64 vnft_ring_bytes(u32 records)
{
	return 2 * VNFT_PAGE_BYTES + (u64)records * VNFT_RECORD_BYTES;
}

int vnft_ring_init(struct vnft_cpu_ring *ring, u32 records, int node);
void vnft_ring_free(struct vnft_cpu_ring *ring);
/*
 * Room for one record on this CPU's ring, preemption off; NULL and counted in the ring when it is
 * full. *@seq is what vnft_ring_submit() writes last.
 */
struct vnft_record *vnft_ring_reserve(struct vnft_cpu_ring *ring, u32 *seq);
void vnft_ring_submit(struct vnft_record *record, u32 seq);
/* Is there a record that the reader has not taken? The reader's index may be anything. */
bool vnft_ring_readable(const struct vnft_cpu_ring *ring);
int vnft_ring_selftest(void);

#endif
