// SPDX-License-Identifier: GPL-2.0
/*
 * Life of the generators. One belongs to a session and ends with its count, its duration, its
 * answer, its device, its session or the module: the first three end the departures alone; what was
 * counted can be read until PROBE_STOP or the session's end free it.
 *
 * Its device is held until then or until the device goes away, whichever comes first. The ingress
 * hook and the entry in the table of generators end when the device is let go
 * (vnft_probe_let_go()), and nothing departs any more. The thread may take longer: whatever has a
 * higher priority on its CPU keeps it from ending. So it is made and waited for without locks, and
 * its generator is freed behind it, a grace period of the tracepoint later.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/tracepoint.h>

#include "authority.h"
#include "core/frame.h"
#include "generator.h"
#include "prober.h"
#include "prober_send.h"
#include "prober_stamp.h"
#include "session.h"
#include "vnft.h"

/* From the command to packet 0, so that it is not late by the way to its CPU. */
#define LEAD_NS		100000U
/* How long PROBE_STOP waits for packets that still lie in the device's queue. */
#define DRAIN_MS	100
/* And for the thread to end: it does at once, unless somebody else owns its CPU. */
#define STOP_MS		500

static LIST_HEAD(vnft_probes);
/* Under vnft_lock: those that are not freed, also before they start and while they end. */
static u32 vnft_probes_alive, vnft_probe_last_id;
/* Where the ends of threads are waited for. */
static struct workqueue_struct *vnft_probe_ends;

static struct vnft_generator *vnft_probe_find(struct vnft_session *session, u32 id)
{
	struct vnft_generator *p;

	list_for_each_entry(p, &session->probes, owned)
		if (p->id == id)
			return p;
	return NULL;
}

static bool vnft_probe_id_taken(u32 id)
{
	struct vnft_generator *p;

	list_for_each_entry(p, &vnft_probes, all)
		if (p->id == id)
			return true;
	return !id;
}

static void vnft_probe_form(struct vnft_generator *p)
{
	const struct vnft_probe_setup *how = &p->how;
	const struct vnft_frame_setup setup = {
		.kind = how->kind,
		.addr_bytes = how->addr_bytes,
		.echo_bytes = how->echo_bytes,
		.src = how->src,
		.dst = how->dst,
		.src_mac = how->src_mac,
		.dst_mac = how->dst_mac,
	};

	vnft_frame_init(&p->form, p->frame, &setup);
}

/* A number, and one of the places; under vnft_lock alone, because what follows may wait. */
static int vnft_probe_reserve(u32 *id)
{
	int err = -ENOSPC;

	mutex_lock(&vnft_lock);
	if (vnft_probes_alive < VNFT_MAX_PROBES) {
		vnft_probes_alive++;
		do
			vnft_probe_last_id++;
		while (vnft_probe_id_taken(vnft_probe_last_id));
		*id = vnft_probe_last_id;
		err = 0;
	}
	mutex_unlock(&vnft_lock);
	return err;
}

static void vnft_probe_unreserve(void)
{
	mutex_lock(&vnft_lock);
	vnft_probes_alive--;
	mutex_unlock(&vnft_lock);
}

/* Bound to its CPU before it runs; the core waits until it sleeps. */
static int vnft_probe_thread_new(struct vnft_generator *p)
{
	const int cpu = p->how.cpu < 0 ? raw_smp_processor_id() : p->how.cpu;
	struct task_struct *thread;

	thread = kthread_create_on_node(vnft_probe_thread, p, cpu_to_node(cpu), "vnft-probe/%u",
					p->id);
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	kthread_bind(thread, cpu);
	p->thread = thread;
	return 0;
}

static void vnft_probe_end(struct work_struct *work)
{
	vnft_probe_free(container_of(work, struct vnft_generator, end));
}

struct vnft_generator *vnft_probe_new(const struct vnft_probe_setup *how,
				      struct netlink_ext_ack *extack)
{
	struct vnft_generator *p;
	u32 id;
	int err = vnft_probe_reserve(&id);

