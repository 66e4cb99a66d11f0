/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Births and ends of an instance's processes. Rings of several CPUs are read one after the other,
 * so these are not in the order of time; the earliest is looked for.
 */
#include "kin.h"

#include <string.h>

void vnft_bench_kin_note(struct vnft_bench_kin *kin, const struct vnft_record *r)
{
	struct vnft_bench_life *life;

	if (r->kind != VNFT_KIND_LIFE || r->class != VNFT_LIFE_OWN || !r->len32 ||
	    (r->life.event != VNFT_LIFE_EXEC && r->life.event != VNFT_LIFE_EXIT))
		return;
	/* The eldest gives way. */
	life = &kin->life[kin->n++ % VNFT_BENCH_KIN];
	*life = (struct vnft_bench_life) {
		.pid = r->len32, .event = r->life.event, .time_ns = r->time_ns,
	};
	memcpy(life->comm, r->life.comm, sizeof(life->comm));
}

uint64_t vnft_bench_kin_find(const struct vnft_bench_kin *kin, enum vnft_life event,
			       uint64_t since_ns, const char *comm, uint32_t *pid)
{
	const struct vnft_bench_life *life, *found = NULL;
	unsigned int i;

	for (i = 0; i < kin->n && i < VNFT_BENCH_KIN; i++) {
		life = &kin->life[i];
		if (life->event != event || life->time_ns < since_ns ||
		    (*pid ? life->pid != *pid : strncmp(life->comm, comm, VNFT_COMM_LEN - 1)))
			continue;
		if (!found || life->time_ns < found->time_ns)
			found = life;
	}
	if (!found)
		return 0;
	*pid = found->pid;
	return found->time_ns;
}
