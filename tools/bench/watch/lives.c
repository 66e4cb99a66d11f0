/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happened to the processes that may be an instance's. Such a process is told by its name when
 * that is exec'd, and by its number from then on: its threads have names of their own, as "CPU
 * 0/KVM" of libvirt's QEMU, and it may rename itself. An event may be told before the exec: each
 * CPU has a ring of its own.
 */
#include "lives.h"

#include <string.h>

static int find(const struct vnft_bench_events *events, uint32_t tgid)
{
	unsigned int i;

	for (i = 0; i < events->n; i++)
		if (events->tgid[i] == tgid)
			return (int)i;
	return -1;
}

void vnft_bench_lives_note(struct vnft_bench_lives *lives, const char *process,
			   const struct vnft_record *r)
{
	const bool own = r->class == VNFT_LIFE_OWN;
	struct vnft_bench_events *events;

	if (r->life.event < VNFT_LIFE_EXEC || r->life.event > VNFT_LIFE_VCPU_ENTRY)
		return;
	events = &lives->of[r->life.event];
	if (r->life.event == VNFT_LIFE_EXEC) {
		if (strncmp(r->life.comm, process, VNFT_COMM_LEN - 1) || (lives->own && !own))
			return;
		/* Known to be the instance's: counts more than any of the same name. */
		if (own && !lives->own)
			events->n = 0;
		lives->own = own;
	}
	if (events->n == VNFT_BENCH_LIVES || find(events, r->len32) >= 0)
		return;
	events->tgid[events->n] = r->len32;
	events->time_ns[events->n++] = r->time_ns;
}

uint64_t vnft_bench_lives_first(const struct vnft_bench_lives *lives, enum vnft_life event,
				uint64_t since_ns)
{
	const struct vnft_bench_events *events = &lives->of[event];
	uint64_t first_ns = 0;
	unsigned int i;

	for (i = 0; i < events->n; i++)
		if (events->time_ns[i] >= since_ns &&
		    (!first_ns || events->time_ns[i] < first_ns) &&
		    find(&lives->of[VNFT_LIFE_EXEC], events->tgid[i]) >= 0)
			first_ns = events->time_ns[i];
	return first_ns;
}
