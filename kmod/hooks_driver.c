// SPDX-License-Identifier: GPL-2.0
/*
 * Driver stages: functions of tun, veth and xen-netback, hooked at their entry while somebody wants
 * them: by ftrace, by a kprobe where ftrace does not know the function. A stage costs nothing
 * before it is armed and needs no symbol of the driver; the driver may be loaded later, or never.
 *
 * What leads from a function's arguments to the attachment:
 *   the net_device itself   tun_net_xmit, veth_xmit, xenvif_start_xmit; veth_poll by its napi
 *   netdev_priv()           struct tun_struct *, struct xenvif *: compared, never looked into
 *   struct xenvif_queue     its first members, see struct vnft_xenvif_queue
 *
 * Arming patches the kernel's text; taking it off waits until no task can be in the trampoline,
 * and is left to a worker, because the last user often goes under rtnl. A driver that is unloaded
 * is let go first (module notifier): ftrace would keep the address and hook what is loaded there
 * next.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ftrace.h>
#include <linux/hash.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "hooks_stage.h"

/* Outermost of the kernel's own locks for ftrace, kprobes and text; inside vnft_lock. */
static DEFINE_MUTEX(vnft_arm_lock);

struct vnft_driver;
typedef void (*vnft_driver_fn)(const struct vnft_driver *h, struct pt_regs *regs);

/**
 * struct vnft_driver - a hooked function
 * @hook: its text in core/hooks.h is the function's name
 * @module: where the function lives, unless it is built in
 * @seen: called at the function's entry, preemption off, under RCU
 * @ops: while @armed is VNFT_BY_FTRACE
 * @probe: while @armed is VNFT_BY_KPROBE; and to look for @address
 * @address: of the function, 0 if there is none
 * @uses: attachments and sessions that want it
 * @looked: @address was looked for since a module of this name came or went
 * @armed: by what. This and the four before it are under vnft_arm_lock
 */
struct vnft_driver {
	enum vnft_hook hook;
	const char *module;
	vnft_driver_fn seen;
	struct ftrace_ops ops;
	struct kprobe probe;
	unsigned long address;
	unsigned int uses;
	bool looked;
	enum { VNFT_DISARMED, VNFT_BY_FTRACE, VNFT_BY_KPROBE } armed;
};

static void *vnft_argument(struct pt_regs *regs, unsigned int n)
{
	return (void *)regs_get_kernel_argument(regs, n);
}

/* ---- tun ---- */

/*
 * tun_get_user() makes its skb later, and may sleep or change the CPU before. So the task leaves
 * a note when it enters, and takes it up when it hands the frame to the stack
 * (vnft_driver_written()). Only a note's owner reads it; a task whose write failed leaves it to
 * whoever comes after a second.
 */
#define VNFT_WRITERS_BITS	7
#define VNFT_WRITER_STALE_NS	1000000000ULL
static const char vnft_writer_busy;

static struct vnft_writer {
	const void *task;	/* NULL: free; &vnft_writer_busy: being written */
	const void *tun;
	u64 time_ns;
} ____cacheline_aligned vnft_writers[1 << VNFT_WRITERS_BITS];

static struct vnft_writer *vnft_writer_of(const void *task)
{
	return &vnft_writers[hash_ptr(task, VNFT_WRITERS_BITS)];
}

static void vnft_writer_note(const void *tun)
{
	struct vnft_writer *w = vnft_writer_of(current);
	const void *owner = READ_ONCE(w->task);
	u64 now_ns = vnft_now_ns();

	if (owner == &vnft_writer_busy)
		return;
	if (owner && owner != current && now_ns - READ_ONCE(w->time_ns) < VNFT_WRITER_STALE_NS)
		return;
	if (cmpxchg(&w->task, owner, &vnft_writer_busy) != owner)
		return;
	WRITE_ONCE(w->time_ns, now_ns);
	WRITE_ONCE(w->tun, tun);
	smp_store_release(&w->task, current);	/* with the acquire in vnft_driver_written() */
}

u64 vnft_driver_written(const struct net_device *dev)
{
	struct vnft_writer *w = vnft_writer_of(current);
	u64 time_ns;

	if (smp_load_acquire(&w->task) != current)	/* with the release in vnft_writer_note() */
		return 0;
	if (READ_ONCE(w->tun) != netdev_priv(dev))
		return 0;
	time_ns = READ_ONCE(w->time_ns);
	if (cmpxchg(&w->task, current, NULL) != current)
		return 0;
	return time_ns;
}

static void vnft_on_tun_get_user(const struct vnft_driver *h, struct pt_regs *regs)
{
	const void *tun = vnft_argument(regs, 0);

	if (vnft_device_by_priv(tun))
		vnft_writer_note(tun);
}

/* tun_do_read(tun, tfile, to, noblock, ptr): vhost hands it the frame, read() lets it look. */
static void vnft_on_tun_read(const struct vnft_driver *h, struct pt_regs *regs)
{
	const struct net_device *dev = vnft_device_by_priv(vnft_argument(regs, 0));
	const struct sk_buff *skb = vnft_argument(regs, 4);

	/* TUN_XDP_FLAG (linux/if_tun.h): not an skb. */
	if (dev && skb && !((unsigned long)skb & 1))
		vnft_stage(h->hook, dev, skb, skb->data, skb_get_queue_mapping(skb), 0);
}

