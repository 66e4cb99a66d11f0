/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who is on a device's hooks: our programs, and everybody else's.
 */
#ifndef VNFT_SOURCE_BPF_FILTERS_H
#define VNFT_SOURCE_BPF_FILTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "../../../kmod/uapi/vnftrace.h"

/**
 * struct vnft_filter - a program on a hook
 * @ours: its name begins with vnft_
 */
struct vnft_filter {
	unsigned int ifindex;
	enum vnft_dir dir;
	uint32_t prog_id, handle;
	uint16_t priority;
	bool ours;
	char name[32];
};
typedef int (*vnft_filter_fn)(const struct vnft_filter *filter, void *arg);
int vnft_clsact_each(unsigned int ifindex, vnft_filter_fn fn, void *arg);
int vnft_tcx_each(unsigned int ifindex, vnft_filter_fn fn, void *arg);

#endif
