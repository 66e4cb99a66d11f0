/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module's files share. Contract with userspace: uapi/vnftrace.h; what is observed and
 * how: core/. The walk of a frame:
 *
 *	hook (hooks_netdev.c, hooks_trace.c, hooks_driver.c)
 *	  -> device (device.c: which attachments does this net_device have?)
 *	  -> observe.c (parse, count, match, record)
 *	  -> ring.c (room in this CPU's ring of the device's session)
 *	  -> chardev.c (mapped by the reader)
 *
 * Locks, outermost first: rtnl, vnft_lock (mutex: sessions, devices, generators, stage hooks).
 * Hooks take none: they find devices under RCU, and everything they reach is freed a grace period
 * after it was unhooked. Statistics of a device and the rings of a session are memory of one CPU
 * each.
 *
 * In which contexts the producer runs: the boundary hooks with bottom halves off, the stage hooks
 * anywhere up to hard interrupt and NMI. Every entry into the rings disables preemption; a stage
 * hook that interrupts another on its CPU stands back (VNFT_LOST_NESTED) only where it would
 * touch what is not safe to touch twice; reserving in a ring is safe in all of them.
 */
#ifndef VNFT_KMOD_VNFT_H
#define VNFT_KMOD_VNFT_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <linux/timekeeping.h>
#include <linux/wait.h>

#include "core/hist.h"
#include "core/hooks.h"
#include "core/match.h"
#include "core/packet.h"
#include "core/record.h"
#include "core/stream.h"

#define VNFT_KMOD_VERSION	"0.1"
#define VNFT_DEFAULT_MATCH_SLOTS	16384U
#define VNFT_MAX_SESSIONS	64U
/* Streams kept per direction: this share of the match slots, at least 16. */
#define VNFT_STREAM_SHARE	16U

extern struct mutex vnft_lock;	/* main.c */

/*
 * The tests' proof that nothing is left: with dyndbg=+p every "created session 3" in the log has
 * met its "destroyed session 3". @what: session, device, probe.
 */
#define vnft_created(what, id)		pr_debug("created " what " %u\n", id)
#define vnft_destroyed(what, id)	pr_debug("destroyed " what " %u\n", id)

/* CLOCK_MONOTONIC, from any context; the one clock of records. */
static inline u64 vnft_now_ns(void)
{
	return ktime_get_mono_fast_ns();
}

/* ---- ring.c: one CPU's ring of one session ---- */

/**
 * struct vnft_ring - uapi/vnftrace.h, section 2
 * @memory: vnft_ring_bytes() of pages, on the CPU's node
 */
struct vnft_ring {
	void *memory;
	struct vnft_ring_consumer *consumer;
	struct vnft_ring_producer *producer;
	struct vnft_record *record;
	u32 mask;
};

static inline u64 vnft_ring_bytes(u32 records)
{
	return 2 * VNFT_PAGE_BYTES + (u64)records * VNFT_RECORD_BYTES;
}

int vnft_ring_init(struct vnft_ring *ring, u32 records, int node);
void vnft_ring_free(struct vnft_ring *ring);
/*
 * Room for one record on this CPU's ring, preemption off; NULL and counted in the ring when it is
 * full. *@seq is what vnft_ring_submit() writes last.
 */
struct vnft_record *vnft_ring_reserve(struct vnft_ring *ring, u32 *seq);
void vnft_ring_submit(struct vnft_record *record, u32 seq);
/* Is there a record that the reader has not taken? The reader's index may be anything. */
bool vnft_ring_readable(const struct vnft_ring *ring);
int vnft_ring_selftest(void);

/* ---- chardev.c: /dev/vnftrace, sessions ---- */

/**
 * struct vnft_session - an open file that was set up
 * @id: VNFT_A_SESSION
 * @ref: one of the file, one of every device and generator that writes into @ring
 * @closed: its file is gone: nobody may take a new reference (under vnft_lock)
 * @devices: its attachments (struct vnft_device.owned), @probes: its generators, under vnft_lock
 * @ring: by CPU, nr_cpu_ids of them
 * @named: by CPU, flows whose FLOW record is in the ring
 * @stride_bytes: VNFT_A_*: of one ring in the mapping
 */
struct vnft_session {
	u32 id;
	u32 flags;
	struct kref ref;
	bool closed;
	struct list_head all;
	struct list_head devices;
	struct list_head probes;
	u32 ring_records;
	u64 stride_bytes;
	struct vnft_ring *ring;
	struct vnft_flows_named **named;
	wait_queue_head_t wait;
	struct timer_list poll_timer;
};

