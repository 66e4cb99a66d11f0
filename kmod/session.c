// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: one ring per CPU, and the lists of what is attached and sent in their name. Whose they
 * are is their owner's business (chardev.c). A session that is closed lives on until the last of
 * what writes into its rings has let go of it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fdtable.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "authority.h"
#include "compat.h"
#include "memory.h"
#include "session.h"
#include "vnft.h"

LIST_HEAD(vnft_sessions);
static u32 session_last_id;
static u32 session_count;

/* ---- rings ---- */

static u64 session_bytes(const struct vnft_session *session)
{
	return (session->stride_bytes + sizeof(**session->named)) * nr_cpu_ids;
}

static void rings_free(struct vnft_session *session)
{
	unsigned int cpu;

	for (cpu = 0; session->ring && cpu < nr_cpu_ids; cpu++)
		vnft_ring_free(&session->ring[cpu]);
	for (cpu = 0; session->named && cpu < nr_cpu_ids; cpu++)
		kvfree(session->named[cpu]);
	kfree(session->ring);
	kfree(session->named);
	session->ring = NULL;
	session->named = NULL;
	vnft_memory_give(session->realm, session_bytes(session));
}

static int rings_init(struct vnft_session *session, u32 records)
{
	unsigned int cpu;
	int node, err;

	session->ring_records = records;
	session->stride_bytes = vnft_ring_bytes(records);
	err = vnft_memory_take(session->realm, session_bytes(session));
	if (err)
		return err;
	session->ring = kcalloc(nr_cpu_ids, sizeof(*session->ring), GFP_KERNEL_ACCOUNT);
	session->named = kcalloc(nr_cpu_ids, sizeof(*session->named), GFP_KERNEL_ACCOUNT);
	if (!session->ring || !session->named)
		goto failed;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		node = cpu_possible(cpu) ? cpu_to_node(cpu) : NUMA_NO_NODE;
		session->named[cpu] = kvzalloc_node(sizeof(**session->named),
						    GFP_KERNEL_ACCOUNT, node);
		if (!session->named[cpu] || vnft_ring_init(&session->ring[cpu], records, node))
			goto failed;
	}
	return 0;
failed:
	rings_free(session);
	return -ENOMEM;
}

/* ---- who there is ---- */

struct vnft_session *vnft_session_find(u32 id)
{
	struct vnft_session *session;

	lockdep_assert_held(&vnft_lock);
	list_for_each_entry(session, &vnft_sessions, all)
		if (session->id == id)
			return session;
	return NULL;
}

static int is_file(const void *file, struct file *one, unsigned int fd)
{
	return one == file;
}

bool vnft_session_held(const struct vnft_session *session)
{
	return iterate_fd(current->files, 0, is_file, session->file);
}

static u32 count_realm(u64 realm)
{
	struct vnft_session *session;
	u32 n = 0;

	list_for_each_entry(session, &vnft_sessions, all)
		n += session->realm == realm;
	return n;
}

u32 vnft_session_count(u64 realm)
{
	lockdep_assert_held(&vnft_lock);
	return realm == VNFT_REALM_HOST ? session_count : count_realm(realm);
}

void vnft_session_get(struct vnft_session *session)
{
	kref_get(&session->ref);
}

static void session_free(struct kref *ref)
{
	struct vnft_session *session = container_of(ref, struct vnft_session, ref);

	vnft_timer_stop(&session->poll_timer);
	if (session->id) {
		rings_free(session);
		vnft_destroyed("session", session->id);
	}
	kfree(session);
}

void vnft_session_put(struct vnft_session *session)
{
	kref_put(&session->ref, session_free);
}

void vnft_session_emit(struct vnft_session *session, struct vnft_record *record)
{
	struct vnft_record *r;
	u32 seq;

	preempt_disable_notrace();
	record->cpu = raw_smp_processor_id();
	r = vnft_ring_reserve(&session->ring[record->cpu], &seq);
	if (r) {
		/* All but seq, which the reader waits for: last, by submit. */
		r->time_ns = record->time_ns;
		r->flow = record->flow;
		r->device = record->device;
		r->cpu = record->cpu;
		r->kind = record->kind;
		r->hook = record->hook;
		r->class = record->class;
		r->flags = record->flags;
		r->len32 = record->len32;
		memcpy(r->body, record->body, sizeof(r->body));
		vnft_ring_submit(r, seq);
	}
	preempt_enable_notrace();
}

