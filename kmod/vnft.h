/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all of the module's files share. Contract with userspace: uapi/vnftrace.h; what is observed
 * and how: core/. The walk of a frame:
 *
 *	hook (hooks_netdev.c, hooks_trace.c, hooks_driver.c and hooks_entry.c)
 *	  -> table.c (which attachments does this net_device have?)
 *	  -> observe.c or stage.c (parse.c, count, match, record.c)
 *	  -> ring.c (room in this CPU's ring of the device's session)
 *	  -> chardev.c (mapped by the reader)
 *
 * The other way, from a command (genl*.c) or an open file (chardev.c): session.c, device.c and
 * prober.c make and end what belongs to them; notify.c ends what loses its net_device. Each file
 * has its own header, and no two include each other (tests/static/kmod.sh).
 *
 * Locks, outermost first: rtnl, vnft_lock (mutex: sessions, devices, generators). Who holds one
 * waits for no thread, no worker and no grace period: others' priorities decide when these come to
 * an end. So stage hooks are armed and disarmed under locks of their own, without those two.
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

#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/timekeeping.h>

#define VNFT_KMOD_VERSION	"0.1"

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

#endif
