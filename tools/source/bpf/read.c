/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads what a device's hooks know from its mapped maps, without a system call.
 */
#include "read.h"

#include <errno.h>
#include <string.h>

#include "../../lib/run/clock.h"
#include "../../lib/text/error.h"
#include "../stream.h"
#include "stages.h"

static uint64_t load(const __u64 *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

void vnft_bpf_device_record(struct vnft_bpf_device *d, uint32_t record_mask)
{
	/* The new epoch comes first: with it every FLOW is written again. */
	if (record_mask)
		__atomic_store_n(&d->state->epoch, vnft_mix64(vnft_now_ns()) | 1, __ATOMIC_RELAXED);
	__atomic_store_n(&d->state->record_mask, record_mask, __ATOMIC_RELEASE);
	vnft_bpf_stages_follow(d);
}

void vnft_bpf_device_read(const struct vnft_bpf_device *d, struct vnft_device_state *state)
{
	__u64 *sum = (__u64 *)&state->counters;
	size_t words = sizeof(state->counters) / sizeof(*sum), i;
	uint32_t cpu;
	int dir;

	memset(state, 0, sizeof(*state));
	for (cpu = 0; cpu < d->ncpus; cpu++) {
		const __u64 *from = (const __u64 *)&d->counters[cpu];

		for (i = 0; i < words; i++)
			sum[i] += load(&from[i]);
	}
	vnft_bpf_stages_lost(d, state->counters.lost);
	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		state->first_ns[dir] = load(&d->state->first_ns[dir]);
		state->hook[dir] = d->hook[vnft_bpf_way(d, dir)];
	}
	state->read_ns = vnft_now_ns();
	state->ncpus = d->ncpus;
	state->memory_bytes = vnft_bpf_device_memory(d, &state->memory_per_cpu_bytes);
}

int vnft_bpf_device_hist(const struct vnft_bpf_device *d, enum vnft_pairing pairing,
			 enum vnft_dir request, struct vnft_hist *sum)
{
	uint32_t cpu;

	if ((unsigned int)pairing >= VNFT_PAIRING_NR || (unsigned int)request >= VNFT_DIR_NR)
		return vnft_fail(-EINVAL, "%s: no such histogram", d->spec);
	memset(sum, 0, sizeof(*sum));
	for (cpu = 0; cpu < d->ncpus; cpu++)
		vnft_hist_merge(sum, &d->hist[VNFT_HIST_INDEX(cpu, (uint32_t)pairing,
							      (uint32_t)request)]);
	return 0;
}

int vnft_bpf_device_stream(const struct vnft_bpf_device *d, enum vnft_dir dir,
			   struct vnft_stream *stream)
{
	const struct vnft_stream_slot *best;
	struct vnft_stream_slot slot = { 0 };

	if ((unsigned int)dir >= VNFT_DIR_NR)
		return vnft_fail(-EINVAL, "%s: no such direction", d->spec);
	best = vnft_stream_most(d->state->stream[dir], VNFT_STREAM_SLOTS);
	if (!best)
		return vnft_fail(-ENOENT, "%s: no TCP payload passed it %s", d->spec,
				 dir == VNFT_DIR_IN ? "from the guest" : "to the guest");
	slot.flow = load(&best->flow);
	slot.payload_bytes = load(&best->payload_bytes);
	slot.first_ns = load(&best->first_ns);
	slot.last_ns = load(&best->last_ns);
	slot.over_ns = load(&best->over_ns);
	vnft_stream_of_slot(stream, &slot);
	return 0;
}
