/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes the maps that serve as rings (kmod/uapi/vnftrace.h, section 2), and hands them to programs.
 */
#include "ring.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../lib/text/error.h"

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

/* A map of the rings' shape, for making arrays. Kept, because it has megabytes. */
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

int vnft_bpf_rings_open(struct vnft_bpf_rings *rings, struct vnft_rings *read, uint32_t ncpus,
			uint32_t count)
{
	uint32_t cpu;
	void *memory;
	int err;

	rings->outer_fd = -1;
	rings->fd = calloc(ncpus, sizeof(*rings->fd));
	if (!rings->fd)
		return vnft_fail(-ENOMEM, "rings: out of memory");
	for (cpu = 0; cpu < ncpus; cpu++)
		rings->fd[cpu] = -1;
	err = vnft_rings_new(read, ncpus, count);
	if (err)
		return err;
	for (cpu = 0; cpu < ncpus; cpu++) {
		rings->fd[cpu] = vnft_ring_create_map(count);
		if (rings->fd[cpu] < 0)
			return rings->fd[cpu];
		memory = mmap(NULL, vnft_ring_bytes(count), PROT_READ | PROT_WRITE, MAP_SHARED,
			      rings->fd[cpu], 0);
		if (memory == MAP_FAILED)
			return vnft_fail(-errno, "cannot map a ring: %s", strerror(errno));
		read->ring[cpu].memory = memory;
	}
	return 0;
}

/* One call for all where the kernel can, because each update waits for an RCU grace period. */
int vnft_bpf_rings_insert(const struct vnft_bpf_rings *rings, uint32_t ncpus, int outer_fd)
{
	uint32_t n = ncpus, cpu;
	uint32_t *key = calloc(2 * (size_t)n, sizeof(*key)), *fd = key + n;
	int err, one = 0;

	if (!key)
		return vnft_fail(-ENOMEM, "rings: out of memory");
	for (cpu = 0; cpu < ncpus; cpu++) {
		key[cpu] = cpu;
		fd[cpu] = (uint32_t)rings->fd[cpu];
	}
	err = bpf_map_update_batch(outer_fd, key, fd, &n, NULL);
	for (cpu = 0; err && cpu < ncpus; cpu++) {
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

void vnft_bpf_rings_remove(int outer_fd, uint32_t ncpus)
{
	uint32_t cpu;

	for (cpu = 0; cpu < ncpus; cpu++)
		bpf_map_delete_elem(outer_fd, &cpu);
}

void vnft_bpf_rings_close(struct vnft_bpf_rings *rings, struct vnft_rings *read)
{
	uint32_t cpu;

	for (cpu = 0; rings->fd && cpu < read->ncpus; cpu++)
		if (rings->fd[cpu] >= 0)
			close(rings->fd[cpu]);
	vnft_rings_free(read);
	free(rings->fd);
	rings->fd = NULL;
	if (rings->outer_fd >= 0)
		close(rings->outer_fd);
	rings->outer_fd = -1;
}
