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
 * struct vnft_filter - a program on a hook, or a classifier of another kind
 * @link_id: tcx: of its link, 0 without one
 * @bpf: clsact: it is of kind bpf and for every protocol, as ours are
 * @ours: its name begins with vnft_
 */
struct vnft_filter {
	unsigned int ifindex;
	enum vnft_dir dir;
	uint32_t prog_id, link_id, handle;
	uint16_t priority;
	bool bpf, ours;
	char name[32];
};
typedef int (*vnft_filter_fn)(const struct vnft_filter *filter, void *arg);
int vnft_clsact_each(unsigned int ifindex, vnft_filter_fn fn, void *arg);
int vnft_tcx_each(unsigned int ifindex, vnft_filter_fn fn, void *arg);
/* XDP runs before every other hook of ingress. */
int vnft_xdp_each(unsigned int ifindex, vnft_filter_fn fn, void *arg);
/*
 * The kind of qdisc where clsact belongs: "clsact", "ingress" (which has no egress), or "" if there
 * is none.
 */
int vnft_clsact_kind(unsigned int ifindex, char kind[16]);

/**
 * vnft_clsact_make() - make a clsact with a filter of preference 1 on its ingress in it
 * @filter_err: how the filter fared, 0 or a negative errno; it was tried in any case
 *
 * Return: how the qdisc fared: 0, -EEXIST (there is one; the filter may be in it), another errno.
 */
int vnft_clsact_make(unsigned int ifindex, int prog_fd, uint32_t handle, int *filter_err);

#endif
