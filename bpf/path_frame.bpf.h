/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A frame at a stage and what is remembered of it: the state of path.bpf.c.
 */
#ifndef VNFT_BPF_PATH_FRAME_H
#define VNFT_BPF_PATH_FRAME_H

#include "core_fixes.bpf.h"

/* A function that the verifier looks at alone: see bpf/frame.bpf.h. */
#define STEP __attribute__((noinline))

/*
 * Parts of kmod/core/ that are functions of their own here. Its headers are told so by macros,
 * which therefore stand before the includes; @frame is a struct path_frame, and @p its packet.
 */
struct path_frame;
STEP int parse_l4(struct path_frame *f, __u32 offset, __u32 l4_bytes);
STEP int parse_ipv6(struct path_frame *f, __u32 offset);
#define VNFT_PARSE_L4(p, f, frame, load, offset, l4_bytes) \
	parse_l4((struct path_frame *)(frame), offset, l4_bytes)
#define VNFT_PARSE_IPV6(p, f, frame, load, offset) parse_ipv6((struct path_frame *)(frame), offset)

#include "../kmod/core/match.h"
#include "path_types.bpf.h"

#define BIT(hook) (1ULL << (hook))
#define NO_QUEUE (~0U)
/* A shorter frame is no GSO frame: segments are longer than this. */
#define NO_GSO_BYTES 256
/* Room for a link header: Ethernet and tags. */
#define MAX_LINK_BYTES 64

const volatile struct vnft_path_conf conf;
struct vnft_path_state state;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);		/* VNFT_PATH_MEMORY() */
	__type(key, __u32);
	__type(value, struct vnft_path_memory);
} vnft_path_mem SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);		/* CPUs */
	__type(key, __u32);
	__type(value, struct vnft_flows_named);
} vnft_path_named SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, VNFT_PATH_TASKS);
	__type(key, __u32);
	__type(value, struct vnft_path_task);
} vnft_path_task SEC(".maps");

/**
 * struct path_frame - what a hook hands to observe()
 * @skb: its address: a name, and nothing is read through it
 * @head, @data, @end, @mac_header: of the skb
 * @base: address of the link header; @linear_bytes from there are its own
 * @in: from the guest: the link header was taken off, and is neither in @data nor in the lengths
 * @place: of the device in state
 * @side: the device's, of its records
 * @peer: Xen's number of the domain, on netback's hooks
 * @number: what the frame is called in records
 */
struct path_frame {
	struct vnft_packet packet;
	__u64 skb;
	__u64 head;
	__u64 data;
	__u64 base;
	__u64 number;
	__u64 flow;
	__u64 now_ns;
	__u32 linear_bytes;
	__u32 len_bytes;
	__u32 gso_size_bytes;
	__u32 queue;
	__u32 cpu;
	__u32 place;
	__u32 flags;
	__u16 vlan;
	__u16 vlan_tci;
	__u16 ethertype;
	__u16 mac_header;
	__u8 in;
	__u8 side;
	__u16 peer;
	__u32 end;
	__u32 napi_id;
};

VNFT_INLINE struct vnft_path_memory *memory_of(__u32 cpu, __u32 place)
{
	__u32 index = VNFT_PATH_MEMORY(cpu, place);

	return bpf_map_lookup_elem(&vnft_path_mem, &index);
}

/* Of the running task, or of another whose pid has the same low bits: see @pid_tgid. */
VNFT_INLINE struct vnft_path_task *task_of(__u64 pid_tgid)
{
	__u32 index = (__u32)pid_tgid & (VNFT_PATH_TASKS - 1);

	return bpf_map_lookup_elem(&vnft_path_task, &index);
}

#endif
