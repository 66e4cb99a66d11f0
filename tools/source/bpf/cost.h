/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the observer itself costs on this machine.
 */
#ifndef VNFT_SOURCE_BPF_COST_H
#define VNFT_SOURCE_BPF_COST_H

/**
 * struct vnft_bpf_cost - ns per frame by test run, medians, the loop of the test run included
 * @empty_ns: a program that does nothing: subtract it to get the hook alone
 */
struct vnft_bpf_cost {
	double empty_ns, counted_ns, recorded_ns;
};
/* @ifname: any device of the calling thread's namespace, attached for some 30 ms. */
int vnft_bpf_cost(const char *ifname, struct vnft_bpf_cost *cost);

#endif
