/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether there is a module that we may use, and opening a session with it.
 */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../../lib/host/cap.h"
#include "../../lib/text/error.h"
#include "ring.h"
#include "talk.h"

#define CPUS_MAX 65536U

static int open_device(void)
{
	int fd = open(VNFT_CHARDEV, O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT || errno == ENXIO || errno == ENODEV)
		return vnft_module_missing(VNFT_CHARDEV ": ");
	if (errno == EPERM || errno == EACCES)
		return vnft_fail(-EPERM, VNFT_CHARDEV ": %s: needs CAP_NET_ADMIN in the initial "
				 "network namespace (run as the host's root)", strerror(errno));
	return vnft_fail(-errno, VNFT_CHARDEV ": %s", strerror(errno));
}

static int setup(struct vnft_module *m, uint32_t records)
{
	m->setup = (struct vnft_session_setup) {
		.version = VNFT_ABI_VERSION,
		.flags = m->session.config.births ? VNFT_SESSION_WATCH : 0,
		.ring_records = records,
	};
	if (!ioctl(m->fd, VNFT_IOC_SETUP, &m->setup)) {
		if (m->setup.ncpus && m->setup.ncpus <= CPUS_MAX && m->setup.session &&
		    m->setup.ring_stride_bytes >= vnft_ring_bytes(records))
			return 0;
		return vnft_fail(-EPROTO,
				 VNFT_CHARDEV ": %u rings of %llu bytes: is the module of another "
				 "version?",
				 m->setup.ncpus, (unsigned long long)m->setup.ring_stride_bytes);
	}
	if (errno == EINVAL)
		return vnft_fail(-EOPNOTSUPP,
				 VNFT_CHARDEV ": the module refuses our version %u or rings of "
					"%u records: use the module that came with this tool",
				 VNFT_ABI_VERSION, records);
	if (errno == ENOMEM)
		return vnft_fail(-ENOMEM, VNFT_CHARDEV ": no memory for rings of %u records: "
				 "fewer --ring-records, or more memory_mb of the module", records);
	if (errno == EPERM)
		return vnft_fail(-EPERM, VNFT_CHARDEV ": CAP_NET_ADMIN in the initial user "
				 "namespace is needed (run as root)");
	return vnft_fail(-errno, VNFT_CHARDEV ": cannot set the session up: %s", strerror(errno));
}

int vnft_module_usable(void)
{
	struct vnft_module_info info;
	int err;

	err = vnft_module_info(&info);
	if (err)
		return vnft_module_errno(err);
	err = vnft_need_cap(CAP_NET_ADMIN, "use the module");
	if (err)
		return err;
	if (info.version != VNFT_ABI_VERSION)
		return vnft_fail(-EOPNOTSUPP,
				 "the module that is loaded speaks version %u, this tool %u: "
				 "load the one that came with it",
				 info.version, VNFT_ABI_VERSION);
	return 0;
}

int vnft_module_session_open(struct vnft_module *m, uint32_t records)
{
	struct vnft_rings *rings = &m->session.rings;
	int err;

	m->fd = open_device();
	if (m->fd < 0)
		return m->fd;
	err = setup(m, records);
	if (!err)
		err = vnft_rings_new(rings, m->setup.ncpus, records);
	if (!err)
		err = vnft_module_rings_map(rings, m->fd, m->setup.ring_stride_bytes);
	if (err)
		vnft_module_session_close(m);
	return err;
}

void vnft_module_session_close(struct vnft_module *m)
{
	vnft_rings_free(&m->session.rings);
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
}
