/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reader's side of the rings (kmod/uapi/vnftrace.h, section 2).
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../lib/error.h"
#include "bpf.h"

/* Room is given back to the producer this often within one pass. */
#define BATCH 1024

static size_t ring_bytes(uint32_t records)
{
	return ((size_t)VNFT_RING_DATA_RECORD + records) * VNFT_RECORD_BYTES;
}

static struct vnft_ring_consumer *consumer(const struct vnft_ring *r)
{
	return r->memory;
}

static struct vnft_ring_producer *producer(const struct vnft_ring *r)
{
	return (struct vnft_ring_producer *)((char *)r->memory + VNFT_PAGE_BYTES);
}

static struct vnft_record *records(const struct vnft_ring *r)
{
	return (struct vnft_record *)r->memory + VNFT_RING_DATA_RECORD;
}

int vnft_ring_create_map(uint32_t count)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	int fd;

	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "vnft_ring", sizeof(uint32_t), VNFT_RECORD_BYTES,
			    VNFT_RING_DATA_RECORD + count, &opts);
	if (fd < 0)
		return vnft_fail(fd, "cannot make a ring of %u records: %s", count, strerror(-fd));
	return fd;
}

/* Only its shape counts; made once, because it is megabytes and many devices need an array. */
static int prototype(uint32_t count)
{
	static int fd = -1;
	static uint32_t of;

	if (fd >= 0 && of == count)
		return fd;
	if (fd >= 0)
		close(fd);
	of = count;
	fd = vnft_ring_create_map(count);
	return fd;
}

int vnft_ring_create_outer(uint32_t ncpus, uint32_t count)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	int fd, inner_fd;

	pthread_mutex_lock(&lock);
	fd = inner_fd = prototype(count);
	if (inner_fd >= 0) {
		opts.inner_map_fd = (uint32_t)inner_fd;
		fd = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "vnft_rings", sizeof(uint32_t),
				    sizeof(uint32_t), ncpus, &opts);
		if (fd < 0)
			vnft_fail(fd, "cannot make the array of rings: %s", strerror(-fd));
	}
	pthread_mutex_unlock(&lock);
	return fd;
}

int vnft_rings_open(struct vnft_rings *rings, uint32_t ncpus, uint32_t count)
{
	uint32_t cpu;

	rings->ncpus = ncpus;
	rings->records = count;
	rings->outer_fd = -1;
	rings->ring = calloc(ncpus, sizeof(*rings->ring));
	if (!rings->ring)
		return vnft_fail(-ENOMEM, "rings: out of memory");
	for (cpu = 0; cpu < ncpus; cpu++)
		rings->ring[cpu].fd = -1;
	for (cpu = 0; cpu < ncpus; cpu++) {
		struct vnft_ring *r = &rings->ring[cpu];

		r->fd = vnft_ring_create_map(count);
		if (r->fd < 0)
			return r->fd;
		r->memory = mmap(NULL, ring_bytes(count), PROT_READ | PROT_WRITE, MAP_SHARED,
				 r->fd, 0);
		if (r->memory == MAP_FAILED) {
			r->memory = NULL;
			return vnft_fail(-errno, "cannot map a ring: %s", strerror(errno));
		}
	}
	return 0;
}

/* In one call where the kernel can: each single update waits for an RCU grace period. */
int vnft_rings_insert(const struct vnft_rings *rings, int outer_fd)
{
	uint32_t *key = calloc(2 * (size_t)rings->ncpus, sizeof(*key)), *fd = key + rings->ncpus;
	uint32_t n = rings->ncpus, cpu;
	int err, one = 0;

	if (!key)
		return vnft_fail(-ENOMEM, "rings: out of memory");
	for (cpu = 0; cpu < rings->ncpus; cpu++) {
		key[cpu] = cpu;
		fd[cpu] = (uint32_t)rings->ring[cpu].fd;
	}
	err = bpf_map_update_batch(outer_fd, key, fd, &n, NULL);
	for (cpu = 0; err && cpu < rings->ncpus; cpu++) {
		one = bpf_map_update_elem(outer_fd, &cpu, &fd[cpu], BPF_ANY);
		if (one) {
			vnft_fail(one, "cannot hand the ring of CPU %u over: %s", cpu,
				  strerror(-one));
			break;
		}
	}
	free(key);
	return one;
}

void vnft_rings_remove(int outer_fd, uint32_t ncpus)
{
	uint32_t cpu;

	for (cpu = 0; cpu < ncpus; cpu++)
		bpf_map_delete_elem(outer_fd, &cpu);
}

static void give_back(struct vnft_ring *r)
{
	__atomic_store_n(&consumer(r)->tail, r->tail, __ATOMIC_RELEASE);
}

static int drain_one(struct vnft_ring *r, uint32_t count, vnft_record_fn fn, void *arg,
		     unsigned int *n)
{
	/* No more than was there at the start: a fast producer must not keep us here. */
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

void vnft_rings_close(struct vnft_rings *rings)
{
	uint32_t cpu;

	for (cpu = 0; rings->ring && cpu < rings->ncpus; cpu++) {
		if (rings->ring[cpu].memory)
			munmap(rings->ring[cpu].memory, ring_bytes(rings->records));
		if (rings->ring[cpu].fd >= 0)
			close(rings->ring[cpu].fd);
	}
	if (rings->outer_fd >= 0)
		close(rings->outer_fd);
	rings->outer_fd = -1;
	free(rings->ring);
	rings->ring = NULL;
}
