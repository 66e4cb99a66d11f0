/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The BPF observer's own parts, shared by bpf*.c: rings, hooks, devices, the session.
 */
#ifndef VNFT_SOURCE_BPF_H
#define VNFT_SOURCE_BPF_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "../../../bpf/types.bpf.h"
#include "../../../kmod/core/match.h"
#include "../ring.h"
#include "../source.h"

#define VNFT_BPF_RING_RECORDS	32768U
#define VNFT_BPF_MATCH_SLOTS	16384U

struct bpf_object;

/* ---- bpf/ring.c: one mmap-ed ring per CPU, filled by every device of a session ---- */

/**
 * struct vnft_bpf_rings - a session's rings and the maps that they are
 * @fd: by CPU
 * @outer_fd: array of maps by CPU that the session's own devices share
 */
struct vnft_bpf_rings {
	struct vnft_rings read;
	int *fd;
	int outer_fd;
};

/* The same for every ring of @records, so that programs verified with one accept the other. */
int vnft_ring_create_map(uint32_t records);
/* Array of maps with @ncpus entries, empty. */
int vnft_ring_create_outer(uint32_t ncpus, uint32_t records);
int vnft_bpf_rings_open(struct vnft_bpf_rings *rings, uint32_t ncpus, uint32_t records);
/* Put the rings into an outer array, or take out whatever is there. */
int vnft_bpf_rings_insert(const struct vnft_bpf_rings *rings, int outer_fd);
void vnft_bpf_rings_remove(int outer_fd, uint32_t ncpus);
void vnft_bpf_rings_close(struct vnft_bpf_rings *rings);

/* ---- bpf/device.c: one instance of bpf/packet.bpf.c ---- */

/**
 * struct vnft_bpf_device - a device with programs on it
 * @object: NULL for a persistent attachment that was opened by its pins
 * @netns_fd: held for clsact only, whose filters must be taken away by hand; else -1
 * @handle: clsact: handle of our filter, by direction
 * @adopted: a persistent attachment that this session uses
 * @recording: adopted: we hold its lock and our rings are in it
 * @pin_fd: its directory, locked while we record
 * @link: enum vnft_link, known once stages were asked for
 * @stages: the session's, once this device had any
 */
