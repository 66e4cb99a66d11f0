/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does KVM run instructions, or does it emulate them?
 */
#ifndef VNFT_LIB_KVM_H
#define VNFT_LIB_KVM_H

#include <stdbool.h>

/**
 * struct vnft_kvm_speed - result of running a loop in a vCPU
 * @usable: fast enough to run guests, by hardware
 * @mips: million loop iterations per second, 0 if it never ran
 * @why: one line if not usable
 */
struct vnft_kvm_speed {
	bool usable;
	double mips;
	char why[128];
};
/*
 * Run a short loop in a vCPU, bounded to about 200 ms where the processor is real; cached per
 * process.
 */
void vnft_kvm_measure(struct vnft_kvm_speed *speed);

#endif
