/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the processor says of itself (CPUID).
 */
#include "processor.h"

#include <stdint.h>
#include <string.h>

#ifdef __x86_64__
#include <cpuid.h>

#define LEAF_FEATURES	1
#define LEAF_HYPERVISOR	0x40000000
#define LEAF_AMD	0x80000001
#define HAS_VMX		(1U << 5)	/* in ecx of LEAF_FEATURES, as is the next */
#define HAS_HYPERVISOR	(1U << 31)
#define HAS_SVM		(1U << 2)	/* in ecx of LEAF_AMD */

bool vnft_processor_is_tcg(void)
{
	uint32_t eax, ebx, ecx, edx, name[3];

	__cpuid(LEAF_FEATURES, eax, ebx, ecx, edx);
	if (!(ecx & HAS_HYPERVISOR))
		return false;
	__cpuid(LEAF_HYPERVISOR, eax, name[0], name[1], name[2]);
	return !memcmp(name, "TCGTCGTCGTCG", sizeof(name));
}

const char *vnft_processor_virtualization(void)
{
	uint32_t eax, ebx, ecx, edx;

	if (__get_cpuid(LEAF_AMD, &eax, &ebx, &ecx, &edx) && (ecx & HAS_SVM))
		return "SVM";
	__cpuid(LEAF_FEATURES, eax, ebx, ecx, edx);
	return ecx & HAS_VMX ? "VMX" : "";
}
#else
bool vnft_processor_is_tcg(void)
{
	return false;
}

const char *vnft_processor_virtualization(void)
{
	return "";
}
#endif
