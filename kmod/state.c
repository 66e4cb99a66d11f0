// SPDX-License-Identifier: GPL-2.0
/*
 * The memory behind a device's hooks, and its sums over all CPUs. Per-CPU parts are plain memory
 * on the CPU's node: 96 KB of histograms are more than the per-CPU allocator likes to give.
 */
#include <linux/log2.h>
#include <linux/slab.h>

#include "state.h"

#define HISTS	(VNFT_PAIRING_NR * VNFT_DIR_NR)

static_assert(sizeof(struct vnft_counters) % sizeof(u64) == 0);

static u32 state_streams(u32 match_slots)
{
	return max(match_slots / VNFT_STREAM_SHARE, 16U);
}

static u64 state_cpu_bytes(void)
{
	return sizeof(struct vnft_counters) + sizeof(struct vnft_hist) * HISTS +
	       sizeof(struct vnft_stage_cpu) + 3 * sizeof(void *);
}

u64 vnft_state_bytes(u32 match_slots)
{
	return (u64)match_slots * sizeof(struct vnft_match_slot) +
	       (state_streams(match_slots) * sizeof(struct vnft_stream_slot) +
		sizeof(struct vnft_holes_table)) * VNFT_DIR_NR +
	       state_cpu_bytes() * num_possible_cpus();
}

static int state_init_cpu(struct vnft_state *state, int cpu)
{
	const int node = cpu_to_node(cpu);

	state->counters[cpu] = kvzalloc_node(sizeof(**state->counters), GFP_KERNEL_ACCOUNT, node);
	state->hist[cpu] = kvzalloc_node(sizeof(**state->hist) * HISTS, GFP_KERNEL_ACCOUNT, node);
	state->stage[cpu] = kvzalloc_node(sizeof(**state->stage), GFP_KERNEL_ACCOUNT, node);
	return state->counters[cpu] && state->hist[cpu] && state->stage[cpu] ? 0 : -ENOMEM;
}

static int state_init_shared(struct vnft_state *state, u32 match_slots)
{
	const u32 streams = state_streams(match_slots);
	struct vnft_stream_table *t;
	int dir;

	state->match_mask = match_slots - 1;
	state->match = kvcalloc(match_slots, sizeof(*state->match), GFP_KERNEL_ACCOUNT);
	if (!state->match)
		return -ENOMEM;
	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		t = &state->stream[dir];
		t->mask = streams - 1;
		t->dir = dir;
		t->slot = kvcalloc(streams, sizeof(*t->slot), GFP_KERNEL_ACCOUNT);
		t->holes = kvzalloc(sizeof(*t->holes), GFP_KERNEL_ACCOUNT);
		if (!t->slot || !t->holes)
			return -ENOMEM;
	}
	return 0;
}

int vnft_state_init(struct vnft_state *state, u32 match_slots)
{
	int cpu, err;

	if (!is_power_of_2(match_slots))
		return -EINVAL;
	memset(state, 0, sizeof(*state));
	state->counters = kcalloc(nr_cpu_ids, sizeof(*state->counters), GFP_KERNEL_ACCOUNT);
	state->hist = kcalloc(nr_cpu_ids, sizeof(*state->hist), GFP_KERNEL_ACCOUNT);
	state->stage = kcalloc(nr_cpu_ids, sizeof(*state->stage), GFP_KERNEL_ACCOUNT);
	err = state->counters && state->hist && state->stage ? 0 : -ENOMEM;
	if (!err)
		err = state_init_shared(state, match_slots);
	for_each_possible_cpu(cpu) {
		if (!err)
			err = state_init_cpu(state, cpu);
	}
	if (err) {
		vnft_state_free(state);
		return err;
	}
	state->memory_per_cpu_bytes = state_cpu_bytes();
	state->memory_bytes = vnft_state_bytes(match_slots);
	return 0;
}

void vnft_state_free(struct vnft_state *state)
{
	int cpu, dir;

	for_each_possible_cpu(cpu) {
		if (state->counters)
			kvfree(state->counters[cpu]);
		if (state->hist)
			kvfree(state->hist[cpu]);
		if (state->stage)
			kvfree(state->stage[cpu]);
	}
	kfree(state->counters);
	kfree(state->hist);
	kfree(state->stage);
	kvfree(state->match);
	for (dir = 0; dir < VNFT_DIR_NR; dir++) {
		kvfree(state->stream[dir].slot);
		kvfree(state->stream[dir].holes);
	}
	memset(state, 0, sizeof(*state));
}

void vnft_state_counters(const struct vnft_state *state, struct vnft_counters *sum)
{
	const u64 *from;
	u64 *to = (u64 *)sum;
	size_t i;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		from = (const u64 *)state->counters[cpu];
		for (i = 0; i < sizeof(*sum) / sizeof(*to); i++)
			to[i] += READ_ONCE(from[i]);
		sum->lost[VNFT_LOST_RING_FULL] += local_read(&state->stage[cpu]->lost_full);
		sum->lost[VNFT_LOST_NESTED] += local_read(&state->stage[cpu]->lost_nested);
	}
}

void vnft_state_hist(const struct vnft_state *state, enum vnft_pairing pairing,
		     enum vnft_dir request, struct vnft_hist *sum)
{
	int cpu;

	memset(sum, 0, sizeof(*sum));
	if (pairing >= VNFT_PAIRING_NR || request >= VNFT_DIR_NR)
		return;
	for_each_possible_cpu(cpu)
		vnft_hist_merge(sum, &state->hist[cpu][pairing * VNFT_DIR_NR + request]);
}

bool vnft_state_stream(const struct vnft_state *state, enum vnft_dir dir,
		       struct vnft_stream_slot *best)
{
	const struct vnft_stream_slot *most;

	if (dir >= VNFT_DIR_NR)
		return false;
	most = vnft_stream_most(state->stream[dir].slot, state->stream[dir].mask + 1);
	if (!most)
		return false;
	memset(best, 0, sizeof(*best));
	best->key = READ_ONCE(most->key);
	best->flow = READ_ONCE(most->flow);
	best->payload_bytes = READ_ONCE(most->payload_bytes);
	best->first_ns = READ_ONCE(most->first_ns);
	best->last_ns = READ_ONCE(most->last_ns);
	best->over_ns = READ_ONCE(most->over_ns);
	return true;
}
