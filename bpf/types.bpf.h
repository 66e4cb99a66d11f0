/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the BPF programs and the tool that loads them share beyond the contract: constants of
 * one device's instance (.rodata), its state (.bss, mapped by the tool) and the map shapes.
 */
#ifndef VNFT_BPF_TYPES_H
#define VNFT_BPF_TYPES_H

#include "../kmod/core/record.h"
#include "../kmod/core/stream_table.h"

/*
 * Stands in the name of an attachment's last pin. A new one is due when the tool could misread the
 * maps of an older program: their order, their members or what these mean.
 */
#define VNFT_BPF_ABI	1

/* Streams kept per direction, two ways: a power of two. */
#define VNFT_STREAM_SLOTS	1024

/* Histograms and counters are arrays over CPUs, so that the tool can map them. */
#define VNFT_HIST_INDEX(cpu, pairing, request) \
	(((cpu) * VNFT_PAIRING_NR + (pairing)) * VNFT_DIR_NR + (request))

/**
 * struct vnft_bpf_conf - .rodata: the verifier folds these into the code
 * @device: id in records
 * @hook: by direction, as in records
 * @l2_bytes: 14, or 0 for a device without link header
 * @ncpus: possible CPUs
 * @match_mask: match slots - 1
 * @ring_mask: records of a ring - 1
 * @side: enum vnft_device_side
 */
struct vnft_bpf_conf {
	__u16 device;
	__u8 hook[VNFT_DIR_NR];
	__u32 l2_bytes;
	__u32 ncpus;
	__u32 match_mask;
	__u32 ring_mask;
	__u32 side;
};

/**
 * struct vnft_bpf_state - .bss of one device's instance
 * @record_mask: written by the tool, bits of enum vnft_class
 * @epoch: written by the tool when a recording starts; makes every FLOW unknown again
 * @first_ns: first frame by direction
 * @note: the tool's own, for persistent attachments: how and where it was attached. The cookie is
 *	the kernel's number of that namespace, in two words
 * @stages: bits 1 << hook: at this hook a STAGE record follows the PACKET record
 * @secret: of VNFT_FRAME_NUMBER(), the same as in bpf/path.bpf.c
 */
struct vnft_bpf_state {
	__u32 record_mask;
	__u32 reserved;
	__u64 epoch;
	struct {
		__u64 netns_inode;
		__u64 attached_ns;
		__u32 ifindex;
		__u32 netns_cookie_low;
		char ifname[VNFT_IFNAME_LEN];
		__u32 handle[VNFT_DIR_NR];
		__u16 priority[VNFT_DIR_NR];
		__u32 netns_cookie_high;
	} note;
	__u64 stages;
	__u64 secret[2];
	/* Written once, read with every frame: not beside what changes. */
	__u64 first_ns[VNFT_DIR_NR] __attribute__((aligned(64)));
	struct vnft_stream_slot stream[VNFT_DIR_NR][VNFT_STREAM_SLOTS] __attribute__((aligned(64)));
	struct vnft_holes_table holes[VNFT_DIR_NR];
};

/**
 * struct vnft_bpf_named - what the record step keeps on one CPU
 * @skb: a frame's address, between the write and the read that make it a number (record.bpf.h)
 */
struct vnft_bpf_named {
	struct vnft_flows_named flows;
	__u64 skb;
};

/*
 * The number of a frame, the same at every stage: the address of its skb, mixed twice with two
 * random words. The number tells neither the address nor how far two addresses are apart.
 */
#define VNFT_FRAME_NUMBER(skb, secret) \
	vnft_mix64(vnft_mix64((skb) ^ (secret)[0]) + (secret)[1])

#endif
