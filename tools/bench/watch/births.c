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

static struct vnft_bench_birth *find_or_make(struct vnft_bench_births *births,
					     unsigned int ifindex)
{
	struct vnft_bench_birth *birth = (struct vnft_bench_birth *)find(births, ifindex);

	if (birth)
		return birth;
	/* The eldest gives way. */
	birth = &births->birth[births->n++ % VNFT_BENCH_BIRTHS];
	*birth = (struct vnft_bench_birth) { .ifindex = ifindex };
	return birth;
}

/* A device is born once: later news are of its name, its master or its state. */
void vnft_bench_births_heard(struct vnft_bench_births *births, unsigned int ifindex,
			     uint64_t time_ns, uint64_t before_ns)
{
	struct vnft_bench_birth *birth = ifindex ? find_or_make(births, ifindex) : NULL;

	if (!birth || birth->reader_ns)
		return;
	birth->reader_ns = time_ns;
	birth->before_ns = before_ns;
}

void vnft_bench_births_stamped(struct vnft_bench_births *births, unsigned int ifindex,
			       uint64_t time_ns)
{
	struct vnft_bench_birth *birth = ifindex ? find_or_make(births, ifindex) : NULL;

	if (birth && !birth->kernel_ns)
		birth->kernel_ns = time_ns;
}

struct vnft_bench_born vnft_bench_births_find(const struct vnft_bench_births *births,
					      unsigned int ifindex)
{
	const struct vnft_bench_birth *birth = ifindex ? find(births, ifindex) : NULL;

	if (!birth)
		return (struct vnft_bench_born) { 0 };
	if (birth->kernel_ns)
		return (struct vnft_bench_born) { .time_ns = birth->kernel_ns, .in_kernel = true };
	return (struct vnft_bench_born) { .time_ns = birth->reader_ns,
					  .late_ns = birth->reader_ns - birth->before_ns };
}
