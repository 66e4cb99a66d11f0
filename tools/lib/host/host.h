/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about the host: for the manifest of every result, and for doctor.
 */
#ifndef VNFT_LIB_HOST_H
#define VNFT_LIB_HOST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define VNFT_VERSION "0.1.0"
#define VNFT_VERSION_DATE "2026-11-22"

/* Host part of a manifest: hostname, kernel, architecture, machine (as the firmware calls it),
 * hypervisor_flag, hypervisor, cpu, cores, memory_bytes, mitigations, governor, clocksource, tool
 * version, libbpf and libvirt versions. New reference. */
json_t *vnft_host_facts(void);

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

/**
 * struct vnft_kvm_speed - result of running a loop in a vCPU
 * @usable: fast enough to run guests
 * @mips: million loop iterations per second, 0 if it never ran
 * @why: one line if not usable
 */
struct vnft_kvm_speed {
	bool usable;
	double mips;
	char why[128];
};
/* Run a short loop in a vCPU, bounded to about 200 ms; cached per process. */
void vnft_kvm_measure(struct vnft_kvm_speed *speed);

/* 0 if the effective set has it; else -EPERM after vnft_fail() naming @cap and what needs it. */
int vnft_need_cap(int cap, const char *what_for);

/* $VNFT_CACHE or /var/cache/vnftrace. */
const char *vnft_cache_dir(void);
/* Directory of type files: $VNFT_TYPES, the source tree beside build/, or the installed one. */
const char *vnft_types_dir(void);
/* Absolute path of this binary. */
const char *vnft_self_path(void);
/*
 * Absolute path of a helper program, where it was built or installed with this binary; false, and
 * the place where an installed one would be, if it is in neither.
 */
bool vnft_helper_find(const char *name, char *to, size_t bytes);

#endif