/* ---- readers that wait ---- */

bool vnft_session_readable(const struct vnft_session *session)
{
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (vnft_ring_readable(&session->ring[cpu]))
			return true;
	return false;
}

void vnft_session_look_later(struct vnft_session *session)
{
	/* It is put off for those who wait already, too: there was no record a moment ago. */
	mod_timer(&session->poll_timer, jiffies + max(nsecs_to_jiffies(VNFT_POLL_NS), 1UL));
}

/* Hooks wake nobody. This looks for records in their place, as long as somebody waits. */
static void poll_tick(struct timer_list *timer)
{
	struct vnft_session *session = container_of(timer, struct vnft_session, poll_timer);

	/* poll() waits before it arms the timer: whoever comes after this look arms it anew. */
	if (!waitqueue_active(&session->wait))
		return;
	if (vnft_session_readable(session))
		wake_up_interruptible_poll(&session->wait, EPOLLIN | EPOLLRDNORM);
	else
		vnft_session_look_later(session);
}

/* ---- life ---- */

bool vnft_session_ready(const struct vnft_session *session)
{
	/* Pairs with the release in session_publish(). */
	return smp_load_acquire(&session->id);
}

struct vnft_session *vnft_session_new(const struct file *file, u64 realm)
{
	struct vnft_session *session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);

	if (!session)
		return NULL;
	session->file = file;
	session->realm = realm;
	kref_init(&session->ref);
	INIT_LIST_HEAD(&session->all);
	INIT_LIST_HEAD(&session->devices);
	INIT_LIST_HEAD(&session->probes);
	init_waitqueue_head(&session->wait);
	timer_setup(&session->poll_timer, poll_tick, 0);
	return session;
}

static int session_publish(struct vnft_session *session, struct vnft_session_setup *setup,
			   const struct vnft_session *rings)
{
	lockdep_assert_held(&vnft_lock);
	if (session->id)
		return -EBUSY;
	if (session_count >= VNFT_MAX_SESSIONS)
		return -ENOSPC;
	if (session->realm != VNFT_REALM_HOST &&
	    session_count - count_realm(VNFT_REALM_HOST) >= VNFT_MAX_CONFINED)
		return -ENOSPC;
	do {
		session_last_id++;
	} while (!session_last_id || vnft_session_find(session_last_id));
	session->flags = setup->flags;
	session->ring = rings->ring;
	session->named = rings->named;
	session->ring_records = rings->ring_records;
	session->stride_bytes = rings->stride_bytes;
	/* Pairs with vnft_session_ready(). */
	smp_store_release(&session->id, session_last_id);
	list_add_tail(&session->all, &vnft_sessions);
	session_count++;
	setup->ncpus = nr_cpu_ids;
	setup->session = session->id;
	setup->ring_stride_bytes = session->stride_bytes;
	return 0;
}

int vnft_session_setup(struct vnft_session *session, struct vnft_session_setup *setup)
{
	struct vnft_session rings = { .realm = session->realm };
	int err;

	if (setup->version != VNFT_ABI_VERSION || setup->flags & ~VNFT_SESSION_WATCH ||
	    setup->reserved || !is_power_of_2(setup->ring_records) ||
	    setup->ring_records < VNFT_RING_MIN_RECORDS ||
	    setup->ring_records > VNFT_RING_MAX_RECORDS)
		return -EINVAL;
	if (vnft_session_ready(session))
		return -EBUSY;
	/* Without the lock: megabytes may have to be found and cleared. */
	err = rings_init(&rings, setup->ring_records);
	if (err)
		return err;
	mutex_lock(&vnft_lock);
	err = session_publish(session, setup, &rings);
	mutex_unlock(&vnft_lock);
	if (err)
		rings_free(&rings);
	else
		vnft_created("session", setup->session);
	return err;
}

void vnft_session_close(struct vnft_session *session)
{
	mutex_lock(&vnft_lock);
	session->closed = true;
	list_del_init(&session->all);
	session_count--;
	mutex_unlock(&vnft_lock);
}
