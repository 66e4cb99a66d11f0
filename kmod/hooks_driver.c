// SPDX-License-Identifier: GPL-2.0
/*
 * Driver stages: functions of tun, veth and xen-netback, hooked at their entry while somebody wants
 * them. ftrace hooks them, or a kprobe where ftrace does not know the function. A stage costs
 * nothing before it is armed. It needs no symbol of the driver, which may be loaded later, or
 * never. hooks_entry.c reads what a function's entry says of a frame.
 *
 * Arming patches the kernel's text; taking it off waits until no task can be in the trampoline,
 * and ftrace lets nobody arm meanwhile. So who wants a stage comes without locks, and who no longer
 * wants it only counts: a worker takes it off. A driver that is unloaded is let go first (module
 * notifier): ftrace would keep the address and hook what is loaded there next.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "core/hooks.h"
#include "hooks_driver.h"
#include "hooks_entry.h"
#include "hooks_trace.h"
#include "vnft.h"

/*
 * Held while a grace period is waited for: never asked for by who has rtnl or vnft_lock. Outside of
 * the kernel's own locks for ftrace, kprobes and text.
 */
static DEFINE_MUTEX(vnft_arm_lock);

/**
 * struct vnft_driver - a hooked function
 * @hook: core/hooks.h has the function's name, its module, and what it needs
 * @entry: called at the function's entry, preemption off, under RCU
 * @ops: while @armed is VNFT_BY_FTRACE
 * @probe: while @armed is VNFT_BY_KPROBE; and to look for @address
 * @address: of the function, 0 if there is none; read without a lock
 * @uses: of vnft_driver_get(), not put yet; becomes more under vnft_arm_lock, and less under none
 * @armed: what hooks it now
 *
 * vnft_arm_lock guards the rest but @hook and @entry, which never change.
 */
struct vnft_driver {
	enum vnft_hook hook;
	void (*entry)(enum vnft_hook hook, struct pt_regs *regs);
	struct ftrace_ops ops;
	struct kprobe probe;
	unsigned long address;
	atomic_t uses;
	enum { VNFT_DISARMED, VNFT_BY_FTRACE, VNFT_BY_KPROBE } armed;
};

static struct vnft_driver vnft_drivers[] = {
	{ VNFT_HOOK_TUN_XMIT, vnft_entry_xmit },
	{ VNFT_HOOK_TUN_READ, vnft_entry_tun_read },
	{ VNFT_HOOK_TUN_GET_USER, vnft_entry_tun_write },
	{ VNFT_HOOK_VETH_XMIT, vnft_entry_xmit },
	{ VNFT_HOOK_VETH_POLL, vnft_entry_veth_poll },
	{ VNFT_HOOK_XENVIF_XMIT, vnft_entry_xenvif_xmit },
	{ VNFT_HOOK_XENVIF_RX, vnft_entry_xenvif_rx },
	{ VNFT_HOOK_XENVIF_TX, vnft_entry_xenvif_tx },
	{ VNFT_HOOK_XENVIF_ZEROCOPY, vnft_entry_xenvif_zerocopy },
};

#define VNFT_DRIVERS_END (vnft_drivers + ARRAY_SIZE(vnft_drivers))

/* At its entry a function may not have the frame yet: these core hooks see it a moment later. */
static u64 vnft_driver_needs(const struct vnft_driver *h)
{
	return vnft_hook_row(h->hook)->module_needs;
}

static void vnft_driver_run(const struct vnft_driver *h, struct pt_regs *regs)
{
	rcu_read_lock();
	preempt_disable();
	h->entry(h->hook, regs);
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
	h->probe.symbol_name = vnft_hook_row(h->hook)->name;
	h->probe.pre_handler = vnft_driver_kprobe;
	h->probe.flags = flags;
}

/*
 * The functions of @module, or of all (NULL). A kprobe that is never armed tells the address;
 * nothing else that modules may call does. To take it off again waits for a grace period, so it is
 * done when a driver comes and not when somebody asks.
 */
static void vnft_driver_look(const char *module)
{
	struct kprobe *found[ARRAY_SIZE(vnft_drivers)];
	struct vnft_driver *h;
	int n = 0;

	mutex_lock(&vnft_arm_lock);
	for (h = vnft_drivers; h < VNFT_DRIVERS_END; h++) {
		if (h->address || (module && strcmp(vnft_hook_row(h->hook)->module, module)))
			continue;
		vnft_driver_set_probe(h, KPROBE_FLAG_DISABLED);
		if (register_kprobe(&h->probe))
			continue;
		WRITE_ONCE(h->address, (unsigned long)h->probe.addr);
		found[n++] = &h->probe;
	}
	unregister_kprobes(found, n);
	mutex_unlock(&vnft_arm_lock);
}

