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
#include "../lib/net/link.h"

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
 * struct vnft_source_config - how to observe
 * @hook: mechanism
 * @record_mask: bits of enum vnft_class that are recorded; 0: count only
 * @ring_records: per CPU, power of two; 0 for the default
 * @match_slots: per device, power of two; 0 for the default
 * @adopt: BPF: attach() records through a persistent attachment where there is one that nobody else
 *	   records, instead of putting a second pair of programs beside it
 * @births: MODULE: births, renames and deaths of all devices, as DEVICE records of id 0
 */
struct vnft_source_config {
	enum vnft_hook_choice hook;
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
 * @last_ns: stamp of its FIN, or 0 when none came yet (use the snapshot's time then)
 */
struct vnft_stream {
	uint64_t flow;
	uint64_t payload_bytes;
	uint64_t first_ns;
	uint64_t last_ns;
};

/**
 * struct vnft_source_device - a device as its source knows it
 * @alive: its hooks are still on it
 */
struct vnft_source_device {
	char ifname[VNFT_IFNAME_LEN];
	unsigned int ifindex;
	uint64_t netns_inode;
	uint8_t hook[VNFT_DIR_NR];
	bool alive;
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

/* Whom AUTO means on this host; anybody else is taken at the word. */
int vnft_observer_choose(enum vnft_observer asked, enum vnft_observer *chosen);
/* "auto", "bpf", "module", "both" by enum vnft_observer, NULL: the choices of --observer. */
extern const char *const vnft_observer_names[];
const char *vnft_observer_name(enum vnft_observer observer);

/*
 * A session of @observer (AUTO, BPF, MODULE): -EOPNOTSUPP after vnft_fail() if it is not to be had.
 */
int vnft_source_open(struct vnft_source **source, enum vnft_observer observer,
		     const struct vnft_source_config *config);

/* The module's session: everything it attached is gone when it is closed or killed. */
int vnft_module_open(struct vnft_source **source, const struct vnft_source_config *config);
/* Is the module loaded, and may we use it? 0, or negative errno after vnft_fail() with the fix. */
int vnft_module_usable(void);

/* Does this kernel take our kind of program from us? 0, or negative errno after vnft_fail(). */
int vnft_bpf_usable(void);
/* BPF observer of this process: everything it attached is gone when it is closed or killed. */
int vnft_bpf_open(struct vnft_source **source, const struct vnft_source_config *config);

/**
 * Persistent attachments: links and maps pinned under /sys/fs/bpf/vnftrace/, alive until detach or
 * the device's death. vnft_bpf_pin() attaches a device of the calling thread's namespace (-EEXIST
 * if it is already); vnft_bpf_unpin() undoes it (@ifname NULL: all of every namespace).
 * vnft_bpf_open_pinned() opens one for state, hist and, while it lives, record and drain (-EBUSY
 * when somebody else records it).
 */
int vnft_bpf_pin(const char *ifname, const struct vnft_source_config *config);
int vnft_bpf_unpin(const char *ifname, unsigned int *detached);
int vnft_bpf_open_pinned(struct vnft_source **source, const char *ifname, uint16_t *id,
			 const struct vnft_source_config *config);

/**
 * struct vnft_pin - a persistent attachment, as `status` lists it
 * @id: in records
 * @others: programs on the same hooks that are not ours, "name(id)" words
 */
struct vnft_pin {
	uint16_t id;
	uint64_t netns_inode;
	unsigned int ifindex;
	char ifname[VNFT_IFNAME_LEN];
	uint8_t hook[VNFT_DIR_NR];
	bool recording;
	bool dead;		/* its device is gone; detach cleans it */
	char others[256];
	struct vnft_device_state state;
};
int vnft_bpf_pin_each(int (*fn)(const struct vnft_pin *pin, void *arg), void *arg);

/* Life of instances: exec and exit of processes, first vCPU entries, on the same rings. */
int vnft_bpf_life_start(struct vnft_source *source);
void vnft_bpf_life_stop(struct vnft_source *source);

/* What this kernel lets us do; each 0, or negative errno with @why. Tried, not guessed. */
struct vnft_bpf_probe {
	bool tcx, clsact, tracepoint, fentry;
	char tcx_why[96], clsact_why[96], tracepoint_why[96], fentry_why[96];
};
int vnft_bpf_probe(struct vnft_bpf_probe *probe);

/**
 * struct vnft_bpf_cost - ns per frame by test run, medians, the loop of the test run included
 * @empty_ns: a program that does nothing: subtract it to get the hook alone
 */
struct vnft_bpf_cost {
	double empty_ns, counted_ns, recorded_ns;
};
/* @ifname: any device of the calling thread's namespace, attached for some 30 ms. */
int vnft_bpf_cost(const char *ifname, struct vnft_bpf_cost *cost);

/* Record files: the records one after another, MANIFEST first, DEVICEs before their use. */
int vnft_file_open(struct vnft_source **source, const char *path);

struct vnft_file_writer;
/*
 * Check the target, take it, and begin the file, by the rules of lib/run/output.h; @replace: a file
 * of that name may be replaced. A file that exists stays as it is until close(). @ncpus: of the
 * stream; 0: every CPU that this host can have.
 */
int vnft_file_create(struct vnft_file_writer **writer, const char *path, bool replace,
		     uint32_t ncpus);
/* Do the records go to standard output? Then nothing else may. */
bool vnft_file_is_stdout(const struct vnft_file_writer *writer);
/* A vnft_record_fn with the writer as its arg. After a failure every call fails like it. */
int vnft_file_write(const struct vnft_record *record, void *writer);
/* To be called every few milliseconds: what was written more than a second ago goes to the file. */
int vnft_file_tick(struct vnft_file_writer *writer);
/* Write a DEVICE record for a device of the calling thread's namespace. */
int vnft_file_write_device(struct vnft_file_writer *writer, uint16_t id,
			   const struct vnft_link_info *info, uint64_t netns_inode);
/* The same with its hooks, as its source knows them. */
int vnft_file_define(struct vnft_file_writer *writer, uint16_t id,
		     const struct vnft_link_info *info, const struct vnft_source_device *device);
int vnft_file_write_lost(struct vnft_file_writer *writer, uint16_t id,
			 const struct vnft_counters *counters);
/*
 * One of the three ends it and frees it, NULL allowed. close(): it is finished, and says so; 0, or
 * -errno after vnft_fail(), then what was written is kept. keep(): not finished, but worth reading.
 * discard(): nothing of worth in it: removed, unless it was no file of ours.
 */
int vnft_file_close(struct vnft_file_writer *writer);
void vnft_file_keep(struct vnft_file_writer *writer);
void vnft_file_discard(struct vnft_file_writer *writer);

#endif
