/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What runs a VM's instructions.
 */
#ifndef VNFT_LIB_ACCEL_H
#define VNFT_LIB_ACCEL_H

/**
 * enum vnft_accel - what runs a VM's instructions
 */
enum vnft_accel {
	VNFT_ACCEL_NONE = 0,	/* containers */
	VNFT_ACCEL_KVM,
	VNFT_ACCEL_TCG,
	VNFT_ACCEL_XEN,
};
const char *vnft_accel_name(enum vnft_accel accel);

#endif
