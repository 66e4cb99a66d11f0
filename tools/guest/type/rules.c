/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words of a type's choices, and what follows from two of them: virtualization and answerer.
 */
#include "type.h"

#include <string.h>

#include "../../../kmod/uapi/vnftrace.h"
#include "../../lib/host/accel.h"
#include "../../lib/host/kvm.h"

const char *const vnft_virtualizations[] = { "kvm", "xen", "container", NULL };

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

enum vnft_accel vnft_type_accel(const struct vnft_type *type)
{
	struct vnft_kvm_speed speed;

	if (!strcmp(type->virtualization, "xen"))
		return VNFT_ACCEL_XEN;
	if (strcmp(type->virtualization, "kvm"))
		return VNFT_ACCEL_NONE;
	vnft_kvm_measure(&speed);
	return speed.usable ? VNFT_ACCEL_KVM : VNFT_ACCEL_TCG;
}

/* docs/method.md, "Who answered": a namespace that exists before the instance answers for it. */
bool vnft_answer_is_foreign(enum vnft_answerer answerer, const struct vnft_record *rst)
{
	const bool linux_like = (rst->flags & VNFT_RF_DF) && !rst->packet.ip_id;

	return (answerer == VNFT_ANSWER_LINUX && !linux_like) ||
	       (answerer == VNFT_ANSWER_GVISOR && linux_like);
}
