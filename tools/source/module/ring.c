/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session with the module: its descriptor, and its rings in our memory. Only the page that says
 * how far we read is writable.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../lib/text/error.h"
#include "module.h"

#define DEVICE "/dev/" VNFT_CHARDEV_NAME
#define CPUS_MAX 65536U

static int open_device(void)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT || errno == ENXIO || errno == ENODEV)
		return vnft_fail(-EOPNOTSUPP, DEVICE ": %s: " VNFT_MODULE_NOT_LOADED,
				 strerror(errno));
	if (errno == EPERM || errno == EACCES)
		return vnft_fail(-EPERM, DEVICE ": %s: CAP_NET_ADMIN is needed (run as root)",
				 strerror(errno));
	return vnft_fail(-errno, DEVICE ": %s", strerror(errno));
}

static int setup(struct vnft_module *m, uint32_t records)
{
	m->setup = (struct vnft_session_setup) {
		.version = VNFT_ABI_VERSION,
		.flags = m->config.births ? VNFT_SESSION_WATCH : 0,
		.ring_records = records,
	};
	if (!ioctl(m->fd, VNFT_IOC_SETUP, &m->setup)) {
		if (m->setup.ncpus && m->setup.ncpus <= CPUS_MAX && m->setup.session &&
		    m->setup.ring_stride_bytes >= vnft_ring_bytes(records))
			return 0;
		return vnft_fail(-EPROTO,
				 DEVICE ": %u rings of %llu bytes: is the module of another "
					"version?",
				 m->setup.ncpus, (unsigned long long)m->setup.ring_stride_bytes);
	}
	if (errno == EINVAL)
		return vnft_fail(-EOPNOTSUPP,
				 DEVICE ": the module refuses our version %u or rings of "
					"%u records: use the module that came with this tool",
				 VNFT_ABI_VERSION, records);
	if (errno == ENOMEM)
		return vnft_fail(-ENOMEM, DEVICE ": no memory for rings of %u records: fewer "
				 "--ring-records", records);
	if (errno == EPERM)
		return vnft_fail(-EPERM, DEVICE ": CAP_NET_ADMIN in the initial user namespace is "
				 "needed (run as root)");
	return vnft_fail(-errno, DEVICE ": cannot set the session up: %s", strerror(errno));
}

static int map_ring(struct vnft_module *m, uint32_t cpu)
{
	size_t bytes = vnft_ring_bytes(m->rings.records);
	off_t at = (off_t)(cpu * m->setup.ring_stride_bytes);
	void *memory = mmap(NULL, bytes, PROT_READ, MAP_SHARED, m->fd, at);

	if (memory == MAP_FAILED)
		return vnft_fail(-errno, DEVICE ": cannot map the ring of CPU %u: %s", cpu,
				 strerror(errno));
	m->rings.ring[cpu].memory = memory;
	if (mmap(memory, VNFT_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, m->fd,
		 at) == MAP_FAILED)
		return vnft_fail(-errno, DEVICE ": cannot map the reader's page of CPU %u: %s", cpu,
				 strerror(errno));
	return 0;
}

int vnft_module_session_open(struct vnft_module *m, uint32_t records)
{
	uint32_t cpu;
	int err;

	m->fd = open_device();
	if (m->fd < 0)
		return m->fd;
	err = setup(m, records);
	if (!err)
		err = vnft_rings_new(&m->rings, m->setup.ncpus, records);
	for (cpu = 0; !err && cpu < m->rings.ncpus; cpu++)
		err = map_ring(m, cpu);
	if (err)
		vnft_module_session_close(m);
	return err;
}

void vnft_module_session_close(struct vnft_module *m)
{
	vnft_rings_free(&m->rings);
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
}