/* ---- ndo_start_xmit(skb, dev) ---- */

static void vnft_on_xmit(const struct vnft_driver *h, struct pt_regs *regs)
{
	const struct sk_buff *skb = vnft_argument(regs, 0);

	vnft_stage(h->hook, vnft_argument(regs, 1), skb, skb->data, skb_get_queue_mapping(skb), 0);
}

/* ---- veth ---- */

static void vnft_on_veth_poll(const struct vnft_driver *h, struct pt_regs *regs)
{
	const struct napi_struct *napi = vnft_argument(regs, 0);

	vnft_stage(h->hook, napi->dev, NULL, NULL, VNFT_NO_QUEUE, 0);
}

/* ---- xen-netback ---- */

/*
 * How struct xenvif_queue and struct xenvif begin: drivers/net/xen-netback/common.h, the same from
 * 3.16 (queues) to 6.12 at least. Nothing more of them is read, and it is believed only if the
 * vif is the private part of an attached device and the queue is one that the device has.
 */
struct vnft_xenvif {
	u16 domid;
};

struct vnft_xenvif_queue {
	unsigned int id;
	char name[IFNAMSIZ + 5];
	const struct vnft_xenvif *vif;
};

static void vnft_on_xenvif_xmit(const struct vnft_driver *h, struct pt_regs *regs)
{
	const struct sk_buff *skb = vnft_argument(regs, 0);
	const struct net_device *dev = vnft_argument(regs, 1);
	const struct vnft_xenvif *vif = netdev_priv(dev);

	vnft_stage(h->hook, dev, skb, skb->data, skb_get_queue_mapping(skb), vif->domid);
}

static void vnft_on_xenvif_queue(const struct vnft_driver *h, struct pt_regs *regs)
{
	const struct vnft_xenvif_queue *queue = vnft_argument(regs, 0);
	const struct net_device *dev = vnft_device_by_priv(queue->vif);

	if (dev && queue->id < dev->num_tx_queues)
		vnft_stage(h->hook, dev, NULL, NULL, queue->id, queue->vif->domid);
}

static struct vnft_driver vnft_drivers[] = {
	{ VNFT_HOOK_TUN_XMIT, "tun", vnft_on_xmit },
	{ VNFT_HOOK_TUN_READ, "tun", vnft_on_tun_read },
	{ VNFT_HOOK_TUN_GET_USER, "tun", vnft_on_tun_get_user },
	{ VNFT_HOOK_VETH_XMIT, "veth", vnft_on_xmit },
	{ VNFT_HOOK_VETH_POLL, "veth", vnft_on_veth_poll },
	{ VNFT_HOOK_XENVIF_XMIT, "xen_netback", vnft_on_xenvif_xmit },
	{ VNFT_HOOK_XENVIF_RX, "xen_netback", vnft_on_xenvif_queue },
	{ VNFT_HOOK_XENVIF_TX, "xen_netback", vnft_on_xenvif_queue },
	{ VNFT_HOOK_XENVIF_ZEROCOPY, "xen_netback", vnft_on_xenvif_queue },
};

#define VNFT_DRIVERS_END (vnft_drivers + ARRAY_SIZE(vnft_drivers))

/* ---- arming ---- */

static void vnft_driver_run(const struct vnft_driver *h, struct pt_regs *regs)
{
	rcu_read_lock();
	preempt_disable();
	h->seen(h, regs);
	preempt_enable();
	rcu_read_unlock();
}

static void vnft_driver_ftrace(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			       struct ftrace_regs *regs)
{
	vnft_driver_run(container_of(ops, struct vnft_driver, ops), vnft_ftrace_regs(regs));
}

static int vnft_driver_kprobe(struct kprobe *probe, struct pt_regs *regs)
{
	vnft_driver_run(container_of(probe, struct vnft_driver, probe), regs);
	return 0;
}

static void vnft_driver_set_probe(struct vnft_driver *h, u32 flags)
{
	memset(&h->probe, 0, sizeof(h->probe));
	h->probe.symbol_name = vnft_hook_text(h->hook);
	h->probe.pre_handler = vnft_driver_kprobe;
	h->probe.flags = flags;
}

/* A kprobe that is never armed tells the address; nothing else that modules may call does. */
static void vnft_driver_look(void)
{
	struct kprobe *found[ARRAY_SIZE(vnft_drivers)];
	struct vnft_driver *h;
	int n = 0;

	lockdep_assert_held(&vnft_arm_lock);
	for (h = vnft_drivers; h < VNFT_DRIVERS_END; h++) {
		if (h->looked || h->armed)
			continue;
		h->looked = true;
		h->address = 0;
		vnft_driver_set_probe(h, KPROBE_FLAG_DISABLED);
		if (register_kprobe(&h->probe))
			continue;
		h->address = (unsigned long)h->probe.addr;
		found[n++] = &h->probe;
	}
	unregister_kprobes(found, n);
}

