/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a type file says for this driver: what to boot, on which machine, how the machine's devices
 * are attached, where its console goes, and what QEMU is told beside that.
 */
#include "libvirt.h"

#include <errno.h>
#include <string.h>

#include "../../lib/text/error.h"

/* Of QEMU's machines for this processor it alone has virtio-mmio, and it has no PCI. */
#define MICROVM	"microvm"

const struct vnft_guest_own vnft_libvirt_own[] = {
	{ "transport", NULL },
	{ "console", NULL },
	{ "qemu_args", NULL },
	{ NULL, NULL }
};

/* Machines have versions: microvm-7.2. */
bool vnft_libvirt_is_microvm(const struct vnft_type *type)
{
	return !strncmp(type->machine, MICROVM, strlen(MICROVM));
}

int vnft_libvirt_check_type(struct vnft_type *type)
{
	const bool mmio = !strcmp(type->transport, "mmio");

	if (!type->image[0] && !type->kernel[0])
		return vnft_fail(-EBADMSG, "driver libvirt needs an \"image\" or a \"kernel\"");
	/* What boots from its disk has its command line there. */
	if (type->append[0] && !type->kernel[0])
		return vnft_fail(-EBADMSG, "\"append\" without \"kernel\": QEMU hands a command "
				 "line to a kernel that it loads itself");
	if (!type->machine[0])
		strcpy(type->machine, mmio ? MICROVM : "q35");
	if (type->transport[0] && mmio != vnft_libvirt_is_microvm(type))
		return vnft_fail(-EBADMSG, "\"transport = %s\" is not for machine %s: %s",
				 type->transport, type->machine,
				 mmio ? MICROVM " alone has virtio-mmio" :
				 "it has no PCI: q35 or pc");
	if (!type->console[0])
		strcpy(type->console, "serial");
	return 0;
}
