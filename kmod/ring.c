// SPDX-License-Identifier: GPL-2.0
/*
 * The producer's side of one CPU's ring (uapi/vnftrace.h, section 2).
 *
 * Only code of that CPU writes a ring, from any context: task, softirq, interrupt, NMI. So a
 * reservation is one instruction that nothing on the CPU can tear (local_t), and the room was
 * checked before it: whoever comes in between checks for himself, takes at most one position
 * more per level, and VNFT_RING_SLACK is larger than the number of levels. What the reader
 * writes, the tail, is compared and masked, never followed. What it must not write, head and the
 * losses, lie in a page that chardev.c maps read only.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <asm/local.h>

#include "ring.h"

static_assert(sizeof(local_t) == sizeof(__u64));
static_assert(PAGE_SIZE == VNFT_PAGE_BYTES);

/* A counter of the mapped page as what this CPU alone may add to. */
static local_t *ring_local(__u64 *counter)
{
	return (local_t *)counter;
}

/* Page by page, because no vmalloc() for modules takes both a node and a cgroup to charge. */
static void *ring_alloc(u64 bytes, int node)
{
	const unsigned int n = bytes / PAGE_SIZE;
	struct page **page = kvcalloc(n, sizeof(*page), GFP_KERNEL_ACCOUNT);
	unsigned int i;
	void *memory;

	if (!page)
		return NULL;
	for (i = 0; i < n; i++) {
		page[i] = alloc_pages_node(node, GFP_KERNEL_ACCOUNT | __GFP_ZERO, 0);
		if (!page[i])
			goto failed;
	}
	/* From now on vfree() frees the pages, and what names them. */
	memory = vmap(page, n, VM_MAP | VM_MAP_PUT_PAGES, PAGE_KERNEL);
	if (memory)
		return memory;
failed:
	while (i--)
		__free_page(page[i]);
	kvfree(page);
	return NULL;
}

int vnft_ring_init(struct vnft_cpu_ring *ring, u32 records, int node)
{
	ring->memory = ring_alloc(vnft_ring_bytes(records), node);
	if (!ring->memory)
		return -ENOMEM;
	ring->consumer = ring->memory;
	ring->producer = ring->memory + VNFT_PAGE_BYTES;
	ring->record = ring->memory + 2 * VNFT_PAGE_BYTES;
	ring->mask = records - 1;
	return 0;
}

void vnft_ring_free(struct vnft_cpu_ring *ring)
{
	vfree(ring->memory);
	ring->memory = NULL;
}

struct vnft_record *vnft_ring_reserve(struct vnft_cpu_ring *ring, u32 *seq)
{
	struct vnft_ring_producer *producer = ring->producer;
	u64 position;

	/*
	 * An acquire: the reader stores its tail when it is done with the records below it
	 * (release), and what it still reads must not be overwritten.
	 */
	if (READ_ONCE(producer->head) - smp_load_acquire(&ring->consumer->tail) >=
	    ring->mask + 1 - VNFT_RING_SLACK) {
		local_inc(ring_local(&producer->lost_full));
		return NULL;
	}
	position = local_inc_return(ring_local(&producer->head)) - 1;
	*seq = (u32)position + 1;
	return &ring->record[position & ring->mask];
}

void vnft_ring_submit(struct vnft_record *record, u32 seq)
{
	/* Pairs with the reader's acquire of seq: it sees the whole record, or not yet this one. */
	smp_store_release(&record->seq, seq);
}

bool vnft_ring_readable(const struct vnft_cpu_ring *ring)
{
	u64 tail = READ_ONCE(ring->consumer->tail);

	return READ_ONCE(ring->record[tail & ring->mask].seq) == (u32)(tail + 1);
}

#include "selftest/ring.c"
