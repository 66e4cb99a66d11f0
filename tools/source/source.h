/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where records come from: the BPF observer, the kernel module, a file. One vtable for the three;
 * what a source cannot do is a NULL member.
 */
#ifndef VNFT_SOURCE_SOURCE_H
#define VNFT_SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../kmod/core/hist.h"
#include "../../kmod/core/hooks.h"
#include "../../kmod/uapi/vnftrace.h"

struct vnft_source;

/* Gets every record in order of its CPU's sequence; a non-zero return stops and is handed on. */
typedef int (*vnft_record_fn)(const struct vnft_record *record, void *arg);

/**
 * enum vnft_hook_choice - mechanism at a device boundary
 */
enum vnft_hook_choice {
	VNFT_HOOK_AUTO = 0,	/* tcx where the kernel has it, clsact otherwise */
	VNFT_HOOK_TCX,
	VNFT_HOOK_CLSACT,
};

/**
 * enum vnft_side_choice - whose end a device is, as far as it is known (side.h)
 */
enum vnft_side_choice {
	VNFT_SIDE_AUTO = 0,
	VNFT_SIDE_IS_HOST,
	VNFT_SIDE_IS_GUEST,
};

/**
 * struct vnft_source_config - how to observe
 * @hook: mechanism
 * @side: of its devices. With @adopt and AUTO an attachment keeps its own
 * @record_mask: bits of enum vnft_class that are recorded; 0: count only
 * @ring_records: per CPU, power of two; 0 for the default
 * @match_slots: per device, power of two; 0 for the default
 * @adopt: BPF: attach() records through a persistent attachment if there is one that nobody else
 *	   records, and does not put a second pair of programs beside it
 * @births: MODULE: births, renames and deaths of all devices, as DEVICE records of id 0
 */
struct vnft_source_config {
	enum vnft_hook_choice hook;
	enum vnft_side_choice side;
	uint32_t record_mask;
	uint32_t ring_records;
	uint32_t match_slots;
	bool adopt;
	bool births;
};

/**
 * struct vnft_device_state - what a device's hooks know, all CPUs added up
 * @first_ns: stamp of the first frame in each direction, 0 if none came yet
 * @hook: enum vnft_hook in each direction
 * @read_ns: when this snapshot was taken
 * @memory_bytes: kernel memory of this device's maps; @memory_per_cpu_bytes of it for each CPU
 */
struct vnft_device_state {
	struct vnft_counters counters;
	uint64_t first_ns[VNFT_DIR_NR];
	uint8_t hook[VNFT_DIR_NR];
	uint64_t read_ns;
	uint32_t ncpus;
	uint64_t memory_bytes;
	uint64_t memory_per_cpu_bytes;
};

/**
 * struct vnft_stream - one TCP stream's payload in one direction, retransmissions left out
 * @first_ns: stamp of its first segment with payload
 * @last_ns: its last segment with new payload passed at this moment or before it
 * @late_ns: by at most so much
 */
struct vnft_stream {
	uint64_t flow;
	uint64_t payload_bytes;
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t late_ns;
};

/**
 * enum vnft_hooked - is our program of one direction on its hook? As the kernel says now
 * @VNFT_HOOKED_REPLACED: our place has another program
 * @VNFT_HOOKED_OUT_OF_REACH: nobody whom we see holds the device's namespace, if it still exists
 */
enum vnft_hooked {
	VNFT_HOOKED = 0,
	VNFT_HOOKED_REMOVED,
	VNFT_HOOKED_REPLACED,
	VNFT_HOOKED_DEVICE_GONE,
	VNFT_HOOKED_OUT_OF_REACH,
};

/**
 * struct vnft_source_device - a device as its source knows it
 * @side: enum vnft_device_side
 * @hooked: enum vnft_hooked, by direction
 */
struct vnft_source_device {
	char ifname[VNFT_IFNAME_LEN];
	unsigned int ifindex;
	uint64_t netns_inode;
	uint8_t side;
	uint8_t hook[VNFT_DIR_NR];
	uint8_t hooked[VNFT_DIR_NR];
};

struct vnft_source_ops {
	const char *name;			/* "bpf", "module", "file" */
	/* Attach to a device of the calling thread's namespace; *id is its id in records. */
	int (*attach)(struct vnft_source *s, const char *ifname, uint16_t *id);
	int (*detach)(struct vnft_source *s, uint16_t id);
	/* Which classes to record from now on; 0 stops recording. */
	int (*record)(struct vnft_source *s, uint16_t id, uint32_t record_mask);
	/* Hand out what is there, without blocking. Number of records, or negative errno. */
	int (*drain)(struct vnft_source *s, vnft_record_fn fn, void *arg);
	int (*state)(struct vnft_source *s, uint16_t id, struct vnft_device_state *state);
	int (*hist)(struct vnft_source *s, uint16_t id, enum vnft_pairing pairing,
		    enum vnft_dir request, struct vnft_hist *sum);
	/* The stream with the most payload in @dir since attach. -ENOENT if none. */
	int (*stream)(struct vnft_source *s, uint16_t id, enum vnft_dir dir,
		      struct vnft_stream *stream);
	/* -ENOENT for an id that is not ours. */
	int (*device)(struct vnft_source *s, uint16_t id, struct vnft_source_device *device);
	/*
	 * Record the device's frames at stages of the host too: bits 1 << enum vnft_hook; *@armed
	 * receives those that this host gives. Classes as in record(). 0 ends it.
	 */
	int (*stages)(struct vnft_source *s, uint16_t id, uint64_t hooks, uint64_t *armed);
	void (*close)(struct vnft_source *s);
};

struct vnft_source {
	const struct vnft_source_ops *ops;
};

/**
 * enum vnft_observer - who observes
 */
enum vnft_observer {
	VNFT_OBSERVER_AUTO = 0,	/* BPF where this kernel lets us, the module otherwise */
	VNFT_OBSERVER_BPF,
	VNFT_OBSERVER_MODULE,
	VNFT_OBSERVER_BOTH,	/* two sources: for who asks for them one by one */
};

#endif
