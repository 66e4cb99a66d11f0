/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One instance of bpf/packet.bpf.c on a device.
 */
#ifndef VNFT_SOURCE_BPF_DEVICE_H
#define VNFT_SOURCE_BPF_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "../../../bpf/types.bpf.h"
#include "../../../kmod/core/match.h"
#include "../session.h"
#include "../spec.h"

#define VNFT_BPF_MATCH_SLOTS	16384U

struct bpf_object;
struct vnft_stages;

/**
 * struct vnft_bpf_device - a device with programs on it
 *
 * Arrays of VNFT_DIR_NR are by the way of the hook: ingress is VNFT_DIR_IN, on whichever side the
 * device is. vnft_bpf_way() makes that of a direction, and the other way round.
 *
 * @member: comes first
 * @object: NULL for a persistent attachment that was opened by its pins
 * @ifname: when it was attached; @spec: as the user names it, for messages
 * @netns_inode, @netns_cookie: where it was attached; a cookie of 0 is not known
 * @side: enum vnft_device_side; @side_why: why, when it was attached by this process
 * @netns_fd: held for clsact only, whose filters must be taken away by hand; else -1
 * @handle: clsact: handle of our filter, by direction
 * @owner_fd: clsact: holds the token in the handles
 * @adopted: a persistent attachment that this session uses
 * @recording: adopted: we hold its lock and our rings are in it
 * @pin_fd: its directory, locked while we record
 * @link: enum vnft_link, known once stages were asked for
 * @stages: the session's, once this device had any
 */
struct vnft_bpf_device {
	struct vnft_member member;
	uint8_t hook[VNFT_DIR_NR];
	char ifname[VNFT_IFNAME_LEN];
	char spec[VNFT_SPEC_BYTES];
	unsigned int ifindex;
	uint64_t netns_inode, netns_cookie;
	uint8_t side;
	const char *side_why;
	int netns_fd, owner_fd;
	uint32_t ncpus, ring_records, match_slots;
	struct bpf_object *object;
	int prog_fd[VNFT_DIR_NR];
	int link_fd[VNFT_DIR_NR];
	uint32_t handle[VNFT_DIR_NR];
	uint16_t priority[VNFT_DIR_NR];
	int counters_fd, hist_fd, state_fd, conf_fd, rings_fd;
	const struct vnft_counters *counters;
	const struct vnft_hist *hist;
	struct vnft_bpf_state *state;
	bool adopted, recording;
	int pin_fd;
	uint8_t link;
	struct vnft_stages *stages;
	uint64_t watched;		/* hooks of its stages */
	uint64_t missed, missed_before;	/* vnft_stages_missed(): of before, and at arming */
};

/**
 * struct vnft_bpf_load - what an instance is made with
 * @rings_fd: outer array of rings, the session's or the device's own
 */
struct vnft_bpf_load {
	uint16_t id;
	uint32_t l2_bytes;
	uint32_t ring_records, match_slots;
	int rings_fd;
};

/* The way of the hook where frames of a direction pass, and the direction of what passes there. */
static inline int vnft_bpf_way(const struct vnft_bpf_device *d, int dir)
{
	return d->side == VNFT_SIDE_GUEST ? !dir : dir;
}

struct vnft_bpf_device *vnft_bpf_device_new(void);
/* Load the programs; @d knows its hooks. */
int vnft_bpf_device_load(struct vnft_bpf_device *d, const struct vnft_bpf_load *how);
int vnft_bpf_device_map(struct vnft_bpf_device *d);
/* Close everything; what is pinned or filtered stays. */
void vnft_bpf_device_free(struct vnft_bpf_device *d);
uint64_t vnft_bpf_device_memory(const struct vnft_bpf_device *d, uint64_t *per_cpu_bytes);
uint32_t vnft_bpf_ncpus(void);

#endif
