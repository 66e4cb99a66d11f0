/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When the devices of a namespace were born.
 */
#ifndef VNFT_BENCH_BIRTHS_H
#define VNFT_BENCH_BIRTHS_H

#include <stdbool.h>
#include <stdint.h>

#define VNFT_BENCH_BIRTHS	64

/**
 * struct vnft_bench_births - births of the latest devices
 * @reader_ns: when the reader heard of it first; @kernel_ns: the module's stamp; 0: none
 */
struct vnft_bench_births {
	struct vnft_bench_birth {
		unsigned int ifindex;
		uint64_t reader_ns, kernel_ns;
	} birth[VNFT_BENCH_BIRTHS];
	unsigned int n;
};

void vnft_bench_births_note(struct vnft_bench_births *births, unsigned int ifindex,
			    uint64_t time_ns, bool in_kernel);
/* The kernel's stamp where there is one; 0 for a device that nobody saw being born. */
uint64_t vnft_bench_births_find(const struct vnft_bench_births *births, unsigned int ifindex,
				bool *in_kernel);

#endif
