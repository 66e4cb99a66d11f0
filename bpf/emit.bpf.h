/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The producer's side of the rings (kmod/uapi/vnftrace.h, section 2).
 *
 * A ring is one mmap-able array of 64-byte values: two pages, then the records. It is reached by
 * CPU through an outer array that the tool fills and empties; no ring means that nobody records.
 */
#ifndef VNFT_BPF_EMIT_H
#define VNFT_BPF_EMIT_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "../kmod/core/env.h"

/* The tool sets the number of CPUs and a prototype of the inner map. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} vnft_rings SEC(".maps");

/**
 * vnft_emit_reserve() - room for one record
 * @ring: of this CPU, from vnft_rings
 * @mask: records of a ring - 1
 * @seq: what vnft_emit_submit() will write
 *
 * Return: NULL if the ring is full, which is counted in it.
 */
VNFT_INLINE struct vnft_record *vnft_emit_reserve(void *ring, __u32 mask, __u32 *seq)
{
	__u32 index = 0;
	struct vnft_ring_consumer *consumer;
	struct vnft_ring_producer *producer;
	__u64 position;

	consumer = bpf_map_lookup_elem(ring, &index);
	index = VNFT_RECORDS_PER_PAGE;
	producer = bpf_map_lookup_elem(ring, &index);
	if (!consumer || !producer)
		return 0;
	if (*(volatile __u64 *)&producer->head - *(volatile __u64 *)&consumer->tail >=
	    mask + 1 - VNFT_RING_SLACK) {
		__sync_fetch_and_add(&producer->lost_full, 1);
		return 0;
	}
	position = __sync_fetch_and_add(&producer->head, 1);
	*seq = (__u32)position + 1;
	index = VNFT_RING_DATA_RECORD + ((__u32)position & mask);
	return bpf_map_lookup_elem(ring, &index);
}

/**
 * vnft_emit_submit() - hand the record over: the reader looks at seq first
 */
VNFT_INLINE void vnft_emit_submit(struct vnft_record *r, __u32 seq)
{
	vnft_barrier();
	*(volatile __u32 *)&r->seq = seq;
}

#endif
