// SPDX-License-Identifier: GPL-2.0
/*
 * Life of the generators. One belongs to a session and ends with its count, its duration, its
 * answer, its device, its session or the module: the first three end the departures alone; what was
 * counted can be read until PROBE_STOP or the session's end free it.
 *
 * Its device is held until then or until the device goes away, whichever comes first. The thread,
 * the ingress hook and the entry in the table of generators all end when the device is let go
 * (vnft_probe_let_go()); memory is freed a grace period of the tracepoint after that.
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
#define DRAIN_MS	50

static LIST_HEAD(vnft_probes);
static u32 vnft_probes_alive, vnft_probe_last_id;

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

static struct vnft_generator *vnft_probe_new(const struct vnft_probe_setup *how)
{
	struct vnft_generator *p = kvzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);

	if (!p)
		return NULL;
	p->how = *how;
	p->also_port = how->also_port;
	get_random_bytes(&p->seq_base, sizeof(p->seq_base));
	vnft_addr_set(&p->src, how->src, how->addr_bytes);
	vnft_addr_set(&p->dst, how->dst, how->addr_bytes);
	vnft_probe_form(p);
	p->session = how->session;
	vnft_session_get(p->session);
	p->dev = how->dev;
	netdev_hold(p->dev, &p->tracker, GFP_KERNEL);
	return p;
}

static int vnft_probe_run(struct vnft_generator *p)
{
	const int cpu = p->how.cpu < 0 ? raw_smp_processor_id() : p->how.cpu;
	struct task_struct *thread;

	thread = kthread_create_on_node(vnft_probe_thread, p, cpu_to_node(cpu), "vnft-probe/%u",
					p->id);
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	kthread_bind(thread, cpu);
	p->thread = thread;
	p->start_ns = vnft_now_ns() + LEAD_NS;
	WRITE_ONCE(p->running, true);
	wake_up_process(thread);
	return 0;
}

/* Nothing departs any more when this returns. */
static void vnft_probe_halt(struct vnft_generator *p)
{
	WRITE_ONCE(p->stop, true);
	if (p->thread)
		kthread_stop(p->thread);
	p->thread = NULL;
	WRITE_ONCE(p->running, false);
}

/* Under rtnl and vnft_lock: everything that needs the device ends. Again does no harm. */
static void vnft_probe_let_go(struct vnft_generator *p)
{
	struct net_device *dev = p->dev;

	if (!dev)
		return;
	vnft_probe_halt(p);
	vnft_probe_rst_unhook(p);
	vnft_probe_stamp_del(p);
	vnft_probe_stamp_put();
	WRITE_ONCE(p->dev, NULL);
	netdev_put(dev, &p->tracker);
}

/* Under rtnl and vnft_lock: off the lists; the caller frees @dead without locks. */
static void vnft_probe_bury(struct vnft_generator *p, struct list_head *dead)
{
	vnft_probe_let_go(p);
	list_del(&p->all);
	list_move(&p->owned, dead);
	vnft_probes_alive--;
}

static void vnft_probe_free(struct vnft_generator *p)
{
	vnft_destroyed("probe", p->id);
	vnft_session_put(p->session);
	kvfree(p);
}

static void vnft_probe_free_list(struct list_head *dead)
{
	struct vnft_generator *p, *next;

	if (list_empty(dead))
		return;
	/* Whoever saw one in the table or on the hook has left: tracepoints and hooks are RCU. */
	tracepoint_synchronize_unregister();
	list_for_each_entry_safe(p, next, dead, owned)
		vnft_probe_free(p);
}

static int vnft_probe_hook(struct vnft_generator *p, struct netlink_ext_ack *extack)
{
	int err = vnft_probe_stamp_get();

	if (err) {
		NL_SET_ERR_MSG(extack, "the tracepoint net_dev_start_xmit cannot be armed");
		return err;
	}
	err = p->how.until_rst ? vnft_probe_rst_hook(p) : 0;
	if (err) {
		NL_SET_ERR_MSG(extack, "UNTIL_RST: no netfilter hook at the device's ingress");
		vnft_probe_stamp_put();
	}
	return err;
}

