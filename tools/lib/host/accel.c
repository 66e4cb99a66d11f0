/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of what runs a VM's instructions.
 */
#include "accel.h"

const char *vnft_accel_name(enum vnft_accel accel)
{
	static const char *const names[] = { "none", "kvm", "tcg", "xen" };

	return accel <= VNFT_ACCEL_XEN ? names[accel] : "unknown";
}
