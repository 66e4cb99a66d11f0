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
 * @reader_ns: when the reader heard of it first, and at @before_ns it had not; @kernel_ns: the
 *	module's stamp; 0: none
 */
struct vnft_bench_births {
	struct vnft_bench_birth {
		unsigned int ifindex;
		uint64_t reader_ns, before_ns, kernel_ns;
	} birth[VNFT_BENCH_BIRTHS];
	unsigned int n;
};

/* The reader heard at @time_ns, and not yet at @before_ns. */
void vnft_bench_births_heard(struct vnft_bench_births *births, unsigned int ifindex,
			     uint64_t time_ns, uint64_t before_ns);
/* The module stamped it. */
void vnft_bench_births_stamped(struct vnft_bench_births *births, unsigned int ifindex,
			       uint64_t time_ns);

/**
 * struct vnft_bench_born - when it was born
 * @time_ns: the kernel's stamp where there is one; 0: nobody saw it
 * @late_ns: it may have been so long before; 0 for the kernel's stamp
 */
struct vnft_bench_born {
	uint64_t time_ns, late_ns;
	bool in_kernel;
};

struct vnft_bench_born vnft_bench_births_find(const struct vnft_bench_births *births,
					      unsigned int ifindex);

#endif
