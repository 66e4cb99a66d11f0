/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Maps the module's rings. Only the page that says how far we have read is writable.
 */
#include "ring.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "../../../kmod/uapi/vnftrace.h"
#include "../../lib/text/error.h"

static int map_ring(struct vnft_rings *rings, int fd, uint64_t stride_bytes, uint32_t cpu)
{
	size_t bytes = vnft_ring_bytes(rings->records);
	off_t at = (off_t)(cpu * stride_bytes);
	void *memory = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, at);

	if (memory == MAP_FAILED)
		return vnft_fail(-errno, VNFT_CHARDEV ": cannot map the ring of CPU %u: %s",
				 cpu, strerror(errno));
	rings->ring[cpu].memory = memory;
	if (mmap(memory, VNFT_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
		 at) == MAP_FAILED)
		return vnft_fail(-errno,
				 VNFT_CHARDEV ": cannot map the reader's page of CPU %u: %s",
				 cpu, strerror(errno));
	return 0;
}

int vnft_module_rings_map(struct vnft_rings *rings, int fd, uint64_t stride_bytes)
{
	uint32_t cpu;
	int err = 0;

	for (cpu = 0; !err && cpu < rings->ncpus; cpu++)
		err = map_ring(rings, fd, stride_bytes, cpu);
	return err;
}
