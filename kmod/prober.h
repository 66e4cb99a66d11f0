/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the generator share:
 *
 *	prober.c        life: start, stop, and everything that ends one
 *	prober_send.c   the thread: departures on schedule
 *	prober_stamp.c  what passes: SENT records at the hand-over to the driver, the first RST
 *
 * A packet that was handed to dev_queue_xmit() is nobody's: it may lie in a queue after its
 * generator, or this module, has gone. So nothing in it points here; prober_stamp.c knows our
 * frames by what they say.
 */
#ifndef VNFT_KMOD_PROBER_H
#define VNFT_KMOD_PROBER_H

#include <linux/sched.h>

#include "core/frame.h"
#include "vnft.h"

/* Stamped numbers that are remembered: a frame that the driver hands back passes twice. */
#define VNFT_PROBE_STAMPED	256U

/**
 * struct vnft_probe - a generator
 * @dev: until it is gone (changes under rtnl and vnft_lock)
 * @stop: nothing departs any more: told to, or answered
 * @running: packets depart, or will
 * @thread: NULL before its start and after its end; @fifo: it has real-time priority now
 * @seq_base: TCP sequence number of SYN 0: random, so that an answer to an earlier generator's is
 *	none to this one's
 * @next: packets that departed or failed; published before its packet can be seen
 * @stamped: packets that the driver got; @stamped_last: number + 1 by its low bits
 * @src, @dst: of @how, as the parser gives them
 * @frame: what all its packets have in common (core/frame.h)
 * @hashed: by @dev, RCU, until @dev is gone; @owned: in session->probes; @all: under vnft_lock
 */
struct vnft_probe {
	u32 id;
	struct vnft_session *session;
	struct net_device *dev;
	netdevice_tracker tracker;
	struct vnft_probe_setup how;
	union vnft_addr src, dst;
	u16 also_port;
	bool stop;
	bool running;
	struct task_struct *thread;
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

/* prober_send.c: the thread; ends by kthread_stop() alone. */
int vnft_probe_thread(void *arg);

/* prober_stamp.c */
/* -ENOENT: this kernel has no such tracepoint. */
int vnft_probe_stamp_init(void);
/* Under vnft_lock: one generator more or less whose packets are to be known. */
int vnft_probe_stamp_get(void);
void vnft_probe_stamp_put(void);
/* Under vnft_lock: @p->dev's packets are looked at for @p's from now on, or no more. */
void vnft_probe_stamp_add(struct vnft_probe *p);
void vnft_probe_stamp_del(struct vnft_probe *p);
/* Under rtnl: look for the RST that ends it. */
int vnft_probe_rst_hook(struct vnft_probe *p);
void vnft_probe_rst_unhook(struct vnft_probe *p);

#endif
