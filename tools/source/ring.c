/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads rings in order. A record is not read before its producer finished it. Room is given back in
 * batches.
 */
#include "ring.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../lib/text/error.h"

/* Room is given back to the producer this often within one pass. */
#define BATCH 1024

static struct vnft_ring_consumer *consumer(const struct vnft_ring *r)
{
	return r->memory;
}

static const struct vnft_ring_producer *producer(const struct vnft_ring *r)
{
	return (const struct vnft_ring_producer *)((const char *)r->memory + VNFT_PAGE_BYTES);
}

static const struct vnft_record *records(const struct vnft_ring *r)
{
	return (const struct vnft_record *)r->memory + VNFT_RING_DATA_RECORD;
}

int vnft_rings_new(struct vnft_rings *rings, uint32_t ncpus, uint32_t count)
{
	rings->ncpus = ncpus;
	rings->records = count;
	rings->ring = calloc(ncpus, sizeof(*rings->ring));
	return rings->ring ? 0 : vnft_fail(-ENOMEM, "rings: out of memory");
}

static void give_back(struct vnft_ring *r)
{
	__atomic_store_n(&consumer(r)->tail, r->tail, __ATOMIC_RELEASE);
}

static int drain_one(struct vnft_ring *r, uint32_t count, vnft_record_fn fn, void *arg,
		     unsigned int *n)
{
	/* Read only what is there now, because a fast producer could keep us here for ever. */
	uint64_t end = __atomic_load_n(&producer(r)->head, __ATOMIC_RELAXED);
	const struct vnft_record *record;
	int err = 0;

	while (r->tail != end && !err) {
		record = &records(r)[r->tail & (count - 1)];
		/* Pairs with the producer's store of seq behind the rest of the record. */
		if (__atomic_load_n(&record->seq, __ATOMIC_ACQUIRE) != (uint32_t)(r->tail + 1))
			break;
		err = fn(record, arg);
		r->tail++;
		(*n)++;
		if (!(r->tail % BATCH))
			give_back(r);
	}
	give_back(r);
	return err;
}

int vnft_rings_drain(struct vnft_rings *rings, vnft_record_fn fn, void *arg)
{
	unsigned int n = 0;
	uint32_t cpu;
	int err = 0;

	for (cpu = 0; cpu < rings->ncpus && !err; cpu++)
		err = drain_one(&rings->ring[cpu], rings->records, fn, arg, &n);
	return err ? err : (int)n;
}

uint64_t vnft_rings_lost(const struct vnft_rings *rings)
{
	uint64_t lost = 0;
	uint32_t cpu;

	for (cpu = 0; cpu < rings->ncpus; cpu++)
		lost += __atomic_load_n(&producer(&rings->ring[cpu])->lost_full, __ATOMIC_RELAXED);
	return lost;
}

void vnft_rings_free(struct vnft_rings *rings)
{
	uint32_t cpu;

	for (cpu = 0; rings->ring && cpu < rings->ncpus; cpu++)
		if (rings->ring[cpu].memory)
			munmap(rings->ring[cpu].memory, vnft_ring_bytes(rings->records));
	free(rings->ring);
	rings->ring = NULL;
}