int vnft_probe_start(const struct vnft_probe_setup *setup, u32 *id, u64 *start_ns,
		     struct netlink_ext_ack *extack)
{
	LIST_HEAD(dead);
	struct vnft_generator *p;
	int err;

	ASSERT_RTNL();
	lockdep_assert_held(&vnft_lock);
	if (vnft_probes_alive >= VNFT_MAX_PROBES) {
		NL_SET_ERR_MSG(extack, "64 generators are all that there can be: stop one");
		return -ENOSPC;
	}
	p = vnft_probe_new(setup);
	if (!p) {
		NL_SET_ERR_MSG(extack, "no memory for a generator");
		return -ENOMEM;
	}
	err = vnft_probe_hook(p, extack);
	if (err) {
		netdev_put(p->dev, &p->tracker);
		vnft_session_put(p->session);
		kvfree(p);
		return err;
	}
	do
		p->id = ++vnft_probe_last_id;
	while (vnft_probe_id_taken(p->id));
	vnft_created("probe", p->id);
	vnft_probe_stamp_add(p);
	list_add_tail(&p->owned, &p->session->probes);
	list_add_tail(&p->all, &vnft_probes);
	vnft_probes_alive++;

	err = vnft_probe_run(p);
	if (err) {
		NL_SET_ERR_MSG(extack, "no thread for a generator");
		vnft_probe_bury(p, &dead);
		vnft_probe_free_list(&dead);
		return err;
	}
	*id = p->id;
	*start_ns = p->start_ns;
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

/* Under vnft_lock: the generator @id if it and its session are still there. */
static struct vnft_generator *vnft_probe_lookup(u32 session_id, u32 id)
{
	struct vnft_session *session = vnft_session_find(session_id);

	return session && !session->closed ? vnft_probe_find(session, id) : NULL;
}

/* Nothing departs after the first look; true when the driver got all that did, or never will. */
static bool vnft_probe_drained(u32 session, u32 id)
{
	struct vnft_generator *p;
	bool drained = true;

	mutex_lock(&vnft_lock);
	p = vnft_probe_lookup(session, id);
	if (p && p->dev) {
		vnft_probe_halt(p);
		drained = atomic64_read(&p->stamped) >= p->sent;
	}
	mutex_unlock(&vnft_lock);
	return drained;
}

int vnft_probe_stop(u32 session, u32 id, struct vnft_probe_state *state)
{
	struct vnft_generator *p;
	LIST_HEAD(dead);
	int i;

	for (i = 0; i < DRAIN_MS && !vnft_probe_drained(session, id); i++)
		fsleep(1000);
	rtnl_lock();
	mutex_lock(&vnft_lock);
	p = vnft_probe_lookup(session, id);
	if (p)
		vnft_probe_bury(p, &dead);
	mutex_unlock(&vnft_lock);
	rtnl_unlock();
	if (!p)
		return -ENOENT;
	/* It is ours alone. */
	vnft_probe_read(p, state);
	vnft_probe_free_list(&dead);
	return 0;
}

void vnft_probe_end_session(struct vnft_session *session)
{
	struct vnft_generator *p, *next;
	LIST_HEAD(dead);

	rtnl_lock();
	mutex_lock(&vnft_lock);
	list_for_each_entry_safe(p, next, &session->probes, owned)
		vnft_probe_bury(p, &dead);
	mutex_unlock(&vnft_lock);
	rtnl_unlock();
	vnft_probe_free_list(&dead);
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

	if (err)
		pr_err("this kernel has no tracepoint net_dev_start_xmit\n");
	return err;
}

/* Sessions keep the module, so that none is left; what the tracepoint still runs must end. */
void vnft_prober_exit(void)
{
	WARN_ON_ONCE(!list_empty(&vnft_probes));
	tracepoint_synchronize_unregister();
}
