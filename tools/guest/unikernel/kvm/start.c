/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the hypervisor handed over: PVH's start info, of which we need the command line alone.
 */
#include <stddef.h>
#include <stdint.h>

#include "../machine.h"

#define MAGIC	0x336ec578u	/* "xEn3", its first bit set */

/**
 * struct hvm_start_info - Xen's xen/include/public/arch-x86/hvm/start_info.h, as far as we read it
 */
struct hvm_start_info {
	uint32_t magic, version, flags, modules;
	uint64_t modules_addr, command_line_addr;
};

void kvm_start(const struct hvm_start_info *info);

void kvm_start(const struct hvm_start_info *info)
{
	if (info->magic != MAGIC)
		die("not started as PVH wants it");
	unikernel(info->command_line_addr ? (const char *)info->command_line_addr : "");
}