struct vnft_bpf_device {
	struct vnft_bpf_device *next;
	uint16_t id;
	uint8_t hook[VNFT_DIR_NR];
	char ifname[VNFT_IFNAME_LEN];
	unsigned int ifindex;
	uint64_t netns_inode;
	int netns_fd;
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
struct vnft_bpf_device *vnft_bpf_device_new(void);
/* Load the programs; @d knows its hooks. */
int vnft_bpf_device_load(struct vnft_bpf_device *d, const struct vnft_bpf_load *how);
int vnft_bpf_device_map(struct vnft_bpf_device *d);
/* Close everything; what is pinned or filtered stays. */
void vnft_bpf_device_free(struct vnft_bpf_device *d);
uint64_t vnft_bpf_device_memory(const struct vnft_bpf_device *d, uint64_t *per_cpu_bytes);
void vnft_bpf_device_record(struct vnft_bpf_device *d, uint32_t record_mask);
void vnft_bpf_device_read(const struct vnft_bpf_device *d, struct vnft_device_state *state);
int vnft_bpf_device_hist(const struct vnft_bpf_device *d, enum vnft_pairing pairing,
			 enum vnft_dir request, struct vnft_hist *sum);
int vnft_bpf_device_stream(const struct vnft_bpf_device *d, enum vnft_dir dir,
			   struct vnft_stream *stream);
/* Are its programs still on a device? */
bool vnft_bpf_device_alive(const struct vnft_bpf_device *d);
uint32_t vnft_bpf_ncpus(void);

/* ---- bpf/attach.c: programs onto hooks, in the calling thread's namespace ---- */

/* Which mechanism @choice means for this device: fills d->hook. */
int vnft_bpf_choose_hook(struct vnft_bpf_device *d, enum vnft_hook_choice choice);
/* @persistent: survives this process (the caller pins what tcx gives). */
int vnft_bpf_attach_hooks(struct vnft_bpf_device *d, bool persistent);
/* In any namespace: d->netns_fd leads to its own. Absent is success. */
void vnft_bpf_detach_hooks(struct vnft_bpf_device *d);

/* ---- bpf/clsact.c: filters of clsact ---- */
int vnft_clsact_attach(struct vnft_bpf_device *d, bool persistent);
void vnft_clsact_detach(struct vnft_bpf_device *d);
/*
 * Take away filters whose owner died, in the calling thread's namespace; number of devices freed.
 */
int vnft_clsact_sweep(void);

/* ---- bpf/filters.c: who else is on the hooks ---- */

/**
 * struct vnft_filter - a program on a hook
 * @ours: its name begins with vnft_
 */
struct vnft_filter {
	unsigned int ifindex;
	enum vnft_dir dir;
	uint32_t prog_id, handle;
	uint16_t priority;
	bool ours;
	char name[32];
};
typedef int (*vnft_filter_fn)(const struct vnft_filter *filter, void *arg);
int vnft_clsact_each(unsigned int ifindex, vnft_filter_fn fn, void *arg);
int vnft_tcx_each(unsigned int ifindex, vnft_filter_fn fn, void *arg);

/* ---- bpf/pinfs.c: the bpf file system that outlives `ip netns exec` ---- */

/* Path of our directory in it, mounted and made if @make; else -ENOENT where there is none. */
int vnft_pinfs_path(char *path, size_t bytes, bool make);

/* ---- bpf.c: the session ---- */

/**
 * struct vnft_bpf - a session: its rings, its devices, all gone when it is closed
 */
struct vnft_bpf {
	struct vnft_source source;
	struct vnft_source_config config;
	pthread_mutex_t lock;
	struct vnft_bpf_rings rings;
	struct vnft_bpf_device *devices;
	uint16_t next_id;
	struct bpf_object *life;
	struct bpf_link *life_link[3];
	struct vnft_stages *stages;
};
struct vnft_bpf_device *vnft_bpf_find(struct vnft_source *source, uint16_t id);
/*
 * Load an instance for a device of the calling thread's namespace and attach it; NULL, errno set.
 */
struct vnft_bpf_device *vnft_bpf_device_make(const char *ifname, enum vnft_hook_choice hook,
					     struct vnft_bpf_load *how, bool persistent);
void vnft_bpf_insert(struct vnft_bpf *b, struct vnft_bpf_device *d);
int vnft_bpf_session_new(struct vnft_bpf **session, const struct vnft_source_config *config);
/* The session's rings, and the array of them that its own devices share. */
int vnft_bpf_need_rings(struct vnft_bpf *b);
int vnft_bpf_need_outer(struct vnft_bpf *b);

/* ---- bpf/adopt.c: persistent attachments in a session ---- */

/*
 * Use a persistent attachment: -ENOENT if @spec has none; @to_record: -EBUSY if somebody records
 * it.
 */
int vnft_bpf_adopt(struct vnft_source *source, const char *spec, bool to_record, uint16_t *id);
int vnft_bpf_record_adopted(struct vnft_bpf *b, struct vnft_bpf_device *d, uint32_t record_mask);
void vnft_bpf_leave(struct vnft_bpf_device *d);

/* Capabilities that every use of the observer needs. */
int vnft_bpf_need_caps(void);
/* Route libbpf's chatter to vnft_debug(). */
void vnft_bpf_quiet(void);

/* ---- bpf/stages.c: frames at stages of the host (bpf/path.bpf.c) ---- */

/* As vnft_source_ops.stages. The object is loaded with the first call. */
int vnft_bpf_stages(struct vnft_source *source, uint16_t id, uint64_t hooks, uint64_t *armed);
/*
 * How @hook stamps the device's frames: "tp_btf", "raw_tp", "fentry", "tc"; or NULL, and *@why not.
 * Known once stages were asked for.
 */
const char *vnft_bpf_stage_how(struct vnft_source *source, uint16_t id, enum vnft_hook hook,
			       const char **why);
/* What the device records has changed: its stages record the same. */
void vnft_bpf_stages_follow(struct vnft_bpf_device *d);
/* Add its stages' losses of all CPUs. */
void vnft_bpf_stages_lost(const struct vnft_bpf_device *d, __u64 lost[VNFT_LOST_NR]);
void vnft_bpf_stages_drop(struct vnft_bpf *b, struct vnft_bpf_device *d);
void vnft_bpf_stages_close(struct vnft_bpf *b);

/* ---- bpf/alive.c ---- */
void vnft_bpf_life_close(struct vnft_bpf *b);

#endif
