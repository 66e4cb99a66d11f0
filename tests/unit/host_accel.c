/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What runs VMs on this host, as it is asked for: by hardware, by an emulated KVM, or not at all,
 * whichever this host has.
 */
#include <errno.h>
#include <string.h>

#include "../../tools/lib/host/accel.h"
#include "../../tools/lib/host/kvm.h"
#include "../../tools/lib/host/processor.h"
#include "../../tools/lib/text/error.h"
#include "unit.h"

static void test_names(void)
{
	const char *emulated = vnft_accel_name(VNFT_ACCEL_KVM_EMULATED);

	CHECK(!strcmp(vnft_accel_name(VNFT_ACCEL_KVM), "kvm") &&
	      !strcmp(vnft_accel_name(VNFT_ACCEL_TCG), "tcg") &&
	      !strcmp(vnft_accel_name(VNFT_ACCEL_XEN), "xen") &&
	      !strcmp(vnft_accel_name(VNFT_ACCEL_NONE), "none"), "the names");
	CHECK(!strncmp(emulated, "kvm (emulated", 13) &&
	      !strstr(emulated, "SVM") == !!strcmp(vnft_processor_virtualization(), "SVM"),
	      "an emulated KVM is called so: %s", emulated);
	CHECK(!strcmp(vnft_accel_name((enum vnft_accel)99), "unknown"), "no such thing");
	CHECK(vnft_accel_is_kvm(VNFT_ACCEL_KVM) && vnft_accel_is_kvm(VNFT_ACCEL_KVM_EMULATED) &&
	      !vnft_accel_is_kvm(VNFT_ACCEL_TCG) && !vnft_accel_is_kvm(VNFT_ACCEL_XEN) &&
	      !vnft_accel_is_kvm(VNFT_ACCEL_NONE), "which of them are KVM");
}

static void test_choice(void)
{
	enum vnft_accel accel = VNFT_ACCEL_XEN;
	struct vnft_kvm_speed speed;
	int err;

	CHECK(!vnft_accel_choose(VNFT_ACCEL_CHOICE_TCG, &accel) && accel == VNFT_ACCEL_TCG,
	      "TCG runs everywhere");
	vnft_kvm_measure(&speed);
	printf("# %g million loops a second: %s\n", speed.mips, speed.usable ? "KVM" : speed.why);
	CHECK(!vnft_accel_choose(VNFT_ACCEL_CHOICE_AUTO, &accel) &&
	      accel == (speed.usable ? VNFT_ACCEL_KVM : VNFT_ACCEL_TCG),
	      "KVM unasked only where it runs by hardware: %s", vnft_accel_name(accel));
	CHECK(!speed.usable || !vnft_processor_is_tcg(), "which TCG's processor is not");
	err = vnft_accel_choose(VNFT_ACCEL_CHOICE_KVM, &accel);
	if (speed.mips > 0)
		CHECK(!err && accel == (speed.usable ? VNFT_ACCEL_KVM : VNFT_ACCEL_KVM_EMULATED),
		      "and also emulated, where that is asked for: %s", vnft_accel_name(accel));
	else
		CHECK(err == -EOPNOTSUPP && accel == VNFT_ACCEL_TCG &&
		      !strncmp(vnft_why(), "--accel kvm: ", 13) &&
		      vnft_exit_code(err) == VNFT_EXIT_IMPOSSIBLE, "not possible: %s", vnft_why());
}

int main(void)
{
	test_names();
	test_choice();
	return unit_done();
}
