/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words of a type's choices, and what follows from single ones: its virtualization, its
 * topology and its answerer.
 */
#include "type.h"

#include <string.h>

#include "../../../kmod/uapi/vnftrace.h"
#include "../../lib/host/accel.h"

const char *const vnft_virtualizations[] = { "kvm", "xen", "container", "none", NULL };

#define WORD(id, word, says) [VNFT_TOPOLOGY_##id] = (word),
const char *const vnft_topologies[] = { VNFT_TOPOLOGIES(WORD) NULL };
#undef WORD
#define SAYS(id, word, says) [VNFT_TOPOLOGY_##id] = (says),
const char *const vnft_topologies_say[] = { VNFT_TOPOLOGIES(SAYS) };
#undef SAYS

const char *const vnft_answerers[] = {
	[VNFT_ANSWER_ANY] = "any",
	[VNFT_ANSWER_LINUX] = "linux",
	[VNFT_ANSWER_GVISOR] = "gvisor",
	NULL
};

const char *const vnft_kernels[] = {
	[VNFT_KERNEL_ANY] = "any",
	[VNFT_KERNEL_LINUX] = "linux",
	NULL
};

const char *const vnft_workloads[] = {
	[VNFT_WORKLOAD_NONE] = "none",
	[VNFT_WORKLOAD_IPERF3] = "iperf3",
	[VNFT_WORKLOAD_IPERF2] = "iperf2",
	[VNFT_WORKLOAD_TCP] = "tcp",
	NULL
};

bool vnft_type_is_container(const struct vnft_type *type)
{
	return !strcmp(type->virtualization, "container");
}

bool vnft_type_has_kernel(const struct vnft_type *type)
{
	return !vnft_type_is_container(type) && strcmp(type->virtualization, "none");
}

bool vnft_type_is_vm(const struct vnft_type *type)
{
	return !strcmp(type->virtualization, "kvm");
}

int vnft_type_accel(const struct vnft_type *type, enum vnft_accel *accel)
{
	if (vnft_type_is_vm(type))
		return vnft_accel_choose(type->accel, accel);
	*accel = strcmp(type->virtualization, "xen") ? VNFT_ACCEL_NONE : VNFT_ACCEL_XEN;
	return 0;
}

/* docs/method.md, "Who answered": a namespace that exists before the instance answers for it. */
bool vnft_answer_is_foreign(enum vnft_answerer answerer, const struct vnft_record *rst)
{
	const bool linux_like = (rst->flags & VNFT_RF_DF) && !rst->packet.ip_id;

	return (answerer == VNFT_ANSWER_LINUX && !linux_like) ||
	       (answerer == VNFT_ANSWER_GVISOR && linux_like);
}

const char *const vnft_transports[] = { "pci", "mmio", NULL };
const char *const vnft_consoles[] = { "serial", "virtio", "none", NULL };