static void vnft_driver_forget(struct vnft_driver *h)
{
	ftrace_free_filter(&h->ops);
	/* Its pointers to the filter are still there, and would be used again. */
	memset(&h->ops, 0, sizeof(h->ops));
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
		vnft_driver_forget(h);
	}
	vnft_driver_set_probe(h, 0);
	if (!register_kprobe(&h->probe)) {
		h->armed = VNFT_BY_KPROBE;
		return true;
	}
	pr_warn_ratelimited("%s: refused by ftrace (%d) and as a kprobe\n",
			    vnft_hook_row(h->hook)->name, err);
	return false;
}

static void vnft_driver_disarm(struct vnft_driver *h)
{
	if (h->armed == VNFT_BY_FTRACE) {
		unregister_ftrace_function(&h->ops);
		/* An empty filter would mean every function: only now that the ops are off. */
		vnft_driver_forget(h);
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
		if (!atomic_read(&h->uses))
			vnft_driver_disarm(h);
	mutex_unlock(&vnft_arm_lock);
}

static DECLARE_WORK(vnft_disarmer, vnft_driver_disarm_unused);

u64 vnft_driver_available(void)
{
	struct vnft_driver *h;
	u64 mask = 0;

	for (h = vnft_drivers; h < VNFT_DRIVERS_END; h++)
		if (READ_ONCE(h->address))
			mask |= BIT_ULL(h->hook);
	return mask;
}

/* Under vnft_arm_lock, and so before or after the disarmer, which sees its use. */
static bool vnft_driver_use(struct vnft_driver *h)
{
	const u64 needs = vnft_driver_needs(h), got = vnft_trace_get(needs);

	if (got == needs && vnft_driver_arm(h)) {
		atomic_inc(&h->uses);
		return true;
	}
	vnft_trace_put(got);
	return false;
}

u64 vnft_driver_get(u64 mask)
{
	struct vnft_driver *h;
	u64 got = 0;

	lockdep_assert_not_held(&vnft_lock);
	if (!mask)
		return 0;
	mutex_lock(&vnft_arm_lock);
	for (h = vnft_drivers; h < VNFT_DRIVERS_END; h++)
		if (mask & BIT_ULL(h->hook) && vnft_driver_use(h))
			got |= BIT_ULL(h->hook);
	mutex_unlock(&vnft_arm_lock);
	return got;
}

void vnft_driver_put(u64 mask)
{
	struct vnft_driver *h;
	int uses;

	for (h = vnft_drivers; h < VNFT_DRIVERS_END; h++) {
		if (!(mask & BIT_ULL(h->hook)))
			continue;
		vnft_trace_put(vnft_driver_needs(h));
		uses = atomic_dec_return(&h->uses);
		WARN_ON_ONCE(uses < 0);
		if (!uses)
			queue_work(system_unbound_wq, &vnft_disarmer);
	}
}

static void vnft_driver_going(const char *module)
{
	struct vnft_driver *h;

	mutex_lock(&vnft_arm_lock);
	for (h = vnft_drivers; h < VNFT_DRIVERS_END; h++) {
		if (strcmp(vnft_hook_row(h->hook)->module, module))
			continue;
		vnft_driver_disarm(h);
		WRITE_ONCE(h->address, 0);
	}
	mutex_unlock(&vnft_arm_lock);
}

static int vnft_driver_module(struct notifier_block *self, unsigned long state, void *data)
{
	const struct module *module = data;

	if (state == MODULE_STATE_COMING)
		vnft_driver_look(module->name);
	else if (state == MODULE_STATE_GOING)
		vnft_driver_going(module->name);
	return NOTIFY_DONE;
}

static struct notifier_block vnft_driver_modules = {
	.notifier_call = vnft_driver_module,
};

int vnft_driver_init(void)
{
	int err = register_module_notifier(&vnft_driver_modules);

	if (!err)
		vnft_driver_look(NULL);
	return err;
}

void vnft_driver_exit(void)
{
	unregister_module_notifier(&vnft_driver_modules);
	cancel_work_sync(&vnft_disarmer);
	vnft_driver_disarm_unused(NULL);
}