	if (err) {
		NL_SET_ERR_MSG(extack, "64 generators are all that there can be: stop one");
		return ERR_PTR(err);
	}
	p = kvzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	if (!p) {
		NL_SET_ERR_MSG(extack, "no memory for a generator");
		vnft_probe_unreserve();
		return ERR_PTR(-ENOMEM);
	}
	p->id = id;
	vnft_created("probe", p->id);
	p->how = *how;
	p->also_port = how->also_port;
	raw_spin_lock_init(&p->lock);
	INIT_WORK(&p->end, vnft_probe_end);
	get_random_bytes(&p->seq_base, sizeof(p->seq_base));
	vnft_addr_set(&p->src, how->src, how->addr_bytes);
	vnft_addr_set(&p->dst, how->dst, how->addr_bytes);
	vnft_probe_form(p);
	err = vnft_probe_thread_new(p);
	if (err) {
		NL_SET_ERR_MSG(extack, "no thread for a generator");
		goto out;
	}
	err = vnft_probe_stamp_get();
	if (!err) {
		p->armed = true;
		return p;
	}
	NL_SET_ERR_MSG(extack, "the tracepoint net_dev_start_xmit cannot be armed");
out:
	vnft_probe_free(p);
	return ERR_PTR(err);
}

void vnft_probe_free(struct vnft_generator *p)
{
	if (p->thread)
		kthread_stop(p->thread);
	if (p->armed)
		vnft_probe_stamp_put();
	/* Whoever saw it in the table or on the hook has left: tracepoints and hooks are RCU. */
	tracepoint_synchronize_unregister();
	if (p->session)
		vnft_session_put(p->session);
	vnft_probe_unreserve();
	vnft_destroyed("probe", p->id);
	kvfree(p);
}

/* Under vnft_lock: nothing departs any more but the packet that is departing just now. */
static void vnft_probe_tell(struct vnft_generator *p)
{
	WRITE_ONCE(p->stop, true);
	wake_up_process(p->thread);
}

/*
 * Under rtnl and vnft_lock: everything that needs the device ends. Nobody waits for the thread: who
 * owns its CPU may let it wait for ever. Again does no harm.
 */
static void vnft_probe_let_go(struct vnft_generator *p)
{
	bool busy;

	if (p->left)
		return;
	vnft_probe_tell(p);
	vnft_probe_rst_unhook(p);
	vnft_probe_stamp_del(p);
	raw_spin_lock(&p->lock);
	p->left = true;
	busy = p->busy;
	raw_spin_unlock(&p->lock);
	if (!busy)
		netdev_put(p->dev, &p->tracker);
}

/* Under rtnl and vnft_lock: off the list of all; the caller has it alone. */
static void vnft_probe_bury(struct vnft_generator *p)
{
	vnft_probe_let_go(p);
	list_del(&p->all);
}

int vnft_probe_start(struct vnft_generator *p, const struct vnft_probe_setup *how, u64 *start_ns,
		     struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	lockdep_assert_held(&vnft_lock);
	p->how = *how;
	p->dev = how->dev;
	err = how->until_rst ? vnft_probe_rst_hook(p) : 0;
	if (err) {
		NL_SET_ERR_MSG(extack, "UNTIL_RST: no netfilter hook at the device's ingress");
		return err;
	}
	netdev_hold(p->dev, &p->tracker, GFP_KERNEL);
	p->session = how->session;
	vnft_session_get(p->session);
	vnft_probe_stamp_add(p);
	list_add_tail(&p->owned, &p->session->probes);
	list_add_tail(&p->all, &vnft_probes);
	p->start_ns = vnft_now_ns() + LEAD_NS;
	*start_ns = p->start_ns;
	WRITE_ONCE(p->running, true);
	wake_up_process(p->thread);
	return 0;
}

int vnft_probe_set(struct vnft_session *session, u32 id, u16 also_port)
{
	struct vnft_generator *p = session ? vnft_probe_find(session, id) : NULL;

	if (!p)
		return -ENOENT;
	if (p->how.kind != VNFT_PROBE_KIND_SYN)
		return -EINVAL;
	WRITE_ONCE(p->also_port, also_port);
	return 0;
}

