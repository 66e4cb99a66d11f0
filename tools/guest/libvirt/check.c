/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Can a type run on this host, and with which versions of everything? Cheap: nothing is started.
 */
#include "libvirt.h"
#include "../parts.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/host/accel.h"
#include "../../lib/text/error.h"
#include "../virt/virt.h"

/* libvirt looks for its drivers beside itself. */
static int check_driver(const struct vnft_type *type)
{
	char real[PATH_MAX], path[PATH_MAX + 64];
	Dl_info info;

	if (!dladdr((void *)virConnectOpen, &info) || !realpath(info.dli_fname, real))
		return 0;
	*strrchr(real, '/') = 0;
	snprintf(path, sizeof(path), "%s/libvirt/connection-driver/libvirt_driver_qemu.so", real);
	if (!access(path, R_OK))
		return 0;
	return vnft_fail(-EOPNOTSUPP, "%s: libvirt's QEMU driver is missing: apt-get install "
			 "libvirt-daemon-driver-qemu", type->name);
}

static int check_connection(const struct vnft_type *type)
{
	char uri[256], opened[256];
	virConnectPtr conn;

	if (vnft_libvirt_uri(uri, sizeof(uri))) {
		if (geteuid())
			return vnft_fail(-EOPNOTSUPP,
					 "%s: libvirt's embedded driver needs root: run as "
					 "root, or name a daemon in VNFT_LIBVIRT_URI",
					 type->name);
		return check_driver(type);
	}
	if (vnft_libvirt_open(NULL, &conn, opened, sizeof(opened)))
		return vnft_fail(-EOPNOTSUPP, "%s: libvirt at %s: %s: start it, or set "
				 "VNFT_LIBVIRT_URI=qemu:///embed to do without", type->name, uri,
				 vnft_virt_error());
	vnft_libvirt_close(conn);
	return 0;
}

int vnft_libvirt_check(const struct vnft_type *type)
{
	enum vnft_accel accel;
	char path[256];
	int err;

	if (strcmp(type->virtualization, "kvm"))
		return vnft_fail(-EOPNOTSUPP, "%s: driver libvirt runs \"kvm\" types, not \"%s\"",
				 type->name, type->virtualization);
	if (type->topology != VNFT_TOPOLOGY_TAP && type->topology != VNFT_TOPOLOGY_TAP_LAUNCH)
		return vnft_fail(-EOPNOTSUPP, "%s: a VM has no %s: \"topology\" is tap or "
				 "tap-launch", type->name, vnft_topologies[type->topology]);
	if (!vnft_guest_find(VNFT_LIBVIRT_EMULATOR, path, sizeof(path)))
		return vnft_fail(-EOPNOTSUPP, "%s: no " VNFT_LIBVIRT_EMULATOR ": apt-get install "
				 "qemu-system-x86", type->name);
	err = vnft_type_accel(type, &accel);
	if (!err)
		err = check_connection(type);
	return err ? err : vnft_guest_check_images(type);
}

json_t *vnft_libvirt_manifest(const struct vnft_type *type)
{
	char uri[256], qemu[256];
	enum vnft_accel accel;
	bool embedded = vnft_libvirt_uri(uri, sizeof(uri));

	vnft_type_accel(type, &accel);
	vnft_guest_version(VNFT_LIBVIRT_EMULATOR, "--version", qemu, sizeof(qemu));
	return json_pack("{s:o?, s:s, s:b, s:s, s:s, s:s, s:b}", "libvirt", vnft_virt_version(),
			 "uri", uri, "embedded", embedded, "qemu", qemu,
			 "machine", type->machine,
			 "accel", vnft_accel_name(accel), "vhost_net",
			 !access("/dev/vhost-net", R_OK | W_OK) && vnft_accel_is_kvm(accel));
}
