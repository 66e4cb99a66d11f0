/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What runs a VM's instructions.
 */
#ifndef VNFT_LIB_ACCEL_H
#define VNFT_LIB_ACCEL_H

#include <stdbool.h>

/**
 * enum vnft_accel - what runs a VM's instructions
 * @VNFT_ACCEL_KVM_EMULATED: KVM, on something that emulates its processor
 */
enum vnft_accel {
	VNFT_ACCEL_NONE = 0,	/* containers */
	VNFT_ACCEL_KVM,
	VNFT_ACCEL_TCG,
	VNFT_ACCEL_XEN,
	VNFT_ACCEL_KVM_EMULATED,
};
/* As results name it: "kvm (emulated SVM)". */
const char *vnft_accel_name(enum vnft_accel accel);
bool vnft_accel_is_kvm(enum vnft_accel accel);

/**
 * enum vnft_accel_choice - what shall run them
 * @VNFT_ACCEL_CHOICE_AUTO: KVM where it runs guests by itself, else TCG
 * @VNFT_ACCEL_CHOICE_KVM: KVM, also where it is emulated
 */
enum vnft_accel_choice {
	VNFT_ACCEL_CHOICE_AUTO,
	VNFT_ACCEL_CHOICE_KVM,
	VNFT_ACCEL_CHOICE_TCG,
};
/* Their words; NULL-terminated. */
extern const char *const vnft_accel_choices[];

/*
 * What @choice comes to on this host: 0, or -EOPNOTSUPP after vnft_fail() where no vCPU runs and
 * KVM must be; @accel is TCG then.
 */
int vnft_accel_choose(enum vnft_accel_choice choice, enum vnft_accel *accel);

#endif