/* Its numbers are its thread's: while that runs they may be one packet apart from each other. */
static void vnft_probe_read(const struct vnft_generator *p, struct vnft_probe_state *state)
{
	state->id = p->id;
	state->running = READ_ONCE(p->running);
	state->sent = READ_ONCE(p->sent);
	state->failed = READ_ONCE(p->failed);
	state->start_ns = p->start_ns;
	state->first_ns = READ_ONCE(p->first_ns);
	state->last_ns = READ_ONCE(p->last_ns);
	state->answer_ns = READ_ONCE(p->answer_ns);
	state->lateness = p->lateness;
}

int vnft_probe_get(struct vnft_session *session, u32 id, struct vnft_probe_state *state)
{
	struct vnft_generator *p = session ? vnft_probe_find(session, id) : NULL;

	if (!p)
		return -ENOENT;
	vnft_probe_read(p, state);
	return 0;
}

/* It is the caller's alone from now on, but for the end of its device. */
static struct vnft_generator *vnft_probe_claim(struct vnft_session *session, u32 id)
{
	struct vnft_generator *p;

	mutex_lock(&vnft_lock);
	p = session->closed ? NULL : vnft_probe_find(session, id);
	if (p) {
		list_del(&p->owned);
		vnft_probe_tell(p);
	}
	mutex_unlock(&vnft_lock);
	return p;
}

/* Has the driver got all that departed? Without its device it never will. */
static bool vnft_probe_drained(const struct vnft_generator *p)
{
	return READ_ONCE(p->left) || atomic64_read(&p->stamped) >= READ_ONCE(p->sent);
}

/* Without locks, and not for ever: the core of generic netlink lets nobody come or go meanwhile. */
static void vnft_probe_wait(const struct vnft_generator *p)
{
	u64 until_ns = vnft_now_ns() + STOP_MS * NSEC_PER_MSEC;

	while (READ_ONCE(p->running) && vnft_now_ns() < until_ns)
		fsleep(1000);
	until_ns = vnft_now_ns() + DRAIN_MS * NSEC_PER_MSEC;
	while (!vnft_probe_drained(p) && vnft_now_ns() < until_ns)
		fsleep(1000);
}

int vnft_probe_stop(struct vnft_session *session, u32 id, struct vnft_probe_state *state)
{
	struct vnft_generator *p = session ? vnft_probe_claim(session, id) : NULL;

	if (!p)
		return -ENOENT;
	vnft_probe_wait(p);
	rtnl_lock();
	mutex_lock(&vnft_lock);
	vnft_probe_bury(p);
	mutex_unlock(&vnft_lock);
	rtnl_unlock();
	vnft_probe_read(p, state);
	if (state->running)
		queue_work(vnft_probe_ends, &p->end);
	else
		vnft_probe_free(p);
	return 0;
}

void vnft_probe_end_session(struct vnft_session *session)
{
	struct vnft_generator *p, *next;
	LIST_HEAD(dead);

	rtnl_lock();
	mutex_lock(&vnft_lock);
	list_for_each_entry_safe(p, next, &session->probes, owned) {
		vnft_probe_bury(p);
		list_move(&p->owned, &dead);
	}
	mutex_unlock(&vnft_lock);
	rtnl_unlock();
	list_for_each_entry_safe(p, next, &dead, owned)
		queue_work(vnft_probe_ends, &p->end);
}

void vnft_probe_end_device(struct net_device *dev)
{
	struct vnft_generator *p;

	ASSERT_RTNL();
	lockdep_assert_held(&vnft_lock);
	list_for_each_entry(p, &vnft_probes, all)
		if (p->dev == dev)
			vnft_probe_let_go(p);
}

u32 vnft_probe_count(u64 realm)
{
	return realm == VNFT_REALM_HOST ? vnft_probes_alive : 0;
}

int vnft_prober_init(void)
{
	int err = vnft_probe_stamp_init();

	if (err) {
		pr_err("this kernel has no tracepoint net_dev_start_xmit\n");
		return err;
	}
	vnft_probe_ends = alloc_workqueue("vnftrace", WQ_UNBOUND, 0);
	return vnft_probe_ends ? 0 : -ENOMEM;
}

/* Sessions keep the module, so that no new one comes; those that are ending must have ended. */
void vnft_prober_exit(void)
{
	WARN_ON_ONCE(!list_empty(&vnft_probes));
	destroy_workqueue(vnft_probe_ends);
	tracepoint_synchronize_unregister();
}
