/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of what runs a VM's instructions, and which it is.
 */
#include "accel.h"

#include <errno.h>
#include <string.h>

#include "../text/error.h"
#include "kvm.h"
#include "processor.h"

const char *const vnft_accel_choices[] = {
	[VNFT_ACCEL_CHOICE_AUTO] = "auto",
	[VNFT_ACCEL_CHOICE_KVM] = "kvm",
	[VNFT_ACCEL_CHOICE_TCG] = "tcg",
	NULL
};

/* SVM or VMX: their exits are emulated in different ways. */
static const char *emulated_name(void)
{
	const char *by = vnft_processor_virtualization();

	if (!strcmp(by, "SVM"))
		return "kvm (emulated SVM)";
	return !strcmp(by, "VMX") ? "kvm (emulated VMX)" : "kvm (emulated)";
}

const char *vnft_accel_name(enum vnft_accel accel)
{
	static const char *const names[] = { "none", "kvm", "tcg", "xen" };

	if (accel == VNFT_ACCEL_KVM_EMULATED)
		return emulated_name();
	return accel <= VNFT_ACCEL_XEN ? names[accel] : "unknown";
}

bool vnft_accel_is_kvm(enum vnft_accel accel)
{
	return accel == VNFT_ACCEL_KVM || accel == VNFT_ACCEL_KVM_EMULATED;
}

int vnft_accel_choose(enum vnft_accel_choice choice, enum vnft_accel *accel)
{
	struct vnft_kvm_speed speed;

	*accel = VNFT_ACCEL_TCG;
	if (choice == VNFT_ACCEL_CHOICE_TCG)
		return 0;
	vnft_kvm_measure(&speed);
	if (speed.usable)
		*accel = VNFT_ACCEL_KVM;
	else if (choice == VNFT_ACCEL_CHOICE_KVM && speed.mips > 0)
		*accel = VNFT_ACCEL_KVM_EMULATED;
	else if (choice == VNFT_ACCEL_CHOICE_KVM)
		return vnft_fail(-EOPNOTSUPP, "--accel kvm: %s", speed.why);
	return 0;
}
