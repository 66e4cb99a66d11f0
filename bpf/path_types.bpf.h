/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bpf/path.bpf.c and the tool that loads it share: which devices are asked for (.bss, mapped
 * by the tool), constants (.rodata), and what a CPU keeps of each device.
 */
#ifndef VNFT_BPF_PATH_TYPES_H
#define VNFT_BPF_PATH_TYPES_H

#include "types.bpf.h"

/* Devices of a session with stages: a power of two, found in VNFT_PATH_WAYS looks. */
#define VNFT_PATH_DEVICES	64
#define VNFT_PATH_WAYS		4
/* Tasks that read or write a tap at the same time, told apart by their pid: a power of two. */
#define VNFT_PATH_TASKS		1024

/* An ifindex alone is not enough: both ends of a veth may have the same. */
#define VNFT_PATH_KEY(netns_inode, ifindex) \
	((__u64)(__u32)(netns_inode) << 32 | (__u32)(ifindex))
#define VNFT_PATH_PLACE(key) \
	((__u32)((key) ^ (key) >> 32) & (VNFT_PATH_DEVICES - 1))

/**
 * struct vnft_path_device - a device that is asked for
 * @key: VNFT_PATH_KEY(), 0 for none; written last
 * @stages: bits 1 << hook that are recorded
 * @work: @stages, and the hooks that have to run for them
 * @epoch: changes when a recording starts: makes every FLOW unknown again
 * @record_mask: bits 1 << class
 * @id: in records
 * @l2_bytes: VNFT_ETH_BYTES, or 0 for a device without link header
 * @side: VNFT_HOOK_GUEST_SIDE, or 0 for a device of the host's side
 */
struct vnft_path_device {
	__u64 key;
	__u64 stages;
	__u64 work;
	__u64 epoch;
	__u32 record_mask;
	__u16 id;
	__u8 l2_bytes;
	__u8 side;
};

struct vnft_path_state {
	struct vnft_path_device device[VNFT_PATH_DEVICES];
};

/**
 * struct vnft_path_conf - .rodata
 * @secret: of VNFT_FRAME_NUMBER()
 */
struct vnft_path_conf {
	__u64 secret[2];
	__u32 ring_mask;
	__u32 reserved;
};

/* Of one device on one CPU: VNFT_PATH_MEMORY(cpu, place of the device) */
#define VNFT_PATH_MEMORY(cpu, place)	((cpu) * VNFT_PATH_DEVICES + (place))

/**
 * struct vnft_path_memory - what a CPU keeps of a device
 * @packet: number of the frame that was last recorded at net_dev_start_xmit, 0 for none; the next
 *          five members are what its record at net_dev_xmit repeats
 * @poll_ns: when the driver began to take frames, which come up next
 * @poll_packet: the last frame that was given this stamp
 * @poll_napi: the number that frames of this poll carry; 0: they carry none, and every frame that
 *             comes up counts as one of this poll
 */
struct vnft_path_memory {
	__u64 packet;
	__u64 flow;
	__u32 len_bytes;
	__u32 queue;
	__u32 class;
	__u32 flags;
	__u64 poll_ns;
	__u64 poll_packet;
	__u32 poll_queue;
	__u32 poll_napi;
	__u64 lost[VNFT_LOST_NR];
	__u32 poll_peer;
	__u32 reserved;
};

/**
 * struct vnft_path_task - what a task does with a tap
 * @device: its key
 * @written_ns: it began to write a frame; @written_packet: the frame that was given this stamp
 * @read_packet: the frame that it was handed to read, and that was stamped there
 * @copied_packet: the frame that it has copied from the tap, and will free
 */
struct vnft_path_task {
	__u64 pid_tgid;
	__u64 device;
	__u64 written_ns;
	__u64 written_packet;
	__u64 read_packet;
	__u64 copied_packet;
	__u64 reserved[2];
};

VNFT_ASSERT_SIZE(vnft_path_device, 40);
VNFT_ASSERT_SIZE(vnft_path_memory, 128);
VNFT_ASSERT_SIZE(vnft_path_task, 64);

#endif
