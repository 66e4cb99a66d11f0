// SPDX-License-Identifier: GPL-2.0
/*
 * Life of instances: exec and exit of processes, first vCPU entry of each VM. Raw tracepoints and
 * no CO-RE: what is needed is asked of helpers about the current task, not read from its struct.
 *
 * A host's other processes are nobody's business: recorded is what descends from a task that the
 * tool marked. A mark is task-local storage, so it means one task in every PID namespace, goes
 * with the task, and is handed on at each fork. The one exception is a name that the tool asks
 * for, where a daemon that was there before us starts the instance: the process that is exec'd
 * under it is marked with its own number. So its threads count, which have names of their own
 * ("CPU 0/KVM"), and its children do not.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "../kmod/core/match.h"
#include "emit.bpf.h"

char _license[] SEC("license") = "GPL";

/* VMs whose first entry was seen; a power of two. Two VMs in one slot repeat records, no more. */
#define VMS 256
/* The mark of what is ours. Others are numbers of processes, and this one is init's. */
#define OWN 1

const volatile __u32 ring_mask;
__u32 entered[VMS];
/* All zero: no name is asked for. */
__u64 named[VNFT_COMM_LEN / 8] SEC(".data.named");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u32);
} vnft_own SEC(".maps");

static __always_inline __u32 current_tgid(void)
{
	return (__u32)(bpf_get_current_pid_tgid() >> 32);
}

static __always_inline __u32 *current_mark(void)
{
	return bpf_task_storage_get(&vnft_own, bpf_get_current_task_btf(), 0, 0);
}

static __always_inline int is_asked_for(void)
{
	volatile __u64 *want = named;

	return want[0] != 0;
}

/* A comm is padded with zeros, so it is compared as two words. */
static __always_inline int is_named(void)
{
	volatile __u64 *want = named;
	__u64 comm[VNFT_COMM_LEN / 8] = { 0 };

	bpf_get_current_comm(comm, sizeof(comm));
	return is_asked_for() && comm[0] == want[0] && comm[1] == want[1];
}

/* At an exec: what was the named process may become another program, and the other way round. */
static __always_inline void mark_named(void)
{
	__u32 *mark = current_mark(), tgid = current_tgid();

	if (mark && *mark != OWN)
		*mark = is_named() ? tgid : 0;
	else if (!mark && is_named())
		bpf_task_storage_get(&vnft_own, bpf_get_current_task_btf(), &tgid,
				     BPF_LOCAL_STORAGE_GET_F_CREATE);
}

static __always_inline int life(__u32 event)
{
	__u32 cpu = bpf_get_smp_processor_id(), tgid = current_tgid(), *mark = current_mark(), seq;
	const int own = mark && *mark == OWN;
	struct vnft_record *r;
	void *ring;

	if (!own && !(is_asked_for() && mark && *mark == tgid) && !is_named())
		return 0;
	ring = bpf_map_lookup_elem(&vnft_rings, &cpu);
	if (!ring)
		return 0;
	r = vnft_emit_reserve(ring, ring_mask, &seq);
	if (!r)
		return 0;
	r->time_ns = bpf_ktime_get_ns();
	r->flow = 0;
	r->device = 0;
	r->cpu = (__u16)cpu;
	r->kind = VNFT_KIND_LIFE;
	r->hook = 0;
	r->class = own ? VNFT_LIFE_OWN : VNFT_LIFE_FOREIGN;
	r->flags = 0;
	r->len32 = tgid;
	bpf_get_current_comm(r->life.comm, sizeof(r->life.comm));
	r->life.parent_tgid = 0;
	r->life.event = event;
	r->life.reserved = 0;
	vnft_emit_submit(r, seq);
	return 0;
}

/* Of processes and of threads: a VM's processors are threads. */
SEC("tp_btf/sched_process_fork")
int vnft_fork(__u64 *ctx)
{
	__u32 *mark = bpf_task_storage_get(&vnft_own, (void *)ctx[0], 0, 0), copy;

	if (!mark)
		return 0;
	copy = *mark;
	bpf_task_storage_get(&vnft_own, (void *)ctx[1], &copy, BPF_LOCAL_STORAGE_GET_F_CREATE);
	return 0;
}

SEC("raw_tp/sched_process_exec")
int vnft_exec(void *ctx)
{
	mark_named();
	return life(VNFT_LIFE_EXEC);
}

SEC("raw_tp/sched_process_exit")
int vnft_exit(void *ctx)
{
	__u64 tgid_pid = bpf_get_current_pid_tgid();

	/* Only the leader's: threads come and go. */
	if ((__u32)tgid_pid != tgid_pid >> 32)
		return 0;
	return life(VNFT_LIFE_EXIT);
}

SEC("raw_tp/kvm_entry")
int vnft_vcpu(void *ctx)
{
	__u32 tgid = current_tgid();
	__u32 *slot = &entered[(__u32)vnft_mix64(tgid) & (VMS - 1)];

	if (*slot == tgid)
		return 0;
	*slot = tgid;
	return life(VNFT_LIFE_VCPU_ENTRY);
}
