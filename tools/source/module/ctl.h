/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control of the kernel module: one function per command of its generic netlink family
 * (kmod/uapi/vnftrace.h, section 5), plain structs in and out.
 *
 * Every function returns 0, or the kernel's errno after vnft_fail() with the kernel's extended ack.
 * -EINVAL then means that our request was wrong, not a command line. So whoever hands it on to
 * vnft_exit_code() passes it through vnft_module_errno() first. -EOPNOTSUPP: there is no module.
 * An ifindex is one of the calling thread's network namespace. A session is the number that
 * VNFT_IOC_SETUP gave, or 0 where a session may be left out.
 */
#ifndef VNFT_SOURCE_MODULE_CTL_H
#define VNFT_SOURCE_MODULE_CTL_H

#include <stdbool.h>
#include <stdint.h>

#include "../../../kmod/core/hist.h"
#include "../../../kmod/uapi/vnftrace.h"

/* The same number for vnft_exit_code(): -EINVAL becomes -EIO. */
int vnft_module_errno(int err);

/**
 * struct vnft_module_info - the module as a whole
 * @hooks: bits 1 << enum vnft_hook that this kernel can give now
 */
struct vnft_module_info {
	uint32_t version;
	char module_version[32];
	uint32_t ncpus;
	uint64_t hooks;
	uint32_t sessions, devices, probes;
};
int vnft_module_info(struct vnft_module_info *info);

/**
 * struct vnft_module_device - an attachment
 * @id: in records, VNFT_MODULE_FIRST_ID and up
 * @session: 0: it lasts until detach
 */
struct vnft_module_device {
	uint32_t id;
	uint32_t session;
	uint32_t ifindex;
	char ifname[VNFT_IFNAME_LEN];
	uint64_t netns_inode;
	uint8_t link, side;
	uint8_t hook_in, hook_out;
	bool gone;
	uint32_t record_mask;
	uint64_t stages;
	struct vnft_counters counters;
	uint64_t first_in_ns, first_out_ns;
	uint64_t read_ns;
	uint64_t memory_bytes, memory_per_cpu_bytes;
};

/**
 * struct vnft_module_attach - what to attach; 0 leaves out what may be left out
 * @side: enum vnft_device_side, always said
 */
struct vnft_module_attach {
	uint32_t ifindex;
	uint32_t session;
	uint8_t side;
	uint32_t record_mask;
	uint64_t stages;
	uint32_t match_slots;
};
/* @device may be NULL. */
int vnft_module_attach(const struct vnft_module_attach *how, struct vnft_module_device *device);
int vnft_module_detach(uint32_t device, uint32_t session);
/* @stages NULL: as they are. @answer may be NULL. */
int vnft_module_record(uint32_t device, uint32_t session, uint32_t record_mask,
		       const uint64_t *stages, struct vnft_module_device *answer);
int vnft_module_get(uint32_t device, struct vnft_module_device *answer);
/* All of every namespace. If @fn returns other than 0, that ends it. @fn may talk to the module. */
int vnft_module_each(int (*fn)(const struct vnft_module_device *device, void *arg), void *arg);

int vnft_module_hist(uint32_t device, enum vnft_pairing pairing, enum vnft_dir request,
		     struct vnft_hist *hist);

struct vnft_module_stream {
	uint64_t flow;
	uint64_t payload_bytes;
	uint64_t first_ns, last_ns, over_ns;
};
/* -ENOENT: no TCP payload passed. */
int vnft_module_stream(uint32_t device, enum vnft_dir dir, struct vnft_module_stream *stream);

#endif
