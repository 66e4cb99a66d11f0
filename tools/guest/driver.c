/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of drivers.
 */
#include "../lib/run/undo.h"
#include "parts.h"

#include <string.h>

const struct vnft_guest_ops *const vnft_guest_drivers[] = {
	&vnft_guest_libvirt,
	&vnft_guest_docker,
	&vnft_guest_oci,
	&vnft_guest_xen,
	&vnft_guest_exec,
	NULL
};

const struct vnft_guest_ops *vnft_guest_driver(const char *name)
{
	size_t i;

	for (i = 0; vnft_guest_drivers[i]; i++)
		if (!strcmp(vnft_guest_drivers[i]->name, name))
			return vnft_guest_drivers[i];
	return NULL;
}

void vnft_guest_init(void)
{
	vnft_run_register_undo("domain", vnft_libvirt_undo);
	vnft_run_register_undo("docker", vnft_docker_undo);
	vnft_run_register_undo("oci", vnft_oci_undo);
	vnft_run_register_undo("xen", vnft_xen_undo);
}