int vnft_chardev_init(void);
void vnft_chardev_exit(void);
/* All that is alive, under vnft_lock (struct vnft_session.all). */
extern struct list_head vnft_sessions;
/* By number, under vnft_lock; NULL if there is none. No reference is taken. */
struct vnft_session *vnft_session_find(u32 id);
void vnft_session_get(struct vnft_session *session);
void vnft_session_put(struct vnft_session *session);
/* Write one finished record (seq and cpu are filled in here) to the calling CPU's ring. */
void vnft_session_emit(struct vnft_session *session, struct vnft_record *record);
u32 vnft_session_count(void);

/* ---- observe.c, stage.c, record.c, parse.c, state.c: a frame at a hook ---- */

/**
 * struct vnft_state - what a device's hooks know
 * @counters: by CPU; @hist: by CPU, then [pairing][direction of the request]
 * @stage: by CPU, what the stage hooks keep (stage.c)
 * @match: shared by all CPUs (core/match.h), @match_mask + 1 slots
 * @stream: by direction, @stream_mask + 1 slots each
 */
struct vnft_state {
	struct vnft_counters **counters;
	struct vnft_hist **hist;
	struct vnft_stage_cpu **stage;
	struct vnft_match_slot *match;
	struct vnft_stream_slot *stream[VNFT_DIR_NR];
	u32 match_mask;
	u32 stream_mask;
	u64 first_ns[VNFT_DIR_NR];
	u64 memory_bytes;
	u64 memory_per_cpu_bytes;
};

/**
 * struct vnft_device - an attachment: a net_device that is observed, for a session or for good
 * @id: in records, VNFT_MODULE_FIRST_ID and up
 * @dev: while hooked, and then alive; NULL once it is gone (changes under rtnl and vnft_lock)
 * @priv: netdev_priv(@dev): tells tun and xenvif functions apart by what they are handed
 * @net: namespace whose netfilter has our hooks
 * @session: NULL: lasts until detach
 * @record_mask: bits 1 << class; read by the hooks with READ_ONCE
 * @epoch: changes when recording starts: makes every FLOW unknown again
 * @stages: bits 1 << hook that are armed and wanted for this device
 * @l2_bytes: VNFT_ETH_BYTES, or 0 for a device without link header
 * @hashed: by @dev in the table of device.c, RCU
 * @owned: in session->devices or the persistent list
 */
struct vnft_device {
	u32 id;
	struct net_device *dev;
	netdevice_tracker tracker;
	void *priv;
	struct net *net;
	struct vnft_session *session;
	u32 record_mask;
	u64 epoch;
	u64 stages;
	u16 l2_bytes;
	u8 link;
	u8 hook[VNFT_DIR_NR];
	bool gone;
	u32 ifindex;
	u64 netns_inode;
	char ifname[VNFT_IFNAME_LEN];
	u8 mac[6];
	u32 mtu_bytes;
	struct nf_hook_ops ops[VNFT_DIR_NR];
	bool hooked;
	struct vnft_state state;
	struct hlist_node hashed;
	struct list_head owned;
	struct rcu_head rcu;
};

int vnft_state_init(struct vnft_state *state, u32 match_slots);
void vnft_state_free(struct vnft_state *state);
/* All CPUs added up. */
void vnft_state_counters(const struct vnft_state *state, struct vnft_counters *sum);
void vnft_state_hist(const struct vnft_state *state, enum vnft_pairing pairing,
		     enum vnft_dir request, struct vnft_hist *sum);
/* The stream with the most payload: false if there is none. */
bool vnft_state_stream(const struct vnft_state *state, enum vnft_dir dir,
		       struct vnft_stream_slot *best);

/* A frame at the boundary: bottom halves are off. */
void vnft_observe_frame(struct vnft_device *d, const struct sk_buff *skb, enum vnft_dir dir);
/*
 * A frame, or the moment before one is known (@skb NULL), at a stage: any context. @mac: where the
 * link header begins, NULL if the skb cannot be read any more (it was freed: @skb is only a name).
 * @queue ~0: unknown.
 */
void vnft_observe_stage(struct vnft_device *d, enum vnft_hook hook, const struct sk_buff *skb,
			const void *mac, u64 time_ns, u32 queue, u32 peer);
/* Parse a frame as observe.c does; for whoever looks at frames of his own. */
int vnft_observe_parse(struct vnft_packet *packet, const struct sk_buff *skb, enum vnft_dir dir,
		       u16 l2_bytes);
/* Before anything is observed or tested. */
void vnft_observe_init(void);
int vnft_parse_selftest(void);
int vnft_observe_selftest(void);

/* ---- device.c: attachments and the life of net_devices ---- */

struct vnft_attach {
	struct net_device *dev;
	struct vnft_session *session;
	u32 record_mask;
	u64 stages;
	u32 match_slots;
};

int vnft_device_init(void);
/* Detaches everything. */
void vnft_device_exit(void);
/* Under rtnl and vnft_lock. Negative errno with @extack. */
int vnft_device_attach(const struct vnft_attach *how, struct vnft_device **device,
		       struct netlink_ext_ack *extack);
