/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions: who they are, their rings, and readers that wait for records. */
#ifndef VNFT_KMOD_SESSION_H
#define VNFT_KMOD_SESSION_H

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/timer.h>
#include <linux/wait.h>

#include "core/record.h"
#include "ring.h"

#define VNFT_MAX_SESSIONS	64U
/* So many of them for all realms but the host's together: it is never left without. */
#define VNFT_MAX_CONFINED	32U

/**
 * struct vnft_session - what an open file owns
 * @id: VNFT_A_SESSION
 * @realm: its maker's (authority.h)
 * @file: what it belongs to, until @closed: only compared
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
	u64 realm;
	const struct file *file;
	struct kref ref;
	bool closed;
	struct list_head all;
	struct list_head devices;
	struct list_head probes;
	u32 ring_records;
	u64 stride_bytes;
	struct vnft_cpu_ring *ring;
	struct vnft_flows_named **named;
	wait_queue_head_t wait;
	struct timer_list poll_timer;
};

/* All that were set up and are not closed, under vnft_lock (struct vnft_session.all). */
extern struct list_head vnft_sessions;

/* With one reference and without rings; NULL: no memory. */
struct vnft_session *vnft_session_new(const struct file *file, u64 realm);
/* Its rings, its number, its place in vnft_sessions; once. Negative errno: as VNFT_IOC_SETUP. */
int vnft_session_setup(struct vnft_session *session, struct vnft_session_setup *setup);
/* Is it set up? If so the caller sees all that vnft_session_setup() made. */
bool vnft_session_ready(const struct vnft_session *session);
/* Takes vnft_lock: nothing new belongs to it from now on. What does is for the caller to end. */
void vnft_session_close(struct vnft_session *session);
void vnft_session_get(struct vnft_session *session);
void vnft_session_put(struct vnft_session *session);
/* By number, under vnft_lock; NULL if there is none. No reference is taken. */
struct vnft_session *vnft_session_find(u32 id);
/* Has the calling process its file open? It walks all that the process has open: without locks. */
bool vnft_session_held(const struct vnft_session *session);
/* Those that @realm may know of; under vnft_lock. */
u32 vnft_session_count(u64 realm);
/* Write one finished record (seq and cpu are filled in here) to the calling CPU's ring. */
void vnft_session_emit(struct vnft_session *session, struct vnft_record *record);
/* Does any ring hold a record? */
bool vnft_session_readable(const struct vnft_session *session);
/* Somebody waits: look every VNFT_POLL_NS in his place. */
void vnft_session_look_later(struct vnft_session *session);

#endif
