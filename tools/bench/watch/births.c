/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When the devices of a namespace were born. rtnetlink tells the reader, who stamps it some
 * milliseconds later; the module, where it is loaded, stamps it in the kernel. Births of all
 * devices are kept, because only later is it known which is the instance's: a vif joins the run's
 * bridge when its hotplug script runs. Deaths are not noted: the kernel does not give the index
 * of a device to another one of the same namespace.
 */
#include "births.h"

#include <stddef.h>

static const struct vnft_bench_birth *find(const struct vnft_bench_births *births,
					    unsigned int ifindex)
{
	unsigned int i;

	for (i = 0; i < VNFT_BENCH_BIRTHS; i++)
		if (births->birth[i].ifindex == ifindex)
			return &births->birth[i];
	return NULL;
}

void vnft_bench_births_note(struct vnft_bench_births *births, unsigned int ifindex,
			    uint64_t time_ns, bool in_kernel)
{
	struct vnft_bench_birth *birth;

	if (!ifindex)
		return;
	birth = (struct vnft_bench_birth *)find(births, ifindex);
	if (!birth) {
		/* The eldest gives way. */
		birth = &births->birth[births->n++ % VNFT_BENCH_BIRTHS];
		*birth = (struct vnft_bench_birth) { .ifindex = ifindex };
	}
	/* A device is born once: later news are of its name, its master or its state. */
	if (in_kernel && !birth->kernel_ns)
		birth->kernel_ns = time_ns;
	else if (!in_kernel && !birth->reader_ns)
		birth->reader_ns = time_ns;
}

uint64_t vnft_bench_births_find(const struct vnft_bench_births *births, unsigned int ifindex,
				bool *in_kernel)
{
	const struct vnft_bench_birth *birth = ifindex ? find(births, ifindex) : NULL;

	*in_kernel = birth && birth->kernel_ns;
	if (!birth)
		return 0;
	return birth->kernel_ns ? birth->kernel_ns : birth->reader_ns;
}