static bool vnft_driver_arm(struct vnft_driver *h)
{
	int err;

	if (h->armed)
		return true;
	if (!h->address)
		return false;
	h->ops.func = vnft_driver_ftrace;
	err = ftrace_set_filter_ip(&h->ops, h->address, 0, 1);
	if (!err) {
		err = register_ftrace_function(&h->ops);
		if (!err) {
			h->armed = VNFT_BY_FTRACE;
			return true;
		}
		ftrace_free_filter(&h->ops);
	}
	vnft_driver_set_probe(h, 0);
	if (!register_kprobe(&h->probe)) {
		h->armed = VNFT_BY_KPROBE;
		return true;
	}
	pr_warn_ratelimited("%s: refused by ftrace (%d) and as a kprobe\n", vnft_hook_text(h->hook),
			    err);
	return false;
}

static void vnft_driver_disarm(struct vnft_driver *h)
{
	if (h->armed == VNFT_BY_FTRACE) {
		unregister_ftrace_function(&h->ops);
		/* An empty filter would mean every function: only now that the ops are off. */
		ftrace_free_filter(&h->ops);
	} else if (h->armed == VNFT_BY_KPROBE) {
		unregister_kprobe(&h->probe);
	}
	h->armed = VNFT_DISARMED;
}

static void vnft_driver_disarm_unused(struct work_struct *work)
{
	struct vnft_driver *h;

	mutex_lock(&vnft_arm_lock);
	for (h = vnft_drivers; h < VNFT_DRIVERS_END; h++)
		if (!h->uses)
			vnft_driver_disarm(h);
	mutex_unlock(&vnft_arm_lock);
}

static DECLARE_WORK(vnft_disarmer, vnft_driver_disarm_unused);

u64 vnft_driver_available(void)
{
	struct vnft_driver *h;
	u64 mask = 0;

	mutex_lock(&vnft_arm_lock);
	vnft_driver_look();
	for (h = vnft_drivers; h < VNFT_DRIVERS_END; h++)
		if (h->address)
			mask |= BIT_ULL(h->hook);
	mutex_unlock(&vnft_arm_lock);
	return mask;
}

/* What a hook needs beside itself: a tap's writes are known when the stack receives them. */
static u64 vnft_driver_needs(enum vnft_hook hook)
{
	return hook == VNFT_HOOK_TUN_GET_USER ? BIT_ULL(VNFT_HOOK_RECEIVE_ENTRY) : 0;
}

u64 vnft_driver_get(u64 mask)
{
	struct vnft_driver *h;
	u64 got = 0, needs;

	lockdep_assert_held(&vnft_lock);
	if (!mask)
		return 0;
	mutex_lock(&vnft_arm_lock);
	vnft_driver_look();
	for (h = vnft_drivers; h < VNFT_DRIVERS_END; h++) {
		if (!(mask & BIT_ULL(h->hook)))
			continue;
		needs = vnft_driver_needs(h->hook);
		if (vnft_trace_get(needs) != needs)
			continue;
		if (!vnft_driver_arm(h)) {
			vnft_trace_put(needs);
			continue;
		}
		h->uses++;
		got |= BIT_ULL(h->hook);
	}
	mutex_unlock(&vnft_arm_lock);
	return got;
}

void vnft_driver_put(u64 mask)
{
	struct vnft_driver *h;

	lockdep_assert_held(&vnft_lock);
	if (!mask)
		return;
	mutex_lock(&vnft_arm_lock);
	for (h = vnft_drivers; h < VNFT_DRIVERS_END; h++) {
		if (!(mask & BIT_ULL(h->hook)) || WARN_ON_ONCE(!h->uses))
			continue;
		vnft_trace_put(vnft_driver_needs(h->hook));
		if (!--h->uses)
			schedule_work(&vnft_disarmer);
	}
	mutex_unlock(&vnft_arm_lock);
}

static int vnft_driver_module(struct notifier_block *self, unsigned long state, void *data)
{
	const struct module *module = data;
	struct vnft_driver *h;

	if (state != MODULE_STATE_COMING && state != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	mutex_lock(&vnft_arm_lock);
	for (h = vnft_drivers; h < VNFT_DRIVERS_END; h++) {
		if (strcmp(h->module, module->name))
			continue;
		if (state == MODULE_STATE_GOING)
			vnft_driver_disarm(h);
		h->address = 0;
		h->looked = false;
	}
	mutex_unlock(&vnft_arm_lock);
	return NOTIFY_DONE;
}

static struct notifier_block vnft_driver_modules = {
	.notifier_call = vnft_driver_module,
};

int vnft_driver_init(void)
{
	return register_module_notifier(&vnft_driver_modules);
}

void vnft_driver_exit(void)
{
	unregister_module_notifier(&vnft_driver_modules);
	cancel_work_sync(&vnft_disarmer);
	vnft_driver_disarm_unused(NULL);
}
