/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A generator of stimuli, and who does what with it:
 *
 *	prober.c        life: start, stop, and everything that ends one
 *	prober_send.c   the thread: departures on schedule
 *	prober_stamp.c  what passes: SENT records at the hand-over to the driver, the first RST
 *
 * A packet that was handed to dev_queue_xmit() is nobody's: it may lie in a queue after its
 * generator, or this module, has gone. So nothing in it points here; prober_stamp.c knows our
 * frames by what they say.
 */
#ifndef VNFT_KMOD_GENERATOR_H
#define VNFT_KMOD_GENERATOR_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "core/frame.h"
#include "core/hist.h"
#include "session.h"

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
	u16 sport, sports, dport, also_port, echo_id;
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

/* Stamped numbers that are remembered: a frame that the driver hands back passes twice. */
#define VNFT_PROBE_STAMPED	256U

/**
 * struct vnft_generator - a generator
 * @dev: held until it is let go
 * @lock: of @busy: the thread uses @dev; and of @left: it must not begin to. Who finds that neither
 *	needs @dev any more gives it back. Raw: who holds rtnl must not meet a thread in it that
 *	another task keeps from its CPU
 * @stop: nothing departs any more: told to, or answered
 * @running: packets depart, or will; the thread ends it
 * @thread: made before the generator starts, ends with it; @fifo: it has real-time priority now
 * @armed: it is among those for whom the tracepoint is armed
 * @end: frees it, where nobody waits for the thread
 * @seq_base: TCP sequence number of SYN 0: random, so that an answer to an earlier generator's is
 *	none to this one's
 * @next: packets that departed or failed; published before its packet can be seen
 * @stamped: packets that the driver got; @stamped_last: number + 1 by its low bits
 * @src, @dst: of @how, as the parser gives them
 * @frame: what all its packets have in common (core/frame.h)
 * @hashed: by @dev, RCU, until @dev is gone; @owned: in session->probes; @all: under vnft_lock
 */
struct vnft_generator {
	u32 id;
	struct vnft_session *session;
	struct net_device *dev;
	netdevice_tracker tracker;
	raw_spinlock_t lock;		/* of busy and left */
	bool busy;
	bool left;
	struct work_struct end;
	struct vnft_probe_setup how;
	union vnft_addr src, dst;
	u16 also_port;
	bool stop;
	bool running;
	struct task_struct *thread;
	bool armed;
	bool fifo;
	u64 start_ns;
	u32 seq_base;
	u64 next;
	u64 sent, failed, first_ns, last_ns;
	u64 answer_ns;
	atomic64_t stamped;
	u64 stamped_last[VNFT_PROBE_STAMPED];
	struct nf_hook_ops rst_hook;
	bool rst_hooked;
	struct hlist_node hashed;
	struct list_head owned;
	struct list_head all;
	struct vnft_frame_form form;
	u8 frame[VNFT_FRAME_MAX_BYTES(VNFT_ECHO_MAX_BYTES)];
	struct vnft_hist lateness;
};

#endif