/* Under rtnl and vnft_lock: off the device and off the lists; the caller waits, then frees. */
void vnft_device_unhook(struct vnft_device *d, struct list_head *dead);
/* Without locks: wait until no hook runs, free all of @dead (device.owned). */
void vnft_device_free_list(struct list_head *dead);
int vnft_device_record(struct vnft_device *d, u32 record_mask, u64 stages,
		       struct netlink_ext_ack *extack);
/* Under vnft_lock: by id, and the first with an id of at least @id (NULL: no more). */
struct vnft_device *vnft_device_find(u32 id);
struct vnft_device *vnft_device_next(u32 id);
u32 vnft_device_count(void);
/*
 * Under vnft_lock. Never 0; another number whenever an attachment came, went or lost its device:
 * how a dump that takes several messages knows that it is of two states.
 */
u32 vnft_device_generation(void);
/* Everything of a session, when it ends; takes both locks. */
void vnft_device_end_session(struct vnft_session *session);

/* Attachments of a net_device, or those whose netdev_priv() is @priv, under RCU. */
#define vnft_device_for_each(d, netdev) \
	hlist_for_each_entry_rcu(d, vnft_device_bucket(netdev), hashed) \
		if ((d)->dev != (netdev)) {} else
struct hlist_head *vnft_device_bucket(const struct net_device *dev);
struct net_device *vnft_device_by_priv(const void *priv);

/* ---- hooks_netdev.c: the boundary ---- */

/* Under rtnl: on d->dev in d->net. */
int vnft_netdev_hook(struct vnft_device *d, struct netlink_ext_ack *extack);
void vnft_netdev_unhook(struct vnft_device *d);

/* ---- hooks_trace.c (core tracepoints), hooks_driver.c (functions of drivers), stage.c ---- */

/* By device.c. Exit: nothing is armed and no hook runs any more. */
void vnft_trace_init(void);
void vnft_trace_exit(void);
int vnft_driver_init(void);
void vnft_driver_exit(void);
/* Stage hooks that this kernel can give now (drivers may still load): bits 1 << hook. */
u64 vnft_trace_available(void);
u64 vnft_driver_available(void);
/*
 * One use more of each hook in @mask, armed with the first and disarmed with the last; under
 * vnft_lock. Return: the hooks of @mask that are armed now, each to be put once.
 */
u64 vnft_trace_get(u64 mask);
void vnft_trace_put(u64 mask);
u64 vnft_driver_get(u64 mask);
void vnft_driver_put(u64 mask);

/* ---- prober*.c: the generator ---- */

#define VNFT_MAX_PROBES		64U
#define VNFT_PROBE_MIN_NS	1000U	/* interval, unless 0 */
#define VNFT_PROBE_MAX_NS	(3600ULL * 1000 * 1000 * 1000)
#define VNFT_ECHO_BYTES		56U	/* as ping */
#define VNFT_ECHO_MAX_BYTES	1400U

/**
 * struct vnft_probe_setup - what to send; numbers in host order, addresses as on the wire
 */
struct vnft_probe_setup {
	struct net_device *dev;
	struct vnft_session *session;
	u16 device;			/* id for SENT records */
	u8 kind;			/* enum vnft_probe_what */
	bool until_rst;
	u8 addr_bytes;			/* 4 or 16 */
	u8 src[16], dst[16];
	u8 src_mac[6], dst_mac[6];
	u16 sport, dport, also_port, echo_id;
	u32 echo_bytes;
	int cpu;			/* -1: here */
	u64 interval_ns, count, duration_ns;
};

struct vnft_probe_state {
	u32 id;
	bool running;
	u64 sent, failed, start_ns, first_ns, last_ns, answer_ns;
	struct vnft_hist lateness;
};

int vnft_prober_init(void);
/* Ends everything. */
void vnft_prober_exit(void);
/* Under rtnl and vnft_lock. */
int vnft_probe_start(const struct vnft_probe_setup *setup, u32 *id, u64 *start_ns,
		     struct netlink_ext_ack *extack);
/* Under vnft_lock; -ENOENT: not there, or another session's. */
int vnft_probe_set(struct vnft_session *session, u32 id, u16 also_port);
int vnft_probe_get(struct vnft_session *session, u32 id, struct vnft_probe_state *state);
/* Takes both locks: stop, wait for what departs, hand out, free. */
int vnft_probe_stop(u32 session, u32 id, struct vnft_probe_state *state);
void vnft_probe_end_session(struct vnft_session *session);
/* Under rtnl and vnft_lock: its device is going away; ends its generators. */
void vnft_probe_end_device(struct net_device *dev);
u32 vnft_probe_count(void);

/* ---- genl.c ---- */
int vnft_genl_init(void);
void vnft_genl_exit(void);

#endif
